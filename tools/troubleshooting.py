"""Write the tables of docs/troubleshooting.md from the error classes and where they are raised.

Run this file to write them; a test compares. A message says what happened in its first sentence and
what to do in the others; `ADVICE` has what to do where a message leaves it to its reader.
"""

import ast
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.common import errors
from bot.jobs import QueueFull, Waits
from handlers import private_notes
from handlers.slack.refusals import SENTENCES, SlackRefused

sys.path.insert(0, str(Path(__file__).parents[1]))  # when run as a file
from tools.doc_tables import between

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "troubleshooting.md"
RAISED = ("ConfigError", "LinkGapError", "NotConnected", "NothingToSay", "NothingRead", "at_fault")
ANY = "…"  # stands for what differs from case to case
_SENTENCE = re.compile(r"(?<=[.?…])\s+(?=[A-Z`])")
_VENDOR = "VENDOR"

ADVICE = {
    "I cannot write to my database at the moment, so what": "Wait, or ask the person who set "
    "LinkGap up: `linkgap doctor` says who holds the file or whether the disk is full.",
    "This channel is archived": "Ask in another channel.",
    "The thread I was to answer in is gone": "Ask again outside that thread.",
    "The message I was to change is gone": "Ask again.",
    "Slack lets me answer privately for half an hour": "Ask again.",
    "Slack lets me answer privately five times": "Ask again.",
    "Slack refused my message": "Look the code up in Slack's documentation of `chat.postMessage`; "
    "`linkgap doctor --online` checks the token and its scopes.",
    "No answer: none of the counts could be read": "The report above it names each source and why "
    "it gave nothing; look those reasons up here.",
    "Nothing could be read": "Each page's reason stands above it: robots.txt, a wall against "
    "robots, an address that is not public, or no HTML.",
    f"None of {ANY} could be read": "Each keyword's reason stands above it.",
    f"{ANY} is not connected": "Set the variable, or name another vendor.",
    "--url: the address must not carry": "Leave them out; Slack signs its requests instead.",
    f"--url: {ANY} must be a plain https address": "Give the address of the proxy that has the "
    "certificate, without a path.",
    "LinkGap needs SQLite 3.37": "Use a Python that brings a newer SQLite.",
    f"LINKGAP_DB: {ANY} cannot be opened": "The message ends with the cure; `linkgap doctor` looks "
    "at the file and its folder.",
    f"No backup was made at {ANY}": "Make room there, or name another folder.",
    f"{ANY} was made, but the older {ANY} cannot be deleted": "Let this user delete files there.",
    f"{ANY} was not restored": "The database is as it was. Mend the reason, then restore again.",
    f"{ANY} should begin with": "Copy the token again: it is one of another kind.",
    f"{ANY} was refused with": "Copy the token again, or reinstall the app.",
    f"{ANY} could not be checked": "Check the network, the proxy and `LINKGAP_SLACK_BASE_URL`.",
    f"{ANY} is read by nothing: did you mean": "Correct the name.",
    "SLACK_BOT_TOKEN is not set, so": "Set it: README, “Connect a workspace”.",
    "SLACK_SIGNING_SECRET (HTTP) or": "Set the one of your mode: README, “Connect a workspace”.",
    "the bot token lacks": "Reinstalling the app gives it the scopes of the present manifest.",
    "It has no price in money": "[Costs](costs.md#caps-of-a-day-or-a-month) says where prices are "
    "known.",
    "There is no backup at": "Give the path of a backup.",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A message: what it says happened, and what to do."""

    says: str
    cure: str


def entry(text: str) -> Entry:
    """Split a message, and add the advice for it."""
    says, *rest = _SENTENCE.split(" ".join(text.split()))
    told = " ".join(one for one in rest if one.strip(f"{ANY}. "))
    advice = " ".join(words for start, words in ADVICE.items() if says.startswith(start))
    return Entry(says, " ".join(filter(None, (told, advice))))


def in_slack() -> list[str]:
    """Return what the bot says when it cannot do what was asked."""
    refused = [str(SlackRefused(code)) for code in SENTENCES]
    scope = str(SlackRefused("missing_scope", needed=ANY, provided=ANY))
    return [
        *(one.text for one in (private_notes.broken(ANY), private_notes.no_file(ANY))),
        *(one.text for one in (private_notes.waits_to_be_written(), private_notes.never_written())),
        str(Waits()),
        str(QueueFull(200)),
        *dict.fromkeys(refused),
        scope,
        str(SlackRefused(ANY)),
    ]


def of_vendors() -> list[str]:
    """Return what is said of a vendor that did not answer."""
    kinds = [
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type)
        and issubclass(kind, errors.ProviderError)
        and kind is not errors.ProviderError
    ]
    return [str(kind(_VENDOR)) for kind in kinds]


def of_caps() -> list[str]:
    """Return what is said when a cap stopped a request."""
    return [
        str(errors.BudgetExceeded(cap="run", limit=1500, used=1450, wanted=100, pool="units")),
        str(
            errors.OverMoneyCap(
                cap="person and day", limit=5_000_000, used=4_990_000, wanted=90_000
            )
        ),
        str(errors.Unpriced("ahrefs", "channel and month")),
    ]


def raised() -> list[str]:
    """Return the messages with which a command ends."""
    files = [path for folder in ("bot", "handlers") for path in (ROOT / folder).rglob("*.py")]
    return _texts(sorted(files), RAISED)


def doctors() -> list[str]:
    """Return what `linkgap doctor` calls wrong."""
    folder = ROOT / "bot" / "cli" / "_doctor"
    return _texts([*sorted(folder.glob("*.py")), folder.parent / "doctor.py"], ("wrong",))


def _texts(files: Iterable[Path], names: tuple[str, ...]) -> list[str]:
    return list(dict.fromkeys(text for file in files for text in _of_file(file, names)))


def _of_file(file: Path, names: tuple[str, ...]) -> Iterator[str]:
    tree = ast.parse(file.read_text("utf-8"))
    given = [
        (target.id, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    ]
    times = Counter(name for name, _ in given)
    known = {name: value for name, value in given if times[name] == 1}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in names:
            said = [_text(argument, known) for argument in node.args]
            text = next((one for one in reversed(said) if one), "")
            if re.search(r"[a-z]{2}\S* \S", _SENTENCE.split(text)[0]):
                yield text


def _text(node: ast.AST, known: dict[str, ast.expr]) -> str:
    """Return a text as the code writes it, with `ANY` for what it fills in."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.FormattedValue):
        inner = node.value
        constant = known.get(inner.id) if isinstance(inner, ast.Name) else None
        return (_text(constant, known) if constant else "") or ANY
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part, known) for part in node.values)
    return ""


SECTIONS = {
    "In Slack": in_slack,
    "A vendor": of_vendors,
    "A cap": of_caps,
    "A command, or the start": raised,
    "`linkgap doctor`": doctors,
}


def tables() -> str:
    """Return a heading and a table for each place where a message is seen."""
    parts = []
    for title, messages in SECTIONS.items():
        rows = [f"| {one.says} | {one.cure} |" for one in map(entry, messages())]
        parts.append("\n".join([f"### {title}\n", "| It says | What to do |\n|---|---|", *rows]))
    return "\n\n".join(parts)


def page(text: str) -> str:
    """Return the page with its tables up to date."""
    return between(text, "messages", tables())


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text("utf-8")), "utf-8")
