"""A report for the terminal: the same order as in Slack, drawn with rich.

Outside words enter as `Text`, cleaned by `shown`, so that neither rich markup nor escape sequences
in a stranger's title reach the terminal.
"""

from collections.abc import Sequence
from datetime import UTC, tzinfo

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from bot.model.report import Prospect, Report
from bot.render.report import archive, checks, method, second_opinion, sentences, top3
from bot.render.report.headline import headline
from bot.render.report.prospects import best
from bot.render.report.trust import small_print
from bot.render.words import Calendar, number, shown, words_or_unknown


def text_report(report: Report, zone: tzinfo = UTC) -> Group:
    """Return sentence, table, small print, method, prospects, sources and cost.

    Moments are of that zone.
    """
    calendar = Calendar(report.taken_at, zone)
    parts: list[RenderableType] = [Text(headline(report), style="bold")]
    parts += [Text(), _top3(report), Text()] if report.competitors else []
    parts += lines_of([small_print(report), _proposal(report)])
    parts += lines_of(
        [
            *checks.lines(report),
            *checks.for_readers(report),
            sentences.spread(report.need),
            sentences.adjustment(report.need),
            sentences.difficulty(report),
            *archive.lines(report.archive),
            *second_opinion.lines(report),
        ]
    )
    parts += [Text(), *_prospects(report), Text(), *_sources(report, calendar)]
    return Group(*parts)


def _proposal(report: Report) -> str | None:
    """Print the question that Slack asks with buttons."""
    if report.proposed_page is None:
        return None
    page = words_or_unknown(report.proposed_page, 500)
    return f"If that page is yours, ask again with --page {page}; if there is none, --page none."


def lines_of(lines: Sequence[str | None]) -> list[RenderableType]:
    """Return one text per line; lines without words are left out."""
    return [Text(line) for line in lines if line]


def _top3(report: Report) -> Table:
    known = top3.table(report)
    table = table_of(*known.head, right=(0, 1, 3))
    for row in known.rows:
        cells = (row.position, row.referring_domains, f"{row.page}{row.remark}", row.authority)
        table.add_row(*map(Text, cells))
    return table


def _prospects(report: Report) -> list[RenderableType]:
    listed = best(report)
    found = sentences.prospects_found(report, len(listed))
    parts = lines_of([found, sentences.unchecked(report), sentences.left_out(report.dropped)])
    if not listed:
        return parts
    table = table_of(
        "#", "Score", "Authority", "Traffic", "Absence", "Domain and why", right=(0, 1, 2, 3)
    )
    for place, prospect in enumerate(listed, 1):
        table.add_row(*_prospect(place, prospect))
    return [*parts, table]


def _prospect(place: int, prospect: Prospect) -> tuple[Text, ...]:
    """Put the linking page and the reason below the domain: that stays readable in 80 columns."""
    why = words_or_unknown(", ".join(prospect.reasons), 160)
    page = shown(prospect.example_page, 200) if prospect.example_page else ""
    return (
        Text(str(place)),
        Text(number(prospect.score)),
        Text(sentences.authority(prospect.authority, prospect.authority_scale)),
        Text(number(prospect.traffic)),
        Text(prospect.absence.value),
        Text("\n").join(
            [
                Text(words_or_unknown(prospect.domain, 60)),
                *([Text(page)] if page else []),
                Text(why, style="dim"),
            ]
        ),
    )


def _sources(report: Report, calendar: Calendar) -> list[RenderableType]:
    lines: list[str | None] = ["Sources"]
    for source in report.sources:
        when = f", as of {calendar.moment(source.as_of)}" if source.as_of else ""
        lines.append(f"  {method.source_words(source)}{when}")
    return lines_of(
        [*lines, f"As of {calendar.moment(report.taken_at)}.", sentences.cost(report.cost)]
    )


def table_of(*names: str, right: Sequence[int]) -> Table:
    """Return an empty table in our style; `right` are the columns of numbers."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    for index, name in enumerate(names):
        table.add_column(name, justify="right" if index in right else "left", overflow="fold")
    return table
