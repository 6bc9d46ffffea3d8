"""Signals from the prose: how much there is, whom it addresses, whether it reports or instructs."""

import re
from collections.abc import Iterator

from bot.pages.document import Document
from bot.pages.kind.evidence import ARTICLE, Signal
from bot.pages.language import language_of
from bot.pages.links import outbound_of
from bot.pages.word_patterns import compiled

_RUNNING = 50_000
_OPENING = 3
# Words for you, I and we. German's polite "you" differs from "they" only by its capital letter.
_PERSONS = {
    "en": (r"you|your|yours|you're|yourself", r"i|i'm|i've|i'd|my|me|myself", r"we|we're|our|us"),
    "de": (
        r"du|dich|dir|dein\w*|(?-i:(?<=[a-zäöüß,] )(?:Sie|Ihnen|Ihre?[nmrs]?))",
        r"ich|mich|mir|mein\w*",
        r"wir|uns|unser\w*",
    ),
    "fr": (r"vous|votre|vos|tu|ton|ta|tes", r"je|j'\w+|mon|ma|mes|moi", r"nous|notre|nos"),
    "es": (
        r"tú|tu|tus|te|ti|usted\w*|puedes|debes|tienes",
        r"yo|mi|mis|me|mí",
        r"nosotros|nuestr[oa]s?|nos",
    ),
    "it": (
        r"tu|tuo|tua|tuoi|tue|ti|puoi|devi|vostr[oa]",
        r"io|mio|mia|miei|mie|mi",
        r"noi|nostr[oaie]|ci",
    ),
    "nl": (r"je|jij|jouw|jou|u|uw", r"ik|mij|mijn|me", r"wij|we|ons|onze"),
    "pt": (
        r"você|vocês|seu|sua|seus|suas|te|tu",
        r"eu|meu|minha|meus|minhas|me|mim",
        r"nós|noss[oa]s?|nos",
    ),
    "pl": (
        r"ty|cię|ci|tobie|twój|twoj\w+|możesz|musisz",
        r"ja|mnie|mi|mój|moj\w+",
        r"my|nas|nam|nasz\w*",
    ),
    "sv": (r"du|dig|din|ditt|dina|ni|er", r"jag|mig|min|mitt|mina", r"vi|oss|vår\w*"),
    "ru": (r"вы|вас|вам|ваш\w*|ты|тебе|тво\w+", r"я|мне|меня|мой|моя|мо[иё]", r"мы|нас|нам|наш\w*"),
}
_SPOKEN = {
    code: tuple(compiled(rf"\b(?:{words})\b", re.IGNORECASE) for words in persons)
    for code, persons in _PERSONS.items()
}
_QUOTE = compiled(
    r"“[^“”]{25,500}+”|„[^„“”]{25,500}+[“”]|«[^«»]{25,500}+»|\"[^\"]{25,500}+\"|「[^「」]{10,300}+」|»[^«»]{25,500}+«"
)
_DAY = compiled(
    r"\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|yesterday|(?:mon|diens|donners|frei|sams)tag|mittwoch|sonntag"
    r"|gestern|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|lunes|martes|miércoles|jueves|viernes|sábado"
    r"|domingo|ayer|lunedì|martedì|mercoledì|giovedì|venerdì|sabato|domenica|ieri|(?:maan|dins|woens|donder|vrij"
    r"|zater|zon)dag|gisteren|(?:segunda|terça|quarta|quinta|sexta)-feira|ontem|poniedziałek|wtorek|środę|czwartek"
    r"|piątek|wczoraj|(?:mån|tis|ons|tors|fre|lör|sön)dags?|igår|понедельник|вторник|сред[уы]|четверг|пятниц[уы]"
    r"|вчера)\b|[月火水木金土日]曜日|\d{1,2}日",
    re.IGNORECASE,
)
_PLACE = compiled(
    r"^\W*[A-ZÀ-ÖØ-Þ][\w.'-]+(?:[ ,/]+[\w.()]+){0,8}\s*(?:\([\w /.]+\)\s*)?"
    r"[—–-]{1,2}\s?(?=[A-ZÀ-Þ“\"])"
)
_LEAST = 4


def prose(document: Document) -> Iterator[Signal]:
    """Yield signals from the running text."""
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
        yield from _voice(" ".join(paragraphs)[:_RUNNING], language_of(document))
    yield from _report(paragraphs)


def _voice(running: str, language: str | None) -> Iterator[Signal]:
    """Yield signals from the person: a guide says you, a firm we, a diary I, news none of these."""
    if language not in _SPOKEN:
        return
    words = len(running.split()) or 1
    you, me, us = (len(pattern.findall(running)) / words for pattern in _SPOKEN[language])
    if you > 0.02:
        yield Signal({"guide": 0.5, "news": -0.5}, "it speaks to “you”")
    elif you < 0.003 and me < 0.006:
        yield Signal({"news": 0.5}, "it speaks of others only")
    if me > 0.03:
        alone = 1.5 if you < 0.01 else 0.5
        yield Signal({"news": -1.0, "other": alone, "review": 0.5}, "it speaks of “me”")
    if us > 0.02 and me < 0.01:
        yield Signal({"product": 0.5, "profile": 0.5, "news": -0.5}, "it speaks of “us”")


def _report(paragraphs: list[str]) -> Iterator[Signal]:
    if len(paragraphs) < 2:
        return
    quotes = len(_QUOTE.findall(" ".join(paragraphs)[:_RUNNING]))
    if quotes > 3:
        yield Signal({"news": 1.0}, f"it has {quotes} quotations")
    elif quotes > 1:
        yield Signal({"news": 0.5}, f"it has {quotes} quotations")
    opening = paragraphs[:_OPENING]
    if any(map(_DAY.search, opening)):
        yield Signal({"news": 1.0}, "it begins with the day something happened")
    if any(map(_PLACE.match, opening)):
        yield Signal({"news": 0.5}, "it begins with the place of the report")
