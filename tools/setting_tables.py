"""Write the tables of docs/settings.md from the list of settings.

Run this file to write them; a test compares.
"""

import re
from pathlib import Path

from bot.settings.catalogue import SETTINGS, Group, Level, Setting
from bot.settings.environment import Settings

PAGE = Path(__file__).parents[1] / "docs" / "settings.md"
_HEAD = "| Name | In the form | Set for | By | Values | Meaning |\n|---|---|---|---|---|---|"


def tables() -> str:
    """Return a heading and a table for each group."""
    parts = []
    for group in Group:
        rows = [_row(one) for one in SETTINGS if one.group is group]
        parts.append("\n".join([f"### {group}\n\n{_HEAD}", *rows]))
    return "\n\n".join(parts)


def page(text: str) -> str:
    """Return the page with its tables up to date."""
    made, count = re.subn(
        r"(<!-- settings: [^\n]*-->\n).*?(<!-- end of settings -->)",
        lambda found: f"{found[1]}\n{tables()}\n\n{found[2]}",
        text,
        flags=re.DOTALL,
    )
    assert count == 1, "the marks of the settings are missing"
    return made


def _row(setting: Setting) -> str:
    levels = {Level.TEAM: "everything", Level.SITE: "a client", Level.CHANNEL: "a channel"}
    where = ", ".join(levels[level] for level in setting.levels)
    who = "admins, owners" if setting.money else "everybody"
    cells = (f"`{setting.name}`", setting.title, where, who, _values(setting), setting.hint)
    return f"| {' | '.join(cells)} |"


def _values(setting: Setting) -> str:
    if setting.name == "digest_hour":
        return "6 to 22"
    if setting.choices:
        names = [f"`{value}`" for value, _ in setting.choices]
        return ", ".join([*names, "`none`"] if setting.several else names)
    field = Settings.model_fields.get(setting.name)
    if field is None or setting.long:
        return "domains, with commas"
    kinds = {str: "text", int: "number"}
    if setting.name.endswith("_usd"):
        return "dollars"
    whole = "int" in str(field.annotation)
    return kinds[int] if whole else kinds[str]


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text("utf-8")), "utf-8")
