"""One thing that the doctor saw."""

from dataclasses import dataclass
from enum import StrEnum


class Grade(StrEnum):
    """`WRONG` is to be mended, `NOTE` may be as its owner wants it, `GOOD` was checked."""

    GOOD = "good"
    NOTE = "note"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What was seen, in sentences that name the cure; `subject` is Database, Slack, a vendor …"""

    grade: Grade
    subject: str
    says: str


def good(subject: str, says: str) -> Diagnosis:
    """Return what was checked and is as it should be."""
    return Diagnosis(Grade.GOOD, subject, says)


def note(subject: str, says: str) -> Diagnosis:
    """Return what is missing or worth knowing, and stops nothing that was set up."""
    return Diagnosis(Grade.NOTE, subject, says)


def wrong(subject: str, says: str) -> Diagnosis:
    """Return what has to be mended."""
    return Diagnosis(Grade.WRONG, subject, says)
