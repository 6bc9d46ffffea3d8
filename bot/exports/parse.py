"""From an export file to rows. Every record is counted; none disappears.

`read_file` identifies the file; `ParsedFile.rows` streams it once. A broken record is counted with
its line and never stops the others.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

from bot.common.errors import BadQuestion
from bot.exports.detect import READS, Layout, detect, target_in
from bot.exports.opening import Text, open_text
from bot.exports.records import Record, records
from bot.exports.rows import About, BrokenRow, NamelessSource, Row, SpoiltTarget
from bot.exports.salvage import MOST_SALVAGED, OddRow, addresses_in, most_unread
from bot.exports.signatures import BING, GSC, PROFILES, SEMRUSH, Field, Kind
from bot.exports.workbook import SheetText, is_workbook, sheets
from bot.model.links import Scope, Target
from bot.store.imports import Covered, FileFacts, ImportRow, Outcome, PageCount

FAULTS_SHOWN = 5
# Semrush writes no more rows than this, whatever the site has.
SEMRUSH_CAP = 50_000
# Caps are round numbers: a file that ends exactly on one was probably cut there.
ROUND = 1_000
# Enough pages to show that a file is about more than one.
PAGES_REMEMBERED = 2

_NAMES_TARGET = frozenset({Kind.BACKLINKS, Kind.BROKEN_BACKLINKS, Kind.INTERSECT})


@dataclass(slots=True)
class Counts:
    """The outcome of the records: read = kept + lost + broken + own.

    `nameless` are the broken ones that name no domain, so they cannot hide any linking domain.
    `salvaged` are kept ones of which only the domain could be read; for the `pageless` of these,
    the page they link to is unknown too.
    """

    read: int = 0
    kept: int = 0
    lost: int = 0
    broken: int = 0
    own: int = 0
    nameless: int = 0
    salvaged: int = 0
    pageless: int = 0
    faults: list[tuple[int, str]] = field(default_factory=list)

    def fault(self, line: int, reason: str) -> None:
        """Count a broken record; the first few are remembered with their line."""
        self.broken += 1
        if len(self.faults) < FAULTS_SHOWN:
            self.faults.append((line, reason))

    @property
    def unread(self) -> int:
        """Return how many rows may each hide a linking domain."""
        return self.broken - self.nameless


def read_file(path: Path) -> "ParsedFile":
    """Identify a file. It is read once to its end, for its hash and encoding.

    Raises `BadQuestion` that names the file, what it looks like and what to do.
    """
    text, layout = _fitting_sheet(sheets(path)) if is_workbook(path) else _read(open_text(path))
    return ParsedFile(text, layout, _named_in(layout) or target_in(path))


def _read(text: Text) -> tuple[Text, Layout]:
    return text, detect(text)


def _fitting_sheet(found: tuple[SheetText, ...]) -> tuple[Text, Layout]:
    """Return the sheet that is an export (preferring a known header), and if there are more."""
    fitting: list[tuple[SheetText, Layout]] = []
    for sheet in found:
        try:
            fitting.append((sheet, detect(sheet)))
        except BadQuestion:
            if len(found) == 1:
                raise
    if not fitting:
        names = ", ".join(f"“{sheet.name}”" for sheet in found)
        raise BadQuestion(
            f"No sheet of {found[0].path.name} is an export that LinkGap knows; it has {names}. "
            f"Nothing of it was imported. {READS}."
        )
    sheet, layout = min(fitting, key=lambda one: one[1].guessed)
    if len(found) == 1:
        return sheet, layout
    others = [one.name for one, _ in fitting if one is not sheet]
    more = (
        f" {', '.join(f'“{name}”' for name in others)} could be read too: save it as a file of its "
        "own for that."
    )
    note = f"Its sheet “{sheet.name}” was read.{more if others else ''}"
    return sheet, replace(layout, notes=(note, *layout.notes))


def _named_in(layout: Layout) -> Target | None:
    """Return the target that the header of a list of domains names; a bare host means the site."""
    if layout.signature.kind is not Kind.REFERRING_DOMAINS or len(layout.targets) != 1:
        return None
    about = About.named(layout.targets[0][1])
    if about.page is None:
        return Target(Scope.SITE, about.site)
    return Target(Scope.PAGE, about.url or about.page)


class ParsedFile:
    """An identified file. `counts` are final once `rows` is exhausted.

    `named_after` is the site in the file's name, or None.
    """

    def __init__(self, text: Text, layout: Layout, named_after: Target | None) -> None:
        self.text, self.layout, self.named_after = text, layout, named_after
        self.counts = Counts()
        self._grouped = False
        self._odd: list[OddRow] = []
        self._sites: Counter[str] = Counter()
        self._pages: dict[str, dict[str, str]] = {}

    @property
    def kind(self) -> Kind:
        """Return what one row stands for."""
        return self.layout.signature.kind

    @property
    def names_target(self) -> bool:
        """Say whether its rows name their target."""
        return self.kind in _NAMES_TARGET

    @property
    def own_property(self) -> bool:
        """Say whether the tool only ever shows the user's own site."""
        return self.layout.signature.tool in (GSC, BING)

    @property
    def facts(self) -> FileFacts:
        """Return the description of the file."""
        signature = self.layout.signature
        return FileFacts(
            self.text.path.name,
            self.text.sha256,
            signature.tool,
            signature.kind,
            signature.scale,
            "page" if signature.page_authority else "domain",
        )

    @property
    def sample(self) -> bool:
        """Say whether the file holds only a part of what the tool knows."""
        read, signature = self.counts.read, self.layout.signature
        capped = signature.tool == SEMRUSH and read >= SEMRUSH_CAP
        return signature.sampled or capped or (read > 0 and read % ROUND == 0)

    def rows(self, target: Target | None) -> Iterator[ImportRow | PageCount]:
        """Yield the live rows. `target` is what the user says the file is about, or None.

        Raises `BadQuestion` when neither the rows nor the user name a target and, at the end, when
        no row could be read or none is about the target that was named.
        """
        if target is None and not self.names_target:
            raise BadQuestion(
                f"{self._name} lists {self.kind.value.replace('_', ' ')} and does not say of which "
                "page or site. Nothing of it was imported; say it with `--for URL`, or "
                "`--for example.com` for a whole site."
            )
        named = _named_in(self.layout)
        if named and target and About.of(named).site != About.of(target).site:
            raise BadQuestion(
                f"{self._name} is about {named.value}, as its header says, and not about "
                f"{target.value}. Nothing of it was imported; correct `--for`, or leave it away."
            )
        self.counts, self._grouped = Counts(), False
        self._odd.clear()
        self._sites.clear()
        self._pages.clear()
        lines, layout = self.text.lines(), self.layout
        skipped = sum(1 for _ in islice(lines, layout.header_line))
        for record in records(lines, layout.delimiter, width=layout.width, after_line=skipped):
            self.counts.read += 1
            try:
                yield from self._rows_of(record, target)
            except BrokenRow as reason:
                self._set_aside(record, reason)
        yield from self._salvaged(target)
        self._refuse_unusable(target)

    def outcome(self, target: Target | None) -> Outcome:
        """Return the counts and what the file covers; call it when `rows` is exhausted."""
        counts = self.counts
        return Outcome(
            counts.read,
            counts.kept,
            counts.lost,
            counts.broken,
            counts.own,
            self.sample,
            self._grouped or counts.pageless > most_unread(counts.read),
            self._covers(target),
            tuple(counts.faults),
            counts.salvaged,
        )

    @property
    def _name(self) -> str:
        return self.text.path.name

    def _rows_of(self, record: Record, target: Target | None) -> list[ImportRow | PageCount]:
        if record.fault is not None:
            raise BrokenRow(record.fault)
        row = Row(self.layout, record.cells)
        if self.kind is Kind.TARGET_PAGES:
            counted = row.page_count(target)
            self.counts.kept += 1
            return [counted]
        url, domain = row.source()
        abouts = row.abouts(target)
        for about in abouts:
            self._remember(about)
        others = [about for about in abouts if about.site != domain]
        if not others:
            self.counts.own += 1
        elif row.lost():
            self.counts.lost += 1
        else:
            self.counts.kept += 1
            self._grouped = self._grouped or (row.number(Field.GROUP) or 0) > 1
            return [row.link(url, domain, about) for about in others]
        return []

    def _set_aside(self, record: Record, reason: BrokenRow) -> None:
        """Set the row's addresses aside until the file's target is known, or count it as broken."""
        addresses: tuple[str, ...] = ()
        if record.fault is not None:
            addresses = addresses_in(record.text, self.layout)
        elif isinstance(reason, SpoiltTarget):
            row = Row(self.layout, record.cells)
            if row.lost():
                self.counts.lost += 1
                return
            url, domain = row.source()
            addresses = (url or domain,)
        if addresses and self.kind in PROFILES and len(self._odd) < MOST_SALVAGED:
            self._odd.append(OddRow(record.line, str(reason), addresses))
            return
        self.counts.fault(record.line, str(reason))
        self.counts.nameless += isinstance(reason, NamelessSource)

    def _salvaged(self, target: Target | None) -> Iterator[ImportRow]:
        """Yield the linking domains of the rows set aside; count the other rows as broken."""
        about = target or self._mainly_about()
        for odd in self._odd:
            link = None if about is None else odd.link(about)
            if link is None:
                self.counts.fault(odd.line, odd.reason)
                continue
            self.counts.kept += 1
            self.counts.salvaged += 1
            self.counts.pageless += link.target_page is None
            yield link
        self.counts.faults.sort()

    def _mainly_about(self) -> Target | None:
        """Return the page or site that most rows are about, or None."""
        (site, links), *_ = self._sites.most_common(1) or [("", 0)]
        if links * 2 <= self._sites.total():
            return None
        return self._found(site, whole=False).target

    def _remember(self, about: About) -> None:
        self._sites[about.site] += 1
        pages = self._pages.setdefault(about.site, {})
        if about.page and (len(pages) < PAGES_REMEMBERED or about.page == about.site):
            pages.setdefault(about.page, about.url or about.page)

    def _refuse_unusable(self, target: Target | None) -> None:
        counts = self.counts
        if counts.read and counts.broken == counts.read:
            line, reason = counts.faults[0]
            raise BadQuestion(
                f"None of the {counts.read:,} rows of {self._name} can be read; line {line}: "
                f"{reason}. Nothing of it was imported; download it again."
            )
        if not self.names_target:
            return
        found = ", ".join(site for site, _ in self._sites.most_common(3))
        if target is None:
            if not found and self.named_after is None:
                raise BadQuestion(
                    f"{self._name} has a header and no links, and does not say of which page or "
                    "site. If it truly has none, say whose they are with `--for URL`."
                )
        elif found and About.of(target).site not in self._sites:
            raise BadQuestion(
                f"No row of {self._name} is about {target.value}: its links point to {found}. "
                "Nothing of it was imported; correct `--for`, or leave it away."
            )

    def _covers(self, target: Target | None) -> tuple[Covered, ...]:
        counts = self.counts
        readable = counts.unread <= most_unread(counts.read)
        whole = self.kind in PROFILES and not self.sample and readable
        if target is None and not self._sites:
            target = self.named_after
        if target is not None and self.kind is Kind.TARGET_PAGES:
            target = Target(Scope.SITE, About.of(target).site)
        if target is not None and self.kind is not Kind.INTERSECT:
            return (_covered(target, complete=whole),)
        return tuple(
            self._found(site, whole=whole and links * 2 > self._sites.total())
            for site, links in self._sites.most_common()
        )

    def _found(self, site: str, *, whole: bool) -> Covered:
        """Say what the rows about a site cover.

        A file about one page has one page; a file about a folder never has the home page. So only
        the home page beside other pages, or the file's name, shows that it covers the whole site.
        """
        pages = self._pages[site]
        named = self.named_after is not None and self.named_after.value == site
        if len(pages) == 1 and not named:
            (url,) = pages.values()
            return _covered(Target(Scope.PAGE, url), complete=whole)
        return _covered(Target(Scope.SITE, site), complete=whole and (named or site in pages))


def _covered(target: Target, *, complete: bool) -> Covered:
    about = About.of(target)
    return Covered(target, about.page or about.site, complete)
