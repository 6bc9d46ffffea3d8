"""Trigger ids: a temporary right to open a modal, valid once."""

from dataclasses import dataclass

from playground.clock import Clock
from playground.errors import SlackError

LIFETIME_S = 3.0


@dataclass
class _Trigger:
    user: str
    born: float
    view_id: str | None
    is_used: bool = False


class Triggers:
    """All trigger ids that were issued."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._issued: dict[str, _Trigger] = {}

    def issue(self, user: str, view_id: str | None = None) -> str:
        """Return a new trigger id; `view_id` names the modal in which the user acted."""
        trigger_id = f"{len(self._issued) + 1}.playground.{user}"
        self._issued[trigger_id] = _Trigger(user, self._clock.monotonic(), view_id)
        return trigger_id

    def exchange(self, trigger_id: str) -> tuple[str, str | None]:
        """Use up a trigger; return its user and the modal it came from.

        Raises SlackError: invalid_trigger_id, exchanged_trigger_id, expired_trigger_id.
        """
        trigger = self._issued.get(trigger_id)
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if trigger.is_used:
            raise SlackError("exchanged_trigger_id")
        if self._clock.monotonic() - trigger.born > LIFETIME_S:
            raise SlackError("expired_trigger_id")
        trigger.is_used = True
        return trigger.user, trigger.view_id
