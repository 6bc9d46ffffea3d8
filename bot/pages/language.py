"""Which language a page is written in: what it declares, else what its words show."""

import re
from collections import Counter
from functools import lru_cache
from importlib.resources import files

from bot.pages.document import Document

_SAMPLE = 4000
_CODE = re.compile(r"[a-z]{2,3}(?=$|[-_])")
# Scripts that are used by one language of the web, nearly always; kana before Han.
_SCRIPTS = (
    ("ja", re.compile("[\u3040-\u30ff]")),
    ("ko", re.compile("[\uac00-\ud7af]")),
    ("zh", re.compile("[\u4e00-\u9fff]")),
    ("th", re.compile("[\u0e00-\u0e7f]")),
    ("ka", re.compile("[\u10a0-\u10ff]")),
    ("hy", re.compile("[\u0530-\u058f]")),
    ("hi", re.compile("[\u0900-\u097f]")),
)
_WORD = re.compile(r"[^\W\d_]+")
_SCRIPT_SHARE = 0.15
_LEAST_HITS = 4


def language_of(document: Document) -> str | None:
    """Return an ISO 639-1 code, or None when neither markup nor text shows one."""
    declared = document.attribute("html", "lang") or document.attribute("html", "xml:lang")
    for said in (declared, document.meta("content-language"), document.meta("og:locale")):
        code = _CODE.match((said or "").strip().lower())
        if code:
            return code.group()
    return spoken(document.text)


def spoken(text: str) -> str | None:
    """Return the language of running text by its script and its small words."""
    sample = text[:_SAMPLE]
    letters = sum(map(str.isalpha, sample)) or 1
    for code, script in _SCRIPTS:
        if len(script.findall(sample)) / letters > _SCRIPT_SHARE:
            return code
    words = Counter(_WORD.findall(sample.lower()))
    hits = {
        code: sum(words[word] for word in small if word in words)
        for code, small in _small_words().items()
    }
    best = max(hits, key=hits.__getitem__)
    return best if hits[best] >= _LEAST_HITS else None


@lru_cache(maxsize=1)
def _small_words() -> dict[str, frozenset[str]]:
    text = files("bot.pages").joinpath("small_words.txt").read_text("utf-8")
    lines = [line.split(":", 1) for line in text.splitlines() if not line.startswith("#")]
    return {code: frozenset(words.split()) for code, words in lines}
