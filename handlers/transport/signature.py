"""Slack's signature of a delivery. Nothing that a stranger sends can make the check raise."""

import hmac
import re

from bot.settings.environment import Settings

WINDOW_S = 300
"""Slack's own advice: an older signature may have been overheard and sent again."""
_STAMP = re.compile(rb"[0-9]{1,12}")
_SIGNATURE = re.compile(rb"v0=[0-9a-f]{64}")


def is_in_time(stamp: bytes, now: float) -> bool:
    """Say whether a stamp is a number of seconds at most five minutes from now, either way."""
    return _STAMP.fullmatch(stamp) is not None and abs(now - int(stamp)) <= WINDOW_S


def looks_signed(signature: bytes) -> bool:
    """Say whether a signature has the form of one, so that the body is worth reading."""
    return _SIGNATURE.fullmatch(signature) is not None


def is_signed(secret: str, stamp: bytes, body: bytes, signature: bytes) -> bool:
    """Say whether the signature is that of the body, in a time that tells nothing of how near.

    Without a secret nothing is signed: anybody can sign with an empty one.
    """
    if not secret:
        return False
    return hmac.compare_digest(signature_of(secret, stamp, body), signature)


def signature_of(secret: str, stamp: bytes, body: bytes) -> bytes:
    """Return the signature of a body."""
    signed = hmac.new(secret.encode(), b"v0:" + stamp + b":" + body, "sha256")
    return b"v0=" + signed.hexdigest().encode()


def signing_secret(settings: Settings) -> str:
    """Return the secret; Socket Mode needs none, because Slack signs nothing there."""
    secret = settings.slack_signing_secret
    return secret.get_secret_value() if secret else ""
