"""The two modals: the form behind a bare `/gap`, and the one that asks for our page."""

from dataclasses import dataclass

from bot.model.question import MAX_KEYWORD, Defaults
from bot.render.slack.blocks import render
from bot.render.slack.message import View, checked


@dataclass(frozen=True, slots=True)
class Field:
    """One input: `name` is its block_id; what was typed comes back under the action_id `value`.

    `lines`: several lines may be typed.
    """

    name: str
    label: str
    hint: str
    initial: str = ""
    longest: int = 500
    lines: bool = False


def form(defaults: Defaults, *, keyword: str = "", private_metadata: str = "") -> View:
    """Return the form of a question, filled with the defaults.

    Texts arrive as `values[name]["value"]["value"]`, `fresh` as selected options; `vs` holds one
    address a line. Faults go back through `errors={name: sentence}`.
    """
    fields = [
        Field("keyword", "Keyword", "The phrase people search for.", keyword, MAX_KEYWORD),
        Field("site", "Our site", "Its domain, such as example.com.", defaults.site or ""),
        Field("page", "Our page", "Its address; none if there is no page yet."),
        Field("country", "Country", "By name or code: germany or de.", defaults.country, 40),
        Field("language", "Language", "By name or code: german or de.", defaults.language, 40),
        Field(
            "vs",
            "Compare with",
            "Pages, one a line, instead of the top 3.",
            "",
            3_000,
            lines=True,
        ),
    ]
    blocks = render("form", fields=fields, required="keyword", fresh=True)
    return checked(View("gap_form", "Ask about a keyword", "Ask", blocks, private_metadata))


def name_page(run_id: str, *, page: str = "") -> View:
    """Return the modal that asks for our page; `private_metadata` is the run's id."""
    hint = "Its address; none if there is no page for this keyword yet."
    fields = [Field("page", "Our page", hint, page)]
    blocks = render("form", fields=fields, required="page", fresh=False)
    return checked(View("name_page_form", "Name our page", "Use this page", blocks, run_id))
