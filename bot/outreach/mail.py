"""Hands a draft to the user's own mail program: a `mailto:` link, or a file where that is too long.

Nothing is sent. Names and words of strangers cannot add a header or another recipient.
"""

from email.message import EmailMessage
from email.policy import SMTP
from urllib.parse import quote

from bot.common.harmless import harmless
from bot.common.mail_address import mail_address
from bot.model.approach import Draft

LONGEST_LINK = 1_900
"""Longer links are cut off by some mail programs and browsers."""


def mailto(draft: Draft) -> str | None:
    """Return a link that opens the draft, or None if it is too long or has no recipient."""
    to = mail_address(draft.to) if draft.to else None
    if to is None:
        return None
    body = "\r\n".join(_body(draft).split("\n"))
    link = f"mailto:{quote(to, safe='@')}?subject={_encoded(_subject(draft))}&body={_encoded(body)}"
    return link if len(link) <= LONGEST_LINK else None


def eml(draft: Draft) -> bytes:
    """Return the draft as a file that mail programs open as a letter not yet sent."""
    letter = EmailMessage(policy=SMTP)
    letter["X-Unsent"] = "1"
    to = mail_address(draft.to) if draft.to else None
    if to is not None:
        letter["To"] = to
    letter["Subject"] = _subject(draft)
    letter.set_content(_body(draft), charset="utf-8", cte="quoted-printable")
    return letter.as_bytes()


def file_name(domain: str) -> str:
    """Return a name for the file: letters, digits, dots and hyphens of the domain only."""
    kept = "".join(each for each in domain if each.isascii() and (each.isalnum() or each in ".-"))
    return f"{kept.strip('.-')[:80] or 'letter'}.eml"


def _subject(draft: Draft) -> str:
    return harmless(" ".join(_encodable(draft.subject).split()))


def _body(draft: Draft) -> str:
    return harmless("\n".join(_encodable(draft.body).splitlines()))


def _encodable(text: str) -> str:
    """Return a text without halves of characters, which no mail can hold."""
    return text.encode("utf-8", "ignore").decode("utf-8")


def _encoded(text: str) -> str:
    return quote(text, safe="")
