"""One prospect over all keywords of a site: what several answers said of a domain, merged. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.model.outreach import Entry, Sighting
from bot.model.report import Prospect


@dataclass(frozen=True, slots=True)
class Merged:
    """An entry with where it was seen, the best score first; `seen` may be empty.

    The facts are those of the best sighting that knows them; links are of all sightings together.
    """

    entry: Entry
    seen: tuple[Sighting, ...]

    @property
    def best(self) -> Prospect | None:
        """Return the prospect where it scores best."""
        return self.seen[0].prospect if self.seen else None

    @property
    def with_page(self) -> Prospect | None:
        """Return the best prospect whose linking page is known, else the best."""
        known = (one.prospect for one in self.seen if one.prospect.example_page)
        return next(known, self.best)

    @property
    def score(self) -> float | None:
        """Return its best score."""
        return self.best.score if self.best else None

    @property
    def keywords(self) -> tuple[str, ...]:
        """Return all keywords it was seen for, the one where it scores best first."""
        return tuple(dict.fromkeys(one.keyword for one in self.seen))

    @property
    def links_to(self) -> tuple[str, ...]:
        """Return all competitors' pages (URLs) and sites (domains) that it links to."""
        return tuple(dict.fromkeys(to for one in self.seen for to in one.prospect.links_to))

    @property
    def links_to_pages(self) -> int:
        """Return how many competitors' pages it links to."""
        return sum("://" in to for to in self.links_to)

    @property
    def links_to_sites(self) -> int:
        """Return how many competitors' sites it links to."""
        return len(self.links_to) - self.links_to_pages

    def is_about(self, keyword: str) -> bool:
        """Say whether it was seen for a keyword; capitals make no other one."""
        return keyword.casefold() in (one.casefold() for one in self.keywords)


def best_first(found: Iterable[Merged]) -> tuple[Merged, ...]:
    """Return prospects by score; those without one last, ties by domain and site."""

    def order(one: Merged) -> tuple[float, str, str]:
        return (1 if one.score is None else -one.score), one.entry.domain, one.entry.site

    return tuple(sorted(found, key=order))
