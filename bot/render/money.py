"""Prices, spending, caps and allowances in words, the same for every interface."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.model.costs import (
    LEFT_OUT_WHEN_LIGHT,
    Allowance,
    Overview,
    Quote,
    QuoteLine,
    Spent,
    Standing,
)
from bot.model.links import Balance
from bot.model.question import Question
from bot.render.notes import Button, asked, told
from bot.render.slack.blocks import render
from bot.render.slack.message import Message, message
from bot.render.words import Calendar, counted, listed, micro_dollars, shown

_MONEY_POOL = "micro-USD"  # for a vendor that bills in money: its units are micro-dollars
_PERIODS = {"person and day": "today", "vendor and month": "this month"}
_ROWS = 10
_PRICES = 10  # vendors and pools listed in one sentence
_NO_YEAR_KNOWN = Calendar()
UNKNOWN_WHO = "nobody in particular"


@dataclass(frozen=True, slots=True)
class _Line:
    """One line: `person` is a Slack user, shown by name; empty: the words stand alone."""

    words: str
    person: str = ""


def amount(title: str, pool: str, units: int, micro_usd: int | None) -> str:
    """Return `1,500 Ahrefs units ($0.30)`, or `$0.09 DataForSEO` if the vendor bills in money."""
    name = shown(title, 40)
    if pool == _MONEY_POOL:
        return f"{micro_dollars(units)} {name}"
    money = f" ({micro_dollars(micro_usd)})" if micro_usd is not None else ""
    return f"{units:,} {name} {shown(pool, 20) or 'units'}{money}"


def at_most(quote: Quote) -> str:
    """Return the worst case in one sentence."""
    if not quote.lines:
        return "This costs nothing."
    return f"At most {listed(_worst(line) for line in quote.lines[:_PRICES])}."


def usually(quote: Quote) -> str | None:
    """Return what such runs have cost here, or nothing if none has run."""
    known = [
        amount(line.title, line.pool, line.typical, None)
        for line in quote.lines[:_PRICES]
        if line.typical is not None
    ]
    return f"The last runs here cost {listed(known)} (median)." if known else None


def confirmation(question: Question, quote: Quote, cheaper: Quote, run_id: str) -> Message:
    """Return the price as a question before anything is spent. `cheaper` is the light run's."""
    small = ["Nothing was spent; the cost counts against whoever confirms.", usually(quote)]
    buttons = [Button("Confirm", "confirm_run", run_id)]
    if _is_cheaper(cheaper, quote):
        small.append(
            f"The cheaper plan: {_lower(at_most(cheaper))} "
            f"It leaves out {listed(LEFT_OUT_WHEN_LIGHT)}."
        )
        buttons.append(Button("Cheaper plan", "confirm_light", run_id))
    buttons.append(Button("Cancel", "cancel_run", run_id))
    return told(_run_this(question, quote), [part for part in small if part], buttons)


def offer(question: Question, quote: Quote, run_id: str, *, meant: str = "") -> Message:
    """Return the private question whether to run this at all; `meant` is a command it may be."""
    bold, small = _run_this(question, quote), "Only you see this. Nothing was spent."
    if meant:
        bold = f"Did you mean `/gap {shown(meant, 20)}`? If so, type that instead."
        small = f"Run asks for {asked(question)}. {at_most(quote)} {small}"
    buttons = [Button("Run", "confirm_run", run_id), Button("Not now", "cancel_run", run_id)]
    return told(bold, [small], buttons)


def _run_this(question: Question, quote: Quote) -> str:
    return f"Run this? {asked(question)}. {at_most(quote)}"


def confirmed(question: Question, user: str) -> Message:
    """Return the text that replaces the price at once, until the run itself does."""
    drawn = told(f"Confirmed: {asked(question)}.", [])
    small = render("confirmed", user=user)
    return Message(drawn.text, [*drawn.blocks, *small])


def cancelled(question: Question) -> Message:
    """Return the text that replaces the question about the price."""
    return told(f"Cancelled: {asked(question)}.", ["Nothing was spent."])


def standing(cap: Standing) -> str:
    """Return how far a cap is used up, after its owner's name unless that is a person."""
    whose = "" if cap.cap.startswith("person") else f"{shown(cap.of, 80)} "
    period = _PERIODS.get(cap.cap, "this month")
    used, most, rest = (_of_cap(cap, value) for value in (cap.used, cap.most.value, cap.left))
    near = ", over 80 %" if cap.is_near else ""
    return f"{whose}{period}: {used} of {most} used, {rest} left{near}"


def balance(row: Balance, calendar: Calendar = _NO_YEAR_KNOWN) -> str:
    """Return what a vendor says is left in a pool."""
    pool = shown(row.pool, 20)
    resets = f", resets on {calendar.day(row.resets_on)}" if row.resets_on else ""
    if row.limit is None:
        said = "what is left was not told" if row.used is None else f"{row.used:,} {pool} used"
    elif row.used is None:
        said = f"{row.limit:,} {pool} left"
    else:
        said = f"{row.used:,} of {row.limit:,} {pool} used, {max(0, row.limit - row.used):,} left"
    return f"{said}{resets}"


def left(one: Allowance, calendar: Calendar = _NO_YEAR_KNOWN) -> str:
    """Return what a vendor says is left in all its pools, or why it does not say."""
    said = (
        one.fault or "; ".join(balance(row, calendar) for row in one.balances) or "nothing was told"
    )
    return shown(said, 300)


def allowance(one: Allowance, calendar: Calendar = _NO_YEAR_KNOWN) -> str:
    """Return the same, after the vendor's name."""
    return f"{shown(one.title, 40)}: {left(one, calendar)}"


def warnings(caps: Iterable[Standing], allowances: Iterable[Allowance]) -> list[str]:
    """Return a sentence for each cap and allowance that is nearly used up."""
    return [
        *(f"Nearly used up: {_whose(cap)}{standing(cap)}." for cap in caps),
        *(f"Nearly used up: {allowance(one)}." for one in allowances),
    ]


def spent(line: Spent) -> str:
    """Return `1,450 ahrefs units ($0.29) in 12 requests, 3 of them from the cache`."""
    said = amount(line.vendor, line.pool, line.units, line.micro_usd)
    reused = f", {line.cached:,} of them from the cache" if line.cached else ""
    return f"{said} in {counted(line.requests, 'request')}{reused}"


def spent_since(found: Overview, calendar: Calendar) -> str:
    """Return `Spent since 1 Nov (UTC)`; caps count months in UTC."""
    return f"Spent since {calendar.day(found.since)} (UTC)"


def overview(found: Overview, allowances: Iterable[Allowance], now: datetime) -> Message:
    """Return `/gap budget`: spending, caps and allowances, visible to one person only."""
    calendar = Calendar(now)
    lead = spent_since(found, calendar)
    groups = [
        (lead, [_Line(spent(line)) for line in found.by_vendor] or [_Line("Nothing.")]),
        ("By site", [_Line(f"{_who(line)}: {spent(line)}") for line in found.by_site]),
        ("By person", [_of_person(line) for line in found.by_person]),
        ("Caps", [_of_standing(cap) for cap in found.caps]),
        ("What the vendors say is left", [_Line(allowance(one, calendar)) for one in allowances]),
    ]
    shown_groups = [
        {"title": title, "lines": lines[:_ROWS], "more": _more(len(lines) - _ROWS)}
        for title, lines in groups
        if lines
    ]
    none = "" if found.caps else "No cap above the single run is set."
    return message(lead, render("budget", groups=shown_groups, small=none))


def _worst(line: QuoteLine) -> str:
    return amount(line.title, line.pool, line.units, line.micro_usd)


def _is_cheaper(one: Quote, other: Quote) -> bool:
    return sum(line.units for line in one.lines) < sum(line.units for line in other.lines)


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def _of_cap(cap: Standing, value: int) -> str:
    if cap.most.money:
        return micro_dollars(value)
    return f"{value:,} {shown(cap.pool, 20)}"


def _whose(cap: Standing) -> str:
    return "your cap " if cap.cap.startswith("person") else ""


def _who(line: Spent) -> str:
    return shown(line.who, 80) if line.who else UNKNOWN_WHO


def _of_person(line: Spent) -> _Line:
    if line.who is None:
        return _Line(f"{UNKNOWN_WHO}: {spent(line)}")
    return _Line(spent(line), line.who)


def _of_standing(cap: Standing) -> _Line:
    return _Line(standing(cap), cap.of if cap.cap.startswith("person") else "")


def _more(count: int) -> str:
    return f"and {count:,} more: `linkgap spend` lists all" if count > 0 else ""
