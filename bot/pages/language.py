"""Detects the language of a page from its text, or else from what the page declares.

A declared language is often that of the template, not of the text. It therefore decides only if
there is little text, or if the two languages are hard to tell apart.
"""

import re
from functools import lru_cache

import gcld3

from bot.pages.document import Document

_SAMPLE = 4000
_ENOUGH, _LITTLE = 200, 20
_SURE, _VERY_SURE = 0.7, 0.95
_CODE = re.compile(r"[a-z]{2,3}(?=$|[-_])")
_OLD = {"iw": "he", "in": "id", "jw": "jv", "fil": "tl", "nb": "no", "mo": "ro", "ji": "yi"}
# Languages so similar that the author's declaration is more reliable.
_NEAR = (
    frozenset({"no", "nn", "da"}),
    frozenset({"hr", "sr", "bs", "sh", "sl"}),
    frozenset({"id", "ms", "jv", "su"}),
    frozenset({"cs", "sk"}),
    frozenset({"bg", "mk"}),
    frozenset({"af", "nl"}),
)
# Text in one of these scripts needs far fewer characters.
_DENSE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")
_DENSITY = 3
_SPOKEN_IN = re.compile(r"[^\W\d_]")


def language_of(document: Document) -> str | None:
    """Return an ISO 639-1 code, or None if neither text nor markup shows one."""
    declared = _declared(document)
    prose = " ".join(document.prose)
    text = prose if _weight(prose) >= _ENOUGH else document.main_text or document.text
    said = spoken(text)
    if said is None or declared is None:
        return declared or said
    if _weight(text) < _ENOUGH or any({said, declared} <= group for group in _NEAR):
        return declared
    return said


def spoken(text: str) -> str | None:
    """Return the language of running text, or None if it is too short or too unclear."""
    sample = " ".join(text[:_SAMPLE].encode("utf-8", "replace").decode("utf-8").split())
    weight = _weight(sample)
    if weight < _LITTLE:
        return None
    found = _identifier().FindLanguage(sample.replace("\0", " "))
    sure = _SURE if weight >= _ENOUGH else _VERY_SURE
    if not found.is_reliable or found.probability < sure or "-" in found.language:
        return None
    said = str(found.language)
    return _OLD.get(said, said)


def _declared(document: Document) -> str | None:
    markup = document.attribute("html", "lang") or document.attribute("html", "xml:lang")
    for said in (markup, document.meta("content-language"), document.meta("og:locale")):
        code = _CODE.match((said or "").strip().lower())
        if code:
            return _OLD.get(code.group(), code.group())
    return None


def _weight(text: str) -> int:
    """Return the number of letters; those of dense scripts count several times."""
    sample = text[:_SAMPLE]
    return len(_SPOKEN_IN.findall(sample)) + _DENSITY * len(_DENSE.findall(sample))


@lru_cache(maxsize=1)
def _identifier() -> gcld3.NNetLanguageIdentifier:
    return gcld3.NNetLanguageIdentifier(0, 2 * _SAMPLE)
