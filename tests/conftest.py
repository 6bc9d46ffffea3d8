"""Shared by every test: no host but this machine, one profile for generated examples."""

import gc
import os
import socket
import ssl
import sys
from functools import cache

import pytest
from hypothesis import HealthCheck, settings
from support.ready_file import open_by_copy, really_open

from bot.providers import registry
from bot.store.connect import Database

# Where containers forbid bytecode (PYTHONDONTWRITEBYTECODE), every worker and every program that a
# test starts would compile all our modules again: a fifth of the suite's time.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# Each new HTTP client reads all certificates, and nearly every test makes one or two clients.
ssl.create_default_context = cache(ssl.create_default_context)

# Each start of the product reads what all installed packages offer.
registry.entry_points = cache(registry.entry_points)

# httpcore looks for it at every request, and a module that is nowhere is looked for everywhere.
sys.modules.setdefault("sniffio", None)

# After a change to a rule itself, run HYPOTHESIS_PROFILE=thorough make test.
# Without a deadline, because a slow machine does not mean that a rule is wrong.
SLOW = [HealthCheck.too_slow]
settings.register_profile("usual", max_examples=30, deadline=None, suppress_health_check=SLOW)
settings.register_profile("thorough", max_examples=1000, deadline=None, suppress_health_check=SLOW)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "usual"))


_lookup = socket.getaddrinfo


def _only_here(host, *arguments, **options):
    if host not in (None, "", "localhost", "127.0.0.1", "::1"):
        raise socket.gaierror(socket.EAI_NONAME, "the tests know no other host")
    return _lookup(host, *arguments, **options)


@pytest.fixture(autouse=True)
def _at_home(monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", _only_here)


# The tests of opening itself create their files: `usefixtures("new_files")`.
Database.open = open_by_copy


@pytest.fixture
def new_files(monkeypatch):
    monkeypatch.setattr(Database, "open", really_open)


def pytest_collection_finish():
    """Keep thousands of collected tests out of every later garbage collection."""
    gc.collect()
    gc.freeze()
