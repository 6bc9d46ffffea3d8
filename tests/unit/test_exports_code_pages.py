"""A file in an old code page is read right or rejected; never silently read as another."""

# ruff: noqa: RUF001 - titles in the letters of many languages

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.common.errors import BadQuestion
from bot.exports.opening import open_text
from bot.exports.parse import read_file

HEADER = "Page ascore,Source title,Source url,Target url,Anchor,Nofollow,First seen,Lost link"
GOOD = "33,T,https://alpha.example/a,https://rival.example/g,competitor,false,2025-03-01,false"


def read(path, content):
    path.write_bytes(content)
    parsed = read_file(path)
    return list(parsed.rows(None)), parsed.layout.notes


@pytest.fixture
def path(tmp_path):
    return tmp_path / "links.csv"


TITLES = {
    "cp1251": ("Обзор программ для учёта", "Как выбрать систему", "Рейтинг лучших сервисов"),
    "mac_cyrillic": ("Обзор программ для учёта", "Как выбрать систему", "Рейтинг лучших сервисов"),
    "cp1252": ("Les comptes d’une société", "Où créer une fenêtre à Genève", "Leçons d’été"),
    "mac_roman": ("Übersicht – für alle", "Die größten Bücher", "Schöne Gärten und Häuser"),
    "cp1250": ("Najlepszy program księgowy", "Jak założyć własną firmę", "Żółta łódź"),
    "cp1254": ("Küçük işletmeler için", "Fiyatlar ve görüşler ışığında", "Şirket açılışı yapın"),
    "cp1253": ("Το καλύτερο πρόγραμμα", "Λογιστική για επιχειρήσεις", "Τιμές και γνώμες"),
    "gbk": ("最好的会计软件推荐给小企业", "如何选择客户管理系统", "价格和用户评论大全"),
    "cp950": ("最好的會計軟體推薦", "如何選擇客戶管理系統", "價格和評論"),
    "cp932": ("おすすめの会計ソフト", "顧客管理システムの選び方", "価格と口コミ"),
    "cp949": ("최고의 회계 프로그램 추천", "가격과 후기를 비교해 보세요", "중소기업을 위한 안내"),
}


@pytest.mark.parametrize("page", TITLES)
def test_an_old_code_page_is_recognised_by_its_letters_and_reported(path, page):
    rows = "\n".join(GOOD.replace(",T,", f",{title},") for title in TITLES[page])
    found, notes = read(path, f"{HEADER}\n{rows}\n".replace(",", ";").encode(page))
    assert tuple(row.source_title for row in found) == TITLES[page]
    assert "It is not in UTF-8; by its letters it was read as" in notes[0]


@pytest.mark.parametrize("word", [b"caf\xe8", b"\xd0\xd0", b"\xe8\xf8\xf9 \xfd"])
def test_an_unclear_code_page_is_rejected_with_the_fix(path, word):
    with pytest.raises(BadQuestion, match=r"links\.csv is not in UTF-8.* save it as “CSV UTF-8”"):
        read(path, f"{HEADER}\n{GOOD}\n".encode().replace(b",T,", b"," + word + b","))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(sorted(TITLES)), st.data())
def test_a_code_page_is_read_correctly_or_not_at_all(path, page, data):
    titles = data.draw(st.lists(st.sampled_from(TITLES[page]), min_size=1, unique=True))
    rows = "\n".join(GOOD.replace(",T,", f",{title},") for title in titles)
    try:
        found, _ = read(path, f"{HEADER}\n{rows}\n".encode(page))
    except BadQuestion:
        return
    assert [row.source_title for row in found] == titles


def test_a_file_without_a_final_newline_is_recognised_too(path):
    path.write_bytes(b"x" * 300_000 + ";".join(TITLES["cp1251"]).encode("cp1251"))
    assert open_text(path).encoding == "cp1251"
