"""Slack in and out, one folder per subject.

    gap.py, mention.py, form.py   the three ways to ask a question; commands.py tells commands from
                                  keywords
    request.py, jobs.py, tell.py  one envelope for every job (place and body), its row in the queue,
                                  and private messages to its asker
    answer/                       a question, from accept.py (words to a job row, then the ack) over
                                  run.py (the job) to conversation.py (where it posts); buttons.py
                                  and clicks.py decide who may press what
    tracking/                     `/gap track`, `list`, `history`, `digest`, and the weekly notifier
    outreach/                     the lists of prospects in threads, and the modals behind them
    settings/                     `/gap settings`
    slack/                        the Web API: pacing, retries, refusals, exactly-once steps

lookups.py answers privately from stored data, such as `/gap budget`. channel_settings.py has the
settings in effect in a channel. boundary.py catches everything else, so that every request gets an
answer.

Every module here that has a `register(app, services)` is found and registered automatically.
"""

from importlib import import_module
from pkgutil import walk_packages

from slack_bolt.async_app import AsyncApp

from handlers.boundary import catch_the_rest
from handlers.services import Services


def register(app: AsyncApp, services: Services) -> None:
    """Register every handler with the app and every kind of job with the queue."""
    # Bolt asks the listeners in this order: the command, with its three-second limit, comes first.
    names = [found.name for found in walk_packages(__path__, f"{__name__}.")]
    for name in sorted(names, key=lambda name: (name != f"{__name__}.gap", name)):
        module = import_module(name)
        if hasattr(module, "register"):
            module.register(app, services)
    catch_the_rest(app, services)
