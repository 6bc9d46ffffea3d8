"""The colours of the page can be read, light and dark (WCAG 2.2, level AA)."""

import re
from importlib.resources import files

import pytest

STATIC = files("playground") / "static"
TEXT, SHAPE = 4.5, 3.0
PAIRS = {
    TEXT: {
        "ink": [
            *("paper", "shade", "hover", "accent-soft", "private-paper"),
            *("info-soft", "warn-soft", "bad-soft", "good-soft"),
        ],
        "soft": ["paper", "shade", "hover", "private-paper", "accent-soft", "item-hover"],
        "item-ink": ["paper", "shade", "item-hover"],
        "on-fill": ["accent-fill", "good-fill", "good-hover", "bad-fill", "toast"],
        "accent": ["paper", "accent-soft"],
        "link": ["paper", "hover", "private-paper", "info-soft", "shade"],
        "good": ["good-soft"],
        "bad": ["paper", "hover"],
        "code": ["code-paper"],
        "everyone": ["everyone-paper"],
        "private": ["private-paper"],
        "badge": ["badge-paper"],
    },
    SHAPE: {
        name: ["paper"] for name in ("edge", "focus", *(f"chart-{number}" for number in range(12)))
    },
}


def _schemes() -> dict[str, dict[str, str]]:
    """Return the colours of both schemes; the dark one changes what it names."""
    css = (STATIC / "colours.css").read_text("utf-8")
    light, dark = (
        dict(re.findall(r"--([\w-]+): ([^;]+);", part)) for part in css.split("@media", 1)
    )
    return {"light": light, "dark": dark}


def _light(colour: str) -> float:
    """Return the relative luminance of #rgb or #rrggbb."""
    digits = colour.removeprefix("#")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    return sum(one * share for one, share in zip(linear, (0.2126, 0.7152, 0.0722), strict=True))


def _contrast(one: str, other: str) -> float:
    high, low = sorted((_light(one), _light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_is_written_stands_out_from_what_it_is_written_on(scheme):
    colours = _schemes()[scheme]
    faint = [
        f"{name} on {paper}: {ratio:.2f}"
        for least, pairs in PAIRS.items()
        for name, papers in pairs.items()
        for paper in papers
        if (ratio := _contrast(colours[name], colours[paper])) < least
    ]
    assert faint == []


def test_the_dark_scheme_gives_every_colour_anew():
    schemes = _schemes()
    assert schemes["light"].keys() == schemes["dark"].keys()


def test_every_other_file_names_colours_by_what_they_are_for():
    colour = re.compile(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(|hsla?\((?!var\()")
    named = {
        path.name: found
        for path in STATIC.iterdir()
        if path.name.endswith((".css", ".js")) and path.name != "colours.css"
        for found in [colour.findall(path.read_text("utf-8"))]
        if found
    }
    assert named == {}


def test_every_colour_that_is_used_is_defined():
    defined = _schemes()["light"].keys() | {"hue"}
    text = "".join(path.read_text("utf-8") for path in STATIC.iterdir() if ".svg" not in path.name)
    used = set(re.findall(r"var\(--([\w-]+)\)", text))
    assert used <= defined
