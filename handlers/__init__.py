"""Slack in and out, a folder a subject.

    gap.py, mention.py, form.py   the three doors for a question; commands.py tells words apart
    request.py, jobs.py, tell.py  one envelope for every job (place and body), its row in the queue,
                                  and how its asker is told something alone
    answer/                       a question, from accept.py (words to a job row, then the ack) over
                                  run.py (the job) to conversation.py (where it speaks); buttons.py
                                  and clicks.py decide who may press what
    tracking/                     `/gap track`, `list`, `history`, `digest`, and the weekly notifier
    settings/                     `/gap settings`
    slack/                        the Web API: pacing, retries, refusals, exactly-once steps

lookups.py answers privately what is known already, such as `/gap budget`. channel_settings.py says
what holds in a channel. boundary.py catches what nobody else did, so that nobody meets silence.

Every module here with a `register(app, services)` is found and registered by itself.
"""

from importlib import import_module
from pkgutil import walk_packages

from slack_bolt.async_app import AsyncApp

from handlers.boundary import catch_the_rest
from handlers.services import Services


def register(app: AsyncApp, services: Services) -> None:
    """Register every handler with the app and every kind of job with the queue."""
    # Bolt asks the listeners in this order: the command, with its three seconds, comes first.
    names = [found.name for found in walk_packages(__path__, f"{__name__}.")]
    for name in sorted(names, key=lambda name: (name != f"{__name__}.gap", name)):
        module = import_module(name)
        if hasattr(module, "register"):
            module.register(app, services)
    catch_the_rest(app, services)
