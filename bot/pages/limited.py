"""The two processes in which text from strangers is read; both can be killed.

`pages` reads web pages and sitemaps. `files` reads what a page has to wait for: robots.txt, and the
guess at an encoding. A page that uses up its time therefore never stops others from being fetched.
"""

from dataclasses import dataclass
from functools import cache

from bot.common.killable import Killable, Limits

PAGE_LIMITS = Limits(cpu_seconds=3, seconds=5, megabytes=400, answer_bytes=16 << 20, grown=160)
FILE_LIMITS = Limits(cpu_seconds=2, seconds=4, megabytes=200, answer_bytes=4 << 20, grown=100)


@dataclass(frozen=True, slots=True)
class Apart:
    """The two processes. They start with the first work, or with `start`."""

    pages: Killable
    files: Killable

    def start(self) -> None:
        """Start both now, so that the first page does not wait for them."""
        self.pages.start()
        self.files.start()

    def close(self) -> None:
        """End both, whatever they are doing."""
        self.pages.close()
        self.files.close()


def apart(pages: Limits = PAGE_LIMITS, files: Limits = FILE_LIMITS) -> Apart:
    """Return two processes with these limits for each page and each file."""
    return Apart(
        Killable(pages, preload=("bot.pages.facts", "bot.pages.sitemap")),
        Killable(files, preload=("bot.pages.reading.robots", "bot.pages.reading.charset")),
    )


@cache
def shared() -> Apart:
    """Return the pair shared by all readers of this process; it ends with the process."""
    return apart()
