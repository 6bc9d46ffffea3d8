"""Check Slack's signature of a delivery. No input from a stranger can make the check raise."""

import hmac
import re

from bot.settings.environment import Settings

WINDOW_S = 300
"""Slack's own advice: an older signature may be a replay."""
_STAMP = re.compile(rb"[0-9]{1,12}")
_SIGNATURE = re.compile(rb"v0=[0-9a-f]{64}")


def is_in_time(stamp: bytes, now: float) -> bool:
    """Say whether a timestamp is a number of seconds at most five minutes from now, either way."""
    return _STAMP.fullmatch(stamp) is not None and abs(now - int(stamp)) <= WINDOW_S


def looks_signed(signature: bytes) -> bool:
    """Say whether a signature is well-formed, so that the body is worth reading."""
    return _SIGNATURE.fullmatch(signature) is not None


def is_signed(secret: str, stamp: bytes, body: bytes, signature: bytes) -> bool:
    """Compare the signature with the body's, in constant time.

    Without a secret every check fails, because anybody can sign with an empty one.
    """
    if not secret:
        return False
    return hmac.compare_digest(signature_of(secret, stamp, body), signature)


def signature_of(secret: str, stamp: bytes, body: bytes) -> bytes:
    """Return the signature of a body."""
    signed = hmac.new(secret.encode(), b"v0:" + stamp + b":" + body, "sha256")
    return b"v0=" + signed.hexdigest().encode()


def signing_secret(settings: Settings) -> str:
    """Return the signing secret; Socket Mode needs none, because Slack signs nothing there."""
    secret = settings.slack_signing_secret
    return secret.get_secret_value() if secret else ""
