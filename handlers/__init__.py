"""Slack in and out. The whole way of a `/gap`, file by file:

    gap.py      reads the command; mention.py and form.py are the other two doors
    asking.py   words into a question, the question into a committed job row, then the ack
    answer.py   the job: placeholder → analysis → final parent message → thread
    talk.py     where a job speaks: in_channel.py (a channel or a DM) or in_private.py
    voice.py    every request to Slack, with pacing and the plain twins of refused blocks

Buttons: run_again.py, show_all.py, name_page.py, own_page.py, elsewhere.py, confirm.py (under a
price); runs.py decides who may press them. budget.py is `/gap budget`.

Tracked keywords: track.py and track_form.py read what is to be tracked, beginning.py opens the
job's message, track_one.py and track_many.py do the work. tracked_list.py, edit_tracked.py and
untrack.py look after it, history.py and this_week.py show it; followed.py knows which keyword is
meant. settings.py is `/gap settings`. notifier.py posts the digest when the schedule says so.

commands.py says which words are a command, looks.py answers privately what is known already.
boundary.py catches what nobody else did, so that nobody ever meets silence.

http_door.py stands before all of it: over HTTP only what Slack signed (signature.py) comes in.

Every module here with a `register(app, services)` is found and registered by itself.
"""

from importlib import import_module
from pkgutil import iter_modules

from slack_bolt.async_app import AsyncApp

from handlers.boundary import catch_the_rest
from handlers.services import Services


def register(app: AsyncApp, services: Services) -> None:
    """Register every handler with the app and every kind of job with the queue."""
    # Bolt asks the listeners in this order: the command, with its three seconds, comes first.
    for found in sorted(
        iter_modules(__path__), key=lambda module: (module.name != "gap", module.name)
    ):
        module = import_module(f"{__name__}.{found.name}")
        if hasattr(module, "register"):
            module.register(app, services)
    catch_the_rest(app, services)
