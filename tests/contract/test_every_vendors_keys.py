"""No vendor's key ever leaks: not into logs, errors, plans, Slack or the database.

The tests use the real gateway, ledger and answer cache, with the product's logging at its most
verbose. The refusals quote the key, as some vendors' do.
"""

import base64
import json
import logging
import traceback
import zlib
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
import sqlite_utils
from fakes.worlds.reports import EXAMPLE
from support.vendors.contract_cases import Reply, each, quoting
from support.vendors.contract_lines import each_case
from support.vendors.vendor_bench import CASES, Bench, built

from bot.common.errors import ProviderError
from bot.model.report import Source, SourceState
from bot.providers.base import Capability, Vendor
from bot.render.report.method import method
from bot.render.report.result import result
from bot.spending.budget import RunBudget
from bot.store.answers import SqliteAnswers
from bot.store.connect import Database
from bot.wiring import set_up_logs

TROUBLES = ("wrong_key", "plan_lacks", "units_gone", "slow_down")


@pytest.fixture
def _talkative_product(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Log like the product, at its most verbose; restore the levels afterwards."""
    loggers = [logging.getLogger(name) for name in list(logging.root.manager.loggerDict)]
    levels = [logger.level for logger in loggers]
    caplog.set_level(logging.DEBUG)
    set_up_logs(logging.DEBUG)
    yield
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)


@pytest.fixture
def bench(name, monkeypatch, tmp_path) -> Bench:
    vendor = built(name, monkeypatch, tmp_path)
    assert isinstance(vendor, Vendor)
    return Bench(vendor, CASES[name])


@pytest.fixture
async def database(bench, tmp_path):
    """Give the bench a ledger and an answer cache in a file, like the product's."""
    database = await Database.open(tmp_path / "linkgap.db", bench.clock)
    bench.wallet = RunBudget(database, "run", "T1", None, SqliteAnswers(database, "T1"))
    yield database
    await database.close()


def forms(secrets: tuple[str, ...]) -> set[str]:
    """Return the encodings in which a secret would still be readable."""
    return {
        form
        for secret in secrets
        for form in (secret, quote(secret, safe=""), base64.b64encode(secret.encode()).decode())
    }


def all_of(db: sqlite_utils.Database) -> str:
    """Return every value of every table, with answers decompressed."""
    values = [value for table in db.tables for row in table.rows for value in row.values()]
    return " ".join(
        repr(zlib.decompress(value)) if isinstance(value, bytes) else str(value) for value in values
    )


async def ends_of(
    bench: Bench, capability: Capability, secret: str
) -> tuple[list[ProviderError], list[str]]:
    """Return how a question ends under every kind of failure, each quoting the secret.

    It ends with an error or, if the vendor is then asked in another form, with notes.
    """
    named = [getattr(bench.contract, trouble) for trouble in TROUBLES]
    said = [one for one in named if not isinstance(one, str)]
    said += [Reply(b"bad request: a sentence", 400), Reply(b"upstream failed: a sentence", 503)]
    said += [Reply(b"<p>a page</p>"), Reply(b'{"odd": "a sentence"}')]
    errors, notes = [], []
    for one in said:
        try:
            answer = await bench.ask(capability, each(one, partial(quoting, secret)), fresh=True)
        except ProviderError as error:
            errors.append(error)
        else:
            assert answer.notes
            assert not answer.complete
            notes += answer.notes
    assert len(notes) <= 1
    for fault in (httpx.ReadTimeout, httpx.ConnectError, httpx.RemoteProtocolError):
        with pytest.raises(ProviderError) as caught:
            await bench.ask(capability, said[0], *[fault] * 100, fresh=True)
        errors.append(caught.value)
    return errors, notes


def in_slack(error: ProviderError) -> str:
    """Return everything that Slack gets about a source that failed: the answer and the sources."""
    lost = Source(
        error.vendor, "who links", SourceState.UNAVAILABLE, None, None, None, str(error), "links"
    )
    report = replace(EXAMPLE, sources=(lost,))
    messages = (result(report, "run"), method(report))
    said = "\n".join(f"{message.text} {json.dumps(message.blocks)}" for message in messages)
    assert "unavailable" in said, "the message does tell of it"
    return said


@each_case
@pytest.mark.usefixtures("_talkative_product")
async def test_a_key_is_in_no_log_no_error_and_not_in_the_bots_file(
    bench, database, capability, caplog
):
    told = []
    await bench.ask(capability, bench.contract.cases[capability].good)
    for secret in bench.contract.secrets:
        errors, notes = await ends_of(bench, capability, secret)
        told += notes
        for error in errors:
            told += [str(error), repr(error), repr(vars(error)), error.detail, in_slack(error)]
            told += traceback.format_exception(error)
    told += [caplog.text, await database.read(all_of)]
    told += [path.read_bytes().decode("latin-1") for path in Path.cwd().glob("linkgap.db*")]
    everything = "\n".join(told)
    assert "a sentence" in everything, "the refusals came through"
    assert f"{bench.vendor.name} {capability}: ok" in caplog.text, "the log was heard"
    for form in forms(bench.contract.secrets):
        assert form not in everything


@each_case
async def test_requests_are_planned_without_the_key_and_leave_with_it(bench, capability):
    await bench.ask(capability, bench.contract.cases[capability].good)
    planned = bench.planned(capability)
    seen = [repr(bench.vendor), str(bench.vendor), repr(bench.vendor.capabilities), repr(planned)]
    seen += [_whole(call.request) for call in planned]
    for form in forms(bench.contract.secrets):
        assert form not in " ".join(seen)
    for sent in bench.sent:
        assert _whole(sent) not in [_whole(call.request) for call in planned]


def _whole(request: httpx.Request) -> str:
    headers = sorted(request.headers.items())
    return f"{request.method} {request.url} {headers} {request.content.decode('latin-1')}"
