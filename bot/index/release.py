"""Which releases of the web graph there are, how their files are called, and which one to avoid.

A release covers three monthly crawls. Its domain level has three text files, gzipped, with tabs:
vertices (id, reversed domain, hosts), edges (from, to) and ranks (positions and values by name).
"""

import re
from dataclasses import dataclass

from pydantic import BaseModel, TypeAdapter, ValidationError

from bot.common.errors import BadQuestion, ConfigError

LIST_PATH = "/graphinfo.json"
KNOWN_BAD = {
    "cc-main-2026-feb-mar-apr": "its vertices are not sorted (commoncrawl/cc-webgraph issue 34), "
    "so its edges cannot be trusted to mean the domains they number",
}
"""Releases that must not be used, each with the reason."""

_NAME = re.compile(r"cc-main-[a-z0-9-]{4,60}")
_STATED = re.compile(r"^(nodes|arcs)=([0-9]{1,12})\s*$", re.MULTILINE)
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")
PARTS = ("vertices", "ranks", "edges")


class _Listed(BaseModel):
    """An entry of the list of releases; it has more fields."""

    id: str


_LIST = TypeAdapter(list[_Listed])


@dataclass(frozen=True, slots=True)
class Stated:
    """How many domains and links a release says it has; None where it does not say."""

    domains: int | None = None
    links: int | None = None


def releases_in(text: bytes) -> tuple[str, ...]:
    """Return the releases of graphinfo.json, newest first; raises `ConfigError` if it has none."""
    try:
        listed = _LIST.validate_json(text)
    except ValidationError:
        listed = []
    names = tuple(one.id for one in listed if _NAME.fullmatch(one.id))
    if not names:
        raise ConfigError(
            "The list of Common Crawl's releases cannot be read. Name one with --release; "
            "https://commoncrawl.org/web-graphs lists them."
        )
    return names


def chosen(names: tuple[str, ...], wanted: str | None) -> str:
    """Return the wanted release, or the newest that is not known to be bad.

    Raises `BadQuestion` if the wanted one is known to be bad or is not listed.
    """
    if wanted is None:
        for name in names:
            if name not in KNOWN_BAD:
                return name
        raise BadQuestion("Every release that is listed is known to be bad. Name one: --release.")
    refuse_known_bad(wanted)
    if names and wanted not in names:
        shown = ", ".join(names[:5])
        raise BadQuestion(f"There is no release “{wanted[:60]}”. The newest are: {shown}.")
    return wanted


def refuse_known_bad(release: str) -> None:
    """Raise `BadQuestion` with the reason if a release must not be used."""
    if reason := KNOWN_BAD.get(release):
        raise BadQuestion(f"{release} is not used: {reason}. Take another release.")


def address(base_url: str, release: str, part: str) -> str:
    """Return where a file of a release is: a part of `PARTS`, or `stats`."""
    ending = "stats" if part == "stats" else f"{part}.txt.gz"
    name = f"{release}-domain-{part}.txt.gz" if part != "stats" else f"{release}-domain.{ending}"
    return f"{base_url}/projects/hyperlinkgraph/{release}/domain/{name}"


def stated_in(text: bytes) -> Stated:
    """Return the counts of a published .stats file."""
    found = dict(_STATED.findall(text.decode("utf-8", "replace")))
    return Stated(
        int(found["nodes"]) if "nodes" in found else None,
        int(found["arcs"]) if "arcs" in found else None,
    )


def part_of(file_name: str) -> tuple[str, str] | None:
    """Return the release and the part that a file's name says; None if it is another file."""
    release, said, part = file_name.removesuffix(".txt.gz").rpartition("-domain-")
    known = file_name.endswith(".txt.gz") and said and _PLAIN.issuperset(release) and release
    return (release, part) if known and part in PARTS else None


def reversed_name(domain: str) -> str:
    """Return a domain as the graph writes it: `example.co.uk` → `uk.co.example`, and back."""
    return ".".join(reversed(domain.split(".")))
