"""Processes that begin in a few milliseconds: forks of one that has imported and read everything.

To be killed, or to share nothing with the test but files and sockets.
"""

import os
from collections.abc import Mapping, Sequence
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Lock
from typing import Any
from unittest import mock

from bot.cli import main

_FORKS = get_context("forkserver")
_FORKS.set_forkserver_preload(["support.warm"])
_STARTING = Lock()
_FOLDERS = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]

Pipe = _FORKS.Pipe
Barrier = _FORKS.Barrier


def fork(target: Any, *arguments: Any) -> BaseProcess:
    """Start a process that calls a function of a module; it ends with this one at the latest."""
    # Python 3.11's fork server is not told where tests/ is, and skips in silence what it misses.
    with _STARTING, mock.patch.dict(os.environ, PYTHONPATH=os.pathsep.join(_FOLDERS)):
        process = _FORKS.Process(target=target, args=arguments, daemon=True)
        process.start()
    return process


def run_command(
    arguments: Sequence[str], *, folder: Path, env: Mapping[str, str]
) -> tuple[int | None, str, str]:
    """Run `linkgap` to its end; return its exit code and what it printed on stdout and stderr."""
    with (folder / ".out").open("w+b") as out, (folder / ".err").open("w+b") as err:
        process = fork(command, list(arguments), folder, dict(env), out.name, err.name)
        process.join(60)
        return process.exitcode, out.read().decode(), err.read().decode()


def command(
    arguments: Sequence[str], folder: Path, env: Mapping[str, str], out: str, err: str
) -> None:
    """Be `linkgap` in this process: in its folder, with its environment, printing to two files."""
    for number, name in ((1, out), (2, err)):
        os.dup2(os.open(name, os.O_WRONLY), number)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(env)
    main(arguments)
