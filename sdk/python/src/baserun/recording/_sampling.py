"""Which records are kept: decided by a hash of the session, else of the user, so that each is kept or dropped whole."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256

from baserun.recording._span import LogRecord, Span


def keeper(sample_rate: float) -> Callable[[Span | LogRecord], bool] | None:
    """Return the function that decides for a record, or None where all are kept.

    The same id is decided the same way in every process. A record with no session and no user goes by its trace; one
    with none of them (a report of losses) is kept.
    """
    if sample_rate >= 1.0:
        return None
    threshold = int(sample_rate * 2**64)

    def keeps(record: Span | LogRecord) -> bool:
        key = record.session_id or record.user_id or record.trace_id
        return not key or int.from_bytes(sha256(key.encode("utf-8", "replace")).digest()[:8], "big") < threshold

    return keeps
