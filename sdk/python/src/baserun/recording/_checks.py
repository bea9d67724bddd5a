"""Checks: what a program thinks of an answer, as a score from 0 to 1 on the trace around it."""

from __future__ import annotations

from typing import Any

from baserun.recording._feedback import record_score

Expected = Any


def check(
    name: str,
    actual: Any = None,
    expected: Any = None,
    score: float | None = None,
    metadata: dict[str, Any] | None = None,
    eval_type: str | None = None,
    *,
    result: bool | float | None = None,
) -> Any:
    """Record a check, return `actual`: `check("polite", answer, score=0.9)` or `check(name="polite", result=True)`."""
    value = score if score is not None else (float(result) if result is not None else None)
    label = None if value is None else "pass" if value >= 0.5 else "fail"
    told = {**(metadata or {}), **({"eval_type": eval_type} if eval_type else {})}
    record_score(str(name), value, label, "check", metadata=told, expected=expected, actual=actual)
    return actual


def check_equals(name: str, actual: Any, expected: Any, metadata: dict[str, Any] | None = None) -> bool:
    """Check that `actual` is `expected`, or one of them where it is a list."""
    return record_check(name, any(actual == one for one in as_options(expected)), actual, expected, metadata)


def check_includes(name: str, actual: str, expected: Expected, metadata: dict[str, Any] | None = None) -> bool:
    """Check that `actual` contains `expected`, or one of them where it is a list."""
    return record_check(name, any(str(one) in str(actual) for one in as_options(expected)), actual, expected, metadata)


def as_options(expected: Any) -> list[Any]:
    """Return what is expected as a list of texts of which one is enough."""
    # A plain text is one option: taking it apart into letters was how the original passed what it should not.
    return list(expected) if isinstance(expected, (list, tuple, set, frozenset)) else [expected]


def record_check(name: str, passed: bool, actual: Any, expected: Any, metadata: dict[str, Any] | None) -> bool:
    """Record whether a check passed, and return that."""
    check(name, actual, expected, 1.0 if passed else 0.0, metadata)
    return passed
