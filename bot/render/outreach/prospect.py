"""One prospect as a modal: what is known, what can be done with it, and the letter.

What strangers wrote (titles, anchors, addresses) is cut and made harmless here.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from zlib import crc32

from bot.model.approach import NAMED, Contact, Draft, ProspectReading
from bot.model.outreach import ASKED, Entry, Event, HistoryLine, Status
from bot.model.report import Prospect
from bot.render.outreach import people
from bot.render.outreach.refusals import ELSEWHERE, NOTHING, Told
from bot.render.slack.blocks import mrkdwn, render
from bot.render.slack.limits import MAX_SECTION
from bot.render.slack.message import View, checked
from bot.render.words import (
    UNKNOWN,
    Calendar,
    counted,
    linkable,
    number,
    short_url,
    shown,
    words_or_unknown,
)

FORM = "prospect_form"
LONGEST_BODY, LONGEST_SUBJECT = 3_000, 150
_CONTACTS, _HISTORY, _TARGETS = 6, 8, 4
_LINES = 2_500
_LONGEST_ESCAPE = len("&amp;")
NOBODY = "nobody has it"
_READING = "Its pages are being read; this takes some seconds."
_EVENTS = {
    Event.NOTE: "the note was changed",
    Event.METHOD: "the acquisition method was noted",
    Event.OPENED: "a mail was opened; whether it was sent is not known",
    Event.SUPPRESSED: "put on the list Never contact",
    Event.LIFTED: "taken off the list Never contact",
}


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody typed into the modal and has not saved; None: as it was drawn."""

    subject: str | None = None
    body: str | None = None
    note: str | None = None
    method: str | None = None
    page: str | None = None


@dataclass(frozen=True, slots=True)
class ProspectView:
    """What the modal is drawn from, for one person.

    `reading` None: the pages were not read; `is_reading`: they are being read now. `mail` is a link
    that opens the draft in a mail program; None: it is too long for one, or has no recipient.
    `letter_follows`: the draft comes once the pages are read; `may_write` False: there is none for
    this person. `fault` says why the team's own
    template was not taken.
    """

    entry: Entry
    person: str
    calendar: Calendar
    prospect: Prospect | None = None
    links_to: Sequence[str] = ()
    keywords: Sequence[str] = ()
    reading: ProspectReading | None = None
    is_reading: bool = False
    contacts: Sequence[Contact] = ()
    history: Sequence[HistoryLine] = ()
    draft: Draft | None = None
    letter_follows: bool = False
    may_write: bool = True
    mail: str | None = None
    elsewhere: bool = False
    fault: str | None = None
    told: Told = NOTHING
    typed: Typed = field(default_factory=Typed)


@dataclass(frozen=True, slots=True)
class _Button:
    text: str
    status: str
    is_primary: bool = False


@dataclass(frozen=True, slots=True)
class _Contact:
    words: str
    url: str
    about: str
    source: str
    address: str


def prospect_view(one: ProspectView, private_metadata: str) -> View:
    """Return the modal."""
    entry, typed = one.entry, one.typed
    known, mentioned = one.prospect, people.slack_id(entry.owner) if people.holds(entry) else ""
    page = known.example_page if known else None
    title = (one.reading.title if one.reading else None) or (known.example_title if known else None)
    blocks = render(
        "outreach_prospect",
        id=entry.id,
        told=one.told,
        domain=words_or_unknown(entry.domain, 80),
        domain_url=_link(f"https://{entry.domain}/"),
        score=number(known.score if known else None),
        owner=people.owner(entry) if people.holds(entry) else NOBODY,
        owner_id=mentioned,
        state=people.state(entry) if mentioned else "",
        since=f" since {one.calendar.day(entry.since)}" if people.holds(entry) else "",
        why=_why(one),
        warning=_warning(one),
        buttons=[*_buttons(one)],
        page_url=_link(page or ""),
        page_title=shown(title or "", 150) or (short_url(page, 100) if page else UNKNOWN),
        anchor=f" with the anchor “{shown(known.anchor, 100)}”" if known and known.anchor else "",
        links_to=_links_to(one),
        angle=_angle(one),
        no_contact="" if one.contacts else _no_contact(one),
        contacts=[*_contacts(one)],
        link=_link_seen(one),
        stamp=_stamp(entry.note, str(entry.method), entry.id),
        draft_stamp=_stamp(one.draft.subject, one.draft.body) if one.draft else "",
        typed_page=shown(typed.page or "", 2_000),
        subject=_subject(one),
        body=_body(one),
        lint=_lint(one),
        law=_law(one),
        mail=one.mail or "",
        methods=[_option(method, words) for method, words in people.METHODS.items()],
        method=_method(one),
        note=(entry.note if typed.note is None else typed.note)[:500],
        history=_history(one),
    )
    return checked(View(FORM, "Prospect", "Save", blocks, private_metadata, close="Close"))


def note_view(title: str, lines: Sequence[str], private_metadata: str = "") -> View:
    """Return a modal that only says something."""
    blocks = render("outreach_note", lines=lines)
    return checked(View("outreach_note", title, "", blocks, private_metadata, close="Close"))


def _warning(one: ProspectView) -> str:
    """Return what speaks against writing now: another client, or a colleague's mail under way."""
    if one.entry.status in ASKED:
        return ""
    told = [ELSEWHERE] if one.elsewhere else []
    opened = [
        line
        for line in one.history
        if line.event is Event.OPENED and line.who not in (None, one.person)
    ]
    if opened:
        day = one.calendar.day(opened[-1].at)
        told.append(
            f"A colleague opened a mail to them on {day}, and may have sent it: ask before you "
            "write."
        )
    return " ".join(told)


def _why(one: ProspectView) -> str:
    reasons = ", ".join(one.prospect.reasons) if one.prospect else ""
    told = shown(reasons, 300) or "No answer that is still kept says why"
    told = f"{told[0].upper()}{told[1:].rstrip('.')}."
    if one.keywords:
        told += f" For {', '.join(f'“{shown(word, 60)}”' for word in one.keywords[:5])}."
    return told


def _buttons(one: ProspectView) -> Iterator[_Button]:
    """Yield what this person may do now; the server checks it again when it is pressed."""
    status = one.entry.status
    is_mine = one.entry.owner in (one.person, None)
    if status in (Status.NEW, Status.STALE, Status.NOT_FOR_US):
        yield _Button("Claim", Status.CLAIMED, is_primary=True)
    if status is Status.CLAIMED and is_mine:
        yield _Button("Give it back", Status.NEW)
    if status in (Status.NEW, Status.STALE) or (status is Status.CLAIMED and is_mine):
        yield _Button("Contacted", Status.CONTACTED, is_primary=status is Status.CLAIMED)
        yield _Button("Not for us", Status.NOT_FOR_US)
    if status is Status.CONTACTED:
        yield _Button("Replied", Status.REPLIED, is_primary=True)
    if status in (Status.CONTACTED, Status.REPLIED):
        yield _Button("Declined", Status.DECLINED)


def _links_to(one: ProspectView) -> str:
    if not one.links_to:
        return "Which of the competitors it links to is not known."
    pages = [to for to in one.links_to if "://" in to]
    sites = [to for to in one.links_to if "://" not in to]
    parts = [
        f"{counted(len(found), noun)} of competitors: {_named(found)}"
        for noun, found in (("page", pages), ("site", sites))
        if found
    ]
    return f"Links to {'; and to '.join(parts)}."


def _named(found: Sequence[str]) -> str:
    more = f" and {len(found) - _TARGETS:,} more" if found[_TARGETS:] else ""
    return ", ".join(short_url(to, 80) or UNKNOWN for to in found[:_TARGETS]) + more


def _angle(one: ProspectView) -> str:
    if one.reading is None:
        return _READING if one.is_reading else "Its pages were not read yet."
    angle = one.reading.angle
    if angle is None:
        return shown(one.reading.why_unknown or "What kind of page it is is not known.", 400)
    kind = NAMED[angle.kind]
    told = f"{kind[0].upper()}{kind[1:]}. {shown(angle.ask, 300)}"
    if angle.easiest:
        told = f"The easiest ask: {told}"
    if angle.evidence:
        told += f" What shows it: {shown('; '.join(angle.evidence), 400)}."
    return told


def _no_contact(one: ProspectView) -> str:
    if one.reading is None:
        return _READING if one.is_reading else "Its pages were not read yet."
    return "No page that was read publishes a way to write to them; none is guessed."


def _contacts(one: ProspectView) -> Iterator[_Contact]:
    """Yield the ways to write to them, in their order: the site's own desks first."""
    for contact in one.contacts[:_CONTACTS]:
        form = contact.form_url or ""
        about = [contact.how.value]
        if contact.address:
            about.insert(0, "a shared mailbox" if contact.role else "maybe a person's")
        if not contact.own_domain:
            about.append("at another domain")
        about.append(f"read on {one.calendar.day(contact.read_at)}")
        yield _Contact(
            words=words_or_unknown(contact.address or short_url(form, 100), 120),
            url="" if contact.address else _link(form),
            about=", ".join(about),
            source=_link(contact.found_on),
            address=(contact.address or "")[:254],
        )


def _link_seen(one: ProspectView) -> str:
    entry = one.entry
    if entry.verification is None:
        method = people.state(entry) if entry.method in people.TELLING else ""
        return f"Not checked yet. {method}".strip()
    told = people.link_seen(entry.verification, entry, one.calendar)
    told = f"{told[0].upper()}{told[1:]}."
    page = entry.verification.page
    return f"{told} {short_url(page, 150)}" if page else told


def _subject(one: ProspectView) -> str | None:
    if one.draft is None:
        return None
    said = one.draft.subject if one.typed.subject is None else one.typed.subject
    return said[:LONGEST_SUBJECT]


def _body(one: ProspectView) -> str:
    if one.draft is None:
        return ""
    return (one.draft.body if one.typed.body is None else one.typed.body)[:LONGEST_BODY]


def _lint(one: ProspectView) -> str:
    if one.draft is None:
        if one.letter_follows:
            return "The letter follows in a moment."
        if not one.may_write:
            return (
                "There is no letter for you here: a colleague has it, or nobody writes to them any "
                "more. Nobody is written to twice."
            )
        return (
            "There is no letter: these prospects are of a question without a site of yours. Ask "
            "again with site:yours.com."
        )
    to = f"To {shown(one.draft.to, 120)}." if one.draft.to else "To a contact form."
    fault = [f"Your own letter is not used. {one.fault}"] if one.fault else []
    missing = one.draft.missing or ("Nothing is missing.",)
    long = len(one.draft.body) > LONGEST_BODY
    cut = ["Only its first 3,000 characters fit here, and a change cuts it there."] if long else []
    after = "After a change press Check the letter; Open in mail takes what was checked."
    return _fitting(" ".join([to, *fault, *missing, *cut, after]))


def _law(one: ProspectView) -> str:
    return _fitting(" ".join(one.draft.notes)) if one.draft else ""


def _fitting(words: str) -> str:
    """Return words that fit one text of Slack, also once its signs are escaped."""
    text = shown(words, _LINES)
    return (
        text
        if len(mrkdwn(text)) <= MAX_SECTION
        else shown(words, MAX_SECTION // _LONGEST_ESCAPE - 2)
    )


def _method(one: ProspectView) -> Mapping[str, object] | None:
    chosen = one.typed.method or one.entry.method
    words = {str(method): words for method, words in people.METHODS.items()}
    return _option(chosen, words[chosen]) if chosen in words else None


def _option(value: str, words: str) -> Mapping[str, object]:
    return {"text": {"type": "plain_text", "text": words}, "value": str(value)}


def _history(one: ProspectView) -> list[Told]:
    if not one.history:
        return [Told("Nothing was done about it yet.")]
    lines = [_line(line, one.calendar) for line in one.history[-_HISTORY:]]
    before = len(one.history) - len(lines)
    return [Told(f"{counted(before, 'earlier line')}"), *lines] if before else lines


def _line(line: HistoryLine, calendar: Calendar) -> Told:
    what = _EVENTS.get(line.event)
    if line.event is Event.STATUS and line.now:
        what = people.STATES.get(Status(line.now), line.now)
    elif line.event is Event.VERIFIED and line.now:
        what = f"seen: {line.now.replace('_', ' ')}"
    lead = f"{calendar.day(line.at)}: {what or line.event}"
    if line.who is None:
        return Told(f"{lead} ({'by time' if _by_time(line) else 'LinkGap'})")
    person = people.slack_id(line.who)
    name = "" if person else words_or_unknown(line.who, 40)
    return Told(f"{lead} ({name}", person, ")")


def _by_time(line: HistoryLine) -> bool:
    return line.now == Status.STALE


def _link(url: str) -> str:
    return url if linkable(url) else ""


def _stamp(*parts: str) -> str:
    """Return a mark of what an input showed: Slack keeps what was typed while it is the same."""
    return f"{crc32(chr(0).join(parts).encode('utf-8', 'replace')):08x}"
