"""The door to everything a week is drawn with; each part has a file of its own."""

from bot.render.digest_files import digest_csv, digest_csv_name, links_csv, links_csv_name
from bot.render.digest_message import digest_message
from bot.render.digest_sentence import digest_sentence
from bot.render.digest_text import digest_text
from bot.render.digest_thread import digest_thread
from bot.render.suggestions import suggestions

__all__ = [
    "digest_csv",
    "digest_csv_name",
    "digest_message",
    "digest_sentence",
    "digest_text",
    "digest_thread",
    "links_csv",
    "links_csv_name",
    "suggestions",
]
