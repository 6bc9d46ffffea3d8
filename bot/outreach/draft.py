"""A draft: a letter with what it lacks and what recipients' countries ask for. Nothing is sent."""

# ruff: noqa: E501 - rows of words

import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

from bot.common.domains import readable, registrable
from bot.common.killable import Killable
from bot.common.mail_address import mail_address
from bot.model.approach import AngleKind, Contact, Draft, LetterFacts, ProspectReading
from bot.outreach.law import notes_for
from bot.outreach.letters import Letter, built_in, own
from bot.pages.word_patterns import compiled

# Words by which a letter offers a way to say no, in the languages that templates are written in.
_SAY_NO = compiled(
    r"unsubscribe|opt[- ]?out|(?:won['’]t|will not|not) (?:write|hear|contact|mail|e-?mail)|stop writing|say no\b|rather not|prefer not|remove you|no thanks"
    r"|abmelden|nicht mehr (?:schreiben|melden|anschreiben)|keine weitere|widerspr|lieber nicht|désinscri|ne plus (?:vous )?(?:écrire|contacter|recevoir)"
    r"|darse de baja|no volver|no recibir|cancellar|non (?:scrivere|scriver|ricevere)|afmelden|niet meer|descadastr|não (?:receber|escrever)|wypisa|nie pisa|avregistrera|inte (?:skriva|höra)",
    re.IGNORECASE,
)
_ENGLISH = "en"
_BLANKS = re.compile(r"\s+")


def letter_facts(
    reading: ProspectReading,
    contact: Contact | None,
    *,
    our_site: str,
    our_page: str | None = None,
    our_title: str | None = None,
    topic: str | None = None,
    our_name: str | None = None,
    our_firm: str | None = None,
    postal_address: str | None = None,
) -> LetterFacts:
    """Return what a letter to a prospect may state. `contact` None: none was found."""
    broken = reading.angle.broken if reading.angle else None
    links = [one for one in reading.links if broken is None or one.url.startswith(broken)]
    domain = registrable(links[0].url) if links else None
    found = contact if contact and contact.address else None
    return LetterFacts(
        their_site=readable(reading.domain),
        their_page=reading.page or f"https://{reading.domain}/",
        our_site=readable(our_site),
        their_title=reading.title,
        competitor=readable(domain) if domain else None,
        anchor=(links[0].anchor or None) if links else None,
        broken_page=broken,
        our_page=our_page,
        our_title=our_title,
        topic=topic,
        our_name=our_name,
        our_firm=our_firm,
        postal_address=postal_address,
        to=found.address if found else None,
        found_on=found.found_on if found else None,
        found_at=found.read_at.date() if found else None,
        language=reading.language,
    )


def draft_of(kind: AngleKind, facts: LetterFacts) -> Draft:
    """Return the built-in letter for a kind of page, with what it lacks."""
    draft = linted(built_in(kind, facts), facts)
    if facts.language in (None, _ENGLISH):
        return draft
    said = f"The page is in another language ({facts.language}); this letter is in English."
    return replace(draft, notes=(said, *draft.notes))


async def own_draft(process: Killable, template: str, facts: LetterFacts) -> Draft:
    """Return a letter from a team's own template. Raises `BadTemplate` with the line."""
    return linted(await own(process, template, facts), facts)


def edited(facts: LetterFacts, subject: str, body: str) -> Draft:
    """Return a draft of words that somebody edited, looked at anew."""
    return linted(Letter(" ".join(subject.split()), body), facts)


def linted(letter: Letter, facts: LetterFacts) -> Draft:
    """Return the draft of a letter with what is missing and what is asked for."""
    to = mail_address(facts.to) if facts.to else None
    return Draft(
        subject=letter.subject,
        body=letter.body,
        to=to,
        missing=tuple(_missing(letter, replace(facts, to=to))),
        notes=notes_for(to.partition("@")[2] if to else facts.their_site, facts.language),
    )


def _missing(letter: Letter, facts: LetterFacts) -> Iterator[str]:
    if not letter.subject:
        yield "It has no subject."
    yield from _about_us(letter.body, facts)
    if facts.to is None:
        yield "It has no address: none is published that could be read."
    elif facts.found_on is None:
        yield "It does not say where the address was found: that is not known."
    elif not _names(letter.body, facts.found_on):
        yield f"It does not say where the address was found: {facts.found_on}"
    if not _SAY_NO.search(letter.body):
        yield "It offers no way to say no."


def _about_us(body: str, facts: LetterFacts) -> Iterator[str]:
    if not facts.our_name:
        yield "It does not say who writes: no name is set."
    elif not _has(body, facts.our_name):
        yield f"It does not say who writes: the name {facts.our_name} is not in it."
    if not facts.postal_address:
        yield "It has no postal address: none is set."
    elif not _has(body, facts.postal_address):
        yield "It has no postal address: the one that is set is not in it."
    if facts.our_page is None:
        yield "It names no page of ours: none is known for this keyword."


def _has(body: str, words: str) -> bool:
    """Say whether words are in a text, however they are set in lines."""
    return _plain(words) in _plain(body)


def _plain(text: str) -> str:
    return _BLANKS.sub(" ", text.replace(",", " ")).strip().casefold()


def _names(body: str, url: str) -> bool:
    """Say whether a letter names a page: its address, with or without its beginning."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url in body
    return f"{parts.netloc.removeprefix('www.')}{parts.path}".rstrip("/") in body
