"""What the name of a downloaded file says about its target."""

import re
from pathlib import Path

from bot.domains import registrable
from bot.model.links import Scope, Target

# servicesartisans.fr-backlinks-subdomains_2026-04-18_15-44-46.csv
_AHREFS = re.compile(r"-(?P<mode>subdomains|domain|exact|prefix|path)_\d{4}-")
_REPORT = "abcdefghijklmnopqrstuvwxyz-"
# example.com-backlinks.csv, example.com-backlinks_refdomains.csv
_SEMRUSH = re.compile(r"\A(?P<host>[^/]+?)-(?:backlinks|referring|refdomains)")
# http___www.example.com_-Latest links-2020-07-15.csv, sc-domain_example.com-Top linking sites-…
_PROPERTY = re.compile(r"\Ahttps?___(?P<host>[^_]+)_(?P<path>[^-]*)-")
_DOMAIN_PROPERTY = re.compile(r"\Asc-domain_(?P<host>[^_ ]+\.[a-z][a-z0-9]*)-")

LONGEST_NAME = 255
"""Letters of a file name that are read: as many as a disk allows."""


def target_in(path: Path) -> Target | None:
    """Return the site a file is named after; None if the name says no site or only a part of it.

    A page's address does not survive in a file name, so a page is never guessed.
    """
    name = path.name.lower()[:LONGEST_NAME]
    for parts in (
        _named(_PROPERTY, name),
        _named(_DOMAIN_PROPERTY, name),
        _of_ahrefs(name),
        _named(_SEMRUSH, name),
    ):
        if parts is None:
            continue
        if parts.get("mode") in ("exact", "prefix", "path") or parts.get("path"):
            return None
        domain = registrable(parts["host"])
        return Target(Scope.SITE, domain) if domain else None
    return None


def _named(pattern: re.Pattern[str], name: str) -> dict[str, str] | None:
    found = pattern.match(name)
    return found.groupdict() if found else None


def _of_ahrefs(name: str) -> dict[str, str] | None:
    """Take `HOST-REPORT-MODE_YEAR-…` apart from its end: hosts and reports have dashes too."""
    found = _AHREFS.search(name)
    if found is None:
        return None
    before = name[: found.start()]
    start = before.rstrip(_REPORT)
    label, _, report = before[len(start) :].partition("-")
    return {"host": start + label, "mode": found["mode"]} if report and start + label else None
