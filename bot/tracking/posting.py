"""A channel's turn: refresh what is due, post the digest, and once a day post alerts.

Each turn is claimed, so that only one of several processes takes it. A process may be killed at
any step; the process that takes over continues from there.
"""

import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial
from uuid import uuid4
from zoneinfo import ZoneInfo

from bot.common.clock import Clock
from bot.common.errors import LinkGapError
from bot.gap.changes import rank_moved
from bot.model.tracking import Digest
from bot.settings.environment import Settings
from bot.store import failures, posts, proposals, workspace
from bot.store.connect import Database
from bot.store.leases import LeaseLost, fenced
from bot.store.posts import PostState, Slot
from bot.tracking.alerts import alerts_since
from bot.tracking.digest import WEEKLY, Digests, period_of, read_run
from bot.tracking.keywords import A_DAY, Tracking
from bot.tracking.notifier import CannotPost, Notifier, Posted
from bot.tracking.remembered import remember_digest

log = logging.getLogger(__name__)
TELL_FOR = timedelta(days=14)
"""How long we keep trying to tell an unreachable owner about a post that may be missing."""
SettingsOf = Callable[[str, str], Awaitable[Settings]]


class TurnLost(LinkGapError):
    """The lease expired and another process has taken over the turn."""


class ScheduledPosts:
    """Takes the turns of channels. `settings_of` returns the settings of a team's channel."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        tracking: Tracking,
        digests: Digests,
        notifier: Notifier,
        settings_of: SettingsOf,
    ) -> None:
        self._database, self._clock = database, clock
        self._tracking, self._digests = tracking, digests
        self._notifier, self._settings_of = notifier, settings_of
        self._owner = uuid4().hex

    async def waiting(self, slot: Slot) -> int:
        """Return how many keywords of the channel are due for a refresh."""
        return len(await self._tracking.due(slot.team, slot.channel, after=A_DAY))

    async def read_ahead(self, slot: Slot) -> None:
        """Refresh due keywords ahead of the digest, which is posted at its hour.

        Skip paused channels: don't post "working again" at night.
        """
        if await self._stopped(slot) is not None or await self._claim(slot) is None:
            return

        async def read() -> PostState:
            await self._reach(slot, to_read=True)
            await self._refresh(slot)
            return await self._end(slot, PostState.HELD)

        await self._turn(slot, read)

    async def try_again(self, slot: Slot) -> None:
        """Read again what failed this week and may be answered now, within the week's own price."""
        if await self._stopped(slot) is not None:
            return
        at, team, channel = self._clock.now(), slot.team, slot.channel
        claimed = await self._database.run(lambda db: failures.claim(db, team, channel, WEEKLY, at))
        here = await self._tracking.following(team, channel) if claimed else ()
        for run_id, ids in claimed.items():
            await self._tracking.refresh([one for one in here if one.id in ids], run_id=run_id)

    async def digest(self, slot: Slot) -> PostState | None:
        """Take a week's turn; return None if another process has it or it is over."""
        claimed = await self._claim(slot)
        if claimed is None:
            return None
        return await self._turn(slot, partial(self._digest, slot, claimed.as_of))

    async def _digest(self, slot: Slot, as_of: datetime | None) -> PostState:
        await self._reach(slot, to_read=as_of is None)
        if as_of is None:
            await self._refresh(slot)
            as_of = await self._fix(slot, self._clock.now())
        digest = await self._digests.build(slot, as_of=as_of)
        settings = await self._settings_of(slot.team, slot.channel)
        if not worth_posting(digest, quiet=settings.quiet):
            return await self._end(slot, PostState.NOTHING)
        return await self._post(slot, partial(self._tell_week, slot, digest))

    async def _tell_week(self, slot: Slot, digest: Digest) -> Posted:
        await self._database.run(lambda db: remember_digest(db, slot.team, digest))
        posted = await self._notifier.post_digest(slot, digest)
        at = self._clock.now()
        await self._database.run(lambda db: proposals.note(db, slot, digest.to_do, at))
        return posted

    async def alerts(self, slot: Slot) -> PostState | None:
        """Take a day's turn; return None if it is taken or over, or if there are no alerts."""
        settings = await self._settings_of(slot.team, slot.channel)
        since = await self._database.read(lambda db: posts.last_told(db, slot.team, slot.channel))
        if settings.quiet or not settings.alert_moments or since is None:
            return None
        spoke = await self._database.read(lambda db: posts.last_spoke(db, slot.team, slot.channel))
        if spoke and f"{spoke.astimezone(ZoneInfo(settings.time_zone)):%Y-%m-%d}" == slot.period:
            return None  # a late digest was already posted today
        known = await self._database.read(lambda db: posts.known(db, slot))
        until = known.as_of if known and known.as_of else self._clock.now()
        found = await self._database.read(
            partial(
                alerts_since,
                team=slot.team,
                channel=slot.channel,
                since=since,
                until=until,
                wanted=settings.alert_moments,
            )
        )
        if not found or await self._claim(slot) is None:
            return None

        async def tell() -> PostState:
            await self._reach(slot, to_read=False)
            await self._fix(slot, until)
            return await self._post(slot, partial(self._notifier.post_alerts, slot, found))

        return await self._turn(slot, tell)

    async def tell_what_is_unknown(self) -> None:
        """Tell each owner once about posts that may or may not have reached Slack."""
        now = self._clock.now()
        since = now - TELL_FOR
        for slot in await self._database.read(lambda db: posts.unknown_since(db, since)):
            settings = await self._settings_of(slot.team, slot.channel)
            when = period_of(slot, settings, now)
            await self._tell_owner(
                slot,
                f"I was interrupted while I posted the {slot.kind} of {when}, and Slack did not "
                "say whether it is there. I do not post it twice; `/gap digest` shows it.",
                about=slot.name,
            )

    async def _turn(self, slot: Slot, take: Callable[[], Awaitable[PostState]]) -> PostState | None:
        """Take a claimed turn; hold what Slack refuses for now, and tell its owner once."""
        try:
            with fenced(partial(posts.is_held, slot=slot, owner=self._owner)):
                try:
                    return await take()
                except CannotPost as refused:
                    await self._stop(slot, refused)
                    return await self._end(slot, PostState.HELD)
        except (TurnLost, LeaseLost):
            log.warning("%s was taken over by another process", slot.name)
            return None

    async def _claim(self, slot: Slot) -> posts.Post | None:
        at = self._clock.now()
        return await self._database.run(lambda db: posts.claim(db, slot, self._owner, at))

    async def _renew(self, slot: Slot) -> None:
        at = self._clock.now()
        if not await self._database.run(lambda db: posts.renew(db, slot, self._owner, at)):
            raise TurnLost

    async def _fix(self, slot: Slot, at: datetime) -> datetime:
        if not await self._database.run(lambda db: posts.set_as_of(db, slot, self._owner, at)):
            raise TurnLost
        return at

    async def _refresh(self, slot: Slot) -> None:
        """Refresh a channel's due keywords by portions, and renew the claim after each."""
        due = await self._tracking.due(slot.team, slot.channel, after=A_DAY)
        run_id = read_run(slot.channel, slot.period)
        await self._tracking.refresh(due, run_id=run_id, between=partial(self._renew, slot))

    async def _reach(self, slot: Slot, *, to_read: bool) -> None:
        """Check that Slack answers and, before spending, that a paused channel is open again.

        If nothing is left to read, the post itself shows whether the channel is open. Raises
        `CannotPost`.
        """
        await self._notifier.check(slot.team)
        if to_read and await self._stopped(slot) is not None:
            await self._notifier.try_again(slot)
            await self._works(slot)

    async def _post(self, slot: Slot, send: Callable[[], Awaitable[Posted]]) -> PostState:
        await self._renew(slot)
        posted = await send()
        if posted.certain:
            await self._works(slot)
            return await self._end(slot, PostState.POSTED, posted.ts)
        return await self._end(slot, PostState.UNKNOWN)

    async def _stop(self, slot: Slot, why: LinkGapError) -> None:
        """Pause a channel and tell its owner; an owner who cannot be reached is told later."""
        at, sentence = self._clock.now(), str(why)
        await self._database.run(
            lambda db: workspace.set_stopped(db, slot.team, slot.channel, sentence, at)
        )
        await self._tell_owner(
            slot,
            f"I cannot post there, so the {slot.kind} waits. {why} "
            "It goes on by itself as soon as I can post again.",
            about=await self._pause_of(slot),
        )

    async def _works(self, slot: Slot) -> None:
        """Resume a paused channel; tell its owner about the pause unless they were told before."""
        before = await self._stopped(slot)
        if before is None:
            return
        await self._tell_owner(
            slot,
            f"I could not post there, so the {slot.kind} waited. {before.why} It goes on now.",
            about=await self._pause_of(slot),
        )
        at = self._clock.now()
        await self._database.run(
            lambda db: workspace.set_stopped(db, slot.team, slot.channel, None, at)
        )

    async def _stopped(self, slot: Slot) -> workspace.Stopped | None:
        return await self._database.read(lambda db: workspace.stopped(db, slot.team, slot.channel))

    async def _pause_of(self, slot: Slot) -> str:
        """Return a name for the channel's current pause, so that its owner is told once."""
        pause = await self._stopped(slot)
        since = pause.since if pause else self._clock.now()
        return f"pause:{slot.team}:{slot.channel}:{since.isoformat()}"

    async def _tell_owner(self, slot: Slot, sentence: str, *, about: str) -> None:
        owner = await self._database.read(
            lambda db: workspace.owner_of(db, slot.team, slot.channel)
        )
        if owner is not None:
            await self._notifier.tell(slot, owner, sentence, about=about)

    async def _end(self, slot: Slot, state: PostState, ts: str | None = None) -> PostState:
        at = self._clock.now()
        if not await self._database.run(
            lambda db: posts.end(db, slot, self._owner, state, at=at, ts=ts)
        ):
            raise TurnLost
        return state


def worth_posting(digest: Digest, *, quiet: bool) -> bool:
    """Say whether a digest is posted: when anything changed or, in quiet mode, our own numbers.

    A week in which nothing could be read is told, once: silence would pass for no change.
    """
    if digest.nothing_read:
        return any(not one.told_before for one in digest.unread)
    if not quiet:
        return digest.changed
    ours = any(line.have_change or line.gap_change or rank_moved(line) for line in digest.keywords)
    return bool(digest.won or digest.lost or ours)
