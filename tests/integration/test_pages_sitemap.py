"""The page of a site that fits a keyword best, by the site's own sitemap."""

import gzip

import pytest
from fakes.servers.hostile_server import HostileServer, answer, bomb, endless, raw, stalled
from support.clock import FakeClock

from bot.gap.relevance import terms_of
from bot.pages import sitemap
from bot.pages.reading.fetch import Reader
from bot.pages.sitemap import best_page

TERMS = terms_of("best accounting software for startups", (), "en")


@pytest.fixture
async def server():
    async with HostileServer() as running:
        yield running


@pytest.fixture
async def reader():
    async def here(_host, _port):
        return ["127.0.0.1"]

    async with Reader(FakeClock(), allow_loopback=True, resolver=here, seconds=2) as one:
        yield one


def url(server, path: str) -> str:
    return server.url(path, "own.example")


def listing(server, *paths: str, tag: str = "urlset") -> bytes:
    places = "".join(f"<url>\n <loc> {url(server, path)} </loc></url>" for path in paths)
    return f'<?xml version="1.0"?><{tag} xmlns="https://s.example">{places}</{tag}>'.encode()


def page(title: str):
    words = "Some words that a reader would like to see here. " * 10
    return answer(f"<html><title>{title}</title><p>{words}</p></html>".encode())


async def best(server, reader, terms=TERMS) -> str | None:
    return await best_page(reader, url(server, "/"), terms)


async def test_the_page_with_most_terms_in_its_address_wins(server, reader):
    server.routes["/sitemap.xml"] = answer(
        listing(server, "/", "/pricing", "/accounting-software-startups", "/startups")
    )
    assert await best(server, reader) == url(server, "/accounting-software-startups")


async def test_a_title_tells_what_a_short_address_does_not(server, reader):
    server.routes |= {
        "/sitemap.xml": answer(listing(server, "/startups-team", "/accounting")),
        "/accounting": page("Accounting software for startups"),
        "/startups-team": page("Meet our team"),
    }
    assert await best(server, reader) == url(server, "/accounting")


async def test_a_page_with_less_than_half_of_the_terms_is_not_proposed(server, reader):
    server.routes["/sitemap.xml"] = answer(listing(server, "/startups", "/contact"))
    assert await best(server, reader) is None


async def test_the_sites_name_is_not_a_term_of_a_page(server, reader):
    """Otherwise every page of softwareforaccounting.example would be about accounting software."""
    home = server.url("/", "accounting-software.example")
    server.routes["/sitemap.xml"] = answer(f"<loc>{home}contact</loc>".encode())
    assert await best_page(reader, home, TERMS) is None


async def test_robots_names_the_sitemap_and_an_index_is_followed_one_level(server, reader):
    server.routes |= {
        "/robots.txt": answer(f"Sitemap: {url(server, '/maps')}".encode(), kind="text/plain"),
        "/maps": answer(listing(server, "/inner.xml.gz", tag="sitemapindex")),
        "/inner.xml.gz": answer(
            gzip.compress(listing(server, "/accounting-software")), kind="application/gzip"
        ),
    }
    assert await best(server, reader) == url(server, "/accounting-software")
    assert "/sitemap.xml" not in server.paths


async def test_an_index_inside_an_index_is_not_followed(server, reader):
    server.routes |= {
        "/sitemap.xml": answer(listing(server, "/one.xml", tag="sitemapindex")),
        "/one.xml": answer(listing(server, "/two-accounting-software.xml", tag="sitemapindex")),
    }
    assert await best(server, reader) is None
    assert server.paths[-1] == "/one.xml"


async def test_an_index_of_many_files_is_read_in_part(server, reader):
    files = [f"/{number}.xml" for number in range(50)]
    server.routes["/sitemap.xml"] = answer(listing(server, *files, tag="sitemapindex"))
    await best(server, reader)
    assert len([path for path in server.paths if path in files]) == sitemap.MAX_FILES


async def test_addresses_beyond_the_limit_are_not_compared(server, reader, monkeypatch):
    monkeypatch.setattr(sitemap, "MAX_ADDRESSES", 3)
    server.routes["/sitemap.xml"] = answer(
        listing(server, "/a", "/b", "/c", "/accounting-software")
    )
    assert await best(server, reader) is None


async def test_other_sites_files_and_schemes_are_left_out(server, reader):
    server.routes["/sitemap.xml"] = answer(
        b"<loc>https://rival.example/accounting-software</loc>"
        + f"<loc>{url(server, '/accounting-software.pdf')}</loc>".encode()
        + b"<loc>ftp://own.example/accounting-software</loc>"
    )
    assert await best(server, reader) is None


async def test_addresses_are_read_out_of_escapes_and_cdata(server, reader):
    place = url(server, "/accounting?a=1&amp;b=software")
    server.routes["/sitemap.xml"] = answer(f"<loc><![CDATA[{place}]]></loc>".encode())
    assert await best(server, reader) == url(server, "/accounting?a=1&b=software")


@pytest.mark.parametrize(
    "handler",
    [
        answer(b"", status=404),
        answer(b"\x1f\x8b not gzip at all"),
        answer(b"<loc><loc><loc>"),
        raw(b"no HTTP"),
        bomb(30),
        endless(b"<loc>" * 1000),
    ],
)
async def test_a_sitemap_that_means_harm_proposes_nothing(server, reader, handler):
    server.routes["/sitemap.xml"] = handler
    assert await best(server, reader) is None


async def test_what_robots_forbid_is_not_read(server, reader):
    server.routes |= {
        "/robots.txt": answer(b"User-agent: *\nDisallow: /", kind="text/plain"),
        "/sitemap.xml": answer(listing(server, "/accounting-software")),
    }
    assert await best(server, reader) is None
    assert server.paths == ["/robots.txt"]


async def test_a_site_that_takes_too_long_is_given_up(server, reader, monkeypatch):
    monkeypatch.setattr(sitemap, "SECONDS", 0.2)
    server.routes["/sitemap.xml"] = stalled()
    assert await best(server, reader) is None


@pytest.mark.parametrize("home", ["https://127.0.0.1.nip.example:x/", "https://10.0.0.8/"])
async def test_a_front_page_that_may_not_be_read_proposes_nothing(reader, home):
    assert await best_page(reader, home, TERMS) is None
