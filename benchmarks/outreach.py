"""How well prospects are understood: contacts and angles on labelled pages.

    python -m benchmarks.outreach [FOLDER]

FOLDER holds labels.jsonl and the gzipped pages; it is not part of the project. Nothing is fetched,
so a contact page that a page links to is not followed: the figures are for the linking page alone.
An angle fits if it is one that the labelled kind of page allows. A page whose kind stays unclear
has no angle and counts as wrong.
"""

import gzip
import json
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.common.domains import registrable
from bot.model.approach import AngleKind, Contact
from bot.outreach.angle import angle_of
from bot.outreach.contacts import contacts_on, in_order
from bot.pages.linking import LinkingPage, linking_page_of

FOLDER = Path(__file__).parents[2] / "shared" / "pages"
FITTING = {
    "list": {AngleKind.RESOURCE_LIST},
    "guide": {AngleKind.ARTICLE, AngleKind.GUEST_POST},
    "category": {AngleKind.DIRECTORY},
    "forum": {AngleKind.FORUM},
    "review": {AngleKind.COMPARISON},
    "news": {AngleKind.NEWS_MENTION, AngleKind.INTERVIEW},
    **{kind: {AngleKind.OTHER} for kind in ("product", "tool", "video", "profile", "other")},
}
_READ_AT = datetime(2026, 11, 27, tzinfo=UTC)


@dataclass(frozen=True)
class Judged:
    """One labelled page and what outreach makes of it."""

    label: dict[str, object]
    page: LinkingPage
    contacts: tuple[Contact, ...]
    milliseconds: float

    @property
    def addresses(self) -> set[str]:
        """The addresses found."""
        return {one.address for one in self.contacts if one.address}

    @property
    def labelled(self) -> set[str]:
        """The addresses that the page publishes, as labelled."""
        emails = self.label["emails"]
        return {str(each).lower() for each in emails} if isinstance(emails, list) else set()

    @property
    def angle(self) -> AngleKind | None:
        """The kind of angle, if there is one."""
        angle, _ = angle_of(self.page)
        return angle.kind if angle else None

    @property
    def fits(self) -> bool:
        """Whether the angle is one that the labelled kinds allow."""
        kinds = {str(self.label["kind"]), str(self.label["second_kind"])}
        return any(self.angle in FITTING.get(kind, set()) for kind in kinds)


def read(folder: Path) -> list[Judged]:
    judged = []
    for line in (folder / "labels.jsonl").read_text("utf-8").splitlines():
        label = json.loads(line)
        body = gzip.decompress((folder / label["file"]).read_bytes())
        begun = time.perf_counter()
        page = linking_page_of(body, label["url"])
        taken = (time.perf_counter() - begun) * 1000
        domain = registrable(label["url"] or "") or ""
        judged.append(Judged(label, page, in_order(contacts_on(page, domain, _READ_AT)), taken))
    return judged


def main(folder: Path | None = None) -> None:
    folder = folder or FOLDER
    if not (folder / "labels.jsonl").is_file():
        print(f"No labelled pages in {folder}: nothing is measured. Name the folder that has them.")
        return
    pages = [page for page in read(folder) if page.label["is_readable_without_js"]]
    _contacts(pages)
    print(f"angle fits the kind       {_share([page.fits for page in pages])}")
    named = [page for page in pages if page.angle is not None]
    print(f"angle fits where named    {_share([page.fits for page in named])}")
    for page in pages:
        if not page.fits:
            print(f"  {page.label['id']} is {page.label['kind']}, angle {page.angle or 'unknown'}")
    times = sorted(page.milliseconds for page in pages)
    middle = times[len(times) // 2]
    print(f"time a page               median {middle:.0f} ms, worst {times[-1]:.0f} ms")


def _contacts(pages: list[Judged]) -> None:
    reachable = [
        page
        for page in pages
        if page.label["has_contact_link"] or page.label["has_email_published"]
    ]
    print(f"contact or address found  {_share([bool(page.contacts) for page in reachable])}")
    mailed = [page for page in pages if page.labelled]
    every = sum(len(page.labelled) for page in mailed)
    found = sum(len(page.labelled & page.addresses) for page in mailed)
    print(f"addresses found           {found}/{every} = {found / every:.1%}")
    for page in pages:
        others = sorted(page.addresses - page.labelled)
        if others and page.label["has_email_published"] is not None:
            how = {one.address: one.how.value for one in page.contacts}
            said = ", ".join(f"{each} ({how[each]})" for each in others)
            print(f"  {page.label['id']}: not labelled: {said}")
    unlinked = [page for page in pages if page.label["has_contact_link"] is False]
    forms = [any(one.form_url for one in page.contacts) for page in unlinked]
    print(f"contact page where none   {_share(forms)}")


def _share(hits: list[bool]) -> str:
    return f"{sum(hits)}/{len(hits)} = {sum(hits) / len(hits):.1%}" if hits else "nothing to judge"


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
