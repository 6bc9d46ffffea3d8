"""A report for the terminal: the same order as in Slack, drawn with rich.

Outside words enter as `Text`, cleaned by `shown`, so that neither rich markup nor escape sequences
in a stranger's title reach the terminal.
"""

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from bot.model.report import Prospect, Report
from bot.render.report import checks, method, sentences, top3
from bot.render.report.prospects import best
from bot.render.words import number, shown, utc, words_or_unknown


def text_report(report: Report) -> Group:
    """Return sentence, table, context, prospects, sources and cost."""
    parts: list[RenderableType] = [Text(sentences.headline(report), style="bold")]
    parts += lines_of([sentences.missing(report.sources), sentences.subject(report)])
    parts += [Text(), _top3(report)] if report.competitors else []
    parts += lines_of(
        [
            sentences.once_fixed(report),
            *checks.lines(report),
            *checks.for_readers(report),
            sentences.spread(report.need),
            sentences.adjustment(report.need),
            sentences.indexes(report.need),
            sentences.difficulty(report),
            _proposal(report),
        ]
    )
    parts += [Text(), *_prospects(report), Text(), *_sources(report)]
    parts += lines_of([sentences.SAMPLE if report.sample else None])
    return Group(*parts)


def _proposal(report: Report) -> str | None:
    """Print the questions that Slack asks with buttons."""
    asked = checks.proposal(report)
    page = words_or_unknown(report.proposed_page or "", 500)
    return f"{asked} Ask again with --page {page}, or with --page none." if asked else None


def lines_of(lines: Sequence[str | None]) -> list[RenderableType]:
    """Return one text per line; lines without words are left out."""
    return [Text(line) for line in lines if line]


def _top3(report: Report) -> Table:
    table = table_of("#", "Page", "Domain", "Referring domains", "Authority", right=(0, 3, 4))
    for row in top3.rows(report):
        cells = (row.position, row.title, row.domain, row.referring_domains, row.authority)
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


def _sources(report: Report) -> list[RenderableType]:
    lines: list[str | None] = ["Sources"]
    for source in report.sources:
        when = f", as of {utc(source.as_of)}" if source.as_of else ""
        lines.append(f"  {method.source_words(source)}{when}")
    return lines_of([*lines, f"As of {utc(report.taken_at)}.", sentences.cost(report.cost)])


def table_of(*names: str, right: Sequence[int]) -> Table:
    """Return an empty table in our style; `right` are the columns of numbers."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    for index, name in enumerate(names):
        table.add_column(name, justify="right" if index in right else "left", overflow="fold")
    return table
