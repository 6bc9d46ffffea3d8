"""The step of a free run that estimates links to pages, where no index counts any."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.model.links import Scope
from bot.model.report import ArchiveEstimate, Source, SourceState
from bot.planning.vendors import VendorSelection, is_witness

WHAT = "an estimate of links to pages, by a sample of the archive"


class Sampler(Protocol):
    """Estimates the links to pages."""

    @property
    def in_answers(self) -> bool:
        """Say whether answers take a sample at all."""
        ...

    async def estimates(
        self, pages: Sequence[str], crawl: str | None = None
    ) -> tuple[ArchiveEstimate, ...]:
        """Return an estimate for each page; one that is unknown has a note that says why."""
        ...


def is_wanted(chosen: VendorSelection, sampler: Sampler | None) -> bool:
    """Say whether no index of a run counts pages, and one knows who could link to them."""
    free = is_witness(chosen.main) and all(Scope.PAGE not in one.levels for one in chosen.indexes)
    return sampler is not None and sampler.in_answers and free


def as_source(chosen: VendorSelection, found: Sequence[ArchiveEstimate], at: datetime) -> Source:
    """Return how the reading ended."""
    known = [one for one in found if one.about is not None]
    state = SourceState.PARTIAL if known else SourceState.UNAVAILABLE
    notes = dict.fromkeys(one.note for one in found if one.note)
    rows = sum(one.pages_read for one in found)
    note = " ".join(one for one in notes if one) or None
    return Source(chosen.main.name, WHAT, state, rows, complete=False, as_of=at, note=note)
