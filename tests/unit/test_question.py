"""The grammar: input is read right, or gets one clear sentence and nothing is spent."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.common.errors import BadQuestion
from bot.model.links import Market
from bot.model.question import (
    MAX_KEYWORD,
    OPTIONS,
    Defaults,
    Question,
    make,
    parse,
    read_track_words,
)

NOTHING = Defaults()
CURLY = "“”„«»‘’"
CHANNEL = Defaults(country="de", language="de", site="https://www.Ours.example/")


def read(text: str, defaults: Defaults = NOTHING) -> Question:
    return parse(text, defaults)


def refusal(text: str, defaults: Defaults = NOTHING) -> str:
    with pytest.raises(BadQuestion) as refused:
        parse(text, defaults)
    return str(refused.value)


def test_a_bare_keyword_uses_the_defaults_for_the_rest():
    assert read("best crm", CHANNEL) == Question(
        keyword="best crm", market=Market("de", "de"), site="ours.example"
    )


def test_every_option_is_read_wherever_it_stands():
    found = read(
        "site:ours.example best page:ours.example/crm crm in:UK lang:EN vs:a.example/x,b.example/y "
        "via:Ahrefs,exports serp:Sample fresh:yes gates:off"
    )
    assert found == Question(
        keyword="best crm",
        market=Market("gb", "en"),
        site="ours.example",
        page="https://ours.example/crm",
        vs=("https://a.example/x", "https://b.example/y"),
        via=("ahrefs", "exports"),
        serp="sample",
        fresh=True,
        gates=False,
    )


def test_vs_may_be_repeated_and_names_each_page_once():
    found = read("crm vs:a.example/x vs:https://a.example/x vs:http://b.example")
    assert found.vs == ("https://a.example/x", "http://b.example/")


@pytest.mark.parametrize("said", ["yes", "ON", "true", "1"])
def test_yes_in_all_its_words(said):
    assert read(f"crm fresh:{said}").fresh


@pytest.mark.parametrize("said", ["no", "Off", "false", "0"])
def test_no_in_all_its_words(said):
    assert not read(f"crm gates:{said}").gates


def test_gates_10_asks_for_the_first_page_of_results_and_keeps_the_checks_on():
    asked = read("crm gates:10")
    assert (asked.gates, asked.top10) == (True, True)
    assert not read("crm gates:on").top10


@pytest.mark.parametrize(
    ("text", "keyword"),
    [
        ("<!channel>", "<!channel>"),
        ("crm 👍", "crm 👍"),
        ("أفضل برامج المحاسبة", "أفضل برامج المحاسبة"),
        ("\u202eברק\u202c", "ברק"),
        ("\u200fcrm\ufeff  for \t plumbers\n", "crm for plumbers"),
        ("c:\\temp \\n viewer", None),
        ("back\\slash", "back\\slash"),
        ('19" rack', '19" rack'),
        ("founder’s crm", "founder's crm"),
        ("“best crm”", "best crm"),
        ("„bestes crm“", "bestes crm"),
        ("«meilleur crm»", "meilleur crm"),
        ("‘best crm’", "best crm"),
        ('"site:x is a word"', "site:x is a word"),
        ('"help"', "help"),
        ("'tis the season", "'tis the season"),
        ('"crm" in:de', "crm"),
        ("'crm' vs:a.example/it's", "crm"),
        ('"say "hello" twice" in:de', 'say "hello" twice'),
        ("c++ 3:1 ratio", "c++ 3:1 ratio"),
        ("what is https://a.example/x", "what is https://a.example/x"),
        ("x" * MAX_KEYWORD, "x" * MAX_KEYWORD),
        ("caf\udce9 near me", "caf near me"),
    ],
)
def test_unusual_words_are_a_keyword_like_any_other(text, keyword):
    if keyword is None:
        assert refusal(text).startswith("I do not know the option `c:`.")
    else:
        assert read(text).keyword == keyword


def test_whatever_is_read_as_a_keyword_can_be_sent():
    assert read("caf\udce9 crm").keyword.encode("utf-8") == b"caf crm"
    assert read("crm page:ours.example/caf\udce9").page == "https://ours.example/caf"


@pytest.mark.parametrize("text", ["", "   ", '""', "site:ours.example", "\u200b\u202e"])
def test_no_keyword_is_asked_for_with_an_example(text):
    assert refusal(text) == "Which keyword? For example: best accounting software."


@pytest.mark.parametrize("text", ["👍", "🇩🇪 !!", "…", '"\\"'])
def test_a_keyword_of_punctuation_only_is_rejected(text):
    assert refusal(text) == "A keyword needs at least one letter or digit."


def test_500_characters_are_too_many():
    assert refusal("x" * 500) == "That keyword has 500 characters; 200 is the most I can ask for."


def test_an_unknown_option_is_named_with_those_that_exist():
    assert refusal("crm country:de") == (
        "I do not know the option `country:`. I know `site:`, `page:`, `in:`, `lang:`, `vs:`, "
        "`via:`, `serp:`, `fresh:`, `gates:`. If it belongs to the keyword, put the keyword in "
        "quotes."
    )


@pytest.mark.parametrize("name", OPTIONS)
def test_an_option_without_a_value_is_an_error(name):
    assert refusal(f"crm {name}: ours.example") == (
        f"`{name}:` needs a value right after the colon, without a space."
    )


def test_an_option_that_is_given_twice_is_an_error():
    assert refusal("crm in:de in:us") == "`in:` is given twice; once is enough."


def test_words_after_a_quoted_keyword_are_refused_rather_than_guessed():
    assert refusal('"best crm" software') == "Only options may follow a keyword in quotes."


def test_yes_or_no_is_asked_for_where_neither_was_said():
    assert refusal("crm fresh:maybe") == "`fresh:` takes yes or no."


@pytest.mark.parametrize(
    "site", ["192.168.0.1", "http://8.8.8.8/x", "[::1]", "http://[2001:db8::1]/"]
)
def test_a_site_that_is_an_address_is_refused(site):
    assert refusal(f"crm site:{site}").endswith(
        " is an IP address. Name the site by its domain: example.com."
    )


@pytest.mark.parametrize(
    "site", ["localhost", "co.uk", "127.1", "..", "http://", "<http://x.com|x.com>", "http://[x"]
)
def test_a_site_without_a_domain_is_refused(site):
    assert refusal(f"crm site:{site}") == (
        f"“{site}” is not a site. Name it by its domain: example.com."
    )


@pytest.mark.parametrize(
    "option",
    [
        "site:https://me:secret@x.com",
        "page:me@x.com/p",
        "vs:http://me:pw@x.com",
        "site:me:pw@x.com",
    ],
)
def test_credentials_in_an_address_are_refused_and_not_repeated(option):
    sentence = refusal(f"crm {option}")
    assert sentence == "That address carries a user name or password. Send it without them."


def test_an_at_sign_behind_the_host_is_no_password():
    found = read("crm page:https://ours.example?mail=me@ours.example")
    assert found.page == "https://ours.example/?mail=me@ours.example"


@pytest.mark.parametrize(
    "page", ["http://[x", "ours.example:port", "http://\uff41\u2100.com/", "x.com:99999"]
)
def test_an_address_that_cannot_be_opened_is_rejected(page):
    assert refusal(f"crm page:{page}") == f"“{page}” is not a web address."


@pytest.mark.parametrize("page", ["ftp://x.com/a", "javascript://x.com", "file:///etc/passwd"])
def test_only_web_addresses_are_pages(page):
    assert refusal(f"crm page:{page}") == (
        f"“{page}” is not a web address: it must start with http or https."
    )


def test_an_unknown_country_is_refused_with_how_to_name_one():
    assert refusal("crm in:atlantis") == (
        "I do not know the country “atlantis”. "
        "Check its spelling, or use its two-letter code, like us or de."
    )


def test_an_unknown_language_is_refused_with_how_to_name_one():
    assert refusal("crm lang:xx") == (
        "I do not know the language “xx”. "
        "Check its spelling, or use its two-letter code, like en or de."
    )


def test_a_page_of_somebody_else_is_not_our_page():
    assert refusal("crm site:ours.example page:https://theirs.example/x") == (
        "The page https://theirs.example/x is not on the site ours.example. Name a page of ours."
    )


def test_our_page_names_our_site():
    found = read("crm page:https://blog.ours.example/x", Defaults(site="other.example"))
    assert (found.site, found.page) == ("ours.example", "https://blog.ours.example/x")


def test_none_says_that_we_have_no_page():
    assert read("crm page:NONE site:ours.example").page == "none"


def test_a_page_keeps_the_case_of_its_path_and_loses_only_its_fragment():
    page = read("crm page:HTTP://WWW.Ours.example:8080/A/b?Q=1#top").page
    assert page == "http://www.ours.example:8080/A/b?Q=1"


def test_without_a_site_anywhere_there_is_none():
    assert read("crm").site is None


def test_separate_fields_get_the_same_checks():
    with pytest.raises(BadQuestion, match="I do not know the country"):
        make("crm", NOTHING, country="zz")
    assert make("  crm ", NOTHING, via=("A", "a", "b")).via == ("a", "b")


@given(st.text(max_size=60))
def test_any_text_is_a_question_or_a_sentence(text):
    try:
        found = read(text, CHANNEL)
    except BadQuestion:
        return
    assert any(character.isalnum() for character in found.keyword)
    assert found.keyword.encode("utf-8")


PIECES = st.sampled_from(
    ["crm", "best", '"', "'", "“", "site:", "site:ours.example", "page:none", "page:http://[", "\\",
     "page:ours.example:1/é", "in:de", "in:", "lang:", "vs:a.example,,", "fresh:", "gates:1", "@",
     "://", "\u202e", "\udcff", "x:y", "https://", "<!here>", ":", "vs:http://\uff41\u2100.com"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=8), st.sampled_from(["", " "]))
def test_any_mixture_of_the_grammar_is_a_question_or_a_sentence(pieces, between):
    with contextlib.suppress(BadQuestion):
        assert read(between.join(pieces)).keyword


def words(found: Question) -> str:
    """Write a question as an asker would."""
    given = [f'"{found.keyword}"', f"in:{found.market.country}", f"lang:{found.market.language}"]
    given += [f"site:{found.site}"] * (found.site is not None)
    given += [f"page:{found.page}"] * (found.page is not None)
    given += [f"vs:{url}" for url in found.vs]
    given += [f"via:{','.join(found.via)}"] * bool(found.via)
    given += [f"serp:{found.serp}"] * (found.serp is not None)
    return " ".join([*given, f"fresh:{found.fresh}", f"gates:{found.gates}"])


@st.composite
def asked(draw) -> dict[str, object]:
    site = draw(st.sampled_from([None, "ours.example", "bücher.example"]))
    ours = site or "ours.example"
    return {
        "keyword": draw(st.text(st.characters(exclude_categories=["C"], exclude_characters=CURLY))),
        "site": site,
        "page": draw(st.sampled_from([None, "none", f"{ours}/a?b=1", f"http://{ours}:81/%20"])),
        "vs": tuple(draw(st.lists(st.sampled_from(["a.example", "https://b.example/x?y=z"])))),
        "via": tuple(draw(st.lists(st.sampled_from(["ahrefs", "Sample"])))),
        "serp": draw(st.sampled_from([None, "AHREFS"])),
        "country": draw(st.sampled_from(["us", "UK"])),
        "fresh": draw(st.booleans()),
        "gates": draw(st.booleans()),
    }


@given(asked())
def test_a_question_in_words_is_read_as_itself(fields):
    try:
        question = make(defaults=NOTHING, **fields)
    except BadQuestion:
        return
    assert read(words(question)) == question


@pytest.mark.parametrize(
    "typed", ["“best crm”", '"best crm"', "‘best crm’", "«best crm»", "best crm"]
)
def test_quotes_around_a_keyword_mean_the_same_in_a_field_as_in_a_command(typed):
    assert make(typed, NOTHING).keyword == read(typed).keyword == "best crm"


@pytest.mark.parametrize("typed", ['best "crm"', '"crm" or "erp"', "the bakers' crm"])
def test_quotes_inside_a_field_belong_to_the_keyword(typed):
    assert make(typed, NOTHING).keyword == typed


PASTED = {
    "*best crm*": "best crm",
    "_best crm_": "best crm",
    "`best crm`": "best crm",
    "```best crm```": "best crm",
    "~best crm~": "best crm",
    "**best crm**": "best crm",
    "*_best crm_*": "best crm",
    "_snake_case_": "snake_case",
    '"*best crm*"': "best crm",
    '*"best crm"*': "best crm",
    "best *crm* for _us_": "best crm for us",
    "*best*, (~worst~) crm": "best, (worst) crm",
}


@pytest.mark.parametrize(("typed", "keyword"), PASTED.items())
def test_marks_around_pasted_words_are_undone_in_commands_and_in_fields(typed, keyword):
    assert make(typed, NOTHING).keyword == read(typed).keyword == keyword
    assert read_track_words(typed).asked.question(CHANNEL).keyword == keyword


def test_marks_around_options_or_all_of_it_are_undone():
    wanted = read("best crm site:ours.example page:ours.example/a_b_c vs:a.example")
    for typed in (
        "*best crm* site:*ours.example* page:_ours.example/a_b_c_ vs:`a.example`",
        "*best crm site:ours.example page:ours.example/a_b_c vs:a.example*",
    ):
        assert read(typed) == wanted
    assert read_track_words("*best crm weekly on:mon*").day == "mon"


@pytest.mark.parametrize(
    "typed", ["python __init__", "2*3*4", "a * b * c", "*args", "snake_case_words", "~/x ~/y", "c*"]
)
def test_marks_that_paste_nothing_belong_to_the_keyword(typed):
    assert make(typed, NOTHING).keyword == read(typed).keyword == typed


def test_an_address_keeps_characters_that_resemble_markup():
    assert read("crm page:ours.example/_a_/*b*").page == "https://ours.example/_a_/*b*"


JOINED = {
    "می\u200cبینم": "می\u200cبینم",
    "क्\u200dष fonts": "क्\u200dष fonts",
    "ക്ഷമ ന്\u200d": "ക്ഷമ ന്\u200d",
    "👩\u200d💻 laptops": "👩\u200d💻 laptops",
    "👩🏽\u200d⚕️ jobs": "👩🏽\u200d⚕️ jobs",
    "❤️\u200d🔥 crm": "❤️\u200d🔥 crm",
    "می\u200f\u200c\u200cبینم": "می\u200cبینم",
    "crm\u200d for \u200cus": "crm for us",
    "best\u200bcrm": "best crm",
    "2\u200d3 crm": "2 3 crm",
}


@pytest.mark.parametrize(("typed", "keyword"), JOINED.items())
def test_joiners_stay_between_letters_and_in_emoji_and_nowhere_else(typed, keyword):
    assert make(typed, NOTHING).keyword == read(typed).keyword == keyword
    assert make(keyword, NOTHING).keyword == keyword


@given(st.text("ab*_`~ \"'\u200c\u200d\u0915\u094d.,", max_size=24))
def test_a_keyword_parsed_twice_stays_the_same(text):
    with contextlib.suppress(BadQuestion):
        once = make(text, NOTHING).keyword
        if not {'"', "'"} & set(once):
            assert make(once, NOTHING).keyword == once


def test_named_pages_lose_what_came_with_a_click_and_count_once():
    found = make(
        "crm",
        Defaults(),
        page="https://Ours.example/crm?utm_source=mail&p=2#top",
        vs=(
            "https://a.example/x?srsltid=1",
            "http://www.a.example/x/",
            "https://s3.amazonaws.com/b",
        ),
    )
    assert found.page == "https://ours.example/crm?p=2"
    assert found.vs == ("https://a.example/x", "https://s3.amazonaws.com/b")


def test_a_page_of_ours_right_at_a_public_suffix_belongs_to_no_site_of_ours():
    with pytest.raises(BadQuestion, match="is not a site"):
        make("crm", Defaults(), page="https://s3.amazonaws.com/bucket/crm")


@pytest.mark.parametrize(
    ("said", "market"),
    [
        ("in:germany lang:german", ("de", "de")),
        ("in:Deutschland lang:Deutsch", ("de", "de")),
        ("in:new-zealand lang:english", ("nz", "en")),
        ("in:uk", ("gb", "en")),
        ("in:united_states lang:español", ("us", "es")),
        ("in:de", ("de", "en")),
    ],
)
def test_countries_and_languages_go_by_name_or_code(said, market):
    assert read(f"crm {said}").market == Market(*market)


@pytest.mark.parametrize("said", ["in:german", "in:atlantis", "lang:germany", "lang:klingon"])
def test_a_language_is_no_country_and_a_country_no_language(said):
    assert "I do not know the" in refusal(f"crm {said}")
