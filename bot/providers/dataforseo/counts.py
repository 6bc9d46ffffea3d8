"""DataForSEO: who ranks, how hard a keyword is, what is left of the money."""

from math import ceil

from pydantic import BaseModel

from bot.domains import registrable
from bot.errors import PlanLacks
from bot.model.links import Balance, KeywordMetrics, SerpRow
from bot.providers.base import (
    BalanceQuery,
    Call,
    KeywordQuery,
    Page,
    SerpQuery,
)
from bot.providers.dataforseo.api import (
    NAME,
    POOL,
    Count,
    DataForSeoQuestion,
    Listing,
    Money,
    Percent,
    Whole,
    chunks,
    labs_price,
    note_of,
    serp_price,
    usd,
)
from bot.providers.dataforseo.places import located
from bot.providers.search.common import Hit, ranking

_PAGE = 10  # results
_LONGEST_KEYWORD, _MOST_WORDS, _MOST_KEYWORDS = 80, 10, 700  # Labs
_REPLACED = ("showing_results_for", "including_results_for")
# A keyword with one of these costs five times as much.
_OPERATORS = (
    *("allinanchor:", "allintext:", "allintitle:", "allinurl:", "define:", "definition:"),
    *("filetype:", "id:", "inanchor:", "info:", "intext:", "intitle:", "inurl:", "link:", "site:"),
)


class SerpItem(BaseModel):
    """A row of a results page; features have another `type` and often no `url`."""

    type: str
    rank_group: Count | None = None
    url: str | None = None
    title: str | None = None


class Spelling(BaseModel):
    """The keyword that was really searched for."""

    keyword: str | None = None
    type: str | None = None


class SerpResult(Listing[SerpItem]):
    """`serp/google/organic/live/advanced`."""

    spell: Spelling | None = None


class Serp(DataForSeoQuestion[SerpQuery, SerpResult, SerpRow]):
    """The first organic results of Google; they come without counts and without authority."""

    body = Whole[SerpResult]

    def plan(self, query: SerpQuery) -> tuple[Call, ...]:
        """Return one call for as many pages of ten as `top` takes; raises `PlanLacks`.

        A page holds eight to ten organic results; a second one for the last two costs half as much
        again, and nothing asks for exactly ten.
        """
        pages = max(1, ceil(query.top / _PAGE))
        task = {
            # They decode %xx and + in a keyword.
            "keyword": query.keyword.replace("%", "%25").replace("+", "%2B"),
            **located(NAME, query.market),
            "device": "desktop",
            "depth": pages * _PAGE,
        }
        worst = serp_price(pages)
        if any(operator in query.keyword.lower() for operator in _OPERATORS):
            worst = usd(5 * worst.units)
        return (self._api.post("serp/google/organic/live/advanced", task, worst),)

    def rows(self, query: SerpQuery, call: Call, result: SerpResult) -> Page[SerpRow]:
        """Rank the organic pages 1, 2, … in their order; a page that is listed twice ranks once.

        The page in the featured snippet is rank 1 unless the organic list repeats it.
        """
        del call
        organic = [item for item in result.found if item.type == "organic" and item.url]
        organic.sort(key=lambda item: (item.rank_group is None, item.rank_group))
        hits = (Hit(item.url, item.title) for item in organic)
        boxes = (item for item in result.found if item.type == "featured_snippet" and item.url)
        featured = next((Hit(box.url, box.title) for box in boxes), None)
        first = list(ranking(hits, featured).items())[: query.top]
        rows = tuple(
            SerpRow(position, url, title, domain)
            for position, (url, title) in enumerate(first, start=1)
            if (domain := registrable(url))
        )
        nameless = len(first) - len(rows)
        return Page(
            rows,
            complete=True,
            note=note_of(
                _other_spelling(result.spell),
                f"{nameless} results without a domain name were left out." if nameless else None,
            ),
        )


def _other_spelling(spell: Spelling | None) -> str | None:
    if spell is None or not spell.keyword or spell.type not in _REPLACED:
        return None
    return f"Google answered for “{spell.keyword}” instead."


class KeywordInfo(BaseModel):
    """Searches a month."""

    search_volume: Count | None = None


class KeywordProperties(BaseModel):
    """How hard the first ten are to reach."""

    keyword_difficulty: Percent | None = None


class KeywordItem(BaseModel):
    """One keyword; what they do not know is left out altogether."""

    keyword: str
    keyword_info: KeywordInfo | None = None
    keyword_properties: KeywordProperties | None = None


class Keywords(DataForSeoQuestion[KeywordQuery, Listing[KeywordItem], KeywordMetrics]):
    """Difficulty (about the top 10) and monthly volume."""

    body = Whole[Listing[KeywordItem]]

    def plan(self, query: KeywordQuery) -> tuple[Call, ...]:
        """Return a call for every 700 keywords; longer ones than they take are not asked.

        Raises `PlanLacks` for an unknown country and where every keyword is too long.
        """
        place = located(NAME, query.market)
        short = list(_sent_as(query))
        if query.keywords and not short:
            raise PlanLacks(NAME, f"It knows no keyword of more than {_MOST_WORDS} words.")
        return tuple(
            self._api.post(
                "dataforseo_labs/google/keyword_overview/live",
                {"keywords": group, **place},
                labs_price(len(group)),
            )
            for group in chunks(short, lambda group: len(group) <= _MOST_KEYWORDS)
        )

    def rows(
        self, query: KeywordQuery, call: Call, result: Listing[KeywordItem]
    ) -> Page[KeywordMetrics]:
        """Return what they know, under the keywords as they were asked."""
        del call
        asked = _sent_as(query)
        rows = tuple(
            KeywordMetrics(
                keyword=asked[item.keyword.lower()],
                difficulty=_difficulty(item),
                volume=item.keyword_info.search_volume if item.keyword_info else None,
            )
            for item in result.found
            if item.keyword.lower() in asked
        )
        return Page(rows, complete=True)


def _difficulty(item: KeywordItem) -> float | None:
    known = item.keyword_properties
    return known.keyword_difficulty if known else None


def _sent_as(query: KeywordQuery) -> dict[str, str]:
    """Map keywords as they are sent to how they were asked."""
    sent = {" ".join(keyword.lower().split()): keyword for keyword in query.keywords}
    return {
        plain: asked
        for plain, asked in sent.items()
        if len(plain) <= _LONGEST_KEYWORD and len(plain.split()) <= _MOST_WORDS
    }


class Deposit(BaseModel):
    """Dollars paid in since the account exists, and what is left of them."""

    total: Money | None = None
    balance: Money | None = None


class User(BaseModel):
    """`appendix/user_data`."""

    money: Deposit


class Account(DataForSeoQuestion[BalanceQuery, User, Balance]):
    """What is left of the money; free, and never kept."""

    body = Whole[User]

    def plan(self, query: BalanceQuery) -> tuple[Call, ...]:
        """Return the one free call."""
        del query
        return (self._api.get("appendix/user_data"),)

    def rows(self, query: BalanceQuery, call: Call, result: User) -> Page[Balance]:
        """Return what was paid in as the limit: it never resets, it is filled up."""
        del query, call
        total, left = result.money.total, result.money.balance
        used = None if total is None or left is None else round((total - left) * 1_000_000)
        limit = None if total is None else round(total * 1_000_000)
        return Page((Balance(POOL, used, limit, None),), complete=True)
