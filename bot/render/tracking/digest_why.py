"""Why a gap moved, in words that add up: `+6: competitors' links +1, your lost links +5`."""

from bot.model.tracking import GapReasons
from bot.render.tracking.tracked_words import signed

_NAMES = (
    ("competitors_links", "competitors' links"),
    ("pages", "a new page in the top 3"),
    ("multiplier", "site authority"),
    ("our_page", "another page of yours"),
    ("index", "another link index"),
    ("method", "a new way to count"),
    ("other", "counts that are not known apart"),
)


def why_words(why: GapReasons | None) -> str:
    """Return the change and its parts; ours are always named. Nothing where nothing moved."""
    if why is None or not any(getattr(why, name) for name in (*dict(_NAMES), "ours")):
        return ""
    parts = [f"{said} {signed(value)}" for name, said in _NAMES if (value := getattr(why, name))]
    parts.append(f"{_ours(why.ours)} {signed(why.ours)}")
    said = ", ".join(parts)
    return f"{signed(why.change)}: {said}" if why.change else said


def _ours(moved: int) -> str:
    """Return whose part it is: links of ours that came make a gap smaller."""
    if moved == 0:
        return "your links"
    return "your new links" if moved < 0 else "your lost links"
