"""The door to everything tracked keywords are drawn with; each part has a file of its own."""

from bot.render.alerts import alert_message
from bot.render.history import history_message, history_terminal
from bot.render.tracked_files import read_tracked_csv, tracked_csv
from bot.render.tracked_list import PER_PAGE, ListRow, tracked_list, tracked_terminal
from bot.render.tracked_notes import (
    already_tracked,
    not_tracked,
    tracking,
    tracking_begun,
    untracked,
)
from bot.render.tracking_forms import INPUTS, MOST_KEYWORDS, bulk_form, bulk_quote, edit_form

__all__ = [
    "INPUTS",
    "MOST_KEYWORDS",
    "PER_PAGE",
    "ListRow",
    "alert_message",
    "already_tracked",
    "bulk_form",
    "bulk_quote",
    "edit_form",
    "history_message",
    "history_terminal",
    "not_tracked",
    "read_tracked_csv",
    "tracked_csv",
    "tracked_list",
    "tracked_terminal",
    "tracking",
    "tracking_begun",
    "untracked",
]
