"""The checks before links: reads our page and the top 3 from the web, and judges them.

They cost nothing and run in parallel with the paid questions. A page that cannot be read is
unknown.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.common.errors import BadQuestion
from bot.gap.readiness import NO_PAGE_YET, NOT_KNOWN, Readiness, judge
from bot.gap.relevance import terms_of
from bot.model.page import PageFacts
from bot.model.question import NO_PAGE, Question, read_url
from bot.pages.reading.fetch import Reader
from bot.pages.sitemap import best_page
from bot.pages.understand import understood


class Gates:
    """Reads and judges the pages of runs. `home` turns a domain into the URL of its front page."""

    def __init__(
        self, reader: Reader, *, home: Callable[[str], str] = "https://{}/".format
    ) -> None:
        self._reader, self._home = reader, home

    async def check(
        self,
        question: Question,
        top3: Sequence[str],
        ours: str | None,
        *,
        more: Sequence[str] = (),
        overruled: frozenset[str] = frozenset(),
        vendor_kind: str | None = None,
    ) -> Readiness:
        """Judge our page against the top 3; if our page is unknown, propose one of the site.

        `ours` is a URL, "none" if there is no such page, or None if unknown. `more` are ranking
        pages below the top 3, read only to see what kind of page ranks. `overruled` are the checks
        that the team ignores. `vendor_kind` is the kind that a vendor reports for most of the top
        3. Never raises for what a page or its host does.
        """
        named = [ours] if ours is not None and ours != NO_PAGE else []
        facts, proposed = await asyncio.gather(
            self._facts([*named, *top3, *more]),
            self._propose(question if ours is None else None),
        )
        theirs = facts[len(named) :]
        found = judge(
            facts[0] if named else None,
            theirs[: len(top3)],
            question.market.language,
            more=theirs[len(top3) :],
            without=NO_PAGE_YET if ours == NO_PAGE else NOT_KNOWN,
            overruled=overruled,
            vendor_kind=vendor_kind,
        )
        return replace(found, proposed_page=proposed)

    async def _facts(self, urls: Sequence[str]) -> list[PageFacts]:
        return await understood(self._reader, await self._reader.read_many(urls))

    async def _propose(self, question: Question | None) -> str | None:
        if question is None or question.site is None:
            return None
        terms = terms_of(question.keyword, (), question.market.language)
        found = await best_page(self._reader, self._home(question.site), terms)
        try:
            return read_url(found) if found else None
        except BadQuestion:  # whoever accepts it would ask with it, and it would be rejected
            return None
