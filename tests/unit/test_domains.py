"""Which site a URL or host belongs to, however it is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.common.domains import (
    host_of,
    is_address,
    is_platform,
    is_public_suffix,
    platforms,
    readable,
    registrable,
    under_private_suffix,
)


@pytest.mark.parametrize(
    ("written", "domain"),
    [
        ("example.com", "example.com"),
        ("www.example.com", "example.com"),
        ("WWW.Example.COM", "example.com"),
        ("example.com.", "example.com"),
        ("  example.com ", "example.com"),
        ("example.com:8080", "example.com"),
        ("https://blog.example.com:443/a?b=http://other.com/#c", "example.com"),
        ("//cdn.example.com/x", "example.com"),
        ("example.com/redirect?to=https://other.com", "example.com"),
        ("a.b.example.co.uk", "example.co.uk"),
        ("bücher.de", "xn--bcher-kva.de"),
        ("https://WWW.BÜCHER.de:80/x", "xn--bcher-kva.de"),
        ("xn--bcher-kva.de", "xn--bcher-kva.de"),
        ("faß.de", "xn--fa-hia.de"),
        ("例え。テスト", "xn--r8jz45g.xn--zckzah"),
        ("a.github.io", "a.github.io"),
        ("deep.b.github.io", "b.github.io"),
        ("my-shop.blogspot.com", "my-shop.blogspot.com"),
        ("x.example", "x.example"),
        ("a.b.invented-suffix", "b.invented-suffix"),
        ("_dmarc.example.com", "example.com"),
    ],
)
def test_a_site_has_one_name_however_it_is_written(written, domain):
    assert registrable(written) == domain


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "localhost", "com", "uk", "http://", "https:///path", "a..b.com",
        "ex ample.com", "<http://x.com|x.com>", "http://[x", "127.0.0.1", "http://10.0.0.1:80/x",
        "[2001:db8::1]", "::1", "127.1", "a.b.256", "-", "x" * 64 + ".com", "a." * 127 + "com",
        "\uff41\u2100.com", "\u2488com.com", "a\u0000.com",
    ],
)  # fmt: skip
def test_a_text_that_is_no_site_has_no_domain(text):
    assert registrable(text) is None


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("http://8.8.8.8/x", "8.8.8.8"),
        ("[2001:DB8::1]:443", "2001:db8::1"),
        ("http://[::1]/", "::1"),
        ("\uff11\uff12\uff17.0.0.1", "127.0.0.1"),
    ],
)
def test_an_address_is_a_host_without_a_domain(text, host):
    assert host_of(text) == host
    assert is_address(host)
    assert registrable(text) is None


def test_a_name_is_not_an_address():
    assert not is_address("1.2.3.example")
    assert is_address("[::1]")


@pytest.mark.parametrize(
    ("domain", "private"),
    [
        ("a.github.io", True),
        ("shop.myshopify.com", True),
        ("github.com", False),
        ("example.co.uk", False),
        ("x.example", False),
    ],
)
def test_a_domain_under_a_private_suffix_is_a_domain_of_its_own(domain, private):
    assert under_private_suffix(domain) is private


@pytest.mark.parametrize(
    ("domain", "shown"),
    [
        ("xn--bcher-kva.de", "bücher.de"),
        ("example.com", "example.com"),
        ("xn--ls8h.la", "xn--ls8h.la"),
    ],
)
def test_a_domain_is_shown_as_its_owner_writes_it(domain, shown):
    assert readable(domain) == shown


@pytest.mark.parametrize(
    ("written", "host"),
    [
        ("https://s3.amazonaws.com/bucket/list.html", "s3.amazonaws.com"),
        ("http://ec2-1-2-3-4.compute-1.amazonaws.com/x", "ec2-1-2-3-4.compute-1.amazonaws.com"),
        ("blogspot.com", "blogspot.com"),
        ("https://nhs.uk/", "nhs.uk"),
        ("https://x.eth.limo/", "x.eth.limo"),
    ],
)
def test_a_host_that_is_itself_a_public_suffix_stands_for_itself(written, host):
    assert registrable(written) == host
    assert is_public_suffix(host)
    assert not is_public_suffix(f"mine.{host}")


def test_pages_right_at_a_suffix_that_is_open_to_the_public_are_strangers_pages():
    assert is_platform("s3.amazonaws.com")
    assert is_platform("blogspot.com")
    assert not is_platform("mine.blogspot.com")
    assert not is_platform("nhs.uk")


def test_the_platforms_are_registrable_domains_themselves():
    assert {name for name in platforms() if registrable(name) != name} == set()
    assert {"reddit.com", "youtube.com", "wikipedia.org", "medium.com", "linkedin.com"} <= (
        platforms()
    )
    assert is_platform("reddit.com")
    assert not is_platform("example.com")


HOSTS = st.lists(
    st.text(st.sampled_from("aZ09-_éß例。\uff0e\uff11٣\u00ad:@%"), min_size=1, max_size=6),
    max_size=4,
).map(".".join)


@given(st.one_of(st.text(max_size=40), HOSTS, HOSTS.map(lambda host: f"http://{host}/p")))
def test_a_domain_is_its_own_domain(text):
    domain = registrable(text)
    if domain is not None:
        assert registrable(domain) == domain
        assert domain.isascii()
        assert domain == domain.lower()
        assert not domain.endswith(".")


@given(HOSTS)
def test_subdomains_belong_to_their_domain(text):
    domain = registrable(text)
    if domain is not None and len(domain) < 240:
        assert registrable(f"https://www.{domain.upper()}.:8080/path?q#f") == domain


@given(st.one_of(st.text(max_size=40), HOSTS))
def test_any_text_has_a_host_or_none(text):
    host = host_of(text)
    assert host is None or (
        host and host.isascii() and host_of(f"[{host}]" if ":" in host else host) == host
    )
