"""Bolt's own log, without what people wrote: the library quotes whole bodies."""

import logging

LONGEST = 200


class _Curt(logging.Filter):
    """Leaves warnings, each one short line that ends where a body would begin."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Shorten a record, or drop it."""
        said = record.getMessage()
        # Our client has the token; Bolt, which finds it in the environment, warns at every start.
        if record.levelno < logging.WARNING or "`token` will be unused" in said:
            return False
        line = said.partition("\n")[0].partition("{")[0].partition("body:")[0]
        record.msg, record.args = line[:LONGEST].rstrip(" ("), ()
        return True


_CURT = _Curt()


def bolt_log() -> logging.Logger:
    """Return the logger to build a Bolt app with; all its other loggers are made after it.

    A level on `slack_bolt` alone does not hold: Bolt gives each of its loggers the root's.
    """
    log = logging.getLogger("slack_bolt")
    log.setLevel(logging.WARNING)
    log.addFilter(_CURT)
    return log
