"""The list of prospects as files: CSV for spreadsheets and for BuzzStream, and JSON. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from pydantic import TypeAdapter

from bot.model.approach import Contact
from bot.model.links import LinkKind
from bot.model.outreach import Method, Status, Verification, Withheld
from bot.outreach.contacts import allowed
from bot.outreach.merged import Merged
from bot.render.csv_file import written
from bot.store.outreach_readings import KeptReading

_SCHEMES = ("http://", "https://")


@dataclass(frozen=True, slots=True)
class Row:
    """One prospect for one site, in the order of the CSV's columns; the JSON has the same keys."""

    domain: str
    linking_page: str | None
    title: str | None
    kind: str | None
    why: tuple[str, ...]
    score: float | None
    links_to_pages: int
    links_to_sites: int
    follow: LinkKind | None
    authority: float | None
    authority_scale: str | None
    traffic: int | None
    anchor: str | None
    keywords: tuple[str, ...]
    our_page: str | None
    our_position: int | None
    contact_page: str | None
    email: str | None
    language: str | None
    owner: str | None
    status: Status
    since: datetime
    note: str
    site: str
    method: Method | None
    links_to: tuple[str, ...]
    verification: Verification | None


_ROWS = TypeAdapter(tuple[Row, ...])
COLUMNS = tuple(Row.__dataclass_fields__)[:-1]
"""The verification is in the JSON alone."""
BUZZSTREAM = (
    *("Link Partner - Name", "Link Partner - Domain", "Linking from (URL)", "Linking To (URL)"),
    *("Anchor Text", "Sitewide Link?", "Sitewide - # of links", "Acquisition Method"),
    "Payment Date",
)
"""BuzzStream reads its import by the order of the columns."""
_METHODS = {
    Method.ORGANIC: "Organic",
    Method.EXCHANGE: "Exchange",
    Method.SELF_SUBMITTED: "Self Submit",
    Method.PURCHASE: "Purchase",
    Method.OTHER: "Other",
}


def rows_of(
    found: Iterable[Merged], readings: Mapping[str, KeptReading], withheld: Withheld
) -> tuple[Row, ...]:
    """Return the rows of prospects; an address that nobody may write to is left out."""
    return tuple(_row(one, readings.get(one.entry.domain), withheld) for one in found)


def csv_of(rows: Iterable[Row]) -> bytes:
    """Return a file that is safe to open in a spreadsheet; the columns are always the same."""
    return written(COLUMNS, ([_cell(getattr(row, name)) for name in COLUMNS] for row in rows))


def buzzstream_of(rows: Iterable[Row]) -> bytes:
    """Return a file for BuzzStream's import of link partners; what it lacks stays empty."""
    return written(
        BUZZSTREAM,
        (
            [
                *(row.domain, row.domain, row.linking_page, row.our_page, row.anchor),
                *(None, None, row.method and _METHODS[row.method], None),
            ]
            for row in rows
        ),
    )


def json_of(rows: Iterable[Row]) -> str:
    """Return the rows as JSON; what is unknown is null."""
    return _ROWS.dump_json(tuple(rows), indent=2).decode()


def _cell(value: object) -> object:
    return f"{value:%Y-%m-%d}" if isinstance(value, datetime) else value


def _row(one: Merged, kept: KeptReading | None, withheld: Withheld) -> Row:
    entry, best, known = one.entry, one.best, one.with_page
    reading = kept.reading if kept else None
    contacts = allowed(reading.contacts, withheld) if reading else ()
    ranked = next((at for at in one.seen if at.position is not None), None)
    ours = ranked or next(iter(one.seen), None)
    return Row(
        domain=entry.domain,
        linking_page=known.example_page if known else None,
        title=(reading.title if reading else None) or (known.example_title if known else None),
        kind=reading.angle.kind if reading and reading.angle else None,
        why=best.reasons if best else (),
        score=one.score,
        links_to_pages=one.links_to_pages,
        links_to_sites=one.links_to_sites,
        follow=known.link if known else None,
        authority=best.authority if best else None,
        authority_scale=best.authority_scale if best else None,
        traffic=best.traffic if best else None,
        anchor=known.anchor if known else None,
        keywords=one.keywords,
        our_page=ours.page if ours and (ours.page or "").startswith(_SCHEMES) else None,
        our_position=ours.position if ours else None,
        contact_page=_contact_page(contacts),
        email=next((at.address for at in contacts if at.address), None),
        language=reading.language if reading else None,
        owner=entry.owner,
        status=entry.status,
        since=entry.since,
        note=entry.note,
        site=entry.site,
        method=entry.method,
        links_to=one.links_to,
        verification=entry.verification,
    )


def _contact_page(contacts: Iterable[Contact]) -> str | None:
    pages = [one.form_url or one.found_on for one in contacts]
    return pages[0] if pages else None
