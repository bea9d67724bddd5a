"""When to send again after a request that did not arrive."""

from __future__ import annotations

import random
import time

FIRST_DELAY_SECONDS = 0.5
LONGEST_DELAY_SECONDS = 15.0
LONGEST_RETRY_AFTER_SECONDS = 300.0


class Retry:
    """Counts failures in a row. Each doubles the wait, with jitter; what the server asks for goes before."""

    __slots__ = ("_failures", "has_failed", "next_attempt")

    def __init__(self) -> None:
        self._failures = 0
        self.next_attempt = 0.0
        """Not before this time, on the monotonic clock."""
        self.has_failed = False
        """Whether an attempt has failed since `hurry`: somebody in a hurry tries at once, but only once."""

    def hurry(self) -> None:
        """Somebody waits: let the next attempt go at once."""
        self.has_failed = False

    def note_done(self) -> None:
        """The server has answered: what is next goes at once."""
        self._failures = 0
        self.next_attempt = 0.0

    def note_failed(self, retry_after_seconds: float | None) -> None:
        """The server has not answered, or asked for another attempt."""
        self._failures += 1
        self.next_attempt = time.monotonic() + self._delay_seconds(retry_after_seconds)
        self.has_failed = True

    def _delay_seconds(self, retry_after_seconds: float | None) -> float:
        delay = min(LONGEST_DELAY_SECONDS, FIRST_DELAY_SECONDS * 2 ** min(self._failures - 1, 10))
        delay *= random.uniform(0.5, 1.0)  # noqa: S311 - jitter, not a secret
        if retry_after_seconds is not None:
            return min(retry_after_seconds, LONGEST_RETRY_AFTER_SECONDS) + delay * 0.1
        return delay
