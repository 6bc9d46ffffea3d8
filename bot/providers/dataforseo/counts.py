"""DataForSEO: search results, keyword difficulty, balance."""

from math import ceil

from pydantic import BaseModel

from bot.common.domains import registrable
from bot.common.errors import PlanLacks, Unserved
from bot.model.links import Balance, KeywordMetrics, Market, SerpRow
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
    serp_price,
    usd,
)
from bot.providers.hosts import sentences
from bot.providers.search.common import Hit, ranking

# The countries with search results. The location codes are those of Google's ads API: 2000 plus
# the country's ISO 3166-1 number. A few territories have a number but no location; for those the
# vendor refuses, which costs nothing.
_NUMBERS = """
    ad020 ae784 af004 ag028 ai660 al008 am051 ao024 aq010 ar032 as016 at040 au036 aw533 ax248 az031
    ba070 bb052 bd050 be056 bf854 bg100 bh048 bi108 bj204 bl652 bm060 bn096 bo068 bq535 br076 bs044
    bt064 bv074 bw072 by112 bz084 ca124 cc166 cd180 cf140 cg178 ch756 ci384 ck184 cl152 cm120 cn156
    co170 cr188 cu192 cv132 cw531 cx162 cy196 cz203 de276 dj262 dk208 dm212 do214 dz012 ec218 ee233
    eg818 eh732 er232 es724 et231 fi246 fj242 fk238 fm583 fo234 fr250 ga266 gb826 gd308 ge268 gf254
    gg831 gh288 gi292 gl304 gm270 gn324 gp312 gq226 gr300 gs239 gt320 gu316 gw624 gy328 hk344 hm334
    hn340 hr191 ht332 hu348 id360 ie372 il376 im833 in356 io086 iq368 ir364 is352 it380 je832 jm388
    jo400 jp392 ke404 kg417 kh116 ki296 km174 kn659 kp408 kr410 kw414 ky136 kz398 la418 lb422 lc662
    li438 lk144 lr430 ls426 lt440 lu442 lv428 ly434 ma504 mc492 md498 me499 mf663 mg450 mh584 mk807
    ml466 mm104 mn496 mo446 mp580 mq474 mr478 ms500 mt470 mu480 mv462 mw454 mx484 my458 mz508 na516
    nc540 ne562 nf574 ng566 ni558 nl528 no578 np524 nr520 nu570 nz554 om512 pa591 pe604 pf258 pg598
    ph608 pk586 pl616 pm666 pn612 pr630 ps275 pt620 pw585 py600 qa634 re638 ro642 rs688 ru643 rw646
    sa682 sb090 sc690 sd729 se752 sg702 sh654 si705 sj744 sk703 sl694 sm674 sn686 so706 sr740 ss728
    st678 sv222 sx534 sy760 sz748 tc796 td148 tf260 tg768 th764 tj762 tk772 tl626 tm795 tn788 to776
    tr792 tt780 tv798 tw158 tz834 ua804 ug800 um581 us840 uy858 uz860 va336 vc670 ve862 vg092 vi850
    vn704 vu548 wf876 ws882 ye887 yt175 za710 zm894 zw716
    """
_LOCATION_CODES = {entry[:2]: 2000 + int(entry[2:]) for entry in _NUMBERS.split()}

_PAGE = 10  # results
_LONGEST_KEYWORD, _MOST_WORDS, _MOST_KEYWORDS = 80, 10, 700  # limits of the Labs API
_REPLACED = ("showing_results_for", "including_results_for")
# A keyword with one of these operators costs five times as much.
_OPERATORS = (
    *("allinanchor:", "allintext:", "allintitle:", "allinurl:", "define:", "definition:"),
    *("filetype:", "id:", "inanchor:", "info:", "intext:", "intitle:", "inurl:", "link:", "site:"),
)


class SerpItem(BaseModel):
    """A row of the search results; features have another `type` and often no `url`."""

    type: str
    rank_group: Count | None = None
    url: str | None = None
    title: str | None = None


class Spelling(BaseModel):
    """The keyword that Google actually searched for."""

    keyword: str | None = None
    type: str | None = None


class SerpResult(Listing[SerpItem]):
    """`serp/google/organic/live/advanced`."""

    spell: Spelling | None = None


class Serp(DataForSeoQuestion[SerpQuery, SerpResult, SerpRow]):
    """The first organic results of Google, without link counts and authority."""

    body = Whole[SerpResult]

    def plan(self, query: SerpQuery) -> tuple[Call, ...]:
        """Return one call for as many pages of ten as `top` needs; raises `PlanLacks`.

        A page has eight to ten organic results. A second page for the last two would cost 75 %
        more, and nothing needs exactly ten.
        """
        pages = max(1, ceil(query.top / _PAGE))
        task = {
            # DataForSEO decodes %xx and + in a keyword.
            "keyword": query.keyword.replace("%", "%25").replace("+", "%2B"),
            **_located(query.market),
            "device": "desktop",
            "depth": pages * _PAGE,
        }
        worst = serp_price(pages)
        if any(operator in query.keyword.lower() for operator in _OPERATORS):
            worst = usd(5 * worst.units)
        return (self._api.post("serp/google/organic/live/advanced", task, worst),)

    def rows(self, query: SerpQuery, call: Call, result: SerpResult) -> Page[SerpRow]:
        """Rank the organic pages 1, 2, … in their order; a page that is listed twice ranks once.

        The page of the featured snippet ranks first unless the organic results repeat it.
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
            note=sentences(
                _other_spelling(result.spell),
                f"{nameless} results without a domain name were left out." if nameless else None,
            ),
        )


def _other_spelling(spell: Spelling | None) -> str | None:
    if spell is None or not spell.keyword or spell.type not in _REPLACED:
        return None
    return f"Google answered for “{spell.keyword}” instead."


class KeywordInfo(BaseModel):
    """Searches per month."""

    search_volume: Count | None = None


class KeywordProperties(BaseModel):
    """How hard it is to reach the top 10."""

    keyword_difficulty: Percent | None = None


class KeywordItem(BaseModel):
    """One keyword; unknown fields are omitted."""

    keyword: str
    keyword_info: KeywordInfo | None = None
    keyword_properties: KeywordProperties | None = None


class Keywords(DataForSeoQuestion[KeywordQuery, Listing[KeywordItem], KeywordMetrics]):
    """Difficulty (for the top 10, 0 to 100) and monthly volume."""

    body = Whole[Listing[KeywordItem]]

    def plan(self, query: KeywordQuery) -> tuple[Call, ...]:
        """Return one call per 700 keywords, without keywords that are too long for the API.

        Raises `PlanLacks` for an unknown country, or if every keyword is too long.
        """
        place = _located(query.market)
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
        """Return the metrics that they have, with the keywords as they were asked."""
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
    """Map each keyword as it is sent to the keyword as it was asked, without too long ones."""
    sent = {" ".join(keyword.lower().split()): keyword for keyword in query.keywords}
    return {
        plain: asked
        for plain, asked in sent.items()
        if len(plain) <= _LONGEST_KEYWORD and len(plain.split()) <= _MOST_WORDS
    }


class Deposit(BaseModel):
    """Dollars paid in since the account was opened, and what is left of them."""

    total: Money | None = None
    balance: Money | None = None


class User(BaseModel):
    """`appendix/user_data`."""

    money: Deposit


class Account(DataForSeoQuestion[BalanceQuery, User, Balance]):
    """The money left in the account; free, never cached."""

    body = Whole[User]

    def plan(self, query: BalanceQuery) -> tuple[Call, ...]:
        """Return the one free call."""
        del query
        return (self._api.get("appendix/user_data"),)

    def rows(self, query: BalanceQuery, call: Call, result: User) -> Page[Balance]:
        """Return the balance with all payments as its limit: it is never reset, only topped up."""
        del query, call
        total, left = result.money.total, result.money.balance
        used = None if total is None or left is None else round((total - left) * 1_000_000)
        limit = None if total is None else round(total * 1_000_000)
        return Page((Balance(POOL, used, limit, None),), complete=True)


def _located(market: Market) -> dict[str, int | str]:
    """Return the parameters for a market; raises `Unserved` for an unknown country."""
    code = _LOCATION_CODES.get(market.country)
    if code is None:
        raise Unserved(NAME, f"It has no location for the country “{market.country}”.")
    return {"location_code": code, "language_code": market.language}
