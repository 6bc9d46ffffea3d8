"""A question on the command line: the same words as in Slack, with options beside them."""

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

import click

from bot.cli._shared import defaults_in
from bot.common.errors import BadQuestion
from bot.model.question import Question, QuestionInput, read_here, read_words
from bot.model.tracking import TrackedKeyword
from bot.render.tracking.tracked_words import quoted
from bot.render.words import listed
from bot.store.workspace import CLI_TEAM
from bot.tracking.which import NotTracked, Several, which
from bot.wiring import Core

_WORDS = {"country": "in", "language": "lang", "top10": "gates"}
_NOT_SAID: tuple[object, ...] = (None, "", ())


def question_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options of a question; `with_options` merges them with the words."""
    options = (
        click.option(
            "--site", help="Our domain, such as example.com. Default: from `linkgap settings`."
        ),
        click.option("--page", help="Our page for this keyword, or none if there is no page."),
        click.option(
            "--in", "country", help="Country of the search, by code or name. Default: the site's."
        ),
        click.option(
            "--lang",
            "language",
            help="Language of the search, by code or name. Default: the site's.",
        ),
        click.option(
            "--vs",
            multiple=True,
            help="Compare with this page instead of the top 3; may be repeated.",
        ),
        click.option(
            "--via",
            callback=_names,
            help="Only these vendors, comma separated. Default: the first in order.",
        ),
        click.option(
            "--serp", help="Vendor of search results. Default: the first of --via that has them."
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def which_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options that tell keywords of the same name apart."""
    for name, variable, what in (
        ("--lang", "language", "Its language, by code or name."),
        ("--in", "country", "Its country, by code or name."),
        ("--site", "site", "Its site; needed only if several keywords have this name."),
    ):
        command = click.option(name, variable, help=what)(command)
    return command


def _names(ctx: click.Context, param: click.Parameter, value: str | None) -> tuple[str, ...]:
    """Split a comma-separated list."""
    del ctx, param
    return tuple(name.strip() for name in (value or "").split(",") if name.strip())


def typed(words: str, **options: Any) -> QuestionInput:
    """Return what the words and the options say together. Raises `BadQuestion`."""
    return with_options(read_words(words), QuestionInput(**options))


def with_options(words: QuestionInput, options: QuestionInput) -> QuestionInput:
    """Merge options into words. `vs:` and `via:` add up; anything else may be given only once."""
    checks = any(one not in _NOT_SAID for one in (options.gates, options.top10))
    if words.gates is not None and checks:
        raise both_given("gates", "--gates, --no-gates or --first-page")
    said: dict[str, Any] = {"vs": words.vs + options.vs, "via": words.via + options.via}
    for name in (one.name for one in fields(QuestionInput) if one.name not in ("vs", "via")):
        word, option = getattr(words, name), getattr(options, name)
        if word not in _NOT_SAID and option not in _NOT_SAID:
            named = _WORDS.get(name, name)
            raise both_given(named, f"--{named}")
        said[name] = word if option in _NOT_SAID else option
    return replace(words, **said)


def both_given(word: str, option: str) -> BadQuestion:
    """Return the error for a word and an option that mean the same."""
    return BadQuestion(
        f"`{word}:` and {option} are both given; once is enough. If `{word}:` belongs to the "
        "keyword, put the keyword in quotes of its own."
    )


async def read_question(product: Core, said: QuestionInput, channel: str | None) -> Question:
    """Return the question, with the channel's defaults for everything that was not given."""
    return read_here(said, await defaults_in(product, CLI_TEAM, channel))


async def tracked_here(
    product: Core, said: QuestionInput, *, team: str, channel: str
) -> TrackedKeyword:
    """Return the one tracked keyword that is meant. Raises `BadQuestion` for none or several."""
    here = await product.tracking.following(team, channel)
    found = which(said, here, await defaults_in(product, team, channel))
    if isinstance(found, Several):
        raise BadQuestion(_ways(found, channel))
    if isinstance(found, NotTracked):
        hint = f" Did you mean {listed(map(quoted, found.close))}?" if found.close else ""
        whose = f" for {said.site}" if said.site else ""
        raise BadQuestion(
            f"{quoted(found.keyword)} is not tracked{whose} in {channel}.{hint} "
            "`linkgap list` shows everything that is."
        )
    return found


def _ways(found: Several, channel: str) -> str:
    """Return the error that lists how the keywords differ, including spelling where it matters."""
    ways = "; ".join(
        f"{quoted(one.question.keyword)} {described(one.question)}"
        if found.by_spelling
        else described(one.question)
        for one in found.keywords
    )
    how = "by its spelling, or with" if found.by_spelling else "with"
    return (
        f"{quoted(found.keyword)} is tracked {len(found.keywords)} times in {channel}: {ways}. "
        f"Say which one {how} --site, --in or --lang."
    )


def described(question: Question) -> str:
    """Return `ledgerly.example, US (en)`."""
    market = question.market
    return f"{question.site}, {market.country.upper()} ({market.language})"
