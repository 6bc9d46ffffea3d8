"""Texts of strangers without what would steer a terminal or forge a line of the log."""

import re

# All controls but tabs and the ends of lines, and what overrides the writing direction.
CONTROLS = re.compile(r"\r(?!\n)|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e]")


def harmless(text: str) -> str:
    """Return a text without control characters and without overrides of its direction."""
    return CONTROLS.sub("", text)


def one_line(text: str) -> str:
    """Return a harmless text in one line; the ends of its lines are written out."""
    return harmless("\\n".join(text.splitlines()))
