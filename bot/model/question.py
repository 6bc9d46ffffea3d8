"""What was asked, and the one grammar of every door: `KEYWORD site: page: in: lang: vs: …`.

Words and fields become a `QuestionInput`; with what holds where they were typed it becomes a
`Question`. Only this file validates one, for Slack, the command line, forms and stored jobs.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from bot.common.domains import host_of, is_address, is_public_suffix, registrable
from bot.common.errors import BadQuestion
from bot.model.links import Market
from bot.model.page_key import once, plain
from bot.model.places import COUNTRIES, COUNTRY_NAMED, LANGUAGE_NAMED, LANGUAGES, WEEKDAYS
from bot.model.search_address import is_address as is_web_address
from bot.model.search_address import searched

MAX_KEYWORD = 200
NO_PAGE = "none"
TEN = "10"
"""`gates:10` reads ten ranking pages; a first page of results has no more."""

OPTIONS = ("site", "page", "in", "lang", "vs", "via", "serp", "fresh", "gates")
_OPTION = re.compile(r"(?:^|(?<=\s))([A-Za-z]+):(\S*)")
_DASHED = re.compile(r"(?<!\S)(?:--|[—–])[A-Za-z][\w-]*")  # phones turn -- into a dash
_SCHEME = re.compile(r"\A[a-zA-Z][a-zA-Z0-9+.-]*://")
_AFTER_HOST = re.compile(r"[/?#]")
_PLAIN = str.maketrans("“”„«»‘’", '"""""\'\'')
# Surrogates are a terminal's form of bytes that are not UTF-8; they cannot be sent on.
_INVISIBLE = re.compile(
    r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]+"
)
# These join or part letters in Persian and the scripts of India, and join emoji into one.
_JOINERS = "\u200c\u200d"
_VIRAMA = 9
_SKIN_TONES = "\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff"
# Marks that chat programs paste around bold, italic, code and struck words. A mark opens before a
# word and closes after one, so `__init__`, `2*3*4` and paths of addresses stay unchanged.
_MARKED = re.compile(
    r"""(?:(?<=^)|(?<=[\s"'(\[*_`~]))(?P<mark>(?P<one>[*_`~])(?:(?<!_)(?P=one)){0,2})(?!(?P=one)|\s)"""
    r"""(?P<words>(?:(?!(?P=one)).|(?<=[^\W_])(?P=one)(?=[^\W_]))+)(?<!\s)(?P=mark)(?=$|[\s"')\].,;:!?*_`~])(?!(?P=one))""",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Question:
    """A validated question. `site` is registrable; `page` a URL, "none" or None (unknown).

    `light` is the cheaper plan: it reads who links to the pages but not to their sites, and buys
    neither linking pages nor traffic for the shortlist. `top10`: read ten ranking pages instead of
    three to find out what kind of page ranks.
    """

    keyword: str
    market: Market
    site: str | None = None
    page: str | None = None
    vs: tuple[str, ...] = ()
    via: tuple[str, ...] = ()
    serp: str | None = None
    fresh: bool = False
    gates: bool = True
    light: bool = False
    top10: bool = False


@dataclass(frozen=True, slots=True)
class SiteQuestion(Question):
    """A question about one of our sites: what a tracked keyword is known by."""

    site: str


@dataclass(frozen=True, slots=True)
class Defaults:
    """Defaults for what the asker does not say: environment < team < site < channel."""

    country: str = "us"
    language: str = "en"
    site: str | None = None


@dataclass(frozen=True, slots=True)
class QuestionInput:
    """What somebody said of a question, part by part; None, "" and (): they did not say.

    `question` fills in what holds where nothing was said, and validates all of it.
    """

    keyword: str = ""
    site: str | None = None
    page: str | None = None
    country: str | None = None
    language: str | None = None
    vs: tuple[str, ...] = ()
    via: tuple[str, ...] = ()
    serp: str | None = None
    fresh: bool | None = None
    gates: bool | None = None
    top10: bool | None = None
    light: bool | None = None

    def question(self, defaults: Defaults) -> Question:
        """Return the question; raises `BadQuestion` with a sentence for the asker.

        If the keyword is the address of a page of search results, its search is the question.
        """
        keyword, country, language = _searched(self)
        return make(
            keyword,
            defaults,
            site=self.site,
            page=self.page,
            country=country,
            language=language,
            vs=self.vs,
            via=self.via,
            serp=self.serp,
            fresh=bool(self.fresh),
            gates=self.gates is not False,
            light=bool(self.light),
            top10=bool(self.top10),
        )

    def fits(self, kept: Question) -> bool:
        """Say whether `kept` agrees with all that was said; the rest may be anything.

        Capitals make no other keyword. Only phrase, site and market tell keywords apart.
        """
        market = kept.market
        asked = self.question(Defaults(market.country, market.language, kept.site))
        return (asked.keyword.casefold(), asked.market, asked.site) == (
            kept.keyword.casefold(),
            market,
            kept.site,
        )


def parse(text: str, defaults: Defaults) -> Question:
    """Read the words after `/gap`; raises `BadQuestion` with a sentence for the asker."""
    return read_words(text).question(defaults)


def read_words(text: str) -> QuestionInput:
    """Split the words after `/gap` into their parts; raises `BadQuestion`."""
    quoted, text = _take_quoted(unmarked(text.translate(_PLAIN)).strip())
    if quoted is None and text.startswith('"'):
        raise BadQuestion(
            f"The quote before “{text[1:].strip()[:60]}” is not closed. Close it after the "
            "keyword, or leave it out."
        )
    given: dict[str, list[str]] = {}
    for match in _OPTION.finditer(text):
        name, value = match.group(1).lower(), unmarked(match.group(2).strip("\"'").rstrip(",;"))
        if name in ("http", "https"):
            continue
        if name not in OPTIONS:
            known = ", ".join(f"`{option}:`" for option in OPTIONS)
            raise BadQuestion(
                f"I do not know the option `{name}:`. I know {known}. "
                "If it belongs to the keyword, put the keyword in quotes."
            )
        if not value:
            raise BadQuestion(f"`{name}:` needs a value right after the colon, without a space.")
        given.setdefault(name, []).append(value)
    rest = _OPTION.sub(_keep_urls, text)
    keyword = quoted if quoted is not None else rest
    if quoted is not None and rest.strip():
        raise BadQuestion("Only options may follow a keyword in quotes.")
    if quoted is None and (dashed := _DASHED.search(rest)):
        raise BadQuestion(
            f"I do not know “{dashed[0]}”. Options are written with a colon here, such as "
            "site:example.com. If it belongs to the keyword, put the keyword in quotes."
        )
    for name, values in given.items():
        if name not in ("vs", "via") and len(values) > 1:
            raise BadQuestion(f"`{name}:` is given twice; once is enough.")
    one = {name: values[0] for name, values in given.items()}
    top10 = one.get("gates") == TEN
    return QuestionInput(
        keyword,
        site=one.get("site"),
        page=one.get("page"),
        country=one.get("in"),
        language=one.get("lang"),
        vs=tuple(_split(given.get("vs", []))),
        via=tuple(_split(given.get("via", []))),
        serp=one.get("serp"),
        fresh=_yes(one.get("fresh"), "fresh"),
        gates=top10 or _yes(one.get("gates"), "gates"),
        top10=top10 or None,
    )


def read_here(said: QuestionInput, defaults_of: Callable[[str | None], Defaults]) -> Question:
    """Return the question with what holds here; a site that is named brings its own market.

    `defaults_of` returns what holds for a site; None: where nobody names one. Every door reads
    with this: command, mention, form, list of keywords and command line. Raises `BadQuestion`.
    """
    here = defaults_of(None)
    question = said.question(here)
    if question.site in (None, here.site):
        return question
    return said.question(defaults_of(question.site))


def make(
    keyword: str,
    defaults: Defaults,
    *,
    site: str | None = None,
    page: str | None = None,
    country: str | None = None,
    language: str | None = None,
    vs: tuple[str, ...] = (),
    via: tuple[str, ...] = (),
    serp: str | None = None,
    fresh: bool = False,
    gates: bool = True,
    light: bool = False,
    top10: bool = False,
) -> Question:
    """Build a question from separate fields (CLI, form), with the same checks and sentences."""
    market = Market(_country(country or defaults.country), _language(language or defaults.language))
    our_page = read_page(page) if page else None
    own = read_site(site) if site else None
    if own is None and our_page not in (None, NO_PAGE):
        own = registrable(our_page or "")
    own = own or (read_site(defaults.site) if defaults.site else None)
    if own is not None and our_page not in (None, NO_PAGE) and registrable(our_page or "") != own:
        raise BadQuestion(f"The page {our_page} is not on the site {own}. Name a page of ours.")
    return Question(
        keyword=read_keyword(keyword),
        market=market,
        site=own,
        page=our_page,
        vs=once(read_url(url) for url in vs),
        via=tuple(dict.fromkeys(name.lower() for name in via)),
        serp=serp.lower() if serp else None,
        fresh=fresh,
        gates=gates,
        light=light,
        top10=top10,
    )


def read_keyword(text: str) -> str:
    """Return the keyword: invisible characters, extra spaces, quotes and marks removed.

    U+200C and U+200D stay where they make a difference: between letters and in emoji.
    """
    visible = " ".join(_INVISIBLE.sub(_joined, text).split())
    keyword = unmarked(_unquoted(unmarked(visible.strip(",; ")))).strip(",; ")
    if not keyword:
        raise BadQuestion("Which keyword? For example: best accounting software.")
    if is_web_address(keyword):
        raise BadQuestion(
            "That is an address, not a keyword. Name the keyword and put `page:` before the "
            "address if it is our page, or `vs:` if it is a page to compare with."
        )
    if len(keyword) > MAX_KEYWORD:
        raise BadQuestion(
            f"That keyword has {len(keyword)} characters; {MAX_KEYWORD} is the most I can ask for."
        )
    if not any(character.isalnum() for character in keyword):
        raise BadQuestion("A keyword needs at least one letter or digit.")
    return keyword


def has_option(text: str) -> tuple[str, bool]:
    """Return the words without options that have a value, and whether there was one."""
    text = text.translate(_PLAIN)
    said = [match for match in _OPTION.finditer(text) if match.group(2)]
    known = any(match.group(1).lower() in (*OPTIONS, "on", "at") for match in said)
    rest = _OPTION.sub(lambda one: " " if one.group(1).lower() in OPTIONS else one.group(0), text)
    return rest, known


def _searched(said: QuestionInput) -> tuple[str, str | None, str | None]:
    """Return keyword, country and language as said, or as a pasted address of a search says."""
    found = searched(unmarked(said.keyword.strip()))
    if found is None:
        return said.keyword, said.country, said.language
    country = found.country if found.country in COUNTRIES or found.country == "uk" else None
    language = found.language if found.language in LANGUAGES else None
    return found.keyword, said.country or country, said.language or language


def unmarked(text: str) -> str:
    """Remove pasted `*bold*`, `_italic_`, `~struck~` and code marks, nested ones too."""
    before = None
    while before != text:
        before, text = text, _MARKED.sub(r"\g<words>", text)
    return text


def _joined(match: re.Match[str]) -> str:
    """Return the joiner among invisible characters if one belongs there, else a space."""
    joiner = next((one for one in match.group() if one in _JOINERS), "")
    before, after = match.string[: match.start()][-1:], match.string[match.end() :][:1]
    broken = any(character < " " for character in match.group())
    if not joiner or broken or not _takes_joiner(before):
        return " "
    # After a virama it may end the word: it decides how the last letter is drawn.
    ends_word = unicodedata.combining(before) == _VIRAMA and not after.strip()
    return joiner if ends_word or _takes_joiner(after) else " "


def _takes_joiner(character: str) -> bool:
    if not character:
        return False
    category = unicodedata.category(character)
    return category[0] in "LM" or category == "So" or character in _SKIN_TONES


def _unquoted(text: str) -> str:
    """Remove one pair of quotes of any kind; search engines would search for an exact phrase."""
    plain = text.translate(_PLAIN)
    once = plain.count(plain[:1]) == 2 and plain[0] == plain[-1] and plain[0] in "\"'"
    return text[1:-1].strip() if once else text


@lru_cache(maxsize=1_024)  # each acknowledgement reads the same few
def read_site(text: str) -> str:
    """Return the registrable domain of a site that the user named."""
    domain = _host_in(text)
    if is_public_suffix(domain):
        raise _no_site(text)
    return domain


def _host_in(text: str) -> str:
    """Return the owner's domain of a host; strangers' pages may be on a public suffix itself."""
    _refuse_credentials(text)
    host = host_of(text)
    if host is not None and is_address(host):
        raise BadQuestion(f"{host} is an IP address. Name the site by its domain: example.com.")
    domain = registrable(text)
    if domain is None:
        raise _no_site(text)
    return domain


def _no_site(text: str) -> BadQuestion:
    return BadQuestion(f"“{text[:80]}” is not a site. Name it by its domain: example.com.")


def read_page(text: str) -> str:
    """Return the absolute URL of our page, or "none" when the user says there is none."""
    if text.lower() == NO_PAGE:
        return NO_PAGE
    url = read_url(text)
    read_site(url)
    return url


def read_url(text: str) -> str:
    """Return an absolute http(s) URL without click parameters; a bare host gets https."""
    text = _INVISIBLE.sub("", text).strip()
    _refuse_credentials(text)
    url = text if _SCHEME.match(text) else f"https://{text}"
    try:
        parts = urlsplit(url)
        _ = parts.port  # the port is parsed, and checked, only when it is read
    except ValueError:
        raise BadQuestion(f"“{text[:80]}” is not a web address.") from None
    if parts.scheme.lower() not in ("http", "https"):
        raise BadQuestion(f"“{text[:80]}” is not a web address: it must start with http or https.")
    _host_in(url)
    path = parts.path or "/"
    query = f"?{parts.query}" if parts.query else ""
    return plain(f"{parts.scheme.lower()}://{parts.netloc.lower()}{path}{query}")


def _refuse_credentials(text: str) -> None:
    authority = _AFTER_HOST.split(text.split("://", 1)[-1], maxsplit=1)[0]
    if "@" in authority:
        raise BadQuestion("That address carries a user name or password. Send it without them.")


def _country(text: str) -> str:
    code = COUNTRY_NAMED.get(_joined_name(text), text.lower())
    if code not in COUNTRIES:
        raise BadQuestion(
            f"I do not know the country “{text[:20]}”. "
            "Check its spelling, or use its two-letter code, like us or de."
        )
    return code


def _joined_name(text: str) -> str:
    return "".join(filter(str.isalpha, text.casefold()))


def _language(text: str) -> str:
    code = LANGUAGE_NAMED.get(_joined_name(text), text.lower())
    if code not in LANGUAGES:
        raise BadQuestion(
            f"I do not know the language “{text[:20]}”. "
            "Check its spelling, or use its two-letter code, like en or de."
        )
    return code


def _take_quoted(text: str) -> tuple[str | None, str]:
    """Split a leading quoted keyword from the rest: quotes of any kind always mean a keyword."""
    end = end_of_quoted(text)
    return (text[1:end], text[end + 1 :]) if end else (None, text)


def end_of_quoted(text: str) -> int:
    """Return the position of the quote that closes a leading quoted keyword; 0 if there is none."""
    text = text.translate(_PLAIN)
    if text[:1] not in ('"', "'"):
        return 0
    end = text.rfind(text[0])
    while end > 0 and text[end + 1 : end + 2].strip():
        end = text.rfind(text[0], 0, end)
    return max(end, 0)


def _keep_urls(match: re.Match[str]) -> str:
    return match.group(0) if match.group(1).lower() in ("http", "https") else " "


def _split(values: list[str]) -> list[str]:
    return [part for value in values for part in value.split(",") if part]


def _yes(value: str | None, name: str) -> bool | None:
    if value is None:
        return None
    if value.lower() in ("yes", "on", "true", "1"):
        return True
    if value.lower() in ("no", "off", "false", "0"):
        return False
    more = f", or {TEN}" if name == "gates" else ""
    raise BadQuestion(f"`{name}:` takes yes or no{more}.")


_DAY_NAMED = {name: day for day, full in WEEKDAYS.items() for name in (day, full.lower())}
_WHEN = re.compile(r"(?:^|(?<=\s))(on|at):(\S*)", re.IGNORECASE)
_WEEKLY = re.compile(r"(?<=\S)\s+weekly(?=\s*$|\s+[A-Za-z]+:\S)", re.IGNORECASE)
_TIME = re.compile(r"(\d{1,2})(?::?(\d{2}))?")


@dataclass(frozen=True, slots=True)
class TrackInput:
    """A keyword to track as it was typed; `day` (`mon`) and `hour` (6..22) of its channel's digest.

    None: as they are.
    """

    asked: QuestionInput
    day: str | None = None
    hour: int | None = None


def read_track_words(text: str) -> TrackInput:
    """Split `KEYWORD [site: in: lang: page: weekly on:mon at:09:00]`; raises `BadQuestion`.

    `weekly` may stand after the keyword and changes nothing: every keyword is refreshed weekly.
    """
    text = unmarked(text.strip())
    end = end_of_quoted(text)
    quoted, words = text[:end], text[end:]  # text in quotes belongs to the keyword
    given: dict[str, str] = {}
    for match in _WHEN.finditer(words):
        name = match.group(1).lower()
        if name in given:
            raise BadQuestion(f"`{name}:` is given twice; once is enough.")
        given[name] = match.group(2)
    rest = _WEEKLY.sub("", _WHEN.sub(" ", words).rstrip())
    return TrackInput(
        read_words(quoted + rest),
        day=_day(given["on"]) if "on" in given else None,
        hour=_hour(given["at"]) if "at" in given else None,
    )


def _day(text: str) -> str:
    day = _DAY_NAMED.get(text.lower())
    if day is None:
        raise BadQuestion(f"`on:` takes a day of the week: {', '.join(WEEKDAYS)}.")
    return day


def _hour(text: str) -> int:
    match = _TIME.fullmatch(text)
    hour = int(match.group(1)) if match else -1
    if match is None or not 6 <= hour <= 22 or match.group(2) not in (None, "00"):
        raise BadQuestion("`at:` takes a full hour from 06:00 to 22:00, such as at:09:00.")
    return hour
