"""The playground's only exception: an answer with ok set to false."""

from collections.abc import Mapping, Sequence


class SlackError(Exception):
    """Slack refuses a call. `code` is Slack's error code."""

    def __init__(
        self,
        code: str,
        *,
        messages: Sequence[str] = (),
        **extra: str,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.messages = tuple(messages)
        self.extra: Mapping[str, str] = extra

    def answer(self) -> dict[str, object]:
        """Return the JSON body that Slack sends."""
        body: dict[str, object] = {"ok": False, "error": self.code, **self.extra}
        if self.messages:
            body["response_metadata"] = {"messages": list(self.messages)}
        return body
