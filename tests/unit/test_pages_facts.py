"""The facts that a page gives about itself."""

# ruff: noqa: E501 - one piece of markup a line

from datetime import date

import pytest
from fakes.worlds.saved_page import URL, ld, page

from bot.model.page import to_dict
from bot.pages.facts import facts_of

PARAGRAPH = (
    "<p>Sewing a button takes a needle, a thread and the patience to do it slowly and well.</p>"
)


def test_the_printed_facts_have_the_documented_keys_and_no_others():
    assert list(to_dict(page())) == [
        "url",
        "readable",
        "kind",
        "kind_evidence",
        "language",
        "title",
        "author",
        "organisation",
        "published",
        "modified",
        "words",
        "links",
        "emails",
        "outbound_domains",
        "schema_types",
        "trust",
    ]


def test_a_fact_that_a_page_does_not_give_is_none_and_never_a_guess():
    facts = page(url=None)

    assert facts.readable
    assert (facts.url, facts.title, facts.author, facts.organisation) == (None, None, None, None)
    assert (facts.published, facts.modified, facts.links.about) == (None, None, None)
    assert facts.trust[0].present is None


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (ld('{"@type":"Article","author":{"@type":"Person","name":"Ada Byron"}}'), ""),
        (ld('{"@graph":[{"@type":["Article"],"author":[{"name":"Ada Byron"}]}]}'), ""),
        (ld('<!-- {"@type":"BlogPosting","author":"Ada Byron"} -->'), ""),
        (ld('{"@type":"NewsArticle","author":"By Ada Byron"}'), ""),
        ('<meta name="author" content="Ada Byron">', ""),
        (
            '<meta property="article:author" content="https://x.example/x">',
            "<b class=byline>By Ada Byron | 3 May</b>",
        ),
        ("", '<a rel="author" href="/ada">Ada Byron</a>'),
        ("", '<span itemprop="author">Ada Byron</span>'),
        ("", '<div class="post-author">Written by Ada Byron on May 3</div>'),
        ("", "<p>By Ada Byron</p>"),
        ("", "<p>Von <b>Ada Byron</b></p>"),
        ("", "<p>Publicado por <a href=/a>Ada Byron</a> en mayo</p>"),
        ("", "<p>Автор: Ada Byron</p>"),
        ("", '<p><a href="https://sew.example/author/ada/">Ada Byron</a></p>'),
        (
            '<meta name="twitter:label1" content="Verfasst von"><meta name="twitter:data1" content="Ada Byron">',
            "",
        ),
        (
            ld(
                '{"@graph":[{"@type":"Article","author":{"@id":"#ada"}},'
                '{"@type":"Person","@id":"#ada","name":"Ada Byron"}]}'
            ),
            "",
        ),
    ],
)
def test_the_author_is_found_wherever_pages_name_one(head, body):
    assert page(body, head).author == "Ada Byron"


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ('<meta name="author" content="admin">', ""),
        ('<meta name="author" content="Shop">', ""),
        ('<meta name="author" content="Official Shop website">', ""),
        ('<meta name="author" content="https://x.example/">', ""),
        (ld('{"@type":"Article","author":{"@type":"Organization","name":"Sew Ltd"}}'), ""),
        ("", '<div class="comment"><span class="author">Ada Byron</span></div>'),
        ("", '<footer><span class="author">Ada Byron</span></footer>'),
        ("", '<div itemtype="https://schema.org/Review"><b itemprop="author">Ada Byron</b></div>'),
        (ld('{"@type":"Product","review":{"@type":"Review","author":"Ada Byron"}}'), ""),
        (ld('{"@type":"Article", broken'), ""),
        (ld('{"@type":"Article","author":{"@type":["Organization"],"name":"Sew Ltd"}}'), ""),
        (ld('{"@type":"Article","author":{"@id":"#nobody"}}'), ""),
        ("", "<p>By Brand Name</p><p>By Size</p><p>By using our site you agree</p>"),
        ("", "<p>Sort by</p><p>Best Sellers First</p>"),
    ],
)
def test_a_brand_a_commenter_or_a_reviewer_is_not_an_author(head, body):
    assert page(body, head).author is None


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (ld('{"@type":"Article","datePublished":"2024-05-17T09:00:00Z"}'), ""),
        ('<meta property="article:published_time" content="2024-05-17">', ""),
        ('<meta name="date" content="2024/5/17">', ""),
        ("", '<time itemprop="datePublished" datetime="2024-05-17">a while ago</time>'),
        ("", '<time class="entry-date" datetime="2024-05-17">a while ago</time>'),
    ],
)
def test_the_date_of_publication_is_read_from_metadata(head, body):
    assert page(body, head).published == date(2024, 5, 17)


def test_a_visible_date_is_found_on_a_page_that_should_have_one():
    title = "<title>How to sew a button</title><h1>How to sew a button</h1>"
    html = f"<html>{title}<p class=date>Published on 17 May 2024</p>{PARAGRAPH * 9}"
    assert facts_of(html, URL).published == date(2024, 5, 17)


@pytest.mark.parametrize(
    "shown",
    [
        "17.05.2024, 09:30 Uhr",
        "17/05/2024",
        "2024-05-17",
        "May 17, 2024",
        "17 de mayo de 2024",
        "17. Mai 2024",
        "17 мая 2024",
        "2024年5月17日",
        "Updated 18 May 2024. First told 17 May 2024",
    ],
)
def test_a_report_shows_its_day_near_the_top_in_many_ways(shown):
    head = ld('{"@type":"ReportageNewsArticle"}')
    html = f"<html><head>{head}</head><h1>Needle found</h1><p>{shown}</p>{PARAGRAPH * 9}"
    assert facts_of(html, URL).published == date(2024, 5, 17)


@pytest.mark.parametrize(
    "said",
    [
        "Joined: 03.02.2001 <p>17.05.24, 11:30",
        '<time datetime="2024-05-17T09:00:00Z">long ago</time>',
        "17 May 2024 at noon <p>18 May 2024",
    ],
)
def test_a_thread_is_as_old_as_its_first_post(said):
    head = ld('{"@type":"DiscussionForumPosting"}')
    html = f"<html><head>{head}</head><h1>Needle lost</h1>{said}{'<p>Me too.</p>' * 30}"
    assert facts_of(html, "https://sew.example/t/needle/1").published == date(2024, 5, 17)


@pytest.mark.parametrize(
    "odd", ["\0\x01", "&#1;&#0;", "\ud800", '<?xml version="1.0" encoding="x"?>']
)
def test_characters_no_tree_may_hold_do_not_hide_a_visible_date(odd):
    title = f"<title>How to sew{odd}</title><p>{odd}</p><p class=date>Published on 17 May 2024</p>"
    assert facts_of(f"{odd}<html>{title}{PARAGRAPH * 9}", URL).published in (
        date(2024, 5, 17),
        None,
    )


def test_the_date_in_the_address_is_used_before_the_text_is_searched():
    html = f"<html><title>How to sew a button</title>{PARAGRAPH * 9}<p>12 March 2001</p>"
    facts = facts_of(html, "https://sew.example/2024/05/17/how-to-sew")
    assert facts.published == date(2024, 5, 17)


def test_the_date_of_a_comment_or_a_customer_review_is_not_the_page_s():
    body = (
        '<div class="comments"><time itemprop="datePublished" datetime="2024-05-17"></time></div>'
    )
    review = ld('{"@type":"Product","review":{"@type":"Review","datePublished":"2024-05-17"}}')
    assert page(body, review).published is None


def test_a_front_page_has_neither_author_nor_date_of_the_pages_it_links_to():
    teaser = '<article><b class=byline>By Ada Byron</b><time datetime="2024-05-17">17 May</time>'
    html = f"<html><title>News</title>{teaser * 3}{PARAGRAPH * 9}"
    inside, front = (facts_of(html, f"https://sew.example/{path}") for path in ("news/x", ""))
    assert (inside.author, inside.published) == ("Ada Byron", date(2024, 5, 17))
    assert (front.author, front.published) == (None, None)


@pytest.mark.parametrize("said", ["2024-13-45", "2024-02-31", "soon", "", "0000-00-00"])
def test_an_invalid_date_is_unknown(said):
    head = f'<title>About us</title><meta name="date" content="{said}">'
    assert page(head=head, url="https://www.shop.example/about").published is None


def test_the_last_change_is_kept_apart_from_the_publication():
    facts = page(head=ld('{"@type":"Article","dateModified":"2025-01-02"}'))
    assert (facts.published, facts.modified) == (None, date(2025, 1, 2))


def test_the_organisation_is_the_publisher_or_the_name_of_the_site():
    publisher = ld('{"@type":"Article","publisher":{"@type":"Organization","name":"Sew Ltd"}}')
    itself = ld('{"@type":"Organization","name":"Sew Ltd"}')
    for head in (publisher, itself, '<meta property="og:site_name" content="Sew Ltd">'):
        assert page(head=head).organisation == "Sew Ltd"


@pytest.mark.parametrize(
    ("link", "name", "found"),
    [
        ('<a href="/about">About us</a>', "about", "https://www.shop.example/about"),
        ('<a href="/x">Über uns</a>', "about", "https://www.shop.example/x"),
        ('<a href="/x">Quiénes somos</a>', "about", "https://www.shop.example/x"),
        ('<a href="/x">会社概要</a>', "about", "https://www.shop.example/x"),
        (
            '<a href="/about-us"><img src=x alt=""></a>',
            "about",
            "https://www.shop.example/about-us",
        ),
        ('<a href="/x" title="Kontakt"></a>', "contact", "https://www.shop.example/x"),
        ('<a href="/x">Contact the Editors</a>', "contact", "https://www.shop.example/x"),
        ('<a href="/x">Help &amp; Feedback</a>', "contact", "https://www.shop.example/x"),
        ('<a href="/x">Kontakti</a>', "contact", "https://www.shop.example/x"),
        ('<a href="/x">ติดต่อเรา</a>', "contact", "https://www.shop.example/x"),
        (
            '<a href="/contact_HQ.php">Write</a>',
            "contact",
            "https://www.shop.example/contact_HQ.php",
        ),
        ('<a href="/x">นโยบายความเป็นส่วนตัว</a>', "privacy", "https://www.shop.example/x"),
        ('<a href="/x"><img src=x alt="Contact"></a>', "contact", "https://www.shop.example/x"),
        ('<a href="mailto:a@shop.example">Contact</a>', "contact", "mailto:a@shop.example"),
        ('<a href="/x">Datenschutzerklärung</a>', "privacy", "https://www.shop.example/x"),
        (
            '<a href="/legal/privacy-policy">More</a>',
            "privacy",
            "https://www.shop.example/legal/privacy-policy",
        ),
        ('<a href="/x">Editorial policy</a>', "editorial", "https://www.shop.example/x"),
        (
            '<base href="https://cdn.shop.example/de/"><a href="about">About</a>',
            "about",
            "https://cdn.shop.example/de/about",
        ),
    ],
)
def test_the_links_readers_trust_are_found_in_many_languages(link, name, found):
    assert getattr(page(link).links, name) == found


@pytest.mark.parametrize(
    ("link", "name"),
    [
        ('<a href="https://policies.google.com/privacy">Privacy</a>', "privacy"),
        ('<a href="https://facebook.com/about">About</a>', "about"),
        ('<a href="https://www.linkedin.com/x">About us</a>', "about"),
        ('<a href="/cookies">Cookie settings</a>', "privacy"),
        ('<a href="javascript:void(0)">Contact</a>', "contact"),
        (
            '<a href="/bob">A very long story about a man named Bob, and another of Tim</a>',
            "about",
        ),
        ("<span>Contact us</span>", "contact"),
    ],
)
def test_a_widget_s_own_policy_or_a_label_without_a_target_is_no_such_link(link, name):
    assert getattr(page(link).links, name) is None


@pytest.mark.parametrize(
    "body",
    [
        "info (a) sew.com",
        "info at sew dot com",
        "info @ sew.com",
        '<a href="mailto:Info@Sew.com?subject=Hi">Write</a>',
        '<a href="mailto:info%40sew.com">Write</a>',
        "<p>Write to info@sew.com.</p>",
        "<p>info [at] sew.com</p>",
        "<p>info (at) sew (dot) com</p>",
        '<span data-cfemail="2a43444c456a594f5d04494547">[email&#160;protected]</span>',
        '<a href="/cdn-cgi/l/email-protection#2a43444c456a594f5d04494547">Write</a>',
    ],
)
def test_published_addresses_are_read_plain_spelt_out_or_shielded(body):
    assert page(body).emails == ("info@sew.com",)


@pytest.mark.parametrize(
    "body",
    [
        '<a href="mailto:?subject=Read this">Share</a>',
        "<p>your@email.com or name@example.com</p>",
        "<p>@<b>info@sew.com</b></p>",
        "<p>Look at sew.com, or meet me @ sew.com</p>",
        "<p>image@2x.png</p>",
        '<span data-cfemail="zz"></span><span data-cfemail=""></span>',
        '<p>@<span data-cfemail="2a43444c456a594f5d04494547"></span></p>',
        "<p>a@b and @somebody</p>",
        "<script>var mail = 'info@sew.com'</script>",
    ],
)
def test_share_links_placeholders_and_handles_are_no_addresses(body):
    assert page(body).emails == ()


def test_outbound_domains_are_registrable_foreign_and_named_once():
    body = (
        '<a href="https://a.b.co.uk/1">1</a><a href="http://b.co.uk/2">2</a>'
        '<a href="https://blog.shop.example/">own</a><a href="mailto:x@y.com">m</a>'
        '<a href="http://[broken/">?</a><a href="https://one.github.io">3</a>'
    )
    assert page(body).outbound_domains == ("b.co.uk", "one.github.io")


@pytest.mark.parametrize(
    ("html", "language"),
    [
        ('<html lang="de-AT"><body>word', "de"),
        ('<html xml:lang="fr"><body>word', "fr"),
        ('<meta property="og:locale" content="pt_BR"><body>word', "pt"),
        ("<body>The cat is on the table and that is where it was for you", "en"),
        ("<body>Der Hund und die Katze sind nicht mit dem Ball auf der Straße", "de"),
        ("<body>今日はとても良い天気ですね、散歩に行きましょう", "ja"),
        ("<body>今天天气很好我们去公园散步吧", "zh"),
        ("<body>Кошка и собака не на столе, это было что то", "ru"),
        ("<body>xyzzy plugh", None),
    ],
)
def test_the_language_is_what_the_page_declares_or_what_its_words_show(html, language):
    assert facts_of(html, None).language == language


def test_the_url_of_a_saved_page_is_the_one_it_calls_its_own():
    canonical = '<link rel="canonical" href="https://www.sew.example/a">'
    assert page(head=canonical, url=None).url == "https://www.sew.example/a"
    assert page(head=canonical).url == URL
    assert page(head='<link rel="canonical" href="/a">', url=None).url is None


@pytest.mark.parametrize("broken", ["http://[", "http://[::1", "https://a]b/", "http://a:port/"])
def test_an_unreadable_address_affects_nothing_else(broken):
    head = f'<link rel=canonical href="{broken}"><base href="{broken}">'
    assert facts_of(f"{head}<body><a href='{broken}'>About</a>{'word ' * 60}", None).readable
    assert facts_of(f"<body><a href='/about'>About</a>{'word ' * 60}", broken).readable


def test_words_headings_and_vocabulary_leave_out_invisible_text():
    facts = page(
        "<nav>Menu entry</nav><h2>Choosing a thread</h2><style>p{}</style>"
        "<noscript>hidden text</noscript><script>let x</script><template>never</template><footer>Imprint</footer>"
    )
    assert facts.words == 60 + 2 + 3 + 2 + 1
    assert facts.headings == ("Choosing a thread",)
    assert {"choosing", "thread", "hidden"} <= facts.vocabulary
    assert not {"menu", "imprint", "let", "never"} & facts.vocabulary


def test_trust_signs_carry_where_they_were_seen():
    facts = page(
        '<a href="/about">About</a><a href="https://a.com">a</a><a href="https://b.com">b</a>',
        ld('{"@type":"Article","author":"Ada Byron","dateModified":"2025-01-02"}'),
    )
    told = {sign.name: (sign.present, sign.evidence) for sign in facts.trust}
    assert told["https"] == (True, URL)
    assert told["author or organisation"] == (True, "Ada Byron")
    assert told["date"] == (True, "2025-01-02")
    assert told["about page"] == (True, "https://www.shop.example/about")
    assert told["contact"] == (False, None)
    assert told["cited sources"] == (True, "links to 2 other sites")
    assert page(url="http://a.example/").trust[0].present is False
