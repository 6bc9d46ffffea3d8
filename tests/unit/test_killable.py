"""A process that can be killed: limits end it, another replaces it, and nobody else waits."""

import asyncio
import os
import re
import sys
import time
from contextlib import aclosing

import pytest

from bot.common.killable import Killable, Limits, Stopped

SLOW_TEXT = "a" * 40
needs_kernel_limits = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="the kernel keeps these limits on Linux"
)


@pytest.fixture(scope="module")
def child():
    """Share one child, because starting it costs more than everything else here."""
    killable = Killable(Limits(seconds=0.3, megabytes=300, answer_bytes=1 << 20))
    yield killable
    killable.close()


async def test_an_endless_pattern_is_killed_and_the_next_work_is_done(child):
    """`re` holds the interpreter's lock: no thread and no signal could stop it."""
    before = await child.run(os.getpid)

    with pytest.raises(Stopped) as stopped:
        await child.run(re.fullmatch, r"(a|a)*b", SLOW_TEXT)

    assert stopped.value.why == "took longer than 0.3 seconds"
    assert await child.run(os.getpid) not in (before, os.getpid())


@needs_kernel_limits
async def test_work_that_wants_too_much_memory_is_ended(child):
    with pytest.raises(Stopped) as stopped:
        await child.run(bytearray, 400 << 20)

    assert stopped.value.why == "took more than 300 MB of memory"
    assert await child.run(len, "four") == 4


async def test_an_answer_that_is_too_large_is_not_taken(child):
    with pytest.raises(Stopped):
        await child.run(bytes, 2 << 20)
    assert await child.run(len, "four") == 4


async def test_an_error_of_the_work_is_raised_to_the_caller_and_the_child_stays(child):
    before = await child.run(os.getpid)

    with pytest.raises(ValueError, match="invalid literal"):
        await child.run(int, "x")

    assert await child.run(os.getpid) == before


async def test_none_is_an_answer(child):
    assert await child.run({}.get, "x") is None


async def test_the_loop_goes_on_meanwhile(child):
    ticks = 0
    working = asyncio.create_task(child.run(re.fullmatch, r"(a|a)*b", SLOW_TEXT))
    while not working.done():
        await asyncio.sleep(0.01)
        ticks += 1
    with pytest.raises(Stopped):
        await working
    assert ticks > 5


async def test_a_cancelled_caller_ends_the_child_and_affects_no_other_caller(child):
    await child.run(len, "")
    first = asyncio.create_task(child.run(time.sleep, 60))
    second = asyncio.create_task(child.run(len, "four"))
    await asyncio.sleep(0.05)

    first.cancel()

    with pytest.raises(asyncio.CancelledError):
        await first
    assert await second == 4


async def test_a_stream_comes_piece_by_piece_and_can_be_left(child, tmp_path):
    (tmp_path / "inner").mkdir()
    async with aclosing(child.stream(1, os.walk, str(tmp_path))) as stream:
        assert [folder async for folder, *_ in stream] == [str(tmp_path), str(tmp_path / "inner")]
    async with aclosing(child.stream(1, os.walk, str(tmp_path))) as stream:
        assert (await anext(stream))[0] == str(tmp_path)
    assert await child.run(len, "four") == 4


async def test_the_child_is_given_no_key(child, monkeypatch):
    monkeypatch.setenv("LINKGAP_AHREFS_API_KEY", "secret")
    child.close()
    assert await child.run(os.getenv, "LINKGAP_AHREFS_API_KEY") is None
    assert await child.run(os.getenv, "PATH") == os.environ["PATH"]


@needs_kernel_limits
async def test_the_kernel_counts_the_time_at_work():
    killable = Killable(Limits(cpu_seconds=0.1))
    try:
        with pytest.raises(Stopped) as stopped:
            await killable.run(re.fullmatch, r"(a|a)*b", SLOW_TEXT)
        assert stopped.value.why == "took longer than 0.1 seconds"
    finally:
        killable.close()
