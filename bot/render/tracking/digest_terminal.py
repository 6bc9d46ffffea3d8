"""A digest for the terminal: the same order as in Slack, drawn with rich."""

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from bot.model.tracking import Digest, NewCompetitorLink, OwnLink
from bot.render.report import sentences
from bot.render.report.terminal import lines_of, table_of
from bot.render.slack.charts import Chart
from bot.render.tracking.digest_message import folded, gap_chart, rows, small_print
from bot.render.tracking.digest_why import why_words
from bot.render.tracking.suggestions import MOST
from bot.render.tracking.tracked_words import quoted
from bot.render.words import UNKNOWN, number, ours, short_url, utc, words_or_unknown

_KEYWORDS = 30
_LINKS = 25
_JSON = "`linkgap digest --json`"


def digest_text(digest: Digest) -> Group:
    """Return sentence, keywords, what to do, the gap over time, links, small print and cost."""
    parts: list[RenderableType] = [Text(ours(digest.sentence, 600) or UNKNOWN, style="bold")]
    parts += [Text(), *_keywords(digest)]
    reasons = [(line.keyword, said) for line in digest.keywords if (said := why_words(line.why))]
    if len(digest.keywords) > 1 and reasons:
        parts += [Text(), Text("Why the gaps moved")]
        parts += lines_of([f"  • {quoted(name)}: {said}" for name, said in reasons[:_KEYWORDS]])
        parts += lines_of([folded(len(reasons) - _KEYWORDS, f"they are in {_JSON}")])
    if digest.suggestions:
        parts += [Text(), Text("Next")]
        parts += lines_of([f"  • {ours(one, 300)}" for one in digest.suggestions[:MOST]])
    drawn = gap_chart(digest.gap_history)
    parts += [Text(), *lines_of(chart_lines(drawn))] if drawn else []
    parts += _new_links("New links to competitors", digest.new_competitor_links)
    parts += _new_links("New links of theirs from domains that link to you", digest.links_to_both)
    parts += _own_links("Links won", digest.won)
    parts += _own_links("Links lost", digest.lost)
    as_of = f"As of {utc(digest.taken_at)}."
    small = small_print(digest, thread=_JSON, csv_file=_JSON)
    parts += [Text(), *lines_of([*small, as_of, sentences.cost(digest.cost)])]
    return Group(*parts)


def chart_lines(chart: Chart) -> list[str]:
    """Return one line per series: `Remaining gap, Total: Nov 16: 100, Nov 23: 90`."""
    made = []
    for line in chart.lines:
        points = zip(chart.labels, line.values, strict=True)
        said = ", ".join(f"{label}: {number(value)}" for label, value in points)
        made.append(f"{chart.title}, {line.name}: {said}")
    return made


def _keywords(digest: Digest) -> list[RenderableType]:
    if not digest.keywords:
        return []
    table = table_of("Keyword", "Gap", "Change", "Position", "ETA", right=(1, 2, 3, 4))
    for row in rows(digest)[:_KEYWORDS]:
        table.add_row(*map(Text, (row.keyword, row.gap, row.change, row.position, row.eta)))
    more = folded(len(digest.keywords) - _KEYWORDS, f"they are in {_JSON}")
    return [table, *lines_of([more])]


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
    more = folded(count - _LINKS, f"they are in {_JSON}")
    return [Text(), Text(title), table, *lines_of([more])]
