"""What the server writes to its standard error: one line for each thing that happened, and few of each kind.

What clients send can stand in a line (an address, a name in an error), so control characters are written as escapes:
nobody can make up a line of their own or steer the terminal of whoever reads it. And whatever clients provoke, lines of
one kind are written at most once a second, with the number of those left out.
"""

import logging
import re
import time

FORMAT = "%(asctime)s %(name)s %(levelname)s %(message)s"
ONCE_IN_SECONDS = 1.0
KINDS = 1_000
"""Kinds of lines that are remembered; a kind is a place in our code, so there are far fewer."""
LINE_CHARACTERS = 2_000
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class PlainLines(logging.Formatter):
    """Formats a record so that its message is one line; a traceback follows, indented."""

    def format(self, record: logging.LogRecord) -> str:
        """The text of a record."""
        told = logging.makeLogRecord({**record.__dict__, "exc_info": None, "exc_text": None, "stack_info": None})
        left_out = getattr(record, "left_out", 0)
        line = escaped(super().format(told)[:LINE_CHARACTERS]) + (f" (and {left_out} more like it)" if left_out else "")
        if not record.exc_info:
            return line
        trace = self.formatException(record.exc_info).split("\n")
        return "\n".join([line, *(f"    {escaped(part)}" for part in trace)])


class Sparing(logging.Filter):
    """Lets one line of each kind through a second, and counts the others."""

    def __init__(self) -> None:
        super().__init__()
        self._kinds: dict[tuple[str, int], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the line is written."""
        kind, now = (record.pathname, record.lineno), time.monotonic()
        written_at, left_out = self._kinds.get(kind, (0.0, 0))
        if written_at and now - written_at < ONCE_IN_SECONDS:
            self._kinds[kind] = (written_at, left_out + 1)
            return False
        if len(self._kinds) >= KINDS:
            self._kinds.clear()
        self._kinds[kind] = (now, 0)
        record.left_out = left_out
        return True


def escaped(text: str) -> str:
    """The text in one line: control characters, and those that turn the direction of writing, as escapes."""
    return CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def write_log_lines(level: int) -> None:
    """Let the process write its log this way."""
    handler = logging.StreamHandler()
    handler.setFormatter(PlainLines(FORMAT))
    handler.addFilter(Sparing())
    logging.basicConfig(level=level, handlers=[handler])
