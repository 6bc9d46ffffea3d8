"""Imported by the fork server alone: what would otherwise take longest in each of its forks."""

import gc
import importlib
import ssl
from contextlib import suppress
from functools import cache
from pkgutil import walk_packages

import httpx
import pytest  # noqa: F401 - the modules of the tests import it
import uvicorn.loops.auto
import uvicorn.protocols.http.auto  # noqa: F401 - uvicorn imports them late

import bot
import handlers
from bot.common.clock import SystemClock
from bot.providers import registry
from bot.render.slack.blocks import BrokenTemplate, render, templates_folder
from bot.settings.environment import Settings, load

for package in (bot, handlers):
    for module in walk_packages(package.__path__, f"{package.__name__}."):
        importlib.import_module(module.name)

ssl.create_default_context = cache(ssl.create_default_context)
httpx.AsyncClient()
registry.entry_points = cache(registry.entry_points)
registry.discover(load(Settings, env_file=None), SystemClock())
for template in (templates_folder() / "slack").glob("*.blocks.j2"):
    with suppress(BrokenTemplate):  # without its values, but compiled
        render(template.name.removesuffix(".blocks.j2"))
gc.collect()
gc.freeze()
