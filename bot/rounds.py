"""A channel's turn: read what is due, tell the week, and once a day what may not wait.

Each turn is claimed, so that of several processes one takes it, and each of its steps may be the
last one of a process: whoever takes it over goes on where it was.
"""

import logging
from collections.abc import Awaitable, Callable
from functools import partial
from uuid import uuid4

from bot.alerts import alerts_since
from bot.clock import Clock
from bot.digest import WEEKLY, Digests
from bot.errors import LinkGapError
from bot.notifier import CannotPost, Notifier, Posted
from bot.settings import Settings
from bot.store import posts, workspace
from bot.store.connect import Database
from bot.store.posts import PostState, Slot
from bot.tracked import Digest
from bot.tracking import Tracking

log = logging.getLogger(__name__)
SettingsOf = Callable[[str, str], Awaitable[Settings]]


class Rounds:
    """Takes turns of channels. `settings_of` says what holds in one."""

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

    async def refresh(self, slot: Slot) -> None:
        """Read what is due in a channel, a portion at a time, and keep the claim meanwhile."""
        due = await self._tracking.due(slot.team, slot.channel)

        async def renew() -> None:
            at = self._clock.now()
            await self._database.run(lambda db: posts.renew(db, slot, self._owner, at))

        run_id = f"{WEEKLY}{slot.channel}:{slot.period}"
        await self._tracking.refresh(due, run_id=run_id, between=renew)

    async def waiting(self, slot: Slot) -> int:
        """Return how many keywords of the channel are due to be read."""
        return len(await self._tracking.due(slot.team, slot.channel))

    async def read_ahead(self, slot: Slot) -> None:
        """Read what is due before its digest is; the digest is left to its hour."""
        if await self._claim(slot) is not None:
            if await self._may_speak(slot):
                await self.refresh(slot)
            await self._end(slot, PostState.HELD)

    async def digest(self, slot: Slot) -> PostState | None:
        """Take the turn of a week; None when it is taken or over."""
        claimed = await self._claim(slot)
        if claimed is None:
            return None
        if claimed.as_of is None:
            if not await self._may_speak(slot):
                return await self._end(slot, PostState.HELD)
            await self.refresh(slot)
            as_of = self._clock.now()
            await self._database.run(lambda db: posts.set_as_of(db, slot, as_of))
        else:
            as_of = claimed.as_of
        digest = await self._digests.build(slot, as_of=as_of)
        settings = await self._settings_of(slot.team, slot.channel)
        if not worth_posting(digest, quiet=settings.quiet):
            return await self._end(slot, PostState.NOTHING)
        return await self._post(slot, partial(self._notifier.post_digest, slot, digest))

    async def alerts(self, slot: Slot) -> PostState | None:
        """Take the turn of a day; None when it is taken, over, or nothing may not wait."""
        settings = await self._settings_of(slot.team, slot.channel)
        since = await self._database.read(lambda db: posts.last_told(db, slot.team, slot.channel))
        if settings.quiet or not settings.alert_moments or since is None:
            return None
        now = self._clock.now()
        found = await self._database.read(
            partial(
                alerts_since,
                team=slot.team,
                channel=slot.channel,
                since=since,
                until=now,
                wanted=settings.alert_moments,
            )
        )
        if not found or await self._claim(slot) is None:
            return None
        await self._database.run(lambda db: posts.set_as_of(db, slot, now))
        return await self._post(slot, partial(self._notifier.post_alerts, slot, found))

    async def _claim(self, slot: Slot) -> posts.Post | None:
        at = self._clock.now()
        return await self._database.run(lambda db: posts.claim(db, slot, self._owner, at))

    async def _may_speak(self, slot: Slot) -> bool:
        """Say whether the channel takes posts, before anything is spent for it."""
        stopped = await self._database.read(
            lambda db: workspace.stopped_for(db, slot.team, slot.channel)
        )
        if stopped is None:
            return True
        try:
            await self._notifier.try_again(slot.team, slot.channel)
        except CannotPost as refused:
            log.info("%s still takes no post: %s", slot.channel, refused)
            return False
        await self._set_stopped(slot, None)
        return True

    async def _post(self, slot: Slot, send: Callable[[], Awaitable[Posted]]) -> PostState:
        try:
            posted = await send()
        except CannotPost as refused:
            await self._stop(slot, refused)
            return await self._end(slot, PostState.HELD)
        await self._set_stopped(slot, None)
        if posted.certain:
            return await self._end(slot, PostState.POSTED, posted.ts)
        await self._tell_owner(
            slot,
            f"I was interrupted while I posted the {slot.kind} of {slot.period}, and nobody said "
            "whether it is there. I do not post it twice; `/gap digest` shows it.",
        )
        return await self._end(slot, PostState.UNKNOWN)

    async def _stop(self, slot: Slot, why: LinkGapError) -> None:
        """Pause a channel, and tell its owner the first time."""
        before = await self._database.read(
            lambda db: workspace.stopped_for(db, slot.team, slot.channel)
        )
        await self._set_stopped(slot, str(why))
        if before is None:
            await self._tell_owner(
                slot,
                f"I cannot post there, so the {slot.kind} waits. {why} "
                "It goes on by itself as soon as I can post again.",
            )

    async def _set_stopped(self, slot: Slot, why: str | None) -> None:
        at = self._clock.now()
        await self._database.run(
            lambda db: workspace.set_stopped(db, slot.team, slot.channel, why, at)
        )

    async def _tell_owner(self, slot: Slot, sentence: str) -> None:
        owner = await self._database.read(
            lambda db: workspace.owner_of(db, slot.team, slot.channel)
        )
        if owner is not None:
            await self._notifier.tell(slot, owner, sentence)

    async def _end(self, slot: Slot, state: PostState, ts: str | None = None) -> PostState:
        at = self._clock.now()
        await self._database.run(lambda db: posts.end(db, slot, state, at, ts))
        return state


def worth_posting(digest: Digest, *, quiet: bool) -> bool:
    """Say whether a week is posted: when anything changed; quietly, when it is about us."""
    if not quiet:
        return digest.changed
    ours = any(
        line.have_change or line.gap_change or line.position_change for line in digest.keywords
    )
    return bool(digest.won or digest.lost or ours)
