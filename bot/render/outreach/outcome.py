"""What came of the outreach, in sentences: the placed rate, and whether the links helped."""

from bot.gap.link_effect import Effect
from bot.gap.placed_rate import PlacedRate, contacts_needed
from bot.render.words import counted, number


def placed_rate(rate: PlacedRate) -> str:
    """Return `2 of 9 asked, 8–45 %`: what was seen, and where the true rate is likely to be."""
    won, asked = rate.outcomes.won, rate.outcomes.asked
    return f"{won:,} of {asked:,} asked, {_percent(rate.low)}–{_percent(rate.high)} %"


def to_ask(links: int, rate: PlacedRate) -> str:
    """Return `Contacts needed for 18 links: 37–269`."""
    fewest, most = contacts_needed(links, rate)
    span = f"{fewest:,}" if fewest == most else f"{fewest:,}–{most:,}"
    return f"Contacts needed for {counted(links, 'link')}: {span}"


def effect_sentence(effect: Effect) -> str:
    """Return one sentence for the digest: did the links that we won move our position?

    Where chance explains the difference it says that no effect can be seen yet, with the figures.
    """
    won = f"{counted(effect.links, 'link')} won {_when(effect)}"
    moved = f"position {number(effect.before)} → {number(effect.after)}"
    others = f"{counted(effect.untouched, 'untouched keyword')} moved {_signed(effect)} on average"
    if effect.seen:
        return f"{won}: {moved}; {others}."
    return f"{won}: no effect to be seen yet ({moved}; {others})."


def _when(effect: Effect) -> str:
    first, last = (f"{one:%B}" for one in (effect.first, effect.last))
    return f"in {first}" if first == last else f"from {first} to {last}"


def _signed(effect: Effect) -> str:
    """Return how far the others moved; above 0 is up."""
    moved = round(effect.untouched_moved, 1)
    return f"{'−' if moved < 0 else ''}{number(abs(moved))}"


def _percent(share: float) -> str:
    return number(round(100 * share))
