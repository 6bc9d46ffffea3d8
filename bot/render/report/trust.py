"""The one small line below the table: what to trust, and what to look at next."""

from bot.model.report import Need, Report, Verdict
from bot.render.report.headline import counts_sites_only, once_fixed
from bot.render.report.ranking import look_next
from bot.render.report.sentences import SAMPLE, indexes, market, missing, pages_counted
from bot.render.slack.limits import MAX_SECTION
from bot.render.words import UNKNOWN, clip, counted, number, short_url, spelled

PAGES_FROM = (
    "Pages are counted cheapest by exports (`linkgap import`, then via:exports,commoncrawl), by a "
    "vendor whose plan you have, or by DataForSEO at about nine cents an answer."
)
_FEW = 3
_LONGEST = MAX_SECTION // 5  # an escape is 5 characters


def small_print(report: Report) -> str:
    """Return the line; everything else that refines the answer is in the thread."""
    look = look_next(report) if report.verdict is Verdict.LINKS_NOT_THE_CONSTRAINT else ""
    parts = [
        SAMPLE if report.sample else "",
        missing(report.sources),
        PAGES_FROM if report.need.needed is None and counts_sites_only(report) else "",
        once_fixed(report),
        look,
        estimate(report.need),
        far(report.need),
        indexes(report.need),
        f"Market: {market(report.market)}.",
    ]
    return clip(
        " ".join(part for part in parts if part), MAX_SECTION // 5
    )  # an escape is 5 characters


def estimate(need: Need) -> str | None:
    """Return `Rough estimate: only three pages, with …`; None where nothing was counted."""
    known = pages_counted(need)
    if not known:
        return None
    pages = f"{spelled(known)} {'page' if known == 1 else 'pages'}"
    said = f"Rough estimate: only {pages}" if known <= _FEW else f"An estimate from {pages}"
    unread = len(need.per_page) - known
    said += f" ({spelled(unread)} more without a count)" if unread else ""
    return f"{said}{_range(need)}."


def _range(need: Need) -> str:
    if need.low is None or need.high is None or len(need.per_page) == 1:
        return ""
    if need.low == need.high:
        return (
            f", each with {counted(need.low, 'referring domain')}"
            if pages_counted(need) > 1
            else ""
        )
    return f", with {number(need.low)} to {number(need.high)} referring domains"


def far(need: Need) -> str | None:
    """Return which page counts for less than it has, or None."""
    if not need.capped:
        return None
    most = f"counted as {number(need.capped[0].counted_as)}"
    if len(need.capped) > 1:
        return f"{spelled(len(need.capped)).capitalize()} pages have far more, each {most}."
    (page,) = need.capped
    return f"{short_url(page.url, 40) or UNKNOWN} has far more: {number(page.count)}, {most}."
