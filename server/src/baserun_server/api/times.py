"""Times as people write them and as answers show them; inside they are microseconds since the epoch (UTC)."""

import re
from datetime import datetime, timedelta, timezone

from ..errors import BadParameter

SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
_RELATIVE = re.compile(r"now(?:([+-])(\d{1,9})([smhdw]))?")
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_LATEST_US = 253_402_300_799_999_999  # 9999-12-31T23:59:59.999999Z


def parse_time(text: str, now_us: int, field: str) -> int:
    """Microseconds of `now`, `now-7d`, `2026-11-22` or `2026-11-22T10:00:00Z`; without a zone it is UTC."""
    relative = _RELATIVE.fullmatch(text.strip())
    if relative:
        sign, number, unit = relative.groups()
        offset_us = int(number) * SECONDS[unit] * 1_000_000 if sign else 0
        return _bounded(now_us - offset_us if sign == "-" else now_us + offset_us)
    try:
        moment = datetime.fromisoformat(re.sub(r"[zZ]$", "+00:00", text.strip()))
    except ValueError:
        raise BadParameter(
            f"`{text}` is no time", hint="write `2026-11-22T10:00:00Z`, `2026-11-22`, `now` or `now-7d`", field=field
        ) from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    return _bounded((moment - _EPOCH) // timedelta(microseconds=1))


def format_time(at_us: int) -> str:
    """`2026-11-22T10:00:00.000000Z`."""
    moment = _EPOCH + timedelta(microseconds=_bounded(at_us))
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def format_time_or_none(at_us: int | None) -> str | None:
    """The same, where a time may be unknown (None or 0)."""
    return format_time(at_us) if at_us else None


def _bounded(at_us: int) -> int:
    return max(0, min(at_us, _LATEST_US))
