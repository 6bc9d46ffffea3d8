"""An invented web of many keywords, each with three rivals and a page of ours."""

from datetime import timedelta

from fakes.worlds.ahrefs_world import OWN_SITE, TODAY, Backlink, Result, Site, World

RIVALS = ("north.example", "south.example", "east.example")
LINKERS = 40


def keyword(number: int) -> str:
    return f"ledger number {number}"


def web_of(keywords: int) -> World:
    """Return a web in which every keyword has an answer of its own."""
    serps: dict[str, tuple[Result, ...]] = {}
    links: list[Backlink] = []
    for number in range(keywords):
        pages = [f"https://{site}/ledger-{number}" for site in (*RIVALS, OWN_SITE)]
        serps[keyword(number)] = tuple(Result(page, f"Ledger {number}") for page in pages)
        for rank, page in enumerate(pages):
            for nth in range(9 - 2 * rank):
                linker = f"https://friend{(5 * number + 3 * rank + nth) % LINKERS}.example"
                seen = TODAY - timedelta(days=20 + nth)
                links.append(Backlink(f"{linker}/{number}", page, "Ledgers", "here", seen))
    sites = {f"friend{number}.example": Site(20.0 + number, 50) for number in range(LINKERS)}
    sites |= {site: Site(55.0, 4_000) for site in RIVALS} | {OWN_SITE: Site(25.0, 300)}
    return World(
        serps=serps, keywords=dict.fromkeys(serps, (20, 100)), sites=sites, links=tuple(links)
    )
