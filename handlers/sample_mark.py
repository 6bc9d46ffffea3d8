"""Invented numbers say so in every message, private ones too."""

from dataclasses import replace

from bot.errors import LinkGapError
from bot.model.question import Question
from bot.render.report.sentences import SAMPLE
from bot.render.slack.blocks import render
from bot.render.slack.message import Message
from handlers.services import Services


def uses_sample(services: Services, question: Question) -> bool:
    """Say whether the numbers of a question are invented."""
    try:
        return services.analysis.uses_sample(question)
    except LinkGapError:
        return False


def marked(message: Message) -> Message:
    """Return the message with the mark below it."""
    mark = render("note", lines=[], small=[SAMPLE], buttons=[])
    return replace(message, text=f"{message.text} {SAMPLE}", blocks=[*message.blocks, *mark])
