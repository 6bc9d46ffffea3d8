"""What the name of a downloaded file says about its target."""

import re
from pathlib import Path

from bot.domains import registrable
from bot.model import Scope, Target

# servicesartisans.fr-backlinks-subdomains_2026-04-18_15-44-46.csv
_AHREFS = re.compile(
    r"(?P<host>[^/]+?)-[a-z-]+-(?P<mode>subdomains|domain|exact|prefix|path)_\d{4}-"
)
# example.com-backlinks.csv, example.com-backlinks_refdomains.csv
_SEMRUSH = re.compile(r"(?P<host>[^/]+?)-(?:backlinks|referring|refdomains)")
# http___www.example.com_-Latest links-2020-07-15.csv, sc-domain_example.com-Top linking sites-…
_PROPERTY = re.compile(r"https?___(?P<host>[^_]+)_(?P<path>[^-]*)-")
_DOMAIN_PROPERTY = re.compile(r"sc-domain_(?P<host>[^_ ]+\.[a-z][a-z0-9]*)-")


def target_in(path: Path) -> Target | None:
    """Return the site a file is named after; None if the name says no site or only a part of it.

    A page's address does not survive in a file name, so a page is never guessed.
    """
    name = path.name.lower()
    for pattern in (_PROPERTY, _DOMAIN_PROPERTY, _AHREFS, _SEMRUSH):
        found = pattern.match(name)
        if found is None:
            continue
        parts = found.groupdict()
        if parts.get("mode") in ("exact", "prefix", "path") or parts.get("path"):
            return None
        domain = registrable(parts["host"])
        return Target(Scope.SITE, domain) if domain else None
    return None
