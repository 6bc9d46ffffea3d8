"""How a page is written: how much prose, to whom it speaks, and whether it reports or instructs."""

import re
from collections.abc import Iterator

from bot.pages.document import Document
from bot.pages.evidence import ARTICLE, Signal
from bot.pages.links import outbound_of

_RUNNING = 50_000
_OPENING = 3
_YOU = re.compile(
    r"\b(?:you|your|you're|du|dein\w*|sie|ihre?n?|usted|tu|tus|vous|votre|vos|você|je|jouw|din|ditt|dina"
    r"|twój|twoj\w+|вы|вас|вам|ваш\w*)\b",
    re.IGNORECASE,
)
_I = re.compile(
    r"\b(?:i|i'm|i've|my|me|ich|mein\w*|mir|mich|yo|mi|mis|mon|ma|mes|io|mio|mia|eu|meu|minha|jag|min"
    r"|mitt|moje|mnie|я|мне|меня|мой|моя)\b",
    re.IGNORECASE,
)
_WE = re.compile(
    r"\b(?:we|we're|our|us|wir|unser\w*|uns|nous|notre|nos|nosotros|nuestr[oa]s?|noi|nostr[oaie]|wij|onze|ons"
    r"|nós|noss[oa]s?|nasz\w*|vi|vår\w*|мы|наш\w*)\b",
    re.IGNORECASE,
)
_QUOTE = re.compile(
    r"“[^”]{25,500}”|„[^“”]{25,500}[“”]|«[^»]{25,500}»|\"[^\"]{25,500}\"|「[^」]{10,300}」|»[^«]{25,500}«"
)
_DAY = re.compile(
    r"\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|yesterday|(?:mon|diens|donners|frei|sams)tag|mittwoch|sonntag"
    r"|gestern|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|lunes|martes|miércoles|jueves|viernes|sábado"
    r"|domingo|ayer|lunedì|martedì|mercoledì|giovedì|venerdì|sabato|domenica|ieri|(?:maan|dins|woens|donder|vrij"
    r"|zater|zon)dag|gisteren|(?:segunda|terça|quarta|quinta|sexta)-feira|ontem|poniedziałek|wtorek|środę|czwartek"
    r"|piątek|wczoraj|(?:mån|tis|ons|tors|fre|lör|sön)dags?|igår|понедельник|вторник|сред[уы]|четверг|пятниц[уы]"
    r"|вчера)\b|[月火水木金土日]曜日|\d{1,2}日",
    re.IGNORECASE,
)
_PLACE = re.compile(
    r"^\W*[A-ZÀ-ÖØ-Þ][\w.'-]+(?:[ ,/]+[\w.()]+){0,8}\s*(?:\([\w /.]+\)\s*)?"
    r"[—–-]{1,2}\s?(?=[A-ZÀ-Þ“\"])"
)
_LEAST = 4


def prose(document: Document) -> Iterator[Signal]:
    """Yield what the running text speaks for."""
    paragraphs = document.prose
    count = len(paragraphs)
    if count > 7:
        less = {"category": -1.0, "tool": -1.0, "video": -1.0}
        yield Signal({**ARTICLE, **less}, f"it has {count} paragraphs")
    elif count < 3:
        yield Signal(dict.fromkeys(ARTICLE, -1.0), "it has hardly any prose")
    if document.videos and count < _LEAST:
        yield Signal({"video": 2}, "it is a video with little text")
    foreign = len(outbound_of(document))
    if foreign > 25 and count < 200:
        yield Signal({"list": 1.5}, f"it links to {foreign} other sites")
    if count > _LEAST:
        yield from _voice(" ".join(paragraphs)[:_RUNNING])
    yield from _report(paragraphs)


def _voice(running: str) -> Iterator[Signal]:
    """Yield whom it speaks of: a guide of you, a firm of us, a diary of me, news of others."""
    words = len(running.split())
    you, me, us = (len(pattern.findall(running)) / words for pattern in (_YOU, _I, _WE))
    if you > 0.02:
        yield Signal({"guide": 0.5, "news": -0.5}, "it speaks to “you”")
    elif you < 0.003 and me < 0.006:
        yield Signal({"news": 1.0}, "it speaks of others only")
    if me > 0.03:
        yield Signal({"news": -1.0, "other": 0.5, "review": 0.5}, "it speaks of “me”")
    if us > 0.02 and me < 0.01:
        yield Signal({"product": 0.5, "profile": 0.5, "news": -0.5}, "it speaks of “us”")


def _report(paragraphs: list[str]) -> Iterator[Signal]:
    if len(paragraphs) < 2:
        return
    quotes = len(_QUOTE.findall(" ".join(paragraphs)[:_RUNNING]))
    if quotes > 3:
        yield Signal({"news": 1.5}, f"it has {quotes} quotations")
    elif quotes > 1:
        yield Signal({"news": 0.5}, f"it has {quotes} quotations")
    opening = paragraphs[:_OPENING]
    if any(map(_DAY.search, opening)):
        yield Signal({"news": 1.0}, "it begins with the day something happened")
    if any(map(_PLACE.match, opening)):
        yield Signal({"news": 1.0}, "it begins with the place of the report")
