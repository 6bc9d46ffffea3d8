"""How many sites link to a page, from a sample of an archive that a host on this machine serves."""

import asyncio
import gzip
from hashlib import sha256
from pathlib import Path

import pytest
from fakes.servers.crawl_host import CrawlHost
from support.clock import FakeClock
from support.small_archive import CRAWL, INDEXES, SmallArchive, page
from support.small_graph import RELEASE, Shelf, SmallGraph

from bot.index import captures as captures_module
from bot.providers.commoncrawl.archive import Archive
from bot.settings.environment import Settings

TARGET = "https://rival.example/best-crm"
SITES = [f"blog-{number}.example" for number in range(18)]
LINKING = SITES[::3]
GRAPH = SmallGraph(frozenset((one, "rival.example") for one in SITES))


def world(**more):
    """Six of eighteen sites link to the page, the others to the front page; and many strangers."""
    strangers = (f"{one}{number}.example" for one in "acdmz" for number in range(100))
    pages = {f"https://www.{one}/": b"<p>" for one in strangers}
    for one in SITES:
        target = "http://www.rival.example/best-crm/?utm_source=x#top" if one in LINKING else "/"
        pages[f"https://{one}/list"] = page(target, "https://rival.example/")
        pages[f"https://{one}/about"] = page("https://rival.example/")
    return SmallArchive(pages, **more)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("crawl")
    Shelf(folder, FakeClock()).make(GRAPH, watch=["rival.example"])
    return folder


@pytest.fixture
async def here(home, monkeypatch):
    """The host, and a way to ask; the index is read in small chunks, as a large one is."""
    monkeypatch.setattr(captures_module, "CHUNK", 512)
    async with CrawlHost() as host:
        host.publish(GRAPH)
        host.files |= world().files()
        monkeypatch.setenv("LINKGAP_COMMONCRAWL_BASE_URL", host.base_url)
        monkeypatch.setenv("LINKGAP_COMMONCRAWL_LIST_URL", host.base_url)

        async def ask(*pages, clock=None, **options):
            for name, value in options.items():
                monkeypatch.setenv(f"LINKGAP_COMMONCRAWL_ARCHIVE_{name.upper()}", str(value))
            archive = Archive(Settings(db=Path(home) / "linkgap.db"), clock or FakeClock())
            return await archive.estimates(pages or (TARGET,))

        yield host, ask


async def test_a_whole_reading_counts_who_links_to_the_very_page(here):
    host, ask = here
    (told,) = await ask(requests=1000)
    assert (told.about, told.low, told.high, told.seen) == (6, 6, 6, 6)
    assert (told.site_linkers, told.sites_read, told.sites_unread) == (18, 18, 0)
    assert (told.whole, told.release, told.crawl, told.note) == (True, RELEASE, CRAWL, None)
    assert all("two connections" in one.agent for one in host.asked)


async def test_the_same_question_reads_the_same_sample_and_stays_within_its_requests(here):
    host, ask = here
    (first,) = await ask(requests=30)
    assert len(host.asked) == 30
    assert first.note == "30 requests were made, which is the bound."
    assert 0 < first.sites_read < 18
    assert first.seen <= first.low <= 6 <= first.high
    (again,) = await ask(requests=30, sites=first.sites_read)
    (once_more,) = await ask(requests=30, sites=first.sites_read)
    assert again == once_more
    assert again.sites_read == first.sites_read


async def test_pages_of_one_answer_share_the_bounds(here):
    host, ask = here
    pages = [TARGET, "https://rival.example/", "https://rival.example/nowhere"]
    best, front, nowhere = await ask(*pages, requests=90)
    assert len(host.asked) <= 90
    assert min(one.sites_read for one in (best, front, nowhere)) >= 5
    assert front.seen == front.sites_read
    assert (nowhere.seen, nowhere.about, nowhere.low) == (0, 0, 0)
    assert nowhere.high > 0


async def test_what_is_read_of_large_sites_is_a_part_and_the_interval_says_so(here):
    host, ask = here
    more = {f"https://{site}/{at}": page() for site in SITES for at in range(4)}
    host.files |= SmallArchive({**world().pages, **more}).files()
    (told,) = await ask(requests=1000, captures=2)
    assert not told.whole
    assert told.low <= 6 <= told.high
    assert told.high > 2 * told.low


async def test_bytes_and_seconds_are_bounds_too(here):
    _, ask = here

    class Hurried(FakeClock):
        def monotonic(self):
            self.advance(0.2)
            return super().monotonic()

    (told,) = await ask(seconds=5, clock=Hurried())
    assert told.note == "the time is over."
    assert told.sites_read < 18


async def test_a_host_that_is_asked_too_much_is_left_in_peace_and_nothing_is_called_zero(here):
    host, ask = here
    clock = FakeClock()
    host.statuses = [503, 429]
    (told,) = await ask(requests=1000, clock=clock)
    assert told.about == 6
    assert clock.monotonic() >= 4
    host.statuses = [403] * 50
    host.asked.clear()
    (told,) = await ask()
    assert (told.about, told.low, told.high) == (None, None, None)
    assert "the host said 403" in told.note
    assert len(host.asked) <= 3


async def test_a_site_without_pages_in_the_archive_counts_neither_way(here):
    host, ask = here
    kept = {one: body for one, body in world().pages.items() if "blog-1" not in one}
    host.files |= SmallArchive(kept).files()
    (told,) = await ask(requests=1000)
    gone = [one for one in SITES if "blog-1" in one]
    assert told.sites_unread == len(gone)
    assert told.sites_read == 18 - len(gone)
    assert told.seen == len([one for one in LINKING if one not in gone])
    assert told.low <= 6 <= told.high


LIES = (
    {"offset": "0"},
    {"offset": "99999999"},
    {"length": "40"},
    {"length": "99999999999"},
    {"filename": "../../etc/passwd"},
    {"filename": "https://127.0.0.1/x.warc.gz"},
    {"status": "404"},
    {"mime-detected": "application/pdf"},
    {"offset": "x"},
)


async def test_a_line_of_the_index_that_lies_costs_its_page_only(here):
    host, ask = here
    lies = {
        f"https://{site}/{name}": lie
        for site, lie in zip(SITES, LIES, strict=False)
        for name in ("list", "about")
    }
    host.files |= world(lies=lies).files()
    (told,) = await ask(requests=1000)
    assert (told.sites_unread, told.sites_read, told.seen) == (len(LIES), 18 - len(LIES), 3)
    assert all(".." not in one.path and "127" not in one.path for one in host.asked)


BOMB = gzip.compress(b" " * 100_000_000, 1)


@pytest.mark.parametrize(
    ("path", "body", "said"),
    [
        ("cluster.idx", b"<html>no such thing</html>", "should be the capture index is none"),
        ("cluster.idx", b"b)/ 1\tcdx-00000.gz\t1\t1\t1\na)/ 1\tcdx-00000.gz\t1\t1\t1\n", "is none"),
        ("cluster.idx", b"a)/ 1\tcdx-00000.gz\t0\t999999999\t1\n", "a block that cannot be"),
        ("cluster.idx", b"a)/ 1\t../../x.gz\t0\t9\t1\n", "is none"),
        ("cluster.idx", None, "404"),
        ("cdx-00000.gz", b"", "416"),
    ],
)
async def test_an_index_that_is_none_is_told_and_nothing_is_called_zero(here, path, body, said):
    host, ask = here
    del host.files[f"{INDEXES}/{path}"]
    if body is not None:
        host.files[f"{INDEXES}/{path}"] = body
    (told,) = await ask()
    assert told.about is None
    assert said in told.note


@pytest.mark.parametrize("body", [BOMB, BOMB[: len(BOMB) // 2], b"no gzip at all" * 9])
async def test_a_block_that_is_a_bomb_or_damaged_is_left_out(here, body):
    host, ask = here
    host.files[f"{INDEXES}/cdx-00000.gz"] = body
    host.files[f"{INDEXES}/cluster.idx"] = f"a)/ 1\tcdx-00000.gz\t0\t{len(body)}\t1\n".encode()
    (told,) = await ask(sites=2)
    assert (told.about, told.sites_unread) == (None, 2)
    assert "a block of the capture index" in told.note


async def test_a_redirect_is_not_followed(here):
    host, ask = here
    host.statuses = [302]
    (told,) = await ask()
    assert told.about is None
    assert "status 302" in told.note


@pytest.mark.parametrize(("suffix", "most"), [("example", 9), ("com", 24)])
async def test_a_long_index_is_searched_with_few_requests(here, suffix, most):
    """Names that are spread evenly are guessed; of others, each second request halves the rest."""
    host, ask = here
    names = sorted({sha256(str(at).encode()).hexdigest()[:12] for at in range(20_000)})
    keys = sorted([*(f"{suffix},{one}" for one in names), "example,zz"])
    lines = [f"{one})/ 1\tcdx-00000.gz\t0\t10\t1" for one in keys]
    host.files[f"{INDEXES}/cluster.idx"] = ("\n".join(lines) + "\n").encode()
    await ask(sites=1)
    looked = [one for one in host.asked if one.path.endswith("cluster.idx")]
    assert len(looked) <= most


async def test_one_reading_runs_at_a_time_and_what_it_found_is_kept(here, home):
    host, _ = here
    archive = Archive(Settings(db=Path(home) / "linkgap.db"), FakeClock())
    one, other = await asyncio.gather(archive.estimates([TARGET]), archive.estimates([TARGET]))
    assert one == other
    once = len(host.asked)
    (again,) = await archive.estimates([f"{TARGET}/?utm_source=x"])
    assert (again.about, again.url) == (one[0].about, f"{TARGET}/?utm_source=x")
    assert len(host.asked) == once
