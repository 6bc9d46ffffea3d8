"""Whom to write to: what a page publishes, and nothing that it does not."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.common.mail_address import mail_address
from bot.model.approach import Way
from bot.model.outreach import Withheld, read_address, read_domain
from bot.outreach.contacts import contacts_on, in_order, is_role
from bot.pages.facts import facts_of
from bot.pages.linking import linking_page_of

PAGE = "https://acme-tools.com/blog/post"
NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)
WORDS = "<p>" + "Some words that stand on this page and say very little. " * 5 + "</p>"


def contacts(body, head="", url=PAGE):
    page = linking_page_of(f"<html lang=en><head>{head}</head><body>{WORDS}{body}</body>", url)
    assert page.facts.readable
    return in_order(contacts_on(page, "acme-tools.com", NOON))


def addresses(body, head="", url=PAGE):
    return {one.address: one.how for one in contacts(body, head, url) if one.address}


@pytest.mark.parametrize(
    ("body", "how"),
    [
        ("<a href='mailto:info@acme-tools.com'>Write</a>", Way.MAILTO),
        ("<a href='MAILTO:Info@Acme-Tools.com?subject=Hi'>Write</a>", Way.MAILTO),
        ("<a href='mailto:%69nfo@acme-tools.com'>Write</a>", Way.MAILTO),
        ("<a href='mailto:Jo%20%3Cinfo@acme-tools.com%3E'>Write</a>", Way.MAILTO),
        ("<p>Write to info@acme-tools.com.</p>", Way.WRITTEN),
        ("<p><b>info</b>@acme-tools.com</p>", Way.WRITTEN),
        ("<p>info<!-- no robots -->@acme-tools.com</p>", Way.WRITTEN),
        ("<p>in&shy;fo@acme-tools.com</p>", Way.WRITTEN),
        ("<table><td>info@acme-tools.com<td>Phone</table>", Way.WRITTEN),
        ("<p>Mail: info [at] acme-tools [dot] com</p>", Way.SPELT),
        ("<p>Write to info at acme-tools dot com</p>", Way.SPELT),
        ("<p>info @ acme-tools.com</p>", Way.SPELT),
        ("<p>info<span> (at) </span>acme-tools.com</p>", Way.SPELT),
    ],
)
def test_a_published_address_is_found_and_how_is_told(body, how):
    assert addresses(body) == {"info@acme-tools.com": how}


@pytest.mark.parametrize(
    "data",
    [
        '{"@type": "Organization", "email": "mailto:info@acme-tools.com"}',
        '{"@type": "LocalBusiness", "contactPoint": {"email": "info@acme-tools.com"}}',
        '{"@graph": [{"@type": "Person", "email": ["info@acme-tools.com"]}]}',
    ],
)
def test_schema_org_addresses_are_contacts_and_no_facts_of_the_page(data):
    head = f'<script type="application/ld+json">{data}</script>'

    assert addresses("", head) == {"info@acme-tools.com": Way.SCHEMA}
    assert facts_of(f"<html><head>{head}</head><body>{WORDS}", PAGE).emails == ()


@pytest.mark.parametrize(
    "body",
    [
        "<script>var to = 'info@acme-tools.com'</script>",
        "<!-- info@acme-tools.com -->",
        "<template><p>info@acme-tools.com</p></template>",
        "<p style='display: none'>info@acme-tools.com</p>",
        "<div hidden><p>info@acme-tools.com</p></div>",
        "<p style='color:red;visibility:hidden'>info@acme-tools.com</p>",
        "<p style='font-size:0px'>info@acme-tools.com</p>",
        "<div style='DISPLAY:NONE'><a href='mailto:trap@acme-tools.com'>x</a></div>",
        "<p style='unicode-bidi:bidi-override;direction:rtl'>moc.sloot-emca@ofni</p>",
        "<p>\u202emoc.sloot@ofni.emca.net</p>",
    ],
)
def test_what_readers_do_not_see_is_no_address(body):
    assert addresses(body) == {}


@pytest.mark.parametrize(
    "body",
    [
        "<p><b>i</b>nfo@acme-tools.com</p>",
        "<p>info@acme-tools.co<i>m</i></p>",
        "<p><span>info@acme-tools.com</span><span>Phone</span></p>",
        "<p>Mail<span>info [at] acme-tools.com</span></p>",
        "<p>Visit us at acme-tools dot com</p>",
        "<p>Look at acme-tools dot com</p>",
        "<p>We met at acme-tools dot com</p>",
        "<p>o'brien@acme-tools.com</p>",
        "<p>Follow @jo@acme-tools.com</p>",
        "<p>https://user@acme-tools.com/</p>",
        "<p>info@acme-tools.comPhone and info@acme-tools.nosuchending</p>",
        "<p>icon@2x.png and you@example.com</p>",
        "<p>info@localhost and jo@127.0.0.1</p>",
        "<p>\u0456nfo@acme-tools.com</p>",
        "<p>info\uff20acme-tools.com</p>",
        "<p>a..b@acme-tools.com</p>",
        "<a href='mailto:?to=info@acme-tools.com&subject=share'>Share</a>",
        "<a href='mailto:no-reply@acme-tools.com'>x</a>",
    ],
)
def test_no_address_is_guessed_from_pieces_places_or_letters_that_look_alike(body):
    assert addresses(body) == {}


def test_a_domain_that_looks_like_another_is_shown_as_what_it_is():
    assert list(addresses("<p>info@\u0430cme-tools.com</p>")) == ["info@xn--cme-tools-zyh.com"]


@pytest.mark.parametrize(
    ("link", "found"),
    [
        ("info@acme-tools.com?cc=evil@spam.com&bcc=evil@spam.com", ["info@acme-tools.com"]),
        ("info@acme-tools.com%0d%0aBcc:evil@spam.com", ["info@acme-tools.com"]),
        ("info@acme-tools.com%0abcc:%20evil@spam.com", ["info@acme-tools.com"]),
        ("info@acme-tools.com%00evil@spam.com", ["info@acme-tools.com"]),
        ("info@acme-tools.com&#10;Bcc: evil@spam.com", []),
        ("info@acme-tools.com%20Bcc:%20evil@spam.com", []),
    ],
)
def test_a_mail_link_cannot_slip_in_another_recipient(link, found):
    assert list(addresses(f"<a href='mailto:{link}'>Write</a>")) == found


def test_a_sign_before_a_protected_address_makes_it_a_handle_everywhere():
    code = "42" + bytes(byte ^ 0x42 for byte in b"jo@acme-tools.com").hex()
    protected = f"<span data-cfemail={code}>[email protected]</span>"

    assert addresses(f"<p>Mail {protected}</p>") == {"jo@acme-tools.com": Way.PROTECTED}
    assert addresses(f"<p>Mail {protected}</p><p>@<bdi>{protected}</bdi></p>") == {}
    assert addresses(f"<p>Mail {protected}</p><p><b>by @</b>{protected}</p>") == {}


def test_a_page_of_digits_and_signs_is_read_quickly_and_has_no_address():
    digits = "7" * 40_000
    assert addresses(f"<p>{digits}@{digits}</p><a data-cfemail={digits}>x</a>") == {}
    assert addresses(f"<a href='mailto:{digits}@{digits}.com'>x</a><p>{'a@' * 20_000}</p>") == {}


def test_role_addresses_of_the_site_come_first_and_others_last():
    body = (
        "<p>Our guest jo.smith@other-firm.com, press@other-firm.com, our own jane@acme-tools.com,"
        " privacy@acme-tools.com, editor@acme-tools.com</p><a href=/contact>Contact</a>"
    )
    found = contacts(body)

    assert [one.address for one in found] == [
        "editor@acme-tools.com",
        "jane@acme-tools.com",
        "privacy@acme-tools.com",
        "press@other-firm.com",
        "jo.smith@other-firm.com",
        None,
    ]
    assert [one.role for one in found[:2]] == [True, False]
    assert found[-1].form_url == "https://acme-tools.com/contact"


@given(st.emails())
def test_every_address_that_is_found_can_be_suppressed(text):
    made = mail_address(text)

    if made is not None and read_domain(made.partition("@")[2]):
        assert not Withheld(frozenset({read_address(made)})).may_write_to(made)


def test_each_contact_names_the_page_and_the_time_where_it_was_read():
    (found,) = contacts("<p>editor@acme-tools.com</p>")

    assert (found.found_on, found.read_at) == (PAGE, NOON)


def test_addresses_in_posts_are_of_whoever_wrote_them():
    posts = "".join(
        f"<div class=post itemscope itemtype=https://schema.org/DiscussionForumPosting><p>{WORDS}"
        f"Reply · Joined: 2020 · mail me: user{number}@acme-tools.com, x@free-mail.com</p></div>"
        for number in range(6)
    )
    head = "<meta name=generator content='XenForo'><title>Thread: which tool?</title>"

    assert addresses(posts, head) == {}
    footer = "<footer><a href='mailto:info@acme-tools.com'>Mail</a></footer>"
    assert list(addresses(posts + footer, head)) == ["info@acme-tools.com"]


@pytest.mark.parametrize("name", ["info", "press.office", "editor2", "news-desk", "redaktion"])
def test_an_address_that_names_a_task_is_a_role(name):
    assert is_role(f"{name}@acme-tools.com")
    assert not is_role("john.press@acme-tools.com")


@given(st.text(max_size=80))
def test_an_address_is_always_plain_whatever_it_is_made_from(text):
    made = mail_address(text)

    assert made is None or (made.isascii() and made.isprintable() and made.count("@") == 1)
    assert made is None or mail_address(made) == made
    assert made is None or not set(made) & set(' ,;:<>()[]\\"\r\n\t?&%')


@given(st.text(alphabet="io @.[]<>atdbcm\u202e\u200b\n%", max_size=60))
def test_no_markup_makes_an_address_that_is_not_in_the_page(text):
    for address in addresses(f"<p>{text}</p>"):
        name, _, domain = address.partition("@")
        assert name in text
        assert domain.split(".")[0] in text
