"""Builds a channel's weekly digest from stored data, so it costs nothing and can be repeated.

Everything is read up to one moment. The same moment gives the same digest, even after a kill.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

import sqlite_utils
from pydantic import TypeAdapter

from bot.gap.changes import compared_with, keyword_line, moved, since_tracked
from bot.gap.compare import Own, noise
from bot.gap.gap_history import POINTS, WEEK, Followed, gap_history, gap_steps
from bot.gap.link_ledger import link_ledger, of_all
from bot.gap.new_links import KeywordNews, links_to_both, new_links, unproven_links
from bot.gap.prioritise import Evidence
from bot.gap.relevance import terms_of
from bot.gap.why_moved import why_moved
from bot.model.links import Profile, ReferringDomain, Scope, Target
from bot.model.question import NO_PAGE
from bot.model.tracking import (
    ClientWeek,
    Digest,
    GapReasons,
    KeywordLine,
    LinkLedger,
    OwnLink,
    Snapshot,
    TrackedKeyword,
)
from bot.planning.refresh import NEW_ROWS
from bot.render.tracking.digest_clients import clients_of, clients_sentence
from bot.render.tracking.digest_sentence import digest_sentence
from bot.render.tracking.suggestions import to_do
from bot.render.words import Calendar
from bot.settings import levels
from bot.settings.environment import Settings
from bot.store import (
    ledger,
    link_changes,
    posts,
    proposals,
    snapshots,
    suppressions,
    tracked_keywords,
)
from bot.store.connect import Database
from bot.store.link_changes import LOST, STILL_THERE, UNCHECKED, ProfileOf
from bot.store.posts import PostKind, Slot
from bot.store.tracked_keywords import TrackedState
from bot.tracking.unread import who_failed

READS_LOOKED_AT = 60
READS_WITH_ROWS = 8
"""Older snapshots than these and than the one compared with are numbers for pace and chart."""
WEEKLY = "weekly:"
"""How the run ids of reads begin, first ones too: a digest adds up what they cost."""


def read_run(channel: str, what: str) -> str:
    """Return the run id of a read of tracked keywords; `what` is the week, or the job."""
    return f"{WEEKLY}{channel}:{what}"


_EVER = datetime.min.replace(tzinfo=UTC)
_JSON = TypeAdapter(Digest)


def to_json(digest: Digest, *, indent: int | None = None) -> str:
    """Return the documented JSON of a digest (docs/tracking.md)."""
    return _JSON.dump_json(digest, indent=indent).decode("utf-8")


def schema() -> dict[str, object]:
    """Return the JSON Schema that docs/digest.schema.json must equal."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **_JSON.json_schema(mode="serialization"),
    }


class EffectOf(Protocol):
    """Whoever knows what the links won did."""

    def __call__(
        self, db: sqlite_utils.Database, team: str, channel: str, month: datetime
    ) -> str | None:
        """Say it in a sentence, for a channel and the month of a moment; None: nobody can say."""
        ...


def week_of(moment: datetime, zone: ZoneInfo) -> str:
    """Return the ISO week in a time zone: `2026-W48`."""
    year, week, _ = moment.astimezone(zone).isocalendar()
    return f"{year}-W{week:02d}"


def period_of(slot: Slot, settings: Settings, now: datetime) -> str:
    """Return a slot's period in words: `the week of 30 Nov`, or `30 Nov` for a day."""
    calendar = Calendar(now, ZoneInfo(settings.time_zone))
    year, is_week, week = slot.period.partition("-W")
    if is_week:
        return f"the week of {calendar.day(date.fromisocalendar(int(year), int(week), 1))}"
    return calendar.day(date.fromisoformat(slot.period))


def digest_slot(team: str, channel: str, settings: Settings, moment: datetime) -> Slot:
    """Return the digest slot of the moment's ISO week in the channel's time zone."""
    week = week_of(moment, ZoneInfo(settings.time_zone))
    return Slot(team, channel, PostKind.DIGEST, week)


class Digests:
    """Builds digests; spends and posts nothing.

    `provers` are the names of the indexes that can say which of many named domains link to us,
    `by_release` those whose links are never compared from week to week.
    `effect_of` is asked for the first digest of a month; None: nobody says what links did.
    """

    def __init__(
        self,
        database: Database,
        settings: Settings,
        provers: frozenset[str],
        by_release: frozenset[str] = frozenset(),
        effect_of: EffectOf | None = None,
    ) -> None:
        self._database, self._settings, self._provers = database, settings, provers
        self._by_release, self._effect_of = by_release, effect_of

    async def build(self, slot: Slot, *, as_of: datetime) -> Digest:
        """Return the digest of a channel's week up to a moment.

        Changes are relative to the previous digest, or to each keyword's first read if there was
        none.
        """
        return await self._database.read(
            lambda db: self._effect(
                db,
                slot,
                build_digest(
                    db, self._settings, slot, as_of, self._provers, by_release=self._by_release
                ),
            )
        )

    def _effect(self, db: sqlite_utils.Database, slot: Slot, digest: Digest) -> Digest:
        """Return the digest with what the links won did, if none of this month has said it."""
        month = digest.taken_at.astimezone(ZoneInfo(digest.time_zone))
        before = posts.posted_until(db, slot)
        if before is not None and f"{before.astimezone(month.tzinfo):%Y-%m}" >= f"{month:%Y-%m}":
            return digest
        if self._effect_of is None or not digest.keywords:
            return digest
        return replace(digest, effect=self._effect_of(db, slot.team, slot.channel, month))


@dataclass(frozen=True, slots=True)
class _Story:
    """One keyword up to the moment: its snapshots by one index, and who is new to its pages.

    `earlier` are those of before it was tracked anew: history, and nothing to compare with.
    """

    keyword: TrackedKeyword
    shots: tuple[Snapshot, ...]
    earlier: tuple[Snapshot, ...]
    by_another: Snapshot | None
    theirs: dict[str, tuple[tuple[ReferringDomain, Evidence], ...]]
    won: tuple[OwnLink, ...]
    lost: tuple[OwnLink, ...]
    unchecked: frozenset[tuple[str, str]]
    still_live: int
    own: frozenset[str]
    linking: frozenset[str]
    absent: frozenset[str]

    @property
    def gained(self) -> int:
        """Return how many new domains link to the keyword's competitors."""
        names = {row.domain for rows in self.theirs.values() for row, _ in rows}
        return len(names - noise() - self.own)


class _Ours:
    """One site of ours, whose pages and proofs are read once for all of its keywords."""

    def __init__(
        self, db: sqlite_utils.Database, team: str, site: str, domains: frozenset[str]
    ) -> None:
        self.domains = domains
        self._db, self._team, self._site = db, team, site
        self._profiles = link_changes.own_profiles(db, team, site, domains)
        self._absent: dict[datetime, frozenset[str]] = {}

    def linked_by(self, names: Iterable[str]) -> frozenset[str]:
        """Return which of these domains link to us."""
        return link_changes.linking_to(self._db, self._profiles, names)

    def not_linked_by(self, since: datetime) -> frozenset[str]:
        """Return the domains that were proven not to link to us since a moment."""
        if since not in self._absent:
            self._absent[since] = link_changes.absent(self._db, self._team, self._site, since=since)
        return self._absent[since]


def build_digest(
    db: sqlite_utils.Database,
    settings: Settings,
    slot: Slot,
    as_of: datetime,
    provers: frozenset[str],
    *,
    by_release: frozenset[str] = frozenset(),
) -> Digest:
    """Return what a channel's week has to tell up to a moment."""
    team, channel = slot.team, slot.channel
    since = posts.told_until(db, slot)
    here = tracked_keywords.of_channel(db, team, channel)
    active = [one for one in here if not one.tracked.paused]
    ids = [one.tracked.id for one in active]
    shots = snapshots.history(
        db,
        team,
        ids,
        until=as_of,
        last=READS_LOOKED_AT,
        whole=READS_WITH_ROWS,
        whole_since=since or _EVER,
    )
    sites = {one.tracked.question.site for one in active}
    team_settings = levels.read(db, settings, team)
    ours = {site: _Ours(db, team, site, team_settings.own_domains(site)) for site in sites}
    stories = [
        _story(
            db,
            one.tracked,
            shots[one.tracked.id],
            ours[one.tracked.question.site],
            since=since,
            until=as_of,
        )
        for one in active
        if one.tracked.id in shots
    ]
    lines = tuple(
        replace(
            keyword_line(one.keyword, one.shots, since, one.gained),
            gained_at_least=any(len(rows) >= NEW_ROWS for rows in one.theirs.values()),
        )
        for one in stories
    )
    lines = tuple(
        replace(line, ledger=_ledger(one, line), why=_why(one, since))
        for one, line in zip(stories, lines, strict=True)
    )
    held = {site: team_settings.at(site, channel) for site in sites}
    zone = ZoneInfo(team_settings.in_channel(channel).time_zone)
    calendar = Calendar(as_of, zone)
    kept_back = {site: suppressions.withheld(db, team, site) for site in sites}
    news = [
        replace(
            _news(one, held[one.keyword.question.site], provers),
            withheld=kept_back[one.keyword.question.site],
        )
        for one in stories
    ]
    fresh = new_links(news)
    won = _once(link for one in stories for link in one.won)
    winnable = _once(
        link
        for one in stories
        for link in one.lost
        if not kept_back[one.keyword.question.site].is_withheld(link.domain)
    )
    lost = _once(link for one in stories for link in one.lost)
    just_won = {link.domain for link in won}
    unread, again = who_failed(db, active, shots, since=since, until=as_of)
    begun = any(one.since and not one.told_before for one in unread)
    failures_moved = bool(lines) and (bool(again) or begun)
    followed = [*_followed(stories), *_ended(db, slot, here, stories, until=as_of)]
    wanted = to_do(lines, fresh, won, winnable, before=proposals.before(db, slot, until=as_of))
    digest = Digest(
        week=slot.period,
        channel=channel,
        sentence="",
        keywords=lines,
        new_competitor_links=fresh,
        won=won,
        lost=lost,
        cost=ledger.spent_in(db, team, channel, WEEKLY, since=since, until=as_of),
        suggestions=tuple(one.words for one in wanted),
        taken_at=as_of,
        since=since,
        changed=bool(fresh or won or lost or failures_moved or any(map(moved, lines))),
        sample=any(one.shots[-1].sample for one in stories),
        unread=unread,
        unchecked_losses=len(frozenset().union(*(one.unchecked for one in stories))),
        paused=len(here) - len(active),
        gap_history=gap_history(followed, zone),
        gap_steps=gap_steps(followed, zone),
        links_to_both=tuple(one for one in links_to_both(news) if one.domain not in just_won),
        unproven=unproven_links(news),
        time_zone=zone.key,
        to_do=wanted,
        ledger=of_all(lines),
        read_again=again,
        by_release=tuple(sorted({one.shots[-1].index for one in stories} & by_release)),
    )
    told = () if digest.nothing_read else lines
    if told and len(clients_of(lines)) > 1:
        clients = _clients(stories, news, lines, calendar, earlier_digest=since is not None)
        digest = replace(digest, clients=clients)
        sentence = clients_sentence(lines)
    else:
        sentence = digest_sentence(
            told, won, lost, fresh, earlier_digest=since is not None, calendar=calendar
        )
    recounted = bool(told) and _held_against_a_recount(db, stories, since)
    return replace(digest, sentence=sentence, recounted=recounted)


def _held_against_a_recount(
    db: sqlite_utils.Database, stories: Sequence[_Story], since: datetime | None
) -> bool:
    """Say whether this digest compares with a read that was recounted by a new method.

    This is true only for the first digest after the method changed.
    """
    until = snapshots.recounted_until(db)
    earlier = (compared_with(one.shots, since) for one in stories)
    return until is not None and any(one.taken_at <= until for one in earlier if one)


def _story(
    db: sqlite_utils.Database,
    keyword: TrackedKeyword,
    shots: tuple[Snapshot, ...],
    ours: _Ours,
    *,
    since: datetime | None,
    until: datetime,
) -> _Story:
    now, team, site = shots[-1], keyword.team, keyword.question.site
    # Another index counts differently: what it counted is no change.
    others = [one for one in shots if one.index != now.index]
    shots = tuple(one for one in shots if one.index == now.index)
    whole, shots = shots, tuple(since_tracked(shots, keyword.created_at))
    after = since if since and since > shots[0].taken_at else shots[0].taken_at

    def profile(target: Target) -> ProfileOf:
        return ProfileOf(team, site, now.index, target)

    theirs = {
        competitor.url: tuple(
            (row, Evidence(link=page))
            for row, page in link_changes.opened(
                db, profile(Target(Scope.PAGE, competitor.url)), after=after, until=until
            )
        )
        for competitor in now.competitors
    }
    names = frozenset(row.domain for rows in theirs.values() for row, _ in rows)
    won: tuple[OwnLink, ...] = ()
    gone: list[link_changes.Loss] = []
    if now.page and now.page != NO_PAGE:
        page = Target(Scope.PAGE, now.page)
        found = link_changes.opened(db, profile(page), after=after, until=until)
        won = tuple(
            _own(row, link.source_url if link else None, now.page, keyword) for row, link in found
        )
        gone = [*link_changes.losses(db, profile(page), after=after, until=until)]
    return _Story(
        keyword=keyword,
        shots=shots,
        earlier=whole[: len(whole) - len(shots)],
        by_another=others[-1] if others else None,
        theirs=theirs,
        won=won,
        lost=tuple(
            _own(one.facts, one.url, one.target, keyword) for one in gone if one.state == LOST
        ),
        unchecked=frozenset((one.domain, one.target) for one in gone if one.state == UNCHECKED),
        still_live=sum(one.state == STILL_THERE for one in gone),
        own=ours.domains,
        linking=ours.linked_by(names),
        absent=names & ours.not_linked_by(after),
    )


def _news(one: _Story, settings: Settings, provers: frozenset[str]) -> KeywordNews:
    """Return the new links of a keyword.

    If the index can say which domains link to us, those without proof of absence are reported as
    unchecked.
    """
    question, now = one.keyword.question, one.shots[-1]
    urls = {competitor.url for competitor in now.competitors}
    titles = [row.title for row in now.serp if row.url in urls and row.title]
    evidence: dict[str, Evidence] = {}
    for rows in one.theirs.values():
        for row, known in rows:
            if known.link or row.domain not in evidence:
                evidence[row.domain] = known
    return KeywordNews(
        keyword=question.keyword,
        terms=terms_of(question.keyword, titles, question.market.language),
        profiles=tuple(
            Profile(
                Target(Scope.PAGE, url),
                now.index,
                tuple(row for row, _ in rows),
                complete=False,
                as_of=now.taken_at,
            )
            for url, rows in one.theirs.items()
        ),
        own=Own(one.own, one.linking, complete=False),
        evidence=evidence,
        proven=one.absent if one.absent or now.index in provers else None,
        blocked=settings.blocked,
        floor=settings.authority_floor,
        site=question.site,
    )


def _why(one: _Story, since: datetime | None) -> GapReasons | None:
    """Return why its gap moved; of a read by another index only that it was another."""
    before = compared_with(one.shots, since)
    if before is None and one.by_another is not None:
        before = one.by_another if since is None or one.by_another.taken_at <= since else None
    return why_moved(before, one.shots[-1]) if before else None


def _ledger(one: _Story, line: KeywordLine) -> LinkLedger | None:
    return link_ledger(
        won=len(one.won),
        lost=len(one.lost),
        left_index=one.still_live,
        unchecked=len(one.unchecked),
        net=line.have_change,
    )


def _own(row: ReferringDomain, page: str | None, target: str, keyword: TrackedKeyword) -> OwnLink:
    return OwnLink(
        domain=row.domain,
        target=target,
        keyword=keyword.question.keyword,
        page=page,
        first_seen=row.first_seen,
        authority=row.authority.value if row.authority else None,
        authority_scale=row.authority.scale if row.authority else None,
    )


def _once(links: Iterable[OwnLink]) -> tuple[OwnLink, ...]:
    """Return each link once: keywords that share a page share its links."""
    unique: dict[tuple[str, str], OwnLink] = {}
    for link in links:
        unique.setdefault((link.domain, link.target), link)
    return tuple(sorted(unique.values(), key=lambda one: (-(one.authority or 0.0), one.domain)))


def _clients(
    stories: Sequence[_Story],
    news: Sequence[KeywordNews],
    lines: Sequence[KeywordLine],
    calendar: Calendar,
    *,
    earlier_digest: bool,
) -> tuple[ClientWeek, ...]:
    """Return each client's week in one sentence, from its own keywords and links alone."""
    found = []
    for site in (client.site for client in clients_of(lines)):
        of_site = [at for at, one in enumerate(stories) if one.keyword.question.site == site]
        sentence = digest_sentence(
            [lines[at] for at in of_site],
            _once(link for at in of_site for link in stories[at].won),
            _once(link for at in of_site for link in stories[at].lost),
            new_links([news[at] for at in of_site]),
            earlier_digest=earlier_digest,
            calendar=calendar,
        )
        found.append(ClientWeek(site or "", sentence))
    return tuple(found)


def _followed(stories: Sequence[_Story]) -> list[Followed]:
    """Return what is drawn, by the name within its client; one of two markets says which."""
    asked = [one.keyword.question for one in stories]
    names = Counter((one.site, one.keyword) for one in asked)
    found = []
    for question, one in zip(asked, stories, strict=True):
        market = f" {question.market.country}-{question.market.language}"
        name = question.keyword + (market if names[question.site, question.keyword] > 1 else "")
        found.append(Followed(question.site, name, (*one.earlier, *one.shots)))
    return found


def _ended(
    db: sqlite_utils.Database,
    slot: Slot,
    here: Sequence[TrackedState],
    stories: Sequence[_Story],
    *,
    until: datetime,
) -> list[Followed]:
    """Return what is paused or was untracked lately: the past was told with it, and stays so."""
    gone = tracked_keywords.ended_since(db, slot.team, slot.channel, until - POINTS * WEEK)
    ended = {one.tracked.id: one.tracked for one in (*here, *gone)}
    for story in stories:
        ended.pop(story.keyword.id, None)
    shots = snapshots.history(
        db, slot.team, ended, until=until, last=READS_LOOKED_AT, whole=READS_WITH_ROWS
    )
    indexes = {(one.keyword.question.site, one.shots[-1].index) for one in stories}
    sites = {site for site, _ in indexes}
    names = {(one.keyword.question.site, one.keyword.question.keyword) for one in stories}
    found = []
    for id_, reads in shots.items():
        question = ended[id_].question
        if question.site not in sites:
            continue
        same = tuple(one for one in reads if (question.site, one.index) in indexes)
        name = question.keyword
        if (question.site, name) in names:
            name = f"{name} {question.market.country}-{question.market.language}"
        if same and (question.site, name) not in names:
            names.add((question.site, name))
            found.append(Followed(question.site, name, same, ended=True))
    return found
