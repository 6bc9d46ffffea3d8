"""Detect the code page of a file that is not UTF-8, by which one gives plausible letters.

Excel saves in the code page of the Windows or Mac that it runs on and does not say which. Each code
page is tried; the one whose letters look like a real language wins, if it wins clearly. Nothing is
assumed: if two code pages remain likely, the answer is None.
"""

# ruff: noqa: RUF001 - the letters of many languages are its data

import codecs
from collections import Counter
from collections.abc import Mapping
from functools import cache
from itertools import pairwise
from math import log

# Letters beyond ASCII, most frequent first.
_WESTERN = {
    "German": "üäößé",
    "French": "éèàêçôîùâûëïœæ",
    "Spanish": "óíáéñú¿¡üªº",
    "Italian": "èàòùìé",
    "Portuguese": "ãçáéíóõêâúàôªº",
    "Nordic": "äåöøæéü",
    "several": "éäüöèóíáàçñãåßøæúêôõâîûùòìëïœ¿¡",
}
_CENTRAL = {
    "Polish": "łąęóżśćźń",
    "Czech": "íáéěžčšřýůúóťňď",
    "Slovak": "áíéčžšýúľťňäóďôŕĺ",
    "Hungarian": "áéöóőüíúű",
    "Romanian": "ăîâşţ",
    "Croatian": "čšžćđ",
    "German": "üäößé",
}
_TURKISH = {"Turkish": "ıüşğçöâîû"}
_BALTIC = {"Lithuanian": "ėšųąžįūčę", "Latvian": "āīēšņūģļķčž", "Estonian": "äõüöšž"}
_CYRILLIC = {
    "Russian": "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё№",
    "Ukrainian": "оанивіретслкудмпзябгйчьхцюжїєшщфґ№",
    "Bulgarian": "аиоетнрсвлпкдмзябугъчцжщхйшфюь№",
    "Serbian": "аоиенрјтскувдмлпзгбшњцћчжхљђфџ№",
}
_GREEK = {"Greek": "αοιετνσηρπκμλςυόίδγέάήχθώύφβξζψϊ"}
_HEBREW = {"Hebrew": "יוהאלרתבשמנםכקדחפעזטןגסצךץף"}
_ARABIC = {"Arabic": "اليمنتروبةعدفهكسقحجشصطخزضذثئغءىظأإآؤپچگژ،"}
_THAI = {"Thai": "านรอกเงมยลวดทสตะปบคหแจพชขใไโผซถณธศภญษฟฉ่้ิัีุ์็ืูึำๆ"}
_PAGES: Mapping[str, Mapping[str, str]] = {
    "cp1252": _WESTERN,
    "mac_roman": _WESTERN,
    "cp1250": _CENTRAL,
    "mac_latin2": _CENTRAL,
    "cp1254": _TURKISH,
    "mac_turkish": _TURKISH,
    "cp1257": _BALTIC,
    "cp1251": _CYRILLIC,
    "mac_cyrillic": _CYRILLIC,
    "koi8_u": _CYRILLIC,
    "cp866": _CYRILLIC,
    "cp1253": _GREEK,
    "mac_greek": _GREEK,
    "cp1255": _HEBREW,
    "cp1256": _ARABIC,
    "cp874": _THAI,
    "gbk": {},
    "cp950": {},
    "cp932": {},
    "euc_jp": {},
    "cp949": {},
}
# Standards put the most common characters first: (plane of the code page, first and last lead byte
# of those, how many they are).
_DAILY = {
    "gbk": ("gb2312", 0xB0, 0xD7, 1_200),
    "cp950": ("big5", 0xA4, 0xC6, 1_800),
    "cp932": ("shift_jis", 0x88, 0x97, 2_000),
    "euc_jp": ("euc_jp", 0xB0, 0xCF, 2_000),
    "cp949": ("euc_kr", 0xB0, 0xC8, 900),
}
_KANA = frozenset(map(chr, range(0x3041, 0x30FF)))
_MARKS = frozenset("–—“”„‘’‚«»‹›…•·®©™€£¥°§ ´²³½×" + "、。，：；！？（）「」【】《》・ー～｜　")
_INSIDE = "’·ー・"
# Accented letters that are words by themselves.
_WORDS = "àÀéÉèÈóÓòåÅöÖôâ"
# The probability of a character that the language does not use at all.
_STRANGE = 1e-4
_SURE = 4.0
_STRANGE_AT_MOST = 0.1


def code_page(sample: bytes) -> str | None:
    """Return the codec of lines that are not UTF-8; None if it is not certain."""
    likely: dict[str, tuple[float, str]] = {}
    for page in _PAGES:
        try:
            text = codecs.getincrementaldecoder(page)("strict").decode(sample)
        except UnicodeDecodeError:
            continue
        score = _likelihood(text, page)
        if score is not None and score > likely.get(text, (-float("inf"), ""))[0]:
            likely[text] = (score, page)
    first, second = (*sorted(likely.values(), reverse=True), None, None)[:2]
    if first is None or (second is not None and first[0] - second[0] < _SURE):
        return None
    return first[1]


def _likelihood(text: str, page: str) -> float | None:
    """Return how likely the text is in the best language of a code page; None: in none of them."""
    plain = sum(character.isascii() for character in text)
    seen = Counter(
        (before, character, after)
        for (before, character), (_, after) in pairwise(pairwise(f" {text} "))
        if not character.isascii()
    )
    best = None
    for letters in _PAGES[page].values() or ("",):
        score, strange = plain * log(0.05), 0
        for (before, character, after), times in seen.items():
            chance = _chance(character, before, after, letters, page)
            score += times * log(chance)
            strange += times * (chance <= _STRANGE)
        if strange <= _STRANGE_AT_MOST * seen.total() and (best is None or score > best):
            best = score
    return best


def _chance(character: str, before: str, after: str, letters: str, page: str) -> float:
    if character in _MARKS:
        inside = before.isalpha() and after.isalpha() and character not in _INSIDE
        return _STRANGE if inside and letters else 0.02
    if not letters:
        return _daily(character, page)
    chance = _chances(letters).get(character)
    if chance is None or _is_odd_case(before, character, after):
        return _STRANGE
    latin = letters[0] <= "\u024f"
    if not latin:
        mixed = any(one.isascii() and one.isalpha() for one in (before, after))
        return _STRANGE if mixed else chance
    alone = not (before.isalpha() or after.isalpha() or character in _WORDS)
    return chance / 50 if alone else chance


def _is_odd_case(before: str, character: str, after: str) -> bool:
    """Say whether a capital follows a small letter, which happens only in misread text."""
    return (character.isupper() and before.islower()) or (character.islower() and after.isupper())


@cache
def _chances(letters: str) -> Mapping[str, float]:
    """Return letter frequencies that fall with the rank; a capital is a tenth as frequent."""
    weights = {letter: 1 / (rank + 2) for rank, letter in enumerate(letters)}
    weights |= {one.upper(): w / 10 for one, w in weights.items() if one.upper() != one}
    whole = sum(weights.values())
    return {letter: weight / whole for letter, weight in weights.items()}


@cache
def _daily(character: str, page: str) -> float:
    plane, first, last, many = _DAILY[page]
    if character in _KANA:
        return 0.5 / len(_KANA) if page in ("cp932", "euc_jp") else _STRANGE
    try:
        lead = character.encode(plane)[0]
    except UnicodeEncodeError:
        return _STRANGE / 100
    return 1 / many if first <= lead <= last else _STRANGE / 10
