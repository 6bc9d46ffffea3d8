"""A page whose links are watched from week to week."""

from dataclasses import dataclass
from datetime import datetime

from bot.model.links import Scope, Target


@dataclass(frozen=True, slots=True)
class WatchedPage:
    """A page with its referring domains now and at the last look, which was `since`; None: none."""

    url: str
    is_ours: bool
    since: datetime | None
    before: int | None
    now: int | None

    @property
    def target(self) -> Target:
        """Return it as what a profile is of."""
        return Target(Scope.PAGE, self.url)

    @property
    def grew_by(self) -> int | None:
        """Return the change of its count; None when one of the two is unknown."""
        return None if self.before is None or self.now is None else self.now - self.before
