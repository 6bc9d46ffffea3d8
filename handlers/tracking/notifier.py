"""Posts scheduled messages to Slack: the weekly digest with its thread, and alerts."""

import logging
from collections.abc import Awaitable, Callable, Iterator, Sequence
from functools import partial

from bot.common.clock import Clock
from bot.jobs import JobQueue
from bot.model.tracking import Alert, Digest
from bot.outreach.worklists import Worklists
from bot.render.slack.blocks import mrkdwn
from bot.render.slack.message import Message
from bot.render.tracking.alerts import alert_message
from bot.render.tracking.digest_csv import digest_csv, digest_csv_name, links_csv, links_csv_name
from bot.render.tracking.digest_message import digest_message
from bot.render.tracking.digest_thread import digest_thread
from bot.store.connect import Database
from bot.store.deliveries import DeliveryState
from bot.store.posts import Slot
from bot.tracking.notifier import CannotPost, Posted
from handlers import private_notes
from handlers.outreach.next_page import read_later
from handlers.outreach.pages import draw
from handlers.request import Place
from handlers.slack.once import Once
from handlers.slack.refusals import SlackRefused
from handlers.slack.web_api import SlackApi

log = logging.getLogger(__name__)

MOST_LISTS = 3
"""Of so many sites a digest's thread has lists of prospects; its CSV file has the others."""


class SlackNotifier:
    """Posts as the bot, each step once."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        slack_api: SlackApi,
        worklists: Worklists,
        jobs: JobQueue,
    ) -> None:
        self._database, self._clock, self._slack_api = database, clock, slack_api
        self._worklists, self._jobs = worklists, jobs

    async def post_digest(self, slot: Slot, digest: Digest) -> Posted:
        """Post the digest, then its thread; a part that fails there does not stop the others."""
        once = Once(self._database, self._clock, slot.name)
        posted = await self._parent(once, slot.channel, digest_message(digest))
        if posted.ts is None:
            return posted
        refused: dict[str, str] = {}
        for step, part in digest_thread(digest):
            refused |= await self._add(
                once, step, partial(self._slack_api.post, slot.channel, part, posted.ts)
            )
        refused |= await self._add_lists(once, slot, digest, posted.ts)
        for step, name, content in _files(digest):
            upload = partial(self._upload, slot, name, content, posted.ts)
            refused |= await self._add(once, step, upload)
        if once.lost or refused:
            note = private_notes.thread_lacks(once.lost, refused)
            await self._add(
                once, "owned_up", partial(self._slack_api.post, slot.channel, note, posted.ts)
            )
        return posted

    async def _add_lists(
        self, once: Once, slot: Slot, digest: Digest, thread_ts: str
    ) -> dict[str, str]:
        """Add who can be written to because of new links, a list for each site."""
        refused: dict[str, str] = {}
        lists = await self._worklists.of_digest(slot.team, slot.name, digest)
        for place, list_id in enumerate(lists[:MOST_LISTS], 1):
            shown = await self._worklists.page(slot.team, list_id, 0)
            if shown is None or not shown.rows:
                continue
            post = partial(self._slack_api.post, slot.channel, draw(shown), thread_ts)
            step = f"outreach_{place}"
            refused |= await self._add(once, step, post)
            known = await once.known(step)
            if known is not None and known.ts is not None:
                await self._worklists.posted(slot.team, shown.page, (slot.channel, known.ts))
            if not digest.sample:
                await read_later(self._jobs, Place(slot.team, slot.channel, ""), shown.page)
        return refused

    async def post_alerts(self, slot: Slot, alerts: Sequence[Alert]) -> Posted:
        """Post the alerts in one message."""
        once = Once(self._database, self._clock, slot.name)
        return await self._parent(once, slot.channel, alert_message(alerts))

    async def check(self, team: str) -> None:  # noqa: ARG002 - one workspace
        """Test the token. Raises `CannotPost` if Slack fails or rejects it; nothing is posted."""
        try:
            await self._slack_api.check()
        except SlackRefused as refused:
            raise CannotPost(str(refused)) from refused

    async def try_again(self, slot: Slot) -> None:
        """Post a short message, once: only a post shows whether the channel accepts posts again."""
        word = private_notes.note("I can post here again, so the weekly digest goes on.")
        once = Once(self._database, self._clock, slot.name)
        try:
            await once("again", lambda: self._slack_api.post(slot.channel, word))
        except SlackRefused as refused:
            raise CannotPost(str(refused)) from refused

    async def tell(self, slot: Slot, person: str, sentence: str, *, about: str) -> None:
        """Send a direct message that names the channel; a refusal is only logged."""
        told = Message(f"<#{slot.channel}>: {mrkdwn(sentence)}", [])
        once = Once(self._database, self._clock, about)

        async def send() -> str:
            try:
                direct = await self._slack_api.direct(person)
            except SlackRefused as refused:
                refused.certain = True  # whether the DM was opened or not, no message was sent
                raise
            return await self._slack_api.post(direct, told)

        try:
            await once("owner", send)
        except SlackRefused as refused:
            log.warning("%s could not be told: %s (%s)", person, sentence, refused)

    async def _parent(self, once: Once, channel: str, message: Message) -> Posted:
        try:
            found = await once("parent", lambda: self._slack_api.post(channel, message))
        except SlackRefused as refused:
            raise CannotPost(str(refused)) from refused
        return Posted(found.ts, certain=found.state is not DeliveryState.SENDING)

    async def _add(
        self, once: Once, step: str, send: Callable[[], Awaitable[str | None]]
    ) -> dict[str, str]:
        """Add a part to the thread. Returns {step: reason} if Slack refused it, else {}."""
        """Yield step, name and content of the files of a thread."""
        try:
            await once(step, send)
        except SlackRefused as refused:
            log.warning("%s lost its %s: %s", once.job_id, step, refused)
            return {step: str(refused)}
        return {}

    async def _upload(self, slot: Slot, name: str, content: bytes, thread_ts: str | None) -> None:
        await self._slack_api.upload(slot.channel, name, content, thread_ts)


def _files(digest: Digest) -> Iterator[tuple[str, str, bytes]]:
    """Yield step, name and content of the files of a thread."""
    yield "csv", digest_csv_name(digest), digest_csv(digest)
    links = links_csv(digest)
    if links is not None:
        yield "links_csv", links_csv_name(digest), links
