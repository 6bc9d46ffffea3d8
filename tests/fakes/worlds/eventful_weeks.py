"""Eight weeks in which things go wrong, and what each of them should be told as.

All of it is written down here: counts follow from who is said to link, and from nothing that the
program under test computes. Week 0 is the first read.
"""

from dataclasses import dataclass, field

from fakes.worlds.eight_weeks import phrase
from fakes.worlds.moving_web import MovingWeb

SITE = "ledgerly.example"
WEEKS = 8
UNREAD, VISITOR, PAUSED, MOVED, ARCHIVED = 2, 4, 5, 6, 7
"""The weeks of: an index that is down, a visitor in the top 3, a pause, our page's new address, and
an archived channel."""
OUR_PLACE = 5


@dataclass
class EventfulWeeks:
    """`count` keywords of one site; the last one is paused for a week, the first page moves."""

    count: int
    strangers: dict[tuple[int, int], set[str]] = field(default_factory=dict)
    friends: dict[tuple[int, int], set[str]] = field(default_factory=dict)
    won: dict[tuple[int, int], set[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for number in range(self.count):
            for week in range(1, WEEKS + 1):
                at = (number, week)
                gains = (number + week) % 3 == 0 or week in (UNREAD, PAUSED)
                self.strangers[at] = {f"new-{number}-{week}.example"} if gains else set()
                meets = (number + week) % 4 == 1 or week == UNREAD
                self.friends[at] = {f"friend-{number}-{week}.example"} if meets else set()
                wins = (number + week) % 2 == 0 or week == ARCHIVED
                self.won[at] = {f"won-{number}-{week}.example"} if wins else set()

    def page(self, number: int, week: int) -> str:
        new = "new/" if number == 0 and week >= MOVED else ""
        return f"https://{SITE}/{new}{number}"

    def need(self, number: int, week: int) -> int:
        """Each of the three pages has as many links, so that there is one average of them."""
        return (
            14
            + number % 5
            + self._since(self.strangers, number, 1, week)
            + self._since(self.friends, number, 1, week)
        )

    def have(self, number: int, week: int) -> int:
        if number == 0 and week >= MOVED:
            return 1 + self._since(self.won, number, MOVED + 1, week)
        return 4 + number % 3 + self._since(self.won, number, 1, week)

    def gap(self, number: int, week: int) -> int:
        return max(0, self.need(number, week) - self.have(number, week))

    def place(self, number: int, week: int) -> int:
        return OUR_PLACE + (number == 0 and week == VISITOR)

    @staticmethod
    def _since(of: dict[tuple[int, int], set[str]], number: int, first: int, last: int) -> int:
        return sum(len(of[number, week]) for week in range(first, last + 1))

    def tell(self, web: MovingWeb, week: int) -> None:
        """Let the web be what it is in a week."""
        web.down = week == UNREAD
        for number in range(self.count):
            theirs = [f"https://their{at}.example/{number}" for at in range(1, 8)]
            ours = self.page(number, week)
            ranking = [*theirs[: OUR_PLACE - 1], ours, *theirs[OUR_PLACE - 1 :]]
            if number == 0 and week == VISITOR:
                visitor = "https://visitor.example/0"
                web.link(visitor, *(f"crowd{at}.example" for at in range(300)))
                ranking.insert(0, visitor)
            web.rankings[phrase(number)] = ranking
            if week == 0:
                for url in theirs[:3]:
                    web.link(url, *(f"old{at}.example" for at in range(self.need(number, 0))))
                web.link(ours, *(f"old{at}.example" for at in range(self.have(number, 0))))
                continue
            if number == 0 and week == MOVED:
                web.link(ours, "old0.example")
            known = self.friends[number, week]
            web.link(SITE, *known)
            for url in theirs[:3]:
                web.link(url, *self.strangers[number, week], *known, days_ago=2)
            if (number, week) != (0, MOVED):
                web.link(ours, *self.won[number, week], days_ago=2)
