"""Relevance: how much of a keyword's vocabulary a linking page, or a domain's name, contains.

Terms are the stemmed words of the keyword and of the top titles in the market's language, without
stop words. Relevance is the share of terms that was found, 0..1; None when there are no terms.

A title and an anchor are compared stem by stem. Names and URLs run words together
(`startupaccounting.com`), so there a term of four letters or more may stand anywhere, one of three
letters (`crm`) must stand at the edge of a label, and a shorter one must be a whole part of a label
(`ai-news.com`).
"""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from itertools import takewhile
from urllib.parse import unquote

import snowballstemmer

from bot.common.domains import host_of, readable
from bot.model.links import Link

_STEMMERS = {
    "ar": "arabic",
    "ca": "catalan",
    "cs": "czech",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "et": "estonian",
    "eu": "basque",
    "fa": "persian",
    "fi": "finnish",
    "fr": "french",
    "ga": "irish",
    "hi": "hindi",
    "hu": "hungarian",
    "hy": "armenian",
    "id": "indonesian",
    "it": "italian",
    "lt": "lithuanian",
    "nb": "norwegian",
    "ne": "nepali",
    "nl": "dutch",
    "nn": "norwegian",
    "no": "norwegian",
    "pl": "polish",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sr": "serbian",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
    "yi": "yiddish",
}
# Languages written without spaces between words: pairs of characters serve as words.
_SPACELESS = frozenset(["ja", "km", "lo", "my", "th", "zh"])


@dataclass(frozen=True, slots=True)
class Term:
    """One stem, a word that it came from, and the forms to look for in names and URLs."""

    stem: str
    word: str
    needles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Terms:
    """The vocabulary of one keyword in one language, in alphabetical order of the stems."""

    language: str
    terms: tuple[Term, ...]

    @property
    def floor(self) -> float | None:
        """Return the relevance of a name without any term: 0, or None if there are no terms."""
        return 0.0 if self.terms else None

    def in_page(self, link: Link) -> float | None:
        """Return the share of the terms in the linking page's title, URL and anchor."""
        words = f"{link.title or ''} {link.anchor or ''}"
        return self._share(words, _address(link.source_url))

    def in_path(self, url: str, title: str = "") -> float | None:
        """Return the share in a URL's path and a title; the host is the same for the whole site."""
        return self._share(title, _address(url).rpartition("\n")[2])

    def _share(self, words: str, address: str) -> float | None:
        if not self.terms:
            return None
        stems = {stem for _, stem in _stems(words, self.language)} if words else set()
        found = sum(term.stem in stems or _within(term, address) for term in self.terms)
        return found / len(self.terms)

    def in_names(self, domains: Iterable[str]) -> dict[str, float]:
        """Return the share of the terms in each domain's name; domains without any are left out.

        All names are searched as one text with `str.find`: 100,000 names take a few milliseconds
        per term.
        """
        text = "\n".join(["", *domains, ""])
        found = Counter(name for term in self.terms for name in _lines_with(term.needles, text))
        for name in _lines_with(("xn--",), text):
            found[name] = len(self.words_in_name(name))
        return {name: count / len(self.terms) for name, count in found.items() if count}

    def words_in_name(self, domain: str) -> tuple[str, ...]:
        """Return the words whose terms a domain's name contains."""
        name = f"\n{_fold(readable(domain))}\n"
        return tuple(term.word for term in self.terms if _within(term, name))


def terms_of(keyword: str, titles: Iterable[str], language: str) -> Terms:
    """Return the terms of a keyword and of the titles of the top results.

    `language` is ISO 639-1; a language without a stemmer compares whole words. Numbers count only
    in the keyword: in titles they are years and list lengths.
    """
    words = dict.fromkeys(_words(keyword, language))
    for title in titles:
        words |= dict.fromkeys(word for word in _words(title, language) if not word.isdigit())
    kept = [word for word in words if word not in _stop_words(language) and len(word) > 1]
    forms: dict[str, list[str]] = {}
    for word, stem in _stems(" ".join(kept), language):
        forms.setdefault(stem, []).append(word)
    return Terms(language, tuple(_term(stem, words) for stem, words in sorted(forms.items())))


def _term(stem: str, words: list[str]) -> Term:
    needles = dict.fromkeys(needle for word in words for needle in _needles(stem, word))
    return Term(stem, min(words, key=lambda word: (len(word), word)), tuple(needles))


def _needles(stem: str, word: str) -> tuple[str, ...]:
    """Return what to search for in a name: the start that word and stem share, or the word."""
    shared = "".join(
        a for a, _ in takewhile(lambda pair: pair[0] == pair[1], zip(stem, word, strict=False))
    )
    root = _fold(shared if shared == stem or len(shared) > 3 else word)
    if len(root) > 3 or not root.isascii():
        return (root,)
    if len(root) == 3:
        return (f"\n{root}", f"-{root}", f"{root}-", f"{root}.")
    return (f"\n{root}.", f"\n{root}-", f"-{root}-", f"-{root}.")


def _within(term: Term, text: str) -> bool:
    return any(needle in text for needle in term.needles)


def _lines_with(needles: Iterable[str], text: str) -> set[str]:
    return {line for needle in needles for line in _hits(needle, text)}


def _hits(needle: str, text: str) -> Iterator[str]:
    at = text.find(needle)
    while at >= 0:
        start = text.rfind("\n", 0, at + 1) + 1
        end = text.find("\n", start)
        yield text[start:end]
        at = text.find(needle, end)


def _address(url: str) -> str:
    """Return a URL as lines and hyphens, the shape that the search expects."""
    host = readable(host_of(url) or "")
    path = unquote(url.split("://", 1)[-1].partition("/")[2])
    return f"\n{_fold(host)}\n-{'-'.join(_split(_fold(path)))}-"


def _stems(text: str, language: str) -> list[tuple[str, str]]:
    """Return each word with its stem."""
    return [(word, _stem(word, language)) for word in _words(text, language)]


@lru_cache(maxsize=20_000)
def _stem(word: str, language: str) -> str:
    """Return a word's stem, cached: titles repeat their words, and stemming one takes 80 µs.

    A stemmer keeps state, so threads do not share one.
    """
    algorithm = _STEMMERS.get(language)
    if algorithm not in snowballstemmer.algorithms():
        return word
    stem: str = snowballstemmer.stemmer(algorithm).stemWord(word)
    return stem or word


def _words(text: str, language: str) -> list[str]:
    words = _split(unicodedata.normalize("NFKC", text).casefold())
    if language not in _SPACELESS:
        return words
    return [
        part
        for word in words
        for part in (
            [word]
            if word.isascii() or len(word) < 3
            else [word[at : at + 2] for at in range(len(word) - 1)]
        )
    ]


def _split(text: str) -> list[str]:
    """Split at everything that is not a letter, a digit or a combining mark."""
    return "".join(
        character if unicodedata.category(character)[0] in "LMN" else " " for character in text
    ).split()


def _fold(text: str) -> str:
    """Return text without accents, as most names and URLs are written."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(one for one in decomposed if unicodedata.category(one) != "Mn")


@lru_cache(maxsize=1)
def _all_stop_words() -> dict[str, frozenset[str]]:
    lines = files("bot.gap").joinpath("stopwords.txt").read_text("utf-8").splitlines()
    pairs = (line.split(":", 1) for line in lines if line and not line.startswith("#"))
    return {language: frozenset(words.split()) for language, words in pairs}


def _stop_words(language: str) -> frozenset[str]:
    return _all_stop_words().get(language, frozenset())
