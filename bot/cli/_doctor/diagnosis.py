"""One finding of `linkgap doctor`."""

from dataclasses import dataclass
from enum import StrEnum


class Grade(StrEnum):
    """`WRONG` needs a fix, `NOTE` may be intended by the owner, `GOOD` was checked and is fine."""

    GOOD = "good"
    NOTE = "note"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What was found, in sentences that name the fix; `subject` is Database, Slack, a vendor …"""

    grade: Grade
    subject: str
    says: str


def good(subject: str, says: str) -> Diagnosis:
    """Return a finding that was checked and is fine."""
    return Diagnosis(Grade.GOOD, subject, says)


def note(subject: str, says: str) -> Diagnosis:
    """Return a finding that is missing or worth knowing, but breaks nothing that was set up."""
    return Diagnosis(Grade.NOTE, subject, says)


def wrong(subject: str, says: str) -> Diagnosis:
    """Return a finding that needs a fix."""
    return Diagnosis(Grade.WRONG, subject, says)
