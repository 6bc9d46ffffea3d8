"""Filter Bolt's log, which quotes whole request bodies, so that no user text gets into it."""

import logging

LONGEST = 200


class _ShortMessages(logging.Filter):
    """Passes warnings only, each as one short line that ends before a body would begin."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Shorten a record, or drop it."""
        said = record.getMessage()
        # Our client has the token; Bolt also finds it in the environment and warns at every start.
        if record.levelno < logging.WARNING or "`token` will be unused" in said:
            return False
        line = said.partition("\n")[0].partition("{")[0].partition("body:")[0]
        record.msg, record.args = line[:LONGEST].rstrip(" ("), ()
        return True


_SHORT = _ShortMessages()


def bolt_log() -> logging.Logger:
    """Return the logger to build a Bolt app with; Bolt derives all its other loggers from it.

    Setting a level on `slack_bolt` is not enough: Bolt gives each of its loggers the root's level.
    """
    log = logging.getLogger("slack_bolt")
    log.setLevel(logging.WARNING)
    log.addFilter(_SHORT)
    return log
