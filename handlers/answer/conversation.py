"""Where a job posts its answer. One run is one conversation.

In a channel, a thread or a direct message, a conversation is one parent message, which is edited,
and its thread. In private, it is limited by the response_url of the pressed button: five uses
within half an hour. The click used one for "working on it"; result, prospects and method use three
more. Anything later goes to the person's direct messages.
"""

import logging
from dataclasses import replace
from typing import Protocol

from bot.jobs import Heard
from bot.render import notes
from bot.render.slack.blocks import mrkdwn, render
from bot.render.slack.message import Message
from bot.store.deliveries import DeliveryState
from handlers import private_notes
from handlers.answer.job import RunningJob
from handlers.request import Destination
from handlers.slack.refusals import CANNOT_POST_HERE, NO_ANSWER, NOT_A_MEMBER, SlackRefused
from handlers.slack.staged_edits import StagedEdits

log = logging.getLogger(__name__)

Posted = tuple[str, str]
"""A message's channel and ts."""
_IN_WORDS = {
    "prospects": "the list of prospects",
    "csv": "the CSV file",
    "csv_dm": "the CSV file in your direct message",
    "csv_note": "a note about the CSV file",
    "method": "method and sources",
    "mention": "the call to the asker",
    "result": "a copy of this message",
}


class ChannelConversation:
    """Posts as the bot in a channel, a thread or a direct message."""

    def __init__(self, job: RunningJob) -> None:
        self._job, self._slack_api = job, job.services.slack_api
        self._channel = job.place.channel
        self._ts = ""
        self._edits = StagedEdits(job.services.clock, self._edit)

    async def open(self, placeholder: Message) -> bool:
        """Post the placeholder. If that fails, nothing is spent and the asker is told why."""
        try:
            if self._job.body.to is Destination.DM:
                self._channel = await self._job.direct()
            if await self._take_over(placeholder):
                self._working_here()
                return True
            found = await self._job.once(
                "placeholder",
                lambda: self._slack_api.post(self._channel, placeholder, self._parent_thread()),
            )
        except SlackRefused as refused:
            await self._offer_another_place(refused)
            return False
        if found.state is DeliveryState.SENDING:
            await self._job.tell_asker("interrupted", await self._unsure())
            return False
        self._ts = found.ts or ""
        self._working_here()
        return True

    def _working_here(self) -> None:
        job = self._job
        job.services.in_progress.posted(job.request, self._channel, self._ts)

    async def ask(self, price: Message) -> None:
        """Post the price as the parent message; the answer will replace it."""
        await self.open(price)

    async def _take_over(self, placeholder: Message) -> bool:
        """Edit the price message. Returns False if there is none or it was deleted."""
        if self._job.body.price_ts is None:
            return False
        self._ts = self._job.body.price_ts
        await self._job.services.in_progress.until_settled(self._channel, self._ts)
        try:
            await self._edits.last(placeholder)
        except SlackRefused as refused:
            log.warning("job %s: the price cannot be edited: %s", self._job.id, refused)
            return False
        return True

    def stage(self, message: Message) -> None:
        """Edit the parent as soon as the pace limit allows."""
        self._edits.show(message)

    async def conclude(self, message: Message) -> None:
        """Edit the parent for the last time; if it was deleted, post the answer again."""
        try:
            await self._edits.last(message)
        except SlackRefused as refused:
            log.warning("job %s: the last edit was refused: %s", self._job.id, refused)
            found = await self._job.once(
                "result",
                lambda: self._slack_api.post(self._channel, message, self._parent_thread()),
            )
            self._ts = found.ts or self._ts

    async def add(self, step: str, message: Message) -> Posted | None:
        """Post in the thread. A refused message is logged and does not stop the others."""
        try:
            found = await self._job.once(
                step, lambda: self._slack_api.post(self._channel, message, self._thread())
            )
        except SlackRefused as refused:
            log.warning("job %s lost its %s: %s", self._job.id, step, refused)
            return None
        return (self._channel, found.ts) if found.ts else None

    async def attach(self, name: str, content: bytes) -> None:
        """Upload to the thread. Files need channel membership, so the fallback is a DM."""
        try:
            await self._upload("csv", self._channel, name, content, self._thread())
        except SlackRefused as refused:
            told = await self._send_directly(name, content)
            await self.add("csv_note", private_notes.file_elsewhere(str(refused), told))

    async def finish(self, result: Message, headline: str) -> None:
        """Mention the asker, because edits do not notify, then mark parts that may be missing."""
        words = f"<@{self._job.place.user}> {mrkdwn(headline)}"
        await self.add("mention", Message(words, []))
        lost = [_IN_WORDS[step] for step in self._job.once.lost if step in _IN_WORDS]
        if lost:
            note = render("note", lines=[], small=[private_notes.maybe_missing(lost)], buttons=[])
            marked = replace(result, blocks=[*result.blocks[:-1], *note, *result.blocks[-1:]])
            await self._edits.last(marked)

    async def stop(self) -> None:
        """Discard an edit that is still waiting."""
        await self._edits.stop()

    async def _unsure(self) -> Message:
        """Return the private note for a placeholder that may or may not have been posted."""
        job = self._job
        if job.attempts == 1:
            return private_notes.refused(str(SlackRefused(NO_ANSWER)), job.id)
        cost = await job.services.spending.cost(job.id, job.place.team)
        return notes.interrupted(job.body.question, cost, job.id)

    async def _edit(self, message: Message) -> None:
        await self._slack_api.edit(self._channel, self._ts, message)

    def _parent_thread(self) -> str | None:
        """Return the thread that the parent belongs in; in a DM the parent starts its own."""
        job = self._job
        return None if job.body.to is Destination.DM else job.place.thread

    def _thread(self) -> str:
        return self._parent_thread() or self._ts

    async def _upload(
        self, step: str, channel: str, name: str, content: bytes, thread_ts: str | None
    ) -> None:
        async def send() -> None:
            await self._slack_api.upload(channel, name, content, thread_ts)

        await self._job.once(step, send)

    async def _send_directly(self, name: str, content: bytes) -> bool:
        try:
            await self._upload("csv_dm", await self._job.direct(), name, content, None)
        except SlackRefused as refused:
            log.warning("job %s: no file by DM either: %s", self._job.id, refused)
            return False
        return True

    async def _offer_another_place(self, refused: SlackRefused) -> None:
        """Tell the asker. Raises `Heard` if no other place in Slack would help."""
        log.warning("job %s cannot post in %s: %s", self._job.id, self._channel, refused)
        if refused.code in NOT_A_MEMBER:
            note = notes.not_a_member(self._job.id)
        elif refused.code in CANNOT_POST_HERE:
            note = private_notes.cannot_post_here(str(refused), self._job.id)
        else:
            note = private_notes.refused(str(refused), self._job.id)
        await self._job.tell_asker("elsewhere", note)
        if refused.code not in CANNOT_POST_HERE:
            raise Heard(refused) from refused


class PrivateConversation:
    """Answers the asker alone: no progress, no file, tables as text."""

    def __init__(self, job: RunningJob) -> None:
        self._job = job

    async def open(self, placeholder: Message) -> bool:  # noqa: ARG002 - the click said it
        """Return True: the button's own reply already said that work began."""
        return True

    async def ask(self, price: Message) -> None:
        """Show the price to the asker."""
        await self.add("price", price)

    def stage(self, message: Message) -> None:
        """Show no progress: each message costs one of five uses."""

    async def conclude(self, message: Message) -> None:
        """Send the answer."""
        await self.add("result", message)

    async def add(self, step: str, message: Message) -> Posted | None:
        """Send another part of the answer."""
        await self._job.tell_asker(step, message.plain if step == "prospects" else message)
        return None

    async def attach(self, name: str, content: bytes) -> None:
        """Send the file by direct message: a private reply cannot carry files."""

        async def send() -> None:
            await self._job.services.slack_api.upload(await self._job.direct(), name, content)

        try:
            await self._job.once("csv_dm", send)
        except SlackRefused as refused:
            log.warning("job %s: no file by DM: %s", self._job.id, refused)

    async def finish(self, result: Message, headline: str) -> None:
        """Mention nobody: only the asker sees this."""

    async def stop(self) -> None:
        """Do nothing: no edit is ever waiting."""


class Conversation(Protocol):
    """A place for an answer. Each of its messages is posted once, even after a kill."""

    async def open(self, placeholder: Message) -> bool:
        """Claim the place before anything is spent. False: it failed, and the asker was told."""
        ...

    async def ask(self, price: Message) -> None:
        """Show the price with its buttons; the answer will replace it."""
        ...

    def stage(self, message: Message) -> None:
        """Show the progress of the work."""
        ...

    async def conclude(self, message: Message) -> None:
        """Replace the placeholder with the final message."""
        ...

    async def add(self, step: str, message: Message) -> Posted | None:
        """Add a message to the thread; return where it stands, None if that cannot be changed."""
        ...

    async def attach(self, name: str, content: bytes) -> None:
        """Add the CSV file to the thread, or say why it is missing."""
        ...

    async def finish(self, result: Message, headline: str) -> None:
        """Notify the asker, and mark the result if a kill may have lost a part of the thread."""
        ...

    async def stop(self) -> None:
        """Stop everything that is still running."""
        ...


def conversation_for(job: RunningJob) -> Conversation:
    """Return a conversation in the place that the asker chose."""
    return (
        PrivateConversation(job) if job.body.to is Destination.PRIVATE else ChannelConversation(job)
    )
