"""Semrush API v3: search results and keyword difficulty, 10 units per line."""

import re
from collections.abc import Sequence

from bot.common.domains import registrable
from bot.common.errors import PlanLacks
from bot.model.links import KeywordMetrics, Market, SerpRow
from bot.providers.base import Call, KeywordQuery, Page, SerpQuery
from bot.providers.semrush.reports import (
    ADDRESS,
    KEYWORD_LINE,
    NAME,
    NAME_CELL,
    NUMBER,
    TEXT,
    Cells,
    Column,
    Report,
    Table,
    chunks,
    limit_of,
    whole,
)

_MOST_RESULTS, _MOST_KEYWORDS = 100, 100
_POSITION = re.compile(r"-?\d+")

# The vendor's list of desktop databases; the United Kingdom is "uk".
_DATABASES = frozenset(
    """
    ae af al am ao ar at au az ba bd be bg bh bn bo br bs bw by bz ca cd ch cl cm co cr cv cy cz
    de dk do dz ec ee eg es et fi fr ge gh gr gt gy hk hn hr ht hu id ie il in is it jm jo jp kh
    kr kw kz lb lk lt lu lv ly ma md me mg mn mt mu mx my mz na ng ni nl no np nz om pa pe ph pk
    pl pt py qa ro rs ru sa se sg si sk sn sv th tn tr tt tw ua uk us uy ve vn za zm zw
    """.split()  # noqa: SIM905  a table of codes, not a list of 120 lines
)

_SHORT = "Fewer results came than were asked for: there are no more, or the units ran out."


def database(market: Market) -> str:
    """Return the vendor's code of a market; raises `PlanLacks` if it has no data for it."""
    code = "uk" if market.country == "gb" else market.country
    if code not in _DATABASES or market.country == "uk":
        raise PlanLacks(NAME, f"It has no search data for the country “{market.country}”.")
    return code


class Serp(Report[SerpQuery, SerpRow]):
    """The first organic results; this report has no titles and no link counts.

    A result costs 10 units, so ten cost 100.
    """

    line = KEYWORD_LINE
    columns = Table(
        (
            Column("Dn", NAME_CELL, "Domain"),
            Column("Ur", ADDRESS, "Url"),
            Column("Po", _POSITION, "Position"),
        )
    )

    def plan(self, query: SerpQuery) -> tuple[Call, ...]:
        """Return one call; raises `PlanLacks` for a country Semrush does not cover."""
        top = min(query.top, _MOST_RESULTS)
        params = [
            ("type", "phrase_organic"),
            ("phrase", query.keyword),
            ("database", database(query.market)),
            ("display_limit", str(top)),
            ("export_columns", self.columns.asked),
        ]
        return (self._api.keywords(params, top * self.line),)

    def rows(self, query: SerpQuery, call: Call, lines: Sequence[Cells]) -> Page[SerpRow]:
        """Rank the pages 1, 2, … in their order: Semrush's positions count features too."""
        if not lines:
            country = query.market.country
            none = f"Semrush holds no search results for this keyword in “{country}”."
            return Page((), complete=True, note=none)
        urls = dict.fromkeys(url for _, url, _ in lines)
        rows = tuple(
            SerpRow(position, url, "", domain)
            for position, url in enumerate(urls, start=1)
            if (domain := registrable(url))
        )
        notes = [] if len(lines) >= limit_of(call) else [_SHORT]
        if len(rows) < len(urls):
            notes.append(f"{len(urls) - len(rows)} results without a domain name were left out.")
        return Page(rows, complete=_SHORT not in notes, note=" ".join(notes) or None)


class Keywords(Report[KeywordQuery, KeywordMetrics]):
    """Difficulty (0 to 100) and monthly volume (a twelve-month average): 10 units a keyword."""

    line = KEYWORD_LINE
    # The last column (competition among advertisers) only shows that a row is whole: if the keyword
    # came last, a truncated one could pass for another keyword.
    columns = Table(
        (
            Column("Kd", NUMBER, "Keyword Difficulty Index"),
            Column("Nq", NUMBER, "Search Volume"),
            Column("Ph", TEXT, "Keyword"),
            Column("Co", NUMBER, "Competition"),
        )
    )

    def plan(self, query: KeywordQuery) -> tuple[Call, ...]:
        """Return the calls, each with as many keywords as a request may have."""
        country = database(query.market)

        def build(keywords: Sequence[str]) -> Call:
            params = [
                ("type", "phrase_these"),
                ("phrase", ";".join(keywords)),
                ("database", country),
                ("export_columns", self.columns.asked),
            ]
            return self._api.keywords(params, len(keywords) * self.line)

        return tuple(map(build, chunks(list(_sent_as(query)), _MOST_KEYWORDS, build)))

    def rows(self, query: KeywordQuery, call: Call, lines: Sequence[Cells]) -> Page[KeywordMetrics]:
        """Return the metrics that Semrush has, with the keywords as they were asked."""
        asked = _sent_as(query)
        rows = tuple(
            KeywordMetrics(asked[sent], float(difficulty) if difficulty else None, whole(volume))
            for difficulty, volume, keyword, _ in lines
            if (sent := _plain(keyword)) in asked
        )
        wanted = call.request.url.params["phrase"].count(";") + 1
        full = len(rows) >= wanted
        note = f"Semrush told of {len(rows)} of {wanted} keywords; the others are unknown."
        return Page(rows, complete=full, note=None if full else note)


def _sent_as(query: KeywordQuery) -> dict[str, str]:
    """Map each keyword as it is sent to the keyword as it was asked."""
    return {_plain(keyword): keyword for keyword in query.keywords}


def _plain(keyword: str) -> str:
    """Return the keyword in lower case and without `;`, which separates keywords."""
    return " ".join(keyword.replace(";", " ").lower().split())
