"""Dates that a page shows its readers, for pages without a date in metadata: in text or posts."""

import re
from datetime import date

from bot.pages.bylines import read_day
from bot.pages.document import Document
from bot.pages.kind.patterns import POSTED_BY
from bot.pages.word_patterns import compiled

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan januar jänner janvier enero gennaio januari janeiro stycznia янв января",
            "february feb februar février febrero febbraio februari fevereiro lutego фев февраля",
            "march mar märz mars marzo maart março marca мар марта",
            "april apr avril abril aprile kwietnia апр апреля",
            "may mai mayo maggio mei maio maja maj мая",
            "june jun juni juin junio giugno junho czerwca июн июня",
            "july jul juli juillet julio luglio julho lipca июл июля",
            "august aug août agosto augustus sierpnia augusti авг августа",
            "september sep sept septembre septiembre settembre setembro września сен сентября",
            "october oct oktober okt octobre octubre ottobre outubro października окт октября",
            "november nov novembre noviembre novembro listopada ноя ноября",
            "december dec dezember dez décembre diciembre dicembre dezembro grudnia дек декабря",
        ),
        start=1,
    )
    for name in names.split()
}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_YEAR = r"((?:19[89]|20[0-4])\d)"
_DAY = r"(0?[1-9]|[12]\d|3[01])"
_BY_YEAR = compiled(rf"(?<!\d){_YEAR}[-./年]\s?(\d{{1,2}})[-./月]\s?{_DAY}(?!\d)")
_BY_DAY = compiled(rf"(?<!\d){_DAY}[./-]\s?(\d{{1,2}})[./-]\s?{_YEAR}(?!\d)")
_SHORT = compiled(rf"(?<!\d){_DAY}\.(\d{{1,2}})\.(\d\d)(?=[ ,|-]{{1,3}}\d{{1,2}}:\d\d)")
_DAY_IN_WORDS = compiled(
    rf"(?<!\d){_DAY}(?:st|nd|rd|th|\.|º|er)?\s(?:de\s|of\s)?({_MONTH})\b\.?,?\s(?:de\s)?{_YEAR}",
    re.IGNORECASE,
)
_MONTH_IN_WORDS = compiled(rf"\b({_MONTH})\b\.?\s{_DAY}(?:st|nd|rd|th)?,?\s{_YEAR}", re.IGNORECASE)
_CHANGED = compiled(
    r"updat|aktualis|geändert|mis à jour|modifi|actualiz|aggiornat|bijgewerkt|atualizad|aktualizac"
    r"|uppdater|обновл|更新|joined|registr|member since|dabei seit|inscrit|©|copyright",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"\d")
_NEAR = 40
_TOP, _POSTS = 4_000, 20_000
_MONTH_NAME = compiled(
    rf"\b(?:{_MONTH})\b|\b(?:published|posted|veröffentlicht|publié)\b", re.IGNORECASE
)
_WRITTEN = ("Article", "Posting", "HowTo", "Recipe", "Review", "Report")
_A_TEXT = "article, [itemprop=articleBody], [class*=entry-content], [class*=post-body]"
_OTHER_DAYS = frozenset({"Product", "Offer", "Event"})
_THREADS = frozenset({"DiscussionForumPosting", "QAPage"})
_TEXT, _LINES, _OTHER_LETTERS, _POSTED, _KEPT = 3, 60, 12, 2, 20


def is_a_text(document: Document) -> bool:
    """Say whether the page is a written text; only then a date anywhere on it is its own."""
    if len(document.prose) < _TEXT or document.types.keys() & _OTHER_DAYS:
        return False
    return (
        document.meta("og:type") == "article"
        or any(name.endswith(_WRITTEN) for name in document.own_types)
        or document.tree.css_first(_A_TEXT) is not None
    )


def as_shown(document: Document, said: date) -> date:
    """Return the date as readers see it: a UTC time stamp may be a day off."""
    seen = [day for _, day in _days(document.sample[:_POSTS])]
    if said in seen:
        return said
    return next((day for day in seen if abs((day - said).days) == 1), said)


def shown_near_the_top(document: Document) -> date | None:
    """Return the first date near the start of the text, unless it is the date of a change.

    In a written text any date counts. On other pages only a line with little else counts, because
    shops and calendars show dates that are not the page's own.
    """
    if document.types.keys() & _OTHER_DAYS:
        return None
    if is_a_text(document):
        return _first(document.sample[:_TOP])
    for line in document.lines[:_LINES]:
        found = _first(line)
        if found is not None and sum(map(str.isalpha, _MONTH_NAME.sub("", line))) <= _OTHER_LETTERS:
            return found
    return None


def shown_in_posts(document: Document) -> date | None:
    """Return the first date in the posts of a thread, but not one on which a member joined."""
    posts = document.sample[:_POSTS]
    if not document.types.keys() & _THREADS and len(POSTED_BY.findall(posts)) < _POSTED:
        return None
    for element in document.tree.css("time[datetime], abbr[title], [itemprop=datePublished]")[:20]:
        said = element.attributes
        day = read_day(said.get("datetime") or said.get("title") or said.get("content"))
        if day is not None:
            return as_shown(document, day)
    return _first(posts)


def _first(text: str) -> date | None:
    return min(_days(text), default=(0, None))[1]


def _days(text: str) -> list[tuple[int, date]]:
    """Return the dates in a text with their positions; at most a few per notation."""
    found = []
    for pattern in (_BY_YEAR, _BY_DAY, _SHORT, _DAY_IN_WORDS, _MONTH_IN_WORDS):
        kept = 0
        for match in pattern.finditer(text):
            # Only the words since the last figure: "updated 3 May" says nothing of the next date.
            before = _DIGIT.split(text[max(0, match.start() - _NEAR) : match.start()])[-1]
            day = _read(pattern, match)
            if day is not None and not _CHANGED.search(before):
                found.append((match.start(), day))
                kept += 1
                if kept >= _KEPT:
                    break
    return sorted(found)


def _read(pattern: re.Pattern[str], match: re.Match[str]) -> date | None:
    one, two, three = match.groups()
    if pattern is _BY_YEAR:
        return _day(one, int(two), three)
    if pattern is _BY_DAY:
        # Day first, as in most of the world; month first only if day first is not a valid date.
        return _day(three, int(two), one) or _day(three, int(one), two)
    if pattern is _SHORT:
        return _day(f"20{three}", int(two), one)
    if pattern is _DAY_IN_WORDS:
        return _day(three, _MONTHS[two.lower()], one)
    return _day(three, _MONTHS[one.lower()], two)


def _day(year: str, month: int, day: str) -> date | None:
    try:
        return date(int(year), month, int(day))
    except ValueError:
        return None
