"""One row for each referring domain, although an index may list several hosts of it."""

from collections.abc import Sequence

from bot.model.links import ReferringDomain, best_kind


def by_domain(rows: Sequence[ReferringDomain]) -> dict[str, ReferringDomain]:
    """Return the rows by domain in their order, several rows of one domain merged."""
    table = {row.domain: row for row in rows}
    if len(table) < len(rows):
        same: dict[str, list[ReferringDomain]] = {}
        for row in rows:
            same.setdefault(row.domain, []).append(row)
        table |= {domain: _one(twins) for domain, twins in same.items() if len(twins) > 1}
    return table


def _one(twins: Sequence[ReferringDomain]) -> ReferringDomain:
    """Merge the rows of a domain that an index lists more than once (`blog.x.com` and `x.com`).

    The result has the best link, the highest authority and traffic, the lowest trust and the
    earliest day, in whatever order the rows come.
    """
    authorities = (row.authority for row in twins if row.authority)
    return ReferringDomain(
        domain=twins[0].domain,
        authority=max(authorities, key=lambda one: (one.value, one.scale), default=None),
        link=best_kind(row.link for row in twins),
        trust=min((row.trust for row in twins if row.trust is not None), default=None),
        traffic=max((row.traffic for row in twins if row.traffic is not None), default=None),
        first_seen=min((row.first_seen for row in twins if row.first_seen), default=None),
        topic=next((row.topic for row in twins if row.topic), None),
    )
