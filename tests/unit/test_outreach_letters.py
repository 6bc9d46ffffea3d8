"""Letters state facts only, say what they lack, and open in the user's own mail program."""

import tomllib
from dataclasses import fields, replace
from datetime import UTC, date, datetime
from email import message_from_bytes, policy
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.common.killable import Killable, Limits
from bot.model.approach import (
    Angle,
    AngleKind,
    Contact,
    Draft,
    LetterFacts,
    LinkSeen,
    ProspectReading,
    Way,
)
from bot.outreach.draft import draft_of, edited, letter_facts, linted, own_draft
from bot.outreach.law import ADVICE, notes_for
from bot.outreach.letters import BadTemplate, Letter, built_in, filled, template_of
from bot.outreach.mail import LONGEST_LINK, eml, file_name, mailto

ROOT = Path(__file__).parents[2]
BARE = LetterFacts("roundup.example", "https://roundup.example/tools", "ledgerly.example")
FULL = LetterFacts(
    their_site="roundup.example",
    their_page="https://roundup.example/tools",
    our_site="ledgerly.example",
    their_title="What now? Seven tools. Really",
    competitor="rival.example",
    anchor="Rival",
    broken_page="https://gone.example/page",
    our_page="https://ledgerly.example/guide",
    our_title="The guide",
    topic="payroll software",
    our_name="Jo Doe",
    our_firm="Ledgerly Ltd",
    postal_address="1 Main Street\n12345 Springfield",
    to="editor@roundup.example",
    found_on="https://roundup.example/contact",
    found_at=date(2026, 11, 27),
    language="en",
)
# What no letter may say unless it was given; each stands for one fact.
SAID = {each.name: str(getattr(FULL, each.name)) for each in fields(LetterFacts)}


DEAD = "https://rival.example/gone"
READING = ProspectReading(
    domain="roundup.example",
    page="https://roundup.example/tools",
    angle=Angle(AngleKind.BROKEN_LINK, "Its link is dead.", (), easiest=True, broken=DEAD),
    language="en",
    title="Seven tools",
    links=(
        LinkSeen("https://other.example/", "Other", in_text=True),
        LinkSeen(f"{DEAD}#top", "Rival's guide", in_text=True),
    ),
)
EDITOR = Contact(
    "https://roundup.example/contact",
    datetime(2026, 11, 27, 12, tzinfo=UTC),
    Way.WRITTEN,
    address="editor@roundup.example",
    role=True,
)


@pytest.fixture(scope="module")
def process():
    made = Killable(
        Limits(cpu_seconds=0.5, seconds=10, megabytes=300), preload=("bot.outreach.letters",)
    )
    made.start()
    yield made
    made.close()


@pytest.mark.parametrize("kind", AngleKind)
def test_every_kind_has_a_short_letter_that_lacks_nothing_when_all_is_known(kind):
    draft = draft_of(kind, FULL)

    assert draft.missing == ()
    assert draft.to == "editor@roundup.example"
    assert draft.subject
    assert len(draft.body.split()) < 160
    assert FULL.their_page in draft.body
    assert FULL.our_page in draft.body
    assert "1 Main Street, 12345 Springfield" in draft.body


@pytest.mark.parametrize("kind", AngleKind)
@given(missing=st.sets(st.sampled_from([each.name for each in fields(LetterFacts)][3:])))
def test_a_missing_fact_leaves_its_sentence_out(kind, missing):
    letter = built_in(kind, replace(FULL, **dict.fromkeys(missing)))
    text = f"{letter.subject}\n{letter.body}"

    assert letter.subject
    for word in ("None", "undefined", "{{", "{%", "  ", " .", "“”", "()", "\n\n\n"):
        assert word not in text
    for name in missing - {"language", "to", "anchor"}:
        assert SAID[name] not in text


@given(
    st.sampled_from(AngleKind),
    st.text(max_size=400),
    st.text(alphabet="a.? \n\r\x02\x03\x1a\u202e\u200b{}%", max_size=60),
)
def test_what_strangers_wrote_stays_one_line_and_no_template(kind, title, anchor):
    plain = built_in(kind, replace(FULL, their_title="Tools", competitor="Rival"))
    letter = built_in(kind, replace(FULL, their_title=title or "x", competitor=anchor or "x"))

    assert not set(letter.subject + letter.body) & {"\r", "\x02", "\x03", "\x1a", "\u202e"}
    assert letter.body.count("\n") <= plain.body.count("\n")
    assert letter.body.splitlines()[-1] == plain.body.splitlines()[-1]


def test_the_facts_of_a_letter_are_those_that_were_read():
    facts = letter_facts(READING, EDITOR, our_site="ledgerly.example", our_name="Jo Doe")

    assert (facts.competitor, facts.anchor) == ("rival.example", "Rival's guide")
    assert (facts.broken_page, facts.their_title) == (DEAD, "Seven tools")
    assert (facts.to, facts.found_on) == (EDITOR.address, EDITOR.found_on)
    assert facts.found_at == date(2026, 11, 27)
    assert (facts.our_page, facts.postal_address, facts.topic) == (None, None, None)


def test_a_letter_for_a_contact_form_names_no_address():
    form = replace(EDITOR, address=None, form_url="https://roundup.example/contact")

    for contact in (form, None):
        facts = letter_facts(replace(READING, links=()), contact, our_site="ledgerly.example")
        assert (facts.to, facts.found_on, facts.found_at) == (None, None, None)
        assert (facts.competitor, facts.anchor) == (None, None)


def test_a_fact_with_sentences_in_it_is_kept_or_left_out_whole():
    letter = filled("Subject: x\n\nOn “{{ their_title }}” we agree. Bye {{ topic }}.", FULL)
    mixed = "Subject: x\n\nOn “{{ their_title }}” about {{ topic }} we agree. Bye."

    assert letter.body == "On “What now? Seven tools. Really” we agree. Bye payroll software."
    assert filled(mixed, replace(FULL, topic=None)).body == "Bye."


@pytest.mark.parametrize(
    "template",
    [
        "{{ topic }}",
        "{{ topic|upper }}",
        "{{ topic ~ '!' }}",
        "{{ topic[:3] }}",
        "{{ topic.title.x }}",
        "{% set it = topic %}{{ it }}",
        "{% macro say(it) %}{{ it }} here{% endmacro %}{{ say(topic) }}",
    ],
)
def test_a_missing_fact_is_missing_however_a_template_turns_it(template):
    made = filled(f"Subject: x\n\nFirst. Lost {template} words. Last.", BARE)

    assert made.body == "First. Last."


@pytest.mark.parametrize(
    ("template", "line", "reason"),
    [
        ("Subject: x\n\n{{ nobody }}", 3, "'nobody' is undefined"),
        ("a\nb {% if %}", 2, "Expected an expression"),
        ("a\n\n\n{{ 1 / 0 }}", 4, "division by zero"),
        ("a\n{{ ''.__class__.__mro__ }}", 2, "unsafe"),
        ("{{ topic.format.__globals__ }}", 1, "unsafe"),
        ("a\n{% include '../../etc/passwd' %}", 2, "no template"),
        ("{% for x in range(10000000) %}a{% endfor %}", 1, "Range too big"),
        ("a\n{{ our_site + 1 }}", 2, "concatenate"),
    ],
)
async def test_a_template_with_a_fault_says_the_line_and_the_reason(
    process, template, line, reason
):
    with pytest.raises(BadTemplate) as fault:
        await own_draft(process, template, FULL)

    assert str(fault.value).startswith(f"Line {line} of the template cannot be filled: ")
    assert reason in str(fault.value)
    assert "their_page" in str(fault.value)


async def test_a_template_that_counts_without_end_is_stopped(process):
    endless = "{% for a in range(99999) %}" * 3 + "{% endfor %}" * 3

    with pytest.raises(BadTemplate, match="Take its loops out"):
        await own_draft(process, endless, FULL)
    with pytest.raises(BadTemplate, match="Shorten it"):
        await own_draft(process, "a" * 10_001, FULL)


async def test_a_teams_own_template_is_filled_with_the_same_facts(process):
    own = 'Subject: About {{ topic }}\n\nHi,\n\n{{ our_page }}\n{% include "_close.txt.j2" %}'

    draft = await own_draft(process, own, FULL)

    assert draft.subject == "About payroll software"
    assert draft.body.startswith("Hi,\n\nhttps://ledgerly.example/guide\n")
    assert draft.missing == ()


async def test_a_built_in_template_can_be_taken_over_as_ones_own(process):
    taken = template_of(AngleKind.DIRECTORY)

    assert await own_draft(process, taken, FULL) == draft_of(AngleKind.DIRECTORY, FULL)


def test_a_letter_says_in_plain_words_what_it_lacks():
    assert linted(Letter("", "Give me a link."), FULL).missing == (
        "It has no subject.",
        "It does not say who writes: the name Jo Doe is not in it.",
        "It has no postal address: the one that is set is not in it.",
        "It does not say where the address was found: https://roundup.example/contact",
        "It offers no way to say no.",
    )
    assert draft_of(AngleKind.ARTICLE, BARE).missing == (
        "It does not say who writes: no name is set.",
        "It has no postal address: none is set.",
        "It names no page of ours: none is known for this keyword.",
        "It has no address: none is published that could be read.",
    )


def test_an_edited_letter_is_looked_at_anew():
    body = (
        "Hi,\njo doe here,\n1 Main Street\n12345 Springfield. You publish your address on "
        "roundup.example/contact. We will not write again if you say so."
    )
    assert edited(FULL, "Hi\nBcc: x@y.com", body).missing == ()
    assert edited(FULL, "Hi\nBcc: x@y.com", body).subject == "Hi Bcc: x@y.com"
    assert "It offers no way to say no." in edited(FULL, "Hi", body.partition("We")[0]).missing


def test_an_address_that_is_none_is_never_written_to():
    draft = linted(Letter("x", "y"), replace(FULL, to="jo@firm.com\nBcc: x@y.com"))

    assert draft.to is None
    assert "It has no address: none is published that could be read." in draft.missing


def test_another_language_is_told():
    notes = draft_of(AngleKind.ARTICLE, replace(FULL, language="de")).notes

    assert notes[0] == "The page is in another language (de); this letter is in English."


@pytest.mark.parametrize(
    ("domain", "language", "named"),
    [
        ("firma.de", "de", ["Germany", "European Union"]),
        ("firme.fr", "fr", ["European Union"]),
        ("firm.co.uk", "en", ["Where this domain belongs"]),
        ("firm.us", "en", ["United States:"]),
        ("firm.com", "en", ["does not say", "United States, if", "European Union, if"]),
        ("firm.com", "de", ["Germany", "does not say", "United States, if", "European Union, if"]),
        ("firm.ch", "de", ["is not known"]),
        ("xn--bcher-kva.com", None, ["does not say", "United States, if", "European Union, if"]),
    ],
)
def test_notes_say_what_the_recipients_country_asks_as_far_as_it_is_known(domain, language, named):
    notes = notes_for(domain, language)

    assert notes[-1] == ADVICE
    assert len(notes) == len(named) + 1
    for note, words in zip(notes, named, strict=False):
        assert words in note


def draft(subject="A page for you", body="Hello,\n\nGrüße & more.", to="editor@roundup.example"):
    return Draft(subject, body, to)


def test_a_short_letter_opens_as_a_link():
    link = mailto(draft())
    parts = urlsplit(link)

    assert (parts.scheme, unquote(parts.path)) == ("mailto", "editor@roundup.example")
    assert parse_qs(parts.query) == {
        "subject": ["A page for you"],
        "body": ["Hello,\r\n\r\nGrüße & more."],
    }


def test_a_long_letter_or_one_without_an_address_is_a_file():
    assert mailto(draft(body="ü" * (LONGEST_LINK // 6))) is None
    assert mailto(draft(to=None)) is None
    assert mailto(draft(to="nobody")) is None
    assert "To:" not in eml(draft(to=None)).decode()


def test_the_file_opens_as_a_letter_not_yet_sent():
    letter = message_from_bytes(eml(draft(subject="Grüße")), policy=policy.default)

    assert letter["X-Unsent"] == "1"
    assert (letter["To"], letter["Subject"]) == ("editor@roundup.example", "Grüße")
    assert letter.get_content().splitlines() == ["Hello,", "", "Grüße & more."]


@given(
    st.text(max_size=200),
    st.text(max_size=300),
    st.text(max_size=60) | st.just("a@firm.com\r\nBcc: x@y.com") | st.none(),
)
def test_nothing_in_a_draft_adds_a_header_or_a_recipient(subject, body, to):
    made = Draft(f"{subject}\r\nBcc: evil@spam.com", body, to)
    letter = message_from_bytes(eml(made), policy=policy.default)
    link = mailto(replace(made, to="editor@roundup.example"))

    assert set(letter.keys()) <= {
        *("X-Unsent", "To", "Subject", "MIME-Version", "Content-Type"),
        "Content-Transfer-Encoding",
    }
    assert "evil" not in str(letter["To"])
    if link is not None:
        assert set(parse_qs(urlsplit(link).query, keep_blank_values=True)) == {"subject", "body"}
        assert link.isascii()


def test_a_file_is_named_after_the_domain_only():
    assert file_name("roundup.example") == "roundup.example.eml"
    assert file_name("../../etc/passwd\n") == "etcpasswd.eml"
    assert file_name("…") == "letter.eml"


def test_the_templates_are_in_the_wheel():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]

    assert wheel["force-include"]["templates"] == "bot/_templates"
    names = {path.name.removesuffix(".txt.j2") for path in (ROOT / "templates/outreach").iterdir()}
    assert names == {*AngleKind, "_close"}
