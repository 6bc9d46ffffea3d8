"""Eight weeks of one or two clients' keywords, scripted, and written down apart from the program.

What a week must be told as is in the tables here: who ranks where, how many domains link to each
page, and what happened when. Week 0 is the first read, and week 1 has the first digest.
"""

import zlib
from dataclasses import dataclass, field

from fakes.worlds.moving_web import MovingWeb

FIRST_CLIENT, SECOND_CLIENT = "ledgerly.example", "tallybook.example"
_WORDS = ("crm", "accounting software", "invoice app", "payroll", "help desk", "time tracking")
_KINDS = ("best {}", "{} for startups", "free {}", "{} pricing", "{} alternatives")
_COMPETITORS = (
    *("finstack", "northdesk", "plainbooks", "tidydesk", "papertrail"),
    *("costwise", "bluequill", "openledger", "quickroll", "taskharbor"),
)
_BLOGS = ("tool-radar", "founders-log", "office-daily", "startup-notes", "saas-weekly")
TODAYS_TOP = 3
ADDED_IN = 5
"""The week in which the last keyword is tracked."""


def phrase(number: int) -> str:
    return _KINDS[number % len(_KINDS)].format(_WORDS[number // len(_KINDS) % len(_WORDS)])


@dataclass
class Keyword:
    """One keyword: our page, its competitors, and by week what each has and where we rank."""

    number: int
    site: str
    need: dict[int, int] = field(default_factory=dict)
    have: dict[int, int] = field(default_factory=dict)
    rank: dict[int, int] = field(default_factory=dict)
    page: dict[int, str] = field(default_factory=dict)

    @property
    def phrase(self) -> str:
        return phrase(self.number)

    @property
    def slug(self) -> str:
        return self.phrase.replace(" ", "-")

    def gap(self, week: int) -> int:
        return max(0, self.need[week] - self.have[week])

    def competitors(self) -> list[str]:
        return [f"https://{name}.example/{self.slug}" for name in _COMPETITORS]


def story(count: int, weeks: int = 8, clients: int = 2) -> list[Keyword]:
    """Return `count` keywords; of five and more, every third is the second of two clients'.

    In the numbers of a keyword: the need grows by one every third week, we win a link in some, and
    the first of each client is the one that things happen to.
    """
    made = []
    for number in range(count):
        site = SECOND_CLIENT if clients > 1 and count >= 5 and number % 3 == 2 else FIRST_CLIENT
        one = Keyword(number, site)
        need, have = 14 + number % 7 * 3, 4 + number % 5 * 2
        for week in range(weeks + 1):
            one.need[week] = need + week // 3 * (1 if number % 2 else 0)
            won = week if number == 0 else week // 4 if number % 4 == 1 else 0
            one.have[week] = have + won
            one.rank[week] = 4 + number % 9
            one.page[week] = f"https://{site}/{one.slug}"
        made.append(one)
    for week in range(4, weeks + 1):
        made[0].rank[week] = 5 if week < 8 else 3
    if count >= 5:
        for week in range(6, weeks + 1):
            made[1].page[week] = f"https://{made[1].site}/new/{made[1].slug}"
            made[1].have[week] = 1
        made[3].rank[weeks] = 12
        made[3].rank[weeks - 1] = 9
        made[4].need = {week: 25 + (0 if week < 7 else 9) for week in made[4].need}
    return made


def tell(web: MovingWeb, keywords: list[Keyword], week: int) -> None:
    """Let the web be what the story says of a week."""
    for one in keywords:
        theirs = one.competitors()
        place = one.rank[week]
        web.rankings[one.phrase] = [*theirs[: place - 1], one.page[week], *theirs[place - 1 :]]
        for url in theirs[:TODAYS_TOP]:
            _count(web, url, one.need[week])
        _count(web, one.page[week], one.have[week])


def _count(web: MovingWeb, url: str, count: int) -> None:
    """Let so many domains link to a page; who comes is new this week, who goes left the index."""
    rows = web.links.setdefault(url, {})
    page = zlib.crc32(url.encode()) % 1_000
    number = 0
    while len(rows) < count:
        domain = f"{_BLOGS[number % len(_BLOGS)]}-{page}-{number}.example"
        if domain not in rows:
            web.link(url, domain, days_ago=2, authority=30 + number % 5 * 10)
        number += 1
    for domain in [*rows][count:]:
        web.unlink(url, domain)
