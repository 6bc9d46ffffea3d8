"""How often links that did nothing are called an effect, and how often a known effect is found.

    python -m benchmarks link_effect

A simulated year of a team with 40 tracked keywords: positions wander from week to week and jitter
around that. In the course of it eight keywords win a link each. In the placebo years that does
nothing; in the others it lifts the page by a known number of positions within four weeks. At the
end of each month somebody asks whether it worked. The code measured is `bot.gap.link_effect`, of
which the world knows nothing.
"""

from datetime import UTC, datetime, timedelta
from random import Random

from bot.gap.link_effect import KeywordCourse, PositionRead, effect

SEED = 15
KEYWORDS = 40
WINS = 8
WEEKS = 60
ROWS = 100
YEARS = 200
START = datetime(2025, 10, 6, 9, tzinfo=UTC)
WORLDS = (("calm", 0.3, 0.7), ("usual", 0.6, 1.2), ("stormy", 1.2, 2.5))


def year(dice: Random, *, lift: float, wander: float, jitter: float) -> bool:
    """Say whether an effect was seen at the end of any month of one year."""
    won: dict[int, datetime] = {
        at: START + timedelta(days=dice.randrange(30, 310), hours=dice.randrange(8))
        for at in dice.sample(range(KEYWORDS), WINS)
    }
    courses = []
    for at in range(KEYWORDS):
        level = dice.uniform(4, 40)
        reads = []
        for week in range(WEEKS):
            now = START + timedelta(weeks=week)
            level = max(1.0, level + dice.gauss(0, wander))
            days = (now - won[at]).days if at in won else 0
            lifted = lift * min(1.0, max(0.0, days / 28))
            place = max(1, round(level - lifted + dice.gauss(0, jitter)))
            reads.append(PositionRead(now, place if place <= ROWS else None, ROWS))
        moments = (won[at],) if at in won else ()
        courses.append(KeywordCourse(f"keyword {at}", tuple(reads), moments))
    asked = (START + timedelta(days=30 * month) for month in range(1, 13))
    told = (effect(courses, now) for now in asked)
    return any(one is not None and one.seen for one in told)


def share(lift: float, wander: float, jitter: float, years: int = YEARS) -> float:
    """Return the share of years in which an effect was seen."""
    dice = Random(SEED)  # noqa: S311 - a seeded simulation, no secret
    return sum(year(dice, lift=lift, wander=wander, jitter=jitter) for _ in range(years)) / years


def main() -> None:
    print(f"{'world':8} {'a link lifts by':>16} {'years with an effect seen':>26}")
    for name, wander, jitter in WORLDS:
        for lift in (0, 1, 3):
            print(f"{name:8} {lift:>16} {share(lift, wander, jitter):>26.1%}", flush=True)


if __name__ == "__main__":
    main()
