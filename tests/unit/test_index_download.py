"""A release is fetched whole or not at all, whatever breaks off in between."""

from contextlib import suppress

import pytest
from fakes.servers.crawl_host import CrawlHost
from hypothesis import given, settings
from hypothesis import strategies as some
from support.clock import FakeClock

from bot.common.errors import ConfigError
from bot.index import download
from bot.index.download import TRIES, Downloads, data_client
from bot.index.engine import IndexFault

BODY = bytes(range(256)) * 40
NAME = "a-domain-edges.txt.gz"


@pytest.fixture
async def host():
    async with CrawlHost(files={NAME: BODY}) as server:
        yield server


async def fetch(host, folder, clock=None, progress=lambda *_: None):
    async with data_client() as client:
        downloads = Downloads(client, clock or FakeClock(), folder, progress)
        return await downloads.large(f"{host.base_url}/{NAME}")


async def test_a_file_arrives_whole_with_progress_and_a_name_for_the_host(host, tmp_path):
    told = []
    path = await fetch(host, tmp_path, progress=lambda *said: told.append(said))
    assert path.read_bytes() == BODY
    assert told[-1] == (NAME, len(BODY), len(BODY))
    assert "LinkGap" in host.asked[0].agent
    assert [one.name for one in tmp_path.iterdir()] == [NAME]


async def test_a_broken_connection_goes_on_where_it_stopped(host, tmp_path):
    host.cuts = [1000, 2000]
    path = await fetch(host, tmp_path)
    assert path.read_bytes() == BODY
    assert [one.range for one in host.asked] == ["", "bytes=1000-", "bytes=3000-"]
    assert {one.if_match for one in host.asked[1:]} == {f'"1-{len(BODY)}"'}
    assert sum(one.sent for one in host.asked) == len(BODY)


@settings(max_examples=8)
@given(cuts=some.lists(some.integers(0, len(BODY) - 1), min_size=TRIES, max_size=9))
async def test_a_later_call_finishes_what_was_cut_at_any_byte(cuts, tmp_path_factory):
    folder = tmp_path_factory.mktemp("cut")
    async with CrawlHost(files={NAME: BODY}, cuts=cuts) as host:
        for _ in range(4):
            with suppress(IndexFault):
                path = await fetch(host, folder)
                break
        assert path.read_bytes() == BODY
        assert sum(one.sent for one in host.asked) == len(BODY)


async def test_a_file_that_changed_meanwhile_is_fetched_from_its_start(host, tmp_path):
    host.cuts = [1000] * TRIES
    with pytest.raises(IndexFault, match="is kept"):
        await fetch(host, tmp_path)
    host.files[NAME], host.version, host.cuts = BODY[::-1], 2, []
    path = await fetch(host, tmp_path)
    assert path.read_bytes() == BODY[::-1]


async def test_bytes_without_an_etag_are_never_gone_on_with(host, tmp_path):
    host.etags = False
    host.cuts = [1000]
    path = await fetch(host, tmp_path)
    assert path.read_bytes() == BODY
    assert [one.range for one in host.asked] == ["", ""]


async def test_a_part_that_is_too_long_starts_again(host, tmp_path):
    host.cuts = [1000] * TRIES
    with pytest.raises(IndexFault):
        await fetch(host, tmp_path)
    (tmp_path / f"{NAME}.part").write_bytes(b"x" * (len(BODY) + 5))
    host.cuts = []
    assert (await fetch(host, tmp_path)).read_bytes() == BODY


async def test_a_busy_host_is_asked_again_after_a_while_and_not_for_ever(host, tmp_path):
    clock = FakeClock()
    host.statuses = [503, 403]
    await fetch(host, tmp_path, clock)
    waited = clock.monotonic()
    assert waited >= 6
    (tmp_path / NAME).unlink()
    host.statuses = [503] * 99
    with pytest.raises(IndexFault, match="503"):
        await fetch(host, tmp_path, clock)
    assert len(host.statuses) == 99 - TRIES


@pytest.mark.parametrize(("status", "said"), [(404, "does not exist"), (302, "status 302")])
async def test_a_file_that_is_gone_or_elsewhere_is_told(host, tmp_path, status, said):
    host.statuses = [status]
    with pytest.raises(IndexFault, match=said):
        await fetch(host, tmp_path)
    assert not (tmp_path / NAME).exists()


async def test_a_disk_without_room_is_told_before_a_byte_is_kept(host, tmp_path, monkeypatch):
    monkeypatch.setattr(download, "SPARE", 10**18)
    with pytest.raises(ConfigError, match="has no room"):
        await fetch(host, tmp_path)
    assert not (tmp_path / f"{NAME}.part").exists()


async def test_an_endless_list_is_not_read_into_memory(host, tmp_path):
    host.files["graphinfo.json"] = b" " * (download.SMALL + 1)
    async with data_client() as client:
        downloads = Downloads(client, FakeClock(), tmp_path, lambda *_: None)
        with pytest.raises(IndexFault, match="longer"):
            await downloads.small(f"{host.base_url}/graphinfo.json")
