"""Finds variables that look like LinkGap's but that nothing reads: mostly typing mistakes."""

import os
from collections.abc import Iterator
from difflib import get_close_matches
from importlib.metadata import entry_points
from pathlib import Path

from dotenv import dotenv_values
from pydantic_settings import BaseSettings

from bot.cli._doctor.diagnosis import Diagnosis, wrong
from bot.providers.registry import GROUP
from bot.settings.environment import RENAMED, Settings, VendorOptions

_OURS, _SLACKS = "LINKGAP_", "SLACK_"


def unread(env_file: Path) -> Iterator[Diagnosis]:
    """Yield each of our variables that no setting reads.

    Slack's names are reported only if they nearly match one of ours, because other programs use
    Slack's names too.
    """
    given = {*os.environ, *(dotenv_values(env_file) if env_file.is_file() else ())}
    known = _known()
    for name in sorted(name.upper() for name in given):
        if not name.startswith((_OURS, _SLACKS)) or name in known:
            continue
        near = get_close_matches(name, known, n=1, cutoff=0.8)
        if near:
            yield wrong("Settings", f"{name} is read by nothing: did you mean {near[0]}?")
        elif name.startswith(_OURS):
            yield wrong("Settings", f"{name} is read by nothing. Take it out, or check its name.")


def _known() -> set[str]:
    for entry in entry_points(group=GROUP):
        entry.load()  # a vendor's settings are known once its module is
    known = {f"{_OURS}{old}".upper() for old in RENAMED}
    kinds: list[type[BaseSettings]] = [Settings, *_subclasses(VendorOptions)]
    for kind in kinds:
        prefix = str(kind.model_config.get("env_prefix", ""))
        for name, field in kind.model_fields.items():
            alias = field.validation_alias
            known.add((alias if isinstance(alias, str) else f"{prefix}{name}").upper())
    return known


def _subclasses(kind: type[BaseSettings]) -> Iterator[type[BaseSettings]]:
    for one in kind.__subclasses__():
        yield one
        yield from _subclasses(one)
