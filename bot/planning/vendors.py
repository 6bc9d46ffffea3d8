"""Selects a question's vendors for search results, keyword difficulty and link counts. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bot.common.errors import BadQuestion, NotConnected
from bot.model.links import Scope
from bot.model.question import Question
from bot.planning.asks import difficulty_ask
from bot.providers.base import Capability, Vendor, is_free
from bot.providers.registry import Registry
from bot.settings.environment import Settings


@dataclass(frozen=True, slots=True)
class VendorSelection:
    """The vendors of a run. `own_files` are free sources that may know who links to us."""

    serp: Vendor | None
    keyword: Vendor | None
    indexes: tuple[Vendor, ...]
    own_files: tuple[Vendor, ...] = ()

    @property
    def main(self) -> Vendor:
        """Return the index whose counts make the headline."""
        return self.indexes[0]

    @property
    def sample(self) -> bool:
        """Say whether any part of the answer would be sample data."""
        return any(vendor.sample for vendor in (self.serp, *self.indexes) if vendor)


def select_vendors(
    registry: Registry, question: Question, *, compare: bool = False
) -> VendorSelection:
    """Choose the vendors; raises a `BadQuestion` that says what to add if none fits.

    With `compare`, all paid indexes are asked side by side unless the question names vendors, and
    with them the open index of sites, as one more witness.
    """
    named = [registry.named(name) for name in question.via]
    chosen = named or _unasked_choice(registry, question)
    serp = _serp_vendor(registry, question, chosen)
    indexes = _indexes(chosen) if not named else [v for v in chosen if _knows_links(v)]
    at_fault = BadQuestion if named else NotConnected
    if not indexes:
        raise at_fault(
            "None of these vendors knows links. Connect a link index, or import your own exports "
            "with `linkgap import FILE`; `linkgap doctor` shows what is connected."
        )
    if not named:
        paid = [one for one in indexes if not is_free(one, Capability.REFERRING_DOMAINS)]
        witnesses = [one for one in indexes if is_witness(one)]
        indexes = [*paid, *witnesses] if compare and paid else indexes[:1]
    asked = [serp, *indexes] if serp else indexes
    return VendorSelection(
        serp=serp,
        keyword=next((one for one in asked if _tells_difficulty(one, question)), None),
        indexes=tuple(indexes),
        own_files=tuple(
            vendor
            for vendor in chosen
            if vendor not in indexes and is_free(vendor, Capability.REFERRING_DOMAINS)
        ),
    )


def vendors_for(registry: Registry, question: Question, settings: Settings) -> VendorSelection:
    """Choose the vendors that the settings prefer; raises `BadQuestion` as `select_vendors` does.

    Vendors that the question names take precedence. Preferred vendors that are not connected are
    ignored. Imported files come before the other free vendors, unless the settings say otherwise.
    """
    ordered = registry.preferring([*dict.fromkeys((*settings.vendor_order, *_stocked(registry)))])
    if not question.serp and not question.via:
        preferred = [one for one in registry.vendors if one.name == settings.serp]
        if preferred and preferred[0].can(Capability.SERP):
            question = replace(question, serp=settings.serp)
    return select_vendors(ordered, question, compare=settings.compare_indexes)


def is_witness(vendor: Vendor) -> bool:
    """Say whether it is a free index of sites, with a crawl of its own."""
    free = is_free(vendor, Capability.REFERRING_DOMAINS)
    return free and Scope.PAGE not in vendor.levels and not vendor.sample


def is_independent(vendor: Vendor) -> bool:
    """Say whether it crawls by itself; a file that somebody exported says what an index said."""
    paid = _knows_links(vendor) and not is_free(vendor, Capability.REFERRING_DOMAINS)
    return not vendor.sample and (paid or is_witness(vendor))


def _knows_links(vendor: Vendor) -> bool:
    return vendor.can(Capability.REFERRING_DOMAINS)


def _indexes(vendors: Iterable[Vendor]) -> list[Vendor]:
    """Return the vendors that know links, imported files last: they only know exported targets."""
    able = filter(_knows_links, vendors)
    return sorted(able, key=lambda vendor: is_free(vendor, Capability.REFERRING_DOMAINS))


def _stocked(registry: Registry) -> list[str]:
    """Return the names of the free vendors that have pages to count: before an index of sites.

    Without such an index nothing is looked up, since each of these questions opens a file.
    """
    if not any(map(is_witness, registry.vendors)):
        return []
    return [one.name for one in registry.vendors if one.stocked is not None and one.stocked()]


def _unasked_choice(registry: Registry, question: Question) -> list[Vendor]:
    """Return real vendors; sample data only if no real vendor could answer at all."""
    real = [vendor for vendor in registry.vendors if not vendor.sample]
    if not real:  # as in the demo, where even files are not asked
        return list(registry.vendors)
    paid = [one for one in _indexes(real) if not is_free(one, Capability.REFERRING_DOMAINS)]
    synced = any(map(is_witness, real))  # somebody made an index: they want no invented answers
    if question.vs or paid or synced or any(vendor.can(Capability.SERP) for vendor in real):
        return real
    if question.serp:
        return [vendor for vendor in real if vendor.name != question.serp]
    return [vendor for vendor in registry.vendors if vendor.sample]


def _serp_vendor(registry: Registry, question: Question, chosen: Sequence[Vendor]) -> Vendor | None:
    if question.vs:
        return None
    if question.serp:
        vendor = registry.named(question.serp)
        if not vendor.can(Capability.SERP):
            raise BadQuestion(f"{vendor.title} has no search results; choose another `serp:`.")
        return vendor
    able = [vendor for vendor in chosen if vendor.can(Capability.SERP)]
    if able and not question.via:
        # Prefer the main index, as its results may include its counts; avoid vendors with their own
        # web index, as the question is about Google.
        main = _indexes(chosen)[:1]
        able.sort(key=lambda vendor: (vendor not in main, vendor.own_web_index))
    if able:
        return able[0]
    names = ", ".join(vendor.title for vendor in chosen) or "No connected vendor"
    at_fault = BadQuestion if question.via else NotConnected
    raise at_fault(
        f"{names}: no search results to be had. Name the ranking pages yourself with `vs:URL`, "
        "or a vendor that has search results with `serp:`."
    )


def _tells_difficulty(vendor: Vendor, question: Question) -> bool:
    """Say whether a vendor knows the difficulty of keywords in this market."""
    return vendor.can(Capability.KEYWORD_METRICS) and difficulty_ask(vendor, question).served()
