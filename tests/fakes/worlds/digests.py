"""Builders of digests with sensible defaults, and an invented week of any size."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from urllib.parse import quote

from bot.model.links import LinkKind, Market, SerpRow
from bot.model.question import Question
from bot.model.report import CostLine
from bot.model.tracking import (
    CompetitorCount,
    Digest,
    GapPoint,
    KeywordLine,
    NewCompetitorLink,
    Outlook,
    OwnLink,
    Snapshot,
    TrackedKeyword,
    Unread,
)
from bot.render.tracking.digest_sentence import digest_sentence
from bot.render.tracking.suggestions import to_do
from bot.render.tracking.tracked_list import ListRow
from bot.render.words import Calendar

MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
CALENDAR = Calendar(MONDAY)
SITE = "ledgerly.example"
PAGE = "https://ledgerly.example/crm"
_WORDS = ("crm", "accounting software", "invoice app", "payroll", "help desk", "time tracking")
_KINDS = ("best {}", "{} for startups", "free {}", "{} pricing", "{} alternatives")


def suggestions(*week):
    """Return in words what a week proposes."""
    return tuple(one.words for one in to_do(*week))


def page_for(keyword):
    """Each keyword has its own page unless a test says otherwise."""
    return PAGE if keyword == "best crm" else f"{PAGE}/{quote(keyword, errors='replace')}"


def tracked(keyword="best crm", **changes):
    asked = Question(keyword, Market("us", "en"), site=SITE, page=PAGE)
    made = TrackedKeyword(
        id="t1",
        team="T1",
        channel="C1",
        question=asked,
        paused=False,
        created_by="U1",
        created_at=MONDAY - timedelta(weeks=12),
    )
    return replace(made, **changes)


def snapshot(weeks_ago=0, **changes):
    made = Snapshot(
        run_id=f"run-{weeks_ago}",
        taken_at=MONDAY - timedelta(weeks=weeks_ago),
        serp=tuple(
            SerpRow(n, f"https://s{n}.example/", f"S{n}", f"s{n}.example") for n in range(1, 11)
        ),
        competitors=(CompetitorCount("https://one.example/best", "one.example", 55),),
        even_field=24,
        multiplier=1.0,
        needed=24,
        have=6,
        gap=18,
        page=PAGE,
        position=4,
    )
    return replace(made, **changes)


def line(keyword="best crm", **changes):
    made = KeywordLine(
        id="t1",
        keyword=keyword,
        site=SITE,
        country="us",
        language="en",
        page=page_for(keyword),
        need=24,
        have=6,
        gap=18,
        need_change=0,
        have_change=3,
        gap_change=-3,
        position=4,
        position_before=6,
        position_change=-2,
        months_to_close=3.5,
        outlook=Outlook.CLOSING,
        own_pace=6.0,
        need_pace=1.0,
        forecast_check=None,
        competitors_gained=5,
        entered=(),
        left=(),
        read_at=MONDAY,
    )
    return replace(made, **changes)


def first_line(keyword="best crm", **changes):
    """A keyword's row in the first digest: the numbers, without changes."""
    unknown = dict.fromkeys(
        ("need_change", "have_change", "gap_change", "position_before", "position_change")
    )
    pace = {"months_to_close": None, "outlook": Outlook.UNKNOWN, "own_pace": None}
    return line(
        keyword, **{**unknown, **pace, "need_pace": None, "competitors_gained": 0, **changes}
    )


def new_link(index=1, **changes):
    made = NewCompetitorLink(
        domain=f"p{index}.example",
        competitor="https://one.example/best",
        keyword="best crm",
        page=f"https://p{index}.example/tools",
        first_seen=date(2026, 11, 19),
        score=88.0,
        why="links to 3 of 3, follow, DR 74",
        keywords=("best crm",),
        authority=74.0,
        authority_scale="DR",
        link=LinkKind.FOLLOW,
    )
    return replace(made, **changes)


def own_link(index=1, **changes):
    made = OwnLink(
        domain=f"own{index}.example",
        target=PAGE,
        keyword="best crm",
        page=f"https://own{index}.example/post",
        first_seen=date(2026, 11, 18),
        authority=61.0,
        authority_scale="DR",
    )
    return replace(made, **changes)


def list_row(index=0, **changes):
    """A row of `/gap list`; a large list contains every kind of unknown."""
    one = big_line(index)
    asked = Question(one.keyword, Market("us", "en"), site=SITE, page=one.page)
    numbers = {"needed": one.need, "have": one.have, "gap": one.gap, "position": one.position}
    made = ListRow(
        tracked=tracked(id=f"t{index}", question=asked, paused=index % 9 == 4),
        latest=None if index % 8 == 6 else snapshot(**numbers, page=one.page),
        gap_change=one.gap_change,
        next_run=MONDAY + timedelta(weeks=1),
    )
    return replace(made, **changes)


def history(gaps, keyword=None, site=SITE, have=6):
    """One point per week, the last on the Monday of the digest."""
    last = len(gaps) - 1
    return tuple(
        GapPoint((MONDAY - timedelta(weeks=last - n)).date(), keyword, gap, site, gap + have, have)
        for n, gap in enumerate(gaps)
    )


def digest(*lines, **changes):
    made = Digest(
        week="2026-W48",
        channel="C1",
        sentence="You closed 3 of 21 missing links for “best crm” this week; "
        "its competitors gained 5.",
        keywords=lines or (line(),),
        new_competitor_links=(new_link(1), new_link(2, score=64.0)),
        won=(own_link(1), own_link(2, authority=None)),
        lost=(own_link(3),),
        cost=(CostLine("Ahrefs", "units", 1450, 290_000, 1500),),
        suggestions=(
            "Win back own3.example (DR 61): its link to ledgerly.example/crm is gone.",
            "Write to p1.example about “best crm”: it now links to one.example/best (score 88).",
        ),
        taken_at=MONDAY,
        since=MONDAY - timedelta(weeks=1),
        changed=True,
        gap_history=history([40, 33, 28, 21, 18], "best crm"),
    )
    return replace(made, **changes)


def keyword_of(index):
    kind, word = _KINDS[index % len(_KINDS)], _WORDS[index // len(_KINDS) % len(_WORDS)]
    round_ = index // (len(_KINDS) * len(_WORDS))
    return kind.format(word) + (f" {2020 + round_}" if round_ else "")


def big_line(index):
    """One of many keywords, all different, with every kind of unknown among them."""
    gap = (index * 7) % 40
    change = (0, -3, 2, 0, -1, 0, 5)[index % 7]
    changes = {"id": f"t{index}", "need": gap + 9, "have": 9, "gap": gap, "gap_change": change}
    changes |= {"have_change": max(0, -change), "competitors_gained": (index + 1) % 4}
    rank = 2 + index % 17
    moved = (0, -4, 0, 1)[index % 4]
    changes |= {"position": rank, "position_before": rank - moved, "position_change": moved}
    kinds = (Outlook.CLOSING, Outlook.NOT_AT_THIS_PACE, Outlook.UNKNOWN)
    outlook = Outlook.CLOSED if gap == 0 else kinds[index % 3]
    months = {Outlook.CLOSED: 0.0, Outlook.CLOSING: 1 + gap / 4}.get(outlook)
    changes |= {"outlook": outlook, "months_to_close": months}
    if outlook is Outlook.NOT_AT_THIS_PACE:
        changes |= {"own_pace": 1.0, "need_pace": 2.5}
    if index % 11 == 5:
        changes |= dict.fromkeys(("have", "gap", "have_change", "gap_change", "months_to_close"))
        changes |= {"outlook": Outlook.UNKNOWN, "page": None, "own_pace": None}
    if index % 13 == 7:
        changes |= dict.fromkeys(("position", "position_before", "position_change"))
    return line(keyword_of(index), **changes)


def big_digest(count, weeks=12):
    """An invented week of `count` keywords with every part of a digest, in realistic words."""
    lines = tuple(big_line(index) for index in range(count))
    names = [one.keyword for one in lines]
    links = tuple(
        new_link(
            n,
            keyword=names[n % count],
            keywords=tuple(dict.fromkeys((names[n % count], names[(n + 1) % count]))),
            score=91.0 - n % 50,
        )
        for n in range(count * 2 + 3)
    )
    won = tuple(own_link(n, keyword=names[n % count]) for n in range(1 + count // 20))
    lost = tuple(
        own_link(100 + n, keyword=names[n % count], authority=72.0 - n)
        for n in range(1 + count // 50)
    )
    points = [
        point
        for one in lines
        if one.gap is not None
        for point in history(
            [max(0, one.gap + (weeks - 1 - n) * (1 + one.gap % 3)) for n in range(weeks)],
            one.keyword,
        )
    ]
    totals: dict[date, int] = {}
    for point in points:
        totals[point.day] = totals.get(point.day, 0) + point.gap
    drawn = set(names[:6])
    return digest(
        *lines,
        sentence=digest_sentence(lines, won, lost, links),
        suggestions=suggestions(lines, links, won, lost),
        new_competitor_links=links,
        won=won,
        lost=lost,
        unread=tuple(
            Unread(f"t{n}", names[n], "Ahrefs did not answer") for n in range(count // 60)
        ),
        unchecked_losses=count // 30,
        paused=count // 100,
        gap_history=(
            *(GapPoint(day, None, gap, SITE, gap + 99, 99) for day, gap in totals.items()),
            *(point for point in points if point.keyword in drawn),
        )
        if count > 1
        else tuple(points),
        cost=(CostLine("Ahrefs", "units", 1450 * count, 290_000 * count, 1500 * count),),
    )
