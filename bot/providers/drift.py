"""Checks with free requests whether a vendor's answers still have the form that LinkGap reads.

A probe is a free question of an existing adapter. The adapter reads its answer, which is also
compared with the answer's model, to report missing fields and fields that no longer fit.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, get_args, get_origin

import httpx
from pydantic import AliasChoices, BaseModel, ValidationError
from pydantic.fields import FieldInfo

from bot.common.errors import BadAnswer
from bot.providers.base import Call, Cost, Page, Remote


@dataclass(frozen=True)
class Probe:
    """A free question: `asked` names it, `reader` reads its answer, `body` is the answer's model.

    If `body` is None, the answer is a single value that only the reader checks. `invented`: the
    answer comes from a sandbox, so its cost is invented too. `beside` has the paths of fields that
    only other answers of that form have.
    """

    asked: str
    reader: Remote[Any, Any]
    query: object
    call: Call
    body: type[BaseModel] | None = None
    invented: bool = False
    beside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """What was asked, what came, and what no longer fits, as parts of a sentence.

    `charged` is in units: more than 0 is a fault.
    """

    asked: str
    came: str
    missing: tuple[str, ...] = ()
    misfits: tuple[str, ...] = ()
    charged: int = 0

    @property
    def fits(self) -> bool:
        """Say whether it can be read and was free; a field that is missing is only unknown."""
        return not (self.misfits or self.charged)

    @property
    def sentence(self) -> str:
        """Return the finding as one line."""
        said = [f"asked for {self.asked}: {self.came}."]
        if self.missing:
            said.append(f"Missing, and taken as unknown: {', '.join(self.missing)}.")
        if self.misfits:
            said.append(
                f"No longer fits: {'; '.join(self.misfits)}. Update LinkGap, or report this line."
            )
        if self.charged:
            said.append(f"This check should be free and was billed {self.charged:,}.")
        return " ".join(said)


class Contract(Remote[object, Finding]):
    """The probes of one vendor, sent as an ordinary question (`Vendor.contract`)."""

    def __init__(self, *probes: Probe) -> None:
        self._probes = probes

    def plan(self, query: object) -> tuple[Call, ...]:
        """Return the free calls."""
        del query
        return tuple(probe.call for probe in self._probes)

    def parse(self, query: object, call: Call, response: httpx.Response) -> Page[Finding]:
        """Compare an answer; raises a `ProviderError` for a refusal, which shows no form."""
        del query
        probe = next(one for one in self._probes if one.call.request is call.request)
        misfits: list[str] = []
        billed: Cost | None = Cost(0, call.worst.pool, call.worst.micro_usd)
        try:
            page = probe.reader.parse(probe.query, call, response)
            billed = billed if probe.invented else page.billed or billed
        except BadAnswer as fault:
            misfits = [fault.detail]
        finding = _compared(probe, response, misfits, billed.units if billed else 0)
        return Page((finding,), complete=True, billed=billed)


def _compared(probe: Probe, response: httpx.Response, misfits: list[str], charged: int) -> Finding:
    if probe.body is None:
        came = "it came as LinkGap reads it" if not misfits else "something else came"
        return Finding(probe.asked, came, misfits=tuple(misfits), charged=charged)
    try:
        said: object = response.json()
    except ValueError:
        told = tuple(misfits) or ("the answer is no JSON",)
        return Finding(probe.asked, "something else came", misfits=told, charged=charged)
    known = [one for one in _known(probe.body, said, "") if one[0] not in probe.beside]
    missing = tuple(path for path, there in known if not there)
    faults = tuple(_faults(probe.body, said)) or tuple(misfits)
    came = f"{len(known) - len(missing)} of {len(known)} fields that LinkGap reads came"
    return Finding(probe.asked, came, missing, faults, charged)


def _known(model: type[BaseModel], value: object, path: str) -> Iterator[tuple[str, bool]]:
    """Yield the path of each field in the model and whether it came; only a list's first entry."""
    if not isinstance(value, dict):
        return
    for name, field in model.model_fields.items():
        names = _names(name, field)
        key = next((one for one in names if one in value), None)
        here = f"{path}{key or names[0]}"
        if key is None:
            if field.is_required() or not _nested(field.annotation):
                yield here, False
            continue
        inner = value[key]
        yield here, True
        for nested in _nested(field.annotation):
            for one in _entries(field.annotation, inner):
                yield from _known(nested, one, f"{here}.")


def _entries(annotation: object, value: object) -> Sequence[object]:
    """Return the values that a nested model describes: an object, or a list's or map's first."""
    if isinstance(value, dict) and _is_map(annotation):
        return list(value.values())[:1]
    return value[:1] if isinstance(value, list) else [value]


def _is_map(annotation: object) -> bool:
    return get_origin(annotation) is dict or any(map(_is_map, get_args(annotation)))


def _names(name: str, field: FieldInfo) -> list[str]:
    alias = field.validation_alias or field.alias
    if isinstance(alias, AliasChoices):
        return [str(choice) for choice in alias.choices]
    return [str(alias or name)]


def _nested(annotation: object) -> list[type[BaseModel]]:
    """Return all models in an annotation, at any depth."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for inner in get_args(annotation) for model in _nested(inner)]


def _faults(model: type[BaseModel], said: object) -> Iterator[str]:
    """Yield what does not fit the model, without values, as an answer may echo a key."""
    try:
        model.model_validate(said)
    except ValidationError as error:
        for fault in error.errors(include_input=False, include_url=False, include_context=False):
            place = ".".join(str(part) for part in fault["loc"])
            yield f"{place or 'the answer'}: {fault['msg']}"
