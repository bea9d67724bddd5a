"""What goes wrong inside Baserun never reaches the application: one log line per kind of fault, and on it goes."""

from __future__ import annotations

import logging
from types import TracebackType

logger = logging.getLogger("baserun")

strict = False
"""Raise instead of logging: for our own tests."""

_quiet = False
_raise_faults = False
_warned: set[str] = set()


def configure(quiet: bool, raise_faults: bool) -> None:
    """Follow the options of `init()`: log no warnings, raise faults of ours."""
    global _quiet, _raise_faults
    _quiet, _raise_faults = quiet, raise_faults


def report(where: str, error: BaseException) -> None:
    """Log a fault of ours once per place and class of error; raise it under our own tests."""
    if strict or _raise_faults:
        raise error
    warn_once(
        f"{where}:{type(error).__name__}",
        "Recording failed in `%s` with `%r`; the application is not affected\n\nhint: please report this",
        where,
        error,
        error=error,
    )


def note_fault(where: str, error: BaseException) -> None:
    """Report a fault on a thread of ours, which must go on whatever happens."""
    try:
        report(where, error)
    except Exception:
        logger.exception("fault in %s", where)


def warn_once(key: str, message: str, *values: object, error: BaseException | None = None) -> None:
    """Log a warning the first time that `key` is given."""
    if key not in _warned:
        _warned.add(key)
        warn(message, *values, error=error)


def warn(message: str, *values: object, error: BaseException | None = None) -> None:
    """Log a warning, unless `init(quiet=True)` asked for none."""
    if not _quiet:
        logger.warning(message, *values, exc_info=error)


def forget_warnings() -> None:
    """Warn again about what was warned of before: for tests."""
    _warned.clear()


class guarded:
    """Keep any exception raised in the block away from the application."""

    __slots__ = ("where",)

    def __init__(self, where: str) -> None:
        self.where = where

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> bool:
        if error is None or not isinstance(error, Exception) or strict or _raise_faults:
            return False
        report(self.where, error)
        return True
