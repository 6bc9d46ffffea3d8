"""A digest for the terminal: the same order as in Slack, drawn with rich."""

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from bot.model.tracking import Digest, NewCompetitorLink, OwnLink
from bot.render.report import sentences
from bot.render.report.terminal import lines_of, table_of
from bot.render.tracking.digest_charts import (
    HAVE,
    NEEDED,
    Drawn,
    digest_charts,
    thread_charts,
)
from bot.render.tracking.digest_message import small_print
from bot.render.tracking.digest_sentence import LONGEST
from bot.render.tracking.digest_span import calendar_of
from bot.render.tracking.digest_table import HEAD, rows
from bot.render.tracking.digest_why import why_words
from bot.render.tracking.suggestions import MOST
from bot.render.tracking.tracked_words import quoted
from bot.render.words import UNKNOWN, number, ours, short_url, words_or_unknown

_KEYWORDS = 30
_LINKS = 25
_JSON = "`linkgap digest --json`"


def digest_text(digest: Digest) -> Group:
    """Return sentence, keywords, what to do, the gap over time, links, small print and cost."""
    parts: list[RenderableType] = [Text(ours(digest.sentence, LONGEST) or UNKNOWN, style="bold")]
    parts += lines_of(
        [
            f"  {words_or_unknown(one.site, 60)}: {ours(one.sentence, LONGEST)}"
            for one in digest.clients
        ]
    )
    parts += [Text(), *_keywords(digest)]
    reasons = [(line.keyword, said) for line in digest.keywords if (said := why_words(line.why))]
    if len(digest.keywords) > 1 and reasons:
        parts += [Text(), Text("Why the gaps moved")]
        parts += lines_of([f"  • {quoted(name)}: {said}" for name, said in reasons[:_KEYWORDS]])
        parts += lines_of([_folded(len(reasons) - _KEYWORDS, f"they are in {_JSON}")])
    if digest.effect:
        parts += [Text(), Text(f"Did it work? {ours(digest.effect, LONGEST)}")]
    if digest.suggestions:
        parts += [Text(), Text("Next")]
        parts += lines_of([f"  • {ours(one, 300)}" for one in digest.suggestions[:MOST]])
    for drawn in (*digest_charts(digest), *thread_charts(digest)):
        parts += [Text(), *_chart(drawn)]
    parts += _new_links("New links to competitors", digest.new_competitor_links)
    parts += _new_links("New links of theirs from domains that link to you", digest.links_to_both)
    parts += _own_links("Links won", digest.won)
    parts += _own_links("Links lost", digest.lost)
    as_of = f"As of {calendar_of(digest).moment(digest.taken_at)}."
    small = small_print(digest, thread=_JSON, csv_file=_JSON)
    parts += [Text(), *lines_of([*small, as_of, sentences.cost(digest.cost)])]
    return Group(*parts)


def _chart(drawn: Drawn) -> list[RenderableType]:
    """Return a chart as a table: a row a week, a column a line, and what its marks mean."""
    chart = drawn.chart
    names = [line.name for line in chart.lines]
    both = names == [NEEDED, HAVE]
    table = table_of(
        "Week of", *names, *(["Missing"] if both else []), right=range(1, len(names) + 2)
    )
    for at, label in enumerate(chart.labels):
        values = [line.values[at] for line in chart.lines]
        values += [max(0, values[0] - values[1])] if both else []
        table.add_row(*map(Text, (label, *map(number, values))))
    return [Text(chart.title), table, *lines_of([f"  {mark}" for mark in drawn.marks])]


def _keywords(digest: Digest) -> list[RenderableType]:
    if not digest.keywords:
        return []
    table = table_of(*HEAD, right=range(1, len(HEAD)))
    drawn = rows(digest, _KEYWORDS)
    for row in drawn:
        style = "bold" if row.heads else ""
        table.add_row(*(Text(cell, style=style) for cell in row.cells))
    folded = any(row.folds for row in drawn)
    return [table, *lines_of([f"{_JSON} and `linkgap list` have every keyword."] if folded else [])]


def _new_links(title: str, links: Sequence[NewCompetitorLink]) -> list[RenderableType]:
    if not links:
        return []
    table = table_of("Score", "Keyword", "Domain, whom it links to, and why", right=(0,))
    for link in sorted(links, key=lambda one: (-one.score, one.domain))[:_LINKS]:
        competitor = short_url(link.competitor, 60) or UNKNOWN
        why = words_or_unknown(link.why, 160)
        domain = words_or_unknown(link.domain, 60)
        table.add_row(
            Text(number(link.score)),
            Text(words_or_unknown(link.keyword, 60)),
            Text.assemble(domain, f" → {competitor}", "\n", (why, "dim")),
        )
    return _part(f"{title}: {len(links):,}", table, len(links))


def _own_links(title: str, links: Sequence[OwnLink]) -> list[RenderableType]:
    if not links:
        return []
    table = table_of("Authority", "Domain", "Page of ours", right=(0,))
    for link in links[:_LINKS]:
        authority = sentences.authority(link.authority, link.authority_scale)
        domain, target = words_or_unknown(link.domain, 60), short_url(link.target, 80) or UNKNOWN
        table.add_row(*map(Text, (authority, domain, target)))
    return _part(f"{title}: {len(links):,}", table, len(links))


def _part(title: str, table: Table, count: int) -> list[RenderableType]:
    more = _folded(count - _LINKS, f"they are in {_JSON}")
    return [Text(), Text(title), table, *lines_of([more])]


def _folded(count: int, where: str) -> str:
    """Return `and 470 more: they are in …`, or nothing when nothing is left out."""
    if count <= 0:
        return ""
    return f"and {count:,} more: {where if count > 1 else where.replace('they are', 'it is')}."
