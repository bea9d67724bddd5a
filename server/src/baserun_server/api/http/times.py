"""Times as requests and answers write them; inside they are microseconds since the epoch (UTC)."""

from datetime import datetime, timedelta, timezone

from ...errors import BadParameter
from ...store.search.values import LATEST_US, parse_time_us

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def parse_time(text: str, now_us: int, field: str) -> int:
    """Microseconds of `now`, `now-7d`, `2026-11-22` or `2026-11-22T10:00:00Z`; without a zone it is UTC."""
    try:
        return parse_time_us(text.strip(), now_us)
    except ValueError as wrong:
        hint = "write `2026-11-22T10:00:00Z`, `2026-11-22`, `now` or `now-7d`"
        raise BadParameter(str(wrong), hint=hint, field=field) from None


def format_time(at_us: int) -> str:
    """`2026-11-22T10:00:00.000000Z`."""
    moment = _EPOCH + timedelta(microseconds=max(0, min(at_us, LATEST_US)))
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def format_time_or_none(at_us: int | None) -> str | None:
    """The same, where a time may be unknown (None or 0)."""
    return format_time(at_us) if at_us else None


def date_of(at_us: int) -> str:
    """The day of a moment, `2026-11-22` (UTC)."""
    return format_time(at_us)[:10]
