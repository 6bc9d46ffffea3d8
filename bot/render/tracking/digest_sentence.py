"""The one sentence of a digest: how the gap moved, who entered or left, who gained.

Sums of gaps cover the keywords whose gap is known now and was known before; the sentence says how
many those are when it is not all of them.
"""

from collections.abc import Sequence

from bot.gap.changes import by_page
from bot.gap.why_moved import of_all
from bot.model.tracking import GapReasons, KeywordLine, NewCompetitorLink, OwnLink
from bot.render.tracking.digest_span import Span, span
from bot.render.tracking.digest_why import why_words
from bot.render.tracking.tracked_words import missing, quoted, ranks_in_top3
from bot.render.words import Calendar, counted

LONGEST = 300
"""Characters that are read in a few seconds; what is left out of a headline is small print."""
_TOP = 3
_Pair = tuple[int, int]  # before, now
_Crossing = tuple[KeywordLine, int, int]  # before, now


def digest_sentence(
    lines: Sequence[KeywordLine],
    won: Sequence[OwnLink],
    lost: Sequence[OwnLink],
    new_links: Sequence[NewCompetitorLink],
    *,
    first: bool | None = None,
    earlier_digest: bool = True,
    calendar: Calendar | None = None,
) -> str:
    """Return the sentence of the week; an unknown is never shown as zero.

    Changes are against the digest before, or where there is none (`earlier_digest` False) against
    the first read. Days are those of the `calendar`; None: UTC at the latest read.

    `first` says that there is no digest to compare with; None: decide by whether any change is
    known.
    """
    if not lines:
        return "No keyword was read this week."
    if first is None:
        first = not (won or lost or new_links or any(_compared(line) for line in lines))
    rest, there = _split(lines)
    if first:
        return _fitted([f"First look: {_standing(rest)}{apart(lines)}", ""])
    sums = _sums(rest)
    calendar = calendar or Calendar(max(line.read_at for line in lines))
    since = span(rest, calendar, earlier_digest=earlier_digest)
    gap, why, others = _gap(rest, sums, since), reasons(lines), apart(lines)
    entered, left = _crossings(lines)
    ranks = _ranks(entered, left)
    stands = sums is not None and 0 < sums[0] <= sums[1]
    if len(lines) == 1 and not ranks and ranks_in_top3(lines[0]) and stands:
        gap = f"{gap}, and it ranks {lines[0].position} already"
    if len(lines) == 1 and ranks:
        # The rank is the goal of the links, and it has named the keyword already.
        gap = gap.replace(_over(lines), "")
        return _fitted([ranks, f"{gap}{why}"], [ranks, gap], [ranks, ""])
    # The reasons of a gap that grew have our new links among them.
    told = bool(why) or (sums is not None and sums[1] < sums[0])
    second = ranks or _links(lines, won, lost, new_links, told=told)
    if there and not left and [line for line, *_ in entered] == there[:1] == there:
        second, others = f"{ranks} and its gap is no longer counted", ""
    return _fitted(
        [f"{gap}{why}{others}", second],
        [f"{gap}{why}", second],
        [gap, second],
        [gap, ""],
    )


def _fitted(*tries: Sequence[str]) -> str:
    """Return the first that is read at a glance, from the longest to the shortest."""
    said = ""
    for parts in tries:
        said = f"{'; '.join(filter(None, parts))}."
        if len(said) <= LONGEST:
            break
    return f"{said[0].upper()}{said[1:]}"


def _split(lines: Sequence[KeywordLine]) -> tuple[list[KeywordLine], list[KeywordLine]]:
    """Return whose links are counted as missing, and who stands apart, ranking in the top 3."""
    there = [line for line in lines if ranks_in_top3(line)]
    if len(there) == len(lines):
        return [*lines], []
    return [line for line in lines if not ranks_in_top3(line)], there


def reasons(lines: Sequence[KeywordLine]) -> str:
    """Return why the gap moved, in parts that add up to the change; not where we closed it."""
    counted_ones, _ = _split(lines)
    alone = counted_ones[0].why if len(counted_ones) == 1 else None
    why = alone if _sums(counted_ones) is None else of_all(counted_ones)
    if why and why.ours < 0 and why == GapReasons(why.change, ours=why.change):
        return ""
    said = why_words(why)
    if not why or not said:
        return ""
    # Each sign is that of the gap: without its name, “your new links −2” reads like a loss.
    return f" (gap {said})" if why.change else f" ({said})"


def apart(lines: Sequence[KeywordLine]) -> str:
    """Return who stands apart from the sum: they rank in the top 3."""
    _, there = _split(lines)
    if not there:
        return ""
    if len(there) == 1:
        return f" ({quoted(there[0].keyword)} is in the top 3 and not counted)"
    return f" ({len(there):,} keywords in the top 3 are not counted)"


def _compared(line: KeywordLine) -> bool:
    changes = (line.gap_change, line.have_change, line.need_change, line.position_change)
    known = any(change is not None for change in changes)
    of_another = line.page_before is not None or line.why is not None
    return line.competitors_gained > 0 or known or of_another


def _standing(lines: Sequence[KeywordLine]) -> str:
    """Return how many links are missing, without any change."""
    known = [(line.gap, line) for line in lines if line.gap is not None]
    if not known:
        return _unknown(lines)
    gaps = ([one.gap for one in group if one.gap is not None] for group in by_page(lines))
    total = sum(max(group) for group in gaps if group)
    if len(lines) == 1:
        [line] = lines
        both = line.need is not None and line.have is not None
        how = f" ({line.need:,} needed, you have {line.have:,})" if both else ""
        return f"{missing(total)} for {quoted(line.keyword)}{how}"
    if total == 0:
        return f"{missing(total)} across {_of(len(known), len(lines))}"
    largest, line = max(known, key=lambda one: one[0])
    return (
        f"{missing(total)} across {_of(len(known), len(lines))}; "
        f"the largest gap is {largest:,}, for {quoted(line.keyword)}"
    )


def _unknown(lines: Sequence[KeywordLine]) -> str:
    if len(lines) > 1:
        return f"how many links are missing is unknown for all {len(lines):,} keywords"
    [line] = lines
    said = f"how many links are missing for {quoted(line.keyword)} is unknown"
    if line.need is None:
        return f"{said}, because the need could not be counted"
    if line.page is None:
        return f"{said}: it needs {line.need:,}, and your page is unknown"
    return f"{said}: it needs {line.need:,}, and no count was read for your page"


def _of(known: int, total: int) -> str:
    if known == total:
        return counted(total, "keyword")
    return f"{known:,} of {counted(total, 'keyword')} (the rest is unknown)"


def _crossings(lines: Sequence[KeywordLine]) -> tuple[list[_Crossing], list[_Crossing]]:
    """Return who entered and who left the top 3, of keywords where both reads know it."""
    pairs = [
        (line, line.position_before, line.position)
        for line in lines
        if line.position is not None and line.position_before is not None
    ]
    entered = [one for one in pairs if one[2] <= _TOP < one[1]]
    return entered, [one for one in pairs if one[1] <= _TOP < one[2]]


def _ranks(entered: Sequence[_Crossing], left: Sequence[_Crossing]) -> str:
    if not entered or not left:
        those, verb = (entered, "entered") if entered else (left, "left")
        return _crossed(those, verb) if those else ""
    out = _name(left[0]) if len(left) == 1 else f"{len(left):,}"
    in_ = _name(entered[0]) if len(entered) == 1 else counted(len(entered), "keyword")
    return f"{in_} entered the top 3 and {out} left it"


def _crossed(those: Sequence[_Crossing], verb: str) -> str:
    line, before, now = min(those, key=lambda one: one[2])
    if len(those) == 1:
        return f"{quoted(line.keyword)} {verb} the top 3 (from {before} to {now})"
    return f"{len(those):,} keywords {verb} the top 3, {quoted(line.keyword)} among them"


def _name(one: _Crossing) -> str:
    return quoted(one[0].keyword)


def _sums(lines: Sequence[KeywordLine]) -> _Pair | None:
    """Return the missing links before and now; keywords that share a page share its links."""
    pages = [known for group in by_page(lines) if (known := _known(group))]
    before = sum(max(gap - change for _, gap, change in known) for known in pages)
    now = sum(max(gap for _, gap, _ in known) for known in pages)
    return (before, now) if pages else None


def _known(lines: Sequence[KeywordLine]) -> list[tuple[KeywordLine, int, int]]:
    return [
        (line, line.gap, line.gap_change)
        for line in lines
        if line.gap is not None and line.gap_change is not None
    ]


def _gap(lines: Sequence[KeywordLine], sums: _Pair | None, since: Span) -> str:
    """Return how the gap moved, and since when."""
    if sums is None:
        return _uncompared(lines)
    before, now = sums
    standing = f"{missing(now)}{_over(lines)}"
    if now == before:
        return f"{standing}, as many as {since.than}" if now else standing
    if now > before:
        return f"{standing}, {now - before:,} more than {since.than}"
    return _closer(lines, before, now, since.this)


def _uncompared(lines: Sequence[KeywordLine]) -> str:
    if all(line.gap is None for line in lines):
        return _unknown(lines)
    if any(line.page_before for line in lines):
        return f"{_standing(lines)}; another page of yours is counted now"
    if any(line.why for line in lines):
        return f"{_standing(lines)}; another link index counts now"
    return f"{_standing(lines)}; how much changed is unknown"


def _closer(lines: Sequence[KeywordLine], before: int, now: int, this: str) -> str:
    """Return by how much the gap shrank, and whether because of us or of them, if known."""
    over, closed, gained = _over(lines), before - now, _gained(lines)
    if gained is not None and gained < closed:
        if of_all(lines):  # it follows in numbers
            return f"you are {closed:,} of {_links_missing(before)} closer{over} {this}"
        own = f"{gained:,} of them by your own new links" if gained > 0 else "as the need fell"
        return f"you are {closed:,} of {_links_missing(before)} closer{over} {this}, {own}"
    if now == 0:
        return f"you closed {_all_missing(before)}{over} {this}"
    return f"you closed {closed:,} of {_links_missing(before)}{over} {this}"


def _links_missing(count: int) -> str:
    return counted(count, "missing link")


def _all_missing(count: int) -> str:
    return "the last missing link" if count == 1 else f"all {count:,} missing links"


def _over(lines: Sequence[KeywordLine]) -> str:
    """Return which keywords a sum covers: the only one, some of many, or nothing for all."""
    if len(lines) == 1:
        return f" for {quoted(lines[0].keyword)}"
    known = len(_known(lines))
    return "" if known == len(lines) else f" across {known:,} of {len(lines):,} keywords"


def _gained(lines: Sequence[KeywordLine]) -> int | None:
    """Return our own net new referring domains over the pages compared, if all are known."""
    pages = [known for group in by_page(lines) if (known := _known(group))]
    own = [known[0][0].have_change for known in pages]
    told = [change for change in own if change is not None]
    return sum(told) if len(told) == len(own) else None


def _links(
    lines: Sequence[KeywordLine],
    won: Sequence[OwnLink],
    lost: Sequence[OwnLink],
    new_links: Sequence[NewCompetitorLink],
    *,
    told: bool,
) -> str:
    """Return links won and lost and competitors' gains; a shrinking gap has `told` the wins."""
    own = ""
    if won and (lost or not told):
        own = f"you won {counted(len(won), 'link')}{f' and lost {len(lost):,}' if lost else ''}"
    elif lost:
        own = f"you lost {counted(len(lost), 'link')}"
    return " while ".join(part for part in (own, _competitors(lines, new_links)) if part)


def _competitors(lines: Sequence[KeywordLine], new_links: Sequence[NewCompetitorLink]) -> str:
    gains = [line for line in lines if line.competitors_gained > 0]
    if len(lines) == 1 and (count := lines[0].competitors_gained or len(new_links)):
        return f"its competitors gained {_at_least(lines[0])}{count:,}"
    if not gains:
        return f"competitors gained {counted(len(new_links), 'link')}" if new_links else ""
    most = max(gains, key=lambda line: line.competitors_gained)
    how = "gained" if len(gains) == 1 else "gained the most,"
    gained = f"{_at_least(most)}{most.competitors_gained:,}"
    return f"the competitors of {quoted(most.keyword)} {how} {gained}"


def _at_least(line: KeywordLine) -> str:
    return "at least " if line.gained_at_least else ""
