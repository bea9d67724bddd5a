"""Values as people write them in a filter: numbers with units, costs, durations, times. Pure."""

import re
from datetime import datetime, timedelta, timezone

_NUMBER = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+))([kKM]?)")
_DURATION = re.compile(r"((?:\d+\.?\d*|\.\d+))(us|µs|ms|s|m|h|d|)")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_RELATIVE = re.compile(r"now(?:([+-])(\d{1,9})([smhdw]))?")
_MICROSECONDS = {
    "us": 1,
    "µs": 1,
    "ms": 1_000,
    "": 1_000,
    "s": 10**6,
    "m": 60 * 10**6,
    "h": 3_600 * 10**6,
    "d": 86_400 * 10**6,
}
SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_DAY_US = 86_400 * 10**6
LATEST_US = 253_402_300_799_999_999
"""The end of the year 9999."""


def parse_number(text: str) -> float:
    """`5`, `0.5`, `10k`, `2M`."""
    found = _NUMBER.fullmatch(text)
    if not found or len(text) > 40:
        raise ValueError(f"`{text}` is no number")
    return float(found[1]) * {"": 1, "k": 1_000, "K": 1_000, "M": 1_000_000}[found[2]]


def parse_cost(text: str) -> int:
    """Nano-dollars of `0.05` or `$0.05`."""
    try:
        return _int64(round(parse_number(text.removeprefix("$")) * 1e9))
    except ValueError:
        raise ValueError(f"`{text}` is no amount of money") from None


def parse_duration_us(text: str) -> int:
    """Microseconds of `300ms`, `2s`, `5m`, `1h`; a bare number counts milliseconds."""
    found = _DURATION.fullmatch(text)
    if not found or len(text) > 40:
        raise ValueError(f"`{text}` is no duration")
    return _int64(round(float(found[1]) * _MICROSECONDS[found[2]]))


def parse_time_us(text: str, now_us: int) -> int:
    """Microseconds since the epoch of `now`, `now-7d`, `2026-11-22` or `2026-11-22T10:00:00Z`; UTC without a zone."""
    return parse_time_range(text, now_us)[0]


def parse_time_range(text: str, now_us: int) -> tuple[int, int]:
    """First and last microsecond of a time: of a day written without an hour the whole day, else the same twice."""
    relative = _RELATIVE.fullmatch(text)
    if relative:
        sign, number, unit = relative.groups()
        offset_us = int(number) * SECONDS[unit] * 10**6 if sign else 0
        at_us = _bounded(now_us - offset_us if sign == "-" else now_us + offset_us)
        return at_us, at_us
    try:
        moment = datetime.fromisoformat(re.sub(r"[zZ]$", "+00:00", text))
    except ValueError:
        raise ValueError(f"`{text}` is no time") from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    at_us = _bounded((moment - _EPOCH) // timedelta(microseconds=1))
    return at_us, at_us + _DAY_US - 1 if _DAY.fullmatch(text) else at_us


def _bounded(at_us: int) -> int:
    return max(0, min(at_us, LATEST_US))


def _int64(value: int) -> int:
    return max(-(2**63), min(value, 2**63 - 1))
