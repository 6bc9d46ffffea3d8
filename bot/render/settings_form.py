"""The form behind `/gap settings`: which place the settings are for, then one field each."""

from collections.abc import Sequence
from dataclasses import dataclass
from zlib import crc32

from bot.render.slack.blocks import render
from bot.render.slack.message import View, checked
from bot.render.words import clip

INHERIT = "-"
"""The choice that means: use the value of the level above."""
LONGEST = 3_000
_Option = dict[str, object]


@dataclass(frozen=True, slots=True)
class Field:
    """One input. What is typed comes back under the action_id `value`, faults by `block_id`.

    `initial` is the value set here ("" for none); several choices are joined by commas.
    """

    block_id: str
    label: str
    hint: str
    initial: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    several: bool = False
    long: bool = False
    required: bool = False

    @property
    def options(self) -> list[_Option]:
        """Return the choices in Slack's format."""
        return [_option(value, words) for value, words in self.choices]

    @property
    def ticked(self) -> list[_Option]:
        """Return the choices that are set now; a single choice always has one."""
        wanted = self.initial.split(",") if self.several else [self.initial or INHERIT]
        found = [_option(value, words) for value, words in self.choices if value in wanted]
        return found or ([] if self.several else self.options[:1])


@dataclass(frozen=True, slots=True)
class Section:
    """A group of fields under a title; `texts` are ready mrkdwn, for fixed settings."""

    title: str
    fields: tuple[Field, ...]
    texts: tuple[str, ...] = ()


def settings_form(
    places: Sequence[tuple[str, str]],
    chosen: str,
    pages: Sequence[str],
    section: Section,
    *,
    said: str,
    private_metadata: str,
) -> View:
    """Return one page of the form, for one of several places (value, words).

    Choosing another place (`settings_place`) or page (`settings_page`) updates it. A section whose
    title is none of the `pages` is the only one.
    """
    options = [_option(value, words) for value, words in places]
    # Slack keeps what somebody chose in a block that stays; these show what is on screen.
    shown = crc32(f"{chosen}\n{section.title}\n{said}".encode())
    menus = {"place": f"place@{shown:08x}", "page": f"page@{shown:08x}"}
    blocks = render(
        "settings",
        places=options,
        chosen=next(one for one in options if one["value"] == chosen),
        pages=[_option(page, page) for page in pages] if section.title in pages else [],
        menus=menus,
        said=said,
        section=section,
    )
    return checked(View("settings_form", "Settings", "Save", blocks, private_metadata))


def _option(value: str, words: str) -> _Option:
    return {"text": {"type": "plain_text", "text": clip(words, 75)}, "value": value}
