"""The home tab of one person: their prospects, the links won, the keywords, what it costs."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.model.costs import Allowance, Overview
from bot.model.outreach import Entry, Status, Verification, Verified
from bot.model.tracking import Snapshot, TrackedKeyword
from bot.render.money import allowance, spent, standing
from bot.render.notes import Button
from bot.render.report.sentences import SAMPLE
from bot.render.slack.blocks import mrkdwn, render
from bot.render.slack.limits import MAX_SECTION
from bot.render.slack.message import HomeTab
from bot.render.words import Calendar, counted, listed, shown, words_or_unknown

PROSPECTS, KEYWORDS, DIGESTS, LINES = 10, 15, 5, 10
"""So many lines of each kind are shown; the text below says how many more there are."""
SOON = timedelta(days=7)
CELLS = 10
_MOMENT, _MARKS = 100, 40
_A_SECTION = MAX_SECTION - 300
"""Characters of a block, less a margin; a line takes marks and perhaps a moment besides."""
_STATUS = {
    Status.CLAIMED: "claimed",
    Status.CONTACTED: "contacted",
    Status.REPLIED: "replied",
    Status.WON: "won",
    Status.DECLINED: "declined",
    Status.STALE: "ran out and free again",
    Status.NOT_FOR_US: "not for us",
}
_SEEN = {
    Verified.LIVE: "live",
    Verified.COUNTED: "live and counted by a link index",
    Verified.NOT_THERE: "missed once, to be looked at again",
    Verified.LOST: "lost",
    Verified.UNREADABLE: "could not be read",
    None: "not looked at yet",
}


@dataclass(frozen=True, slots=True)
class Home:
    """What one person's home tab is drawn from.

    `mine`: the person's entries as of now; `ends`: when their claims run out, by the entry's id.
    `won`: what was last seen of each link that the team won. `tracked`: the team's keywords with
    their latest read. `digests`: channels with the moment of their next digest, soonest first.
    `allowances` None: the vendors have not said yet. `vendors`: the names of those connected.
    """

    mine: tuple[Entry, ...]
    ends: Mapping[str, datetime]
    won: tuple[Verification | None, ...]
    tracked: tuple[tuple[TrackedKeyword, Snapshot | None], ...]
    digests: tuple[tuple[str, datetime], ...]
    spending: Overview
    vendors: tuple[str, ...]
    allowances: tuple[Allowance, ...] | None = None
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class _Line:
    """Words beside a channel or a moment that Slack writes for its reader.

    `opens` is the opaque id of a prospect, for a button beside the line.
    """

    words: str
    moment: datetime | None = None
    channel: str = ""
    bar: str = ""
    bold: str = ""
    opens: str = ""


@dataclass(frozen=True, slots=True)
class _Group:
    title: str
    lines: Sequence[_Line] = field(default_factory=tuple)
    small: str = ""


def home(found: Home, viewer: str, now: datetime) -> HomeTab:
    """Return the home tab of `viewer`."""
    groups = (
        _prospects(found),
        _won(found),
        _keywords(found),
        _digests(found),
        _spending(found, viewer, Calendar(now)),
        _vendors(found, Calendar(now)),
    )
    buttons = [
        Button("Ask about a keyword", "home_ask", "home"),
        Button("Settings", "open_settings", "home"),
        Button("Refresh", "home_refresh", "home"),
    ]
    drawn = [
        {
            "title": group.title,
            "parts": _parts(group),
            "small": group.small,
        }
        for group in groups
    ]
    first = _first(found, now)
    return HomeTab(render("home", first=first, groups=drawn, buttons=buttons, now=now))


def _parts(group: _Group) -> list[list[_Line]]:
    """Divide the lines among as few blocks as take them; the first has the title.

    A line with a button has a block of its own.
    """
    parts, size = [list[_Line]()], len(mrkdwn(group.title))
    for one in group.lines:
        wide = len(mrkdwn(one.words + one.bold)) + (_MOMENT if one.moment else 0) + _MARKS
        if size + wide > _A_SECTION or one.opens:
            parts, size = [*parts, []], 0
        parts[-1].append(one)
        size += wide
    return parts


def bar(have: int, needed: int) -> str:
    """Return `██████░░░░`: full only if nothing is missing, empty only if there is nothing."""
    if needed <= have:
        return "█" * CELLS
    cells = min(CELLS - 1, max(have > 0, CELLS * have // needed))
    return "█" * cells + "░" * (CELLS - cells)


def _first(found: Home, now: datetime) -> _Line:
    """Return what to do first."""
    held = _soonest(found)
    if held and found.ends[held[0].id] - now <= SOON:
        return _Line(
            f"Write to {_name(held[0])} first: your claim runs out", found.ends[held[0].id]
        )
    if held:
        return _Line(f"You hold {counted(len(held), 'prospect')}. Write to {_name(held[0])} first.")
    waiting = [one for one in found.mine if one.status is Status.CONTACTED]
    if waiting:
        return _Line(f"You wait for the answer of {counted(len(waiting), 'prospect')}.")
    if not found.tracked and not found.mine:
        return _Line("Begin here: ask about a keyword that you want to rank for.")
    return _Line("Nothing waits for you. The list below an answer has prospects to claim.")


def _soonest(found: Home) -> list[Entry]:
    """Return the person's claims, the one that runs out first at the front."""
    claims = [one for one in found.mine if one.id in found.ends]
    return sorted(claims, key=lambda one: (found.ends[one.id], one.domain, one.site))


def _name(entry: Entry) -> str:
    return words_or_unknown(entry.domain, 60)


def _prospects(found: Home) -> _Group:
    counts = Counter(one.status for one in found.mine)
    said = [f"{counts[status]:,} {word}" for status, word in _STATUS.items() if counts[status]]
    if not said:
        return _Group(
            "Your prospects",
            small="None yet. Ask about a keyword: its answer lists who could link to you. "
            "Those you claim appear here.",
        )
    waiting = [one for one in found.mine if one.status in (Status.CONTACTED, Status.REPLIED)]
    waiting.sort(key=lambda one: (one.since, one.domain, one.site))
    rows = [*_soonest(found), *waiting]
    more = len(rows) - PROSPECTS
    return _Group(
        f"Your prospects: {', '.join(said)}",
        [_prospect(one, found.ends.get(one.id)) for one in rows[:PROSPECTS]],
        f"and {more:,} more: `linkgap outreach` lists all." if more > 0 else "",
    )


def _prospect(entry: Entry, ends: datetime | None) -> _Line:
    whose = f" for {words_or_unknown(entry.site, 60)}" if entry.site else ""
    said = "your claim runs out" if ends else f"{_STATUS[entry.status]} since"
    return _Line(f"{whose}: {said}", ends or entry.since, bold=_name(entry), opens=entry.id)


def _won(found: Home) -> _Group:
    if not found.won:
        return _Group(
            "Links won",
            small="None seen yet. Contacted sites are checked every week: a link counts "
            "as won once it is seen on the page.",
        )
    counts = Counter(one.state if one else None for one in found.won)
    said = [f"{counts[state]:,} {word}" for state, word in _SEEN.items() if counts[state]]
    return _Group(f"Links won: {len(found.won):,}", [_Line(f"{', '.join(said)}.")])


def _keywords(found: Home) -> _Group:
    if not found.tracked:
        return _Group(
            "Tracked keywords",
            small="None yet. `/gap track best crm` in a channel reads it every week, and tells "
            "that channel what changed.",
        )
    several = len({one.question.site for one, _ in found.tracked}) > 1

    def order(one: tuple[TrackedKeyword, Snapshot | None]) -> tuple[int, str]:
        gap = one[1].gap if one[1] else None
        return (1 if gap is None else -gap), one[0].question.keyword

    rows = sorted(found.tracked, key=order)
    small = [f"and {len(rows) - KEYWORDS:,} more: `/gap list` in their channel."]
    small = small if len(rows) > KEYWORDS else []
    small += [SAMPLE] if any(shot and shot.sample for _, shot in rows) else []
    return _Group(
        f"Tracked keywords: {len(rows):,}",
        [_keyword(one, shot, several=several) for one, shot in rows[:KEYWORDS]],
        " ".join(small),
    )


def _keyword(one: TrackedKeyword, shot: Snapshot | None, *, several: bool) -> _Line:
    asked = one.question
    site = f" ({words_or_unknown(asked.site or '', 60)})" if several else ""
    name = words_or_unknown(asked.keyword, 60)
    if shot is None:
        return _Line(f"{site}: not read yet", bold=name)
    if shot.gap is None or shot.needed is None or shot.have is None:
        return _Line(f"{site}: gap unknown", bold=name)
    gap = f"{shot.gap:,} missing" if shot.gap else "none missing"
    said = f"{site}: {shot.have:,} of {shot.needed:,}, {gap}"
    return _Line(said, bar=bar(shot.have, shot.needed), bold=name)


def _digests(found: Home) -> _Group:
    if not found.digests:
        return _Group(
            "Next digest", small="None. A channel gets one every week once it tracks a keyword."
        )
    more = len(found.digests) - DIGESTS
    return _Group(
        "Next digest",
        [_Line(":", moment, channel) for channel, moment in found.digests[:DIGESTS]],
        f"and {counted(more, 'more channel')}." if more > 0 else "",
    )


def _spending(found: Home, viewer: str, calendar: Calendar) -> _Group:
    """Return what the team spent; of the caps of people only the viewer's own."""
    lines = [_Line(spent(one)) for one in found.spending.by_vendor] or [_Line("Nothing.")]
    caps = [
        cap for cap in found.spending.caps if not cap.cap.startswith("person") or cap.of == viewer
    ]
    lines += [
        _Line(f" {standing(cap)}", bold="Your cap" if cap.cap.startswith("person") else "Cap of")
        for cap in sorted(caps, key=lambda cap: not cap.is_near)
    ]
    more = len(lines) - LINES
    small = [f"and {more:,} more: `/gap budget` lists all."] if more > 0 else []
    small += [] if caps else ["No cap above the single run is set."]
    since = calendar.day(found.spending.since)
    return _Group(f"Spent since {since} (UTC)", lines[:LINES], " ".join(small))


def _vendors(found: Home, calendar: Calendar) -> _Group:
    if not found.vendors:
        return _Group("Vendors", small="None is connected. `linkgap doctor` says what to set.")
    lines = [_Line(shown(found.fault, 300) if found.fault else "LinkGap itself works.")]
    if found.allowances is None:
        lines.append(_Line("The vendors are being asked what is left …"))
    lines += [_Line(allowance(one, calendar)) for one in found.allowances or ()]
    told = {one.title for one in found.allowances or ()}
    silent = [name for name in found.vendors if name not in told]
    if silent and found.allowances is not None:
        named = listed(shown(name, 40) for name in silent[:LINES])
        lines.append(_Line(f"Connected; what is left cannot be read for free: {named}."))
    return _Group("Vendors", lines[:LINES])
