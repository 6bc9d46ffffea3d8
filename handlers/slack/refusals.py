"""What Slack's error codes mean: one sentence per code, and whether Slack did anything."""

from typing import Any

from slack_sdk.errors import SlackApiError

from bot.common.errors import LinkGapError

NOT_A_MEMBER = frozenset({"not_in_channel", "channel_not_found"})
CANNOT_POST_HERE = NOT_A_MEMBER | {
    "is_archived",
    "restricted_action",
    "restricted_action_read_only_channel",
    "restricted_action_thread_locked",
    "restricted_action_non_threadable_channel",
    "thread_not_found",
    "messages_tab_disabled",
}
BAD_BLOCKS = frozenset(
    {"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "msg_too_long"}
)
NO_ANSWER = "no_answer"
NOT_REACHABLE = "not_reachable"
FOREIGN_ADDRESS = "foreign_address"
# Slack's own description of these: part of the request may have been carried out.
_UNCERTAIN = frozenset(
    {NO_ANSWER, "fatal_error", "internal_error", "request_timeout", "service_unavailable"}
)
_REINSTALL = "Ask the person who set LinkGap up to reinstall it with the current manifest."
SENTENCES = {
    **dict.fromkeys(
        NOT_A_MEMBER,
        "I am not a member of this channel. Add me with `/invite @LinkGap` and try again.",
    ),
    **dict.fromkeys(
        ("account_inactive", "token_revoked", "token_expired", "invalid_auth", "not_authed"),
        f"Slack no longer accepts LinkGap's token. {_REINSTALL}",
    ),
    **dict.fromkeys(
        _UNCERTAIN,
        "Slack did not say whether it took my message. Look at the channel before you try again.",
    ),
    NOT_REACHABLE: "Slack could not be reached. Try again in a minute.",
    FOREIGN_ADDRESS: "The address for a private answer is not Slack's, so nothing was sent there. "
    "Ask again.",
    "is_archived": "This channel is archived, so nothing can be posted here.",
    "thread_not_found": "The thread I was to answer in is gone.",
    "message_not_found": "The message I was to change is gone.",
    "ratelimited": "Slack asked LinkGap to slow down. Try again in a minute.",
    "expired_trigger_id": "Slack gave me too little time to open the form. Try again.",
    "expired_url": "Slack lets me answer privately for half an hour only, and that is over.",
    "used_url": "Slack lets me answer privately five times only, and those are used.",
}


class SlackRefused(LinkGapError):
    """Slack refused a request. `certain`: nothing was done, so it may be sent again."""

    def __init__(self, code: str, *, needed: str = "", provided: str = "") -> None:
        self.code = code
        self.certain = code not in _UNCERTAIN
        if code == "missing_scope":
            sentence = (
                f"LinkGap lacks the Slack permission `{needed}`; it has `{provided}`. {_REINSTALL}"
            )
        else:
            sentence = SENTENCES.get(code, f"Slack refused my message ({code}).")
        super().__init__(sentence)


def refused(error: SlackApiError) -> SlackRefused:
    """Return the refusal for the Web API's error."""
    data = answer_of(error)
    # Without an error code the answer is not from Slack's application but a proxy or broken server.
    code = str(data.get("error") or NO_ANSWER)
    return SlackRefused(
        code, needed=str(data.get("needed", "")), provided=str(data.get("provided", ""))
    )


def answer_of(error: SlackApiError) -> dict[str, Any]:
    """Return the body of Slack's answer; empty when it is not a JSON object."""
    data = getattr(error.response, "data", None)
    return data if isinstance(data, dict) else {}
