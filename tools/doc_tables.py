"""Write the tables of vendors, their settings and the exports that are read, from the code.

Run this file to write them; a test compares. `tools.checklist` says how well a vendor is tested.
"""

import inspect
import re
import sys
import tomllib
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import EntryPoint
from pathlib import Path

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from bot.common.clock import SystemClock
from bot.exports.signatures import SIGNATURES
from bot.providers.base import Capability, NotConfigured, Vendor
from bot.providers.registry import GROUP, Build
from bot.settings.environment import Settings, VendorOptions, load

sys.path.insert(0, str(Path(__file__).parents[1]))  # when run as a file
sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from tools import checklist

ROOT = Path(__file__).parents[1]
README, DOCS = ROOT / "README.md", ROOT / "docs"
PROVIDERS, SETTINGS, EXPORTS = (
    DOCS / "providers.md",
    DOCS / "settings.md",
    DOCS / "exports.md",
)

_IN_WORDS = {
    Capability.SERP: "who ranks for a keyword",
    Capability.KEYWORD_METRICS: "keyword difficulty and volume",
    Capability.PAGE_METRICS: "link counts of pages",
    Capability.SITE_METRICS: "link counts, authority or traffic of sites",
    Capability.REFERRING_DOMAINS: "who links to a page or a site",
    Capability.INTERSECT: "who links to several targets and not to us",
    Capability.LINKS_BETWEEN: "which of some domains link to us: the proof of absence",
    Capability.LINKS: "linking pages, with title and anchor",
    Capability.COUNT_HISTORY: "link counts month by month",
    Capability.LOST: "links that went away",
    Capability.BALANCE: "what is left of the allowance",
}
_INTRODUCTION = (
    "What each vendor of this version answers, and how well that is tested. "
    "[Settings](settings.md#vendors) has their variables, [costs](costs.md) their caps. Another "
    "vendor is a file of its own: [how to add one](../CONTRIBUTING.md#add-a-vendor-in-one-file)."
)
_GRADES = (
    "A grade follows from which test files a vendor has. Nobody has ever asked a live service for "
    "them: no vendor's account was at hand, so prices, limits and answers are those that are "
    "published. The contracts and the published answers are not part of this repository. Where "
    "they are not at hand their tests are skipped, and the local servers alone stand behind a "
    "vendor."
)
_CASES = (
    "The contract is one suite, `tests/contract/test_every_vendor.py` and "
    "`tests/contract/test_every_vendors_keys.py`. It runs each case for each capability of each "
    "vendor through the real gateway. *Kept* means that the test runs and passes; where a case "
    "cannot happen at a vendor, the reason stands in its place, and the case is left out."
)
_USUAL = {
    "api_key": "the API key",
    "base_url": "another address of the API",
    "login": "the API's login",
    "password": "the API's password",
    "token": "the API's token",
    "url": "where it answers",
    "v4_api_key": "the key of version 4 of the API",
}


@dataclass(frozen=True)
class Setting:
    """One variable of a vendor."""

    variable: str
    default: str
    meaning: str


@dataclass(frozen=True)
class Described:
    """One registered vendor, as it is without any key."""

    name: str
    title: str
    gives: tuple[Capability, ...]
    needs: tuple[str, ...]
    about: str
    settings: tuple[Setting, ...]


def registered() -> tuple[EntryPoint, ...]:
    """Return the built-in vendors' entry points as pyproject.toml has them."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    lines = project["entry-points"][GROUP]
    return tuple(EntryPoint(name, value, GROUP) for name, value in sorted(lines.items()))


def described() -> tuple[Described, ...]:
    """Return all registered vendors; no real keys may be set while this runs."""
    return tuple(_describe(entry) for entry in registered())


def readme_vendors(vendors: tuple[Described, ...]) -> str:
    """Return the README's table of which vendor answers what."""
    rows = [
        f"| {vendor.title} | `{vendor.name}` | {_answers(vendor, Capability.SERP)} "
        f"| {_answers(vendor, Capability.REFERRING_DOMAINS)} | {_set(vendor)} |"
        for vendor in vendors
    ]
    head = "| Vendor | Name | Search results | Who links | Set |\n|---|---|---|---|---|"
    return "\n".join([head, *rows])


def vendor_settings(vendors: tuple[Described, ...]) -> str:
    """Return the table of the vendors' settings."""
    rows = [
        f"| `{one.variable}` | {one.default} | {vendor.title}: {one.meaning} |"
        for vendor in vendors
        for one in vendor.settings
    ]
    return "\n".join(["| Setting | Default | Meaning |\n|---|---|---|", *rows])


def providers_page(vendors: tuple[Described, ...]) -> str:
    """Return docs/providers.md."""
    capabilities = [f"| `{one}` | {words} |" for one, words in _IN_WORDS.items()]
    parts = [
        "# Vendors",
        _INTRODUCTION,
        "\n".join(["| Capability | Means |\n|---|---|", *capabilities]),
        "## How well each is tested",
        _GRADES,
        "\n".join(
            ["| Grade | Means |\n|---|---|"]
            + [f"| {grade} | {words} |" for grade, words in checklist.GRADES.items()]
        ),
        checklist.overview([(one.name, one.title, len(one.gives)) for one in vendors]),
        _CASES,
        *(_section(vendor) for vendor in vendors),
        "This page is written by `tools/doc_tables.py` from the code.",
    ]
    return "\n\n".join(parts) + "\n"


def between(text: str, name: str, table: str) -> str:
    """Return the text with the part between the two marks of that name replaced."""
    pattern = rf"(<!-- {name}: [^\n]*-->\n).*?(<!-- end of {name} -->)"
    made, count = re.subn(
        pattern, lambda found: f"{found[1]}\n{table}\n\n{found[2]}", text, flags=re.DOTALL
    )
    assert count == 1, f"the marks of {name} are missing"
    return made


def readme(text: str, vendors: tuple[Described, ...]) -> str:
    """Return the README with its table up to date."""
    return between(text, "vendors", readme_vendors(vendors))


def settings_page(text: str, vendors: tuple[Described, ...]) -> str:
    """Return docs/settings.md with the vendors' settings up to date."""
    return between(text, "vendor settings", vendor_settings(vendors))


def exports_page(text: str) -> str:
    """Return docs/exports.md with its table up to date."""
    rows = [
        f"| {tool} | {', '.join(_kinds(tool))} |"
        for tool in dict.fromkeys(one.tool for one in SIGNATURES)
    ]
    return between(text, "exports", "\n".join(["| Tool | Reports |\n|---|---|", *rows]))


def _kinds(tool: str) -> list[str]:
    """Return a tool's reports in words, those that are samples marked."""
    reports = dict.fromkeys((one.kind, one.sampled) for one in SIGNATURES if one.tool == tool)
    return [
        kind.replace("_", " ") + (" (a sample)" if sampled else "") for kind, sampled in reports
    ]


def _describe(entry: EntryPoint) -> Described:
    build: Build = entry.load()
    built = build(load(Settings, None), SystemClock())
    kinds = [
        kind
        for kind in vars(import_module(entry.module)).values()
        if inspect.isclass(kind)
        and issubclass(kind, VendorOptions)
        and kind.__module__ == entry.module
    ]
    return Described(
        name=built.name,
        title=built.title,
        gives=tuple(built.capabilities if isinstance(built, Vendor) else built.gives),
        needs=built.needs if isinstance(built, NotConfigured) else (),
        about=" ".join(_about(kind) for kind in kinds).strip(),
        settings=tuple(one for kind in kinds for one in _settings(kind)),
    )


def _about(kind: type[VendorOptions]) -> str:
    """Return the text after the variables' prefix in the class's docstring."""
    said = " ".join((inspect.getdoc(kind) or "").split())
    return re.sub(r"^`LINKGAP_[^`]*`[.:]?\s*", "", said)


def _settings(kind: type[VendorOptions]) -> tuple[Setting, ...]:
    prefix = kind.model_config.get("env_prefix", "")
    return tuple(
        Setting(f"{prefix}{name}".upper(), _default(field), _meaning(name, field))
        for name, field in kind.model_fields.items()
    )


def _default(field: FieldInfo) -> str:
    if field.default in (None, PydanticUndefined):
        return "not set"
    return str(field.default).lower() if isinstance(field.default, bool) else str(field.default)


def _meaning(name: str, field: FieldInfo) -> str:
    words = field.description or _USUAL.get(name) or name.replace("_", " ")
    return f"{words[:1].lower()}{words[1:]}".rstrip(".")


def _answers(vendor: Described, capability: Capability) -> str:
    return "yes" if capability in vendor.gives else "no"


def _set(vendor: Described) -> str:
    return " and ".join(f"`{name}`" for name in vendor.needs) or "nothing"


def _section(vendor: Described) -> str:
    parts = [f"## {vendor.title}", f"Named `{vendor.name}`. Set: {_set(vendor)}."]
    if vendor.about:
        parts.append(vendor.about)
    parts.append(checklist.section(vendor.name, vendor.gives))
    return "\n\n".join(parts)


if __name__ == "__main__":
    found = described()
    README.write_text(readme(README.read_text("utf-8"), found), "utf-8")
    SETTINGS.write_text(settings_page(SETTINGS.read_text("utf-8"), found), "utf-8")
    EXPORTS.write_text(exports_page(EXPORTS.read_text("utf-8")), "utf-8")
    PROVIDERS.write_text(providers_page(found), "utf-8")
