"""The child of `bot.common.killable`: reads work from stdin, answers on stdout, may be killed.

Only the child imports this module, before anything else, so it needs only Python itself.
"""

import importlib
import os
import pickle
import signal
import sys
from collections.abc import Generator, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

SIZE = 8
READY, RESULT, ITEM, END, ERROR, MEMORY = "ready", "result", "item", "end", "error", "memory"
_RESIDENT = Path("/proc/self/statm")


@dataclass(frozen=True, slots=True)
class Setup:
    """The first message to a child. Without `megabytes` there is no limit."""

    megabytes: int | None
    niceness: int
    preload: tuple[str, ...]


def send(pipe: IO[bytes], frame: bytes) -> None:
    """Write a frame: its size, then its bytes."""
    pipe.write(len(frame).to_bytes(SIZE, "big"))
    pipe.write(frame)
    pipe.flush()


def receive(pipe: IO[bytes], most: int | None = None) -> bytes | None:
    """Return the next frame; None when the other end is gone or sends more than `most` bytes."""
    head = pipe.read(SIZE)
    if len(head) < SIZE:
        return None
    size = int.from_bytes(head, "big")
    if most is not None and size > most:
        return None
    frame = pipe.read(size)
    return frame if len(frame) == size else None


def main() -> None:
    """Work until the parent closes the pipe."""
    inbox = sys.stdin.buffer
    outbox = os.fdopen(os.dup(1), "wb")
    # Whatever a library prints must not mix with the answers.
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), 1)
    first = receive(inbox)
    if first is None:
        return
    setup: Setup = pickle.loads(first)  # noqa: S301 our parent's
    with suppress(AttributeError, OSError):  # Windows does not have it
        os.nice(setup.niceness)
    for name in setup.preload:
        importlib.import_module(name)
    _limit_memory(setup.megabytes)
    send(outbox, pickle.dumps((READY, None, 0)))
    while (frame := receive(inbox)) is not None:
        for answer in _answers(frame):
            send(outbox, answer)
        _limit_cpu(None)


def _limit_cpu(cpu_seconds: float | None) -> None:
    """Set the CPU time after which the kernel ends us, even deep inside a pattern."""
    if hasattr(signal, "setitimer"):  # not on Windows
        signal.setitimer(signal.ITIMER_PROF, cpu_seconds or 0)


def _limit_memory(megabytes: int | None) -> None:
    """Limit our memory, and write no core file: it would contain somebody's page."""
    try:
        import resource  # noqa: PLC0415 - not on Windows
    except ImportError:
        return
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if megabytes is not None:
        with suppress(ValueError, OSError):  # macOS has the limit in name only
            _, hard = resource.getrlimit(resource.RLIMIT_AS)
            most = megabytes << 20
            soft = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _answers(frame: bytes) -> Iterator[bytes]:
    """Do the work; each item of a generator is its own answer."""
    try:
        cpu_seconds, work, args, kwargs = pickle.loads(frame)  # noqa: S301 our parent's
        _limit_cpu(cpu_seconds)
        found = work(*args, **kwargs)
        if isinstance(found, Generator):
            for item in found:
                yield pickle.dumps((ITEM, item, 0))
            last = pickle.dumps((END, None, _resident()))
        else:
            last = pickle.dumps((RESULT, found, _resident()))
    except MemoryError:
        last = pickle.dumps((MEMORY, None, 0))
    except Exception as error:  # noqa: BLE001 - raised again in the caller
        last = pickle.dumps((ERROR, _sendable(error), _resident()))
    yield last


def _sendable(error: Exception) -> Exception:
    """Return the error, or its text if it cannot be pickled."""
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301 pickled a moment ago
    except Exception:  # noqa: BLE001 - any failure here must not hide the error itself
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error


def _resident() -> int:
    """Return the megabytes that this process occupies; 0 where the system does not say."""
    try:
        pages = int(_RESIDENT.read_text("ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE") >> 20
