"""Checks: what a program thinks of an answer, as a score from 0 to 1 on the trace around it."""

from __future__ import annotations

import difflib
import json
from collections.abc import Awaitable, Callable
from typing import Any

from baserun.errors import out_of_scope
from baserun.recording._feedback import record_score

Expected = Any
FUZZY_RATIO = 0.8


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
    return _checked(name, any(actual == one for one in _options(expected)), actual, expected, metadata)


def check_includes(name: str, actual: str, expected: Expected, metadata: dict[str, Any] | None = None) -> bool:
    """Check that `actual` contains `expected`, or one of them where it is a list."""
    return _checked(name, any(str(one) in str(actual) for one in _options(expected)), actual, expected, metadata)


def _options(expected: Any) -> list[Any]:
    # A plain text is one option: taking it apart into letters was how the original passed what it should not.
    return list(expected) if isinstance(expected, (list, tuple, set, frozenset)) else [expected]


def _checked(name: str, passed: bool, actual: Any, expected: Any, metadata: dict[str, Any] | None) -> bool:
    check(name, actual, expected, 1.0 if passed else 0.0, metadata)
    return passed


class evals:
    """Checks under the names of the older SDK. Each records its score on the trace around it and returns the result."""

    @staticmethod
    def match(name: str, submission: str, expected: Expected, metadata: dict[str, Any] | None = None) -> bool:
        """Check that the submission begins with an expected text."""
        passed = any(str(submission).startswith(str(one)) for one in _options(expected))
        return _checked(name, passed, submission, expected, metadata)

    @staticmethod
    def includes(name: str, submission: str, expected: Expected, metadata: dict[str, Any] | None = None) -> bool:
        """Check that the submission contains an expected text."""
        return check_includes(name, submission, expected, metadata)

    @staticmethod
    def fuzzy_match(name: str, submission: str, expected: Expected, metadata: dict[str, Any] | None = None) -> bool:
        """Check that the submission and an expected text are alike, or that one contains the other."""
        return _checked(name, _alike(submission, expected), submission, expected, metadata)

    @staticmethod
    def not_match(name: str, submission: str, expected: Expected, metadata: dict[str, Any] | None = None) -> bool:
        """Check that the submission begins with none of the texts."""
        passed = not any(str(submission).startswith(str(one)) for one in _options(expected))
        return _checked(name, passed, submission, expected, metadata)

    @staticmethod
    def not_includes(name: str, submission: str, expected: Expected, metadata: dict[str, Any] | None = None) -> bool:
        """Check that the submission contains none of the texts."""
        passed = not any(str(one) in str(submission) for one in _options(expected))
        return _checked(name, passed, submission, expected, metadata)

    @staticmethod
    def not_fuzzy_match(name: str, submission: str, expected: Expected, metadata: dict[str, Any] | None = None) -> bool:
        """Check that the submission is much like none of the texts."""
        return _checked(name, not _alike(submission, expected), submission, expected, metadata)

    @staticmethod
    def valid_json(name: str, submission: str, metadata: dict[str, Any] | None = None) -> bool:
        """Check that the submission is JSON."""
        try:
            json.loads(submission)
            passed = True
        except (TypeError, ValueError):
            passed = False
        return _checked(name, passed, submission, None, metadata)

    @staticmethod
    def custom(
        name: str, submission: str, eval_function: Callable[[Any], Any], metadata: dict[str, Any] | None = None
    ) -> Any:
        """Check with a function of the application: its result (true, false or a number) is the score."""
        result = eval_function(submission)
        check(name, submission, score=float(result), metadata=metadata)
        return result

    @staticmethod
    async def custom_async(
        name: str,
        submission: str,
        evaluation_func: Callable[[Any], Awaitable[Any]],
        metadata: dict[str, Any] | None = None,
    ) -> Any:
        """Check with a coroutine function of the application."""
        result = await evaluation_func(submission)
        check(name, submission, score=float(result), metadata=metadata)
        return result

    @staticmethod
    def _by_model(*_: Any, **__: Any) -> Any:
        raise out_of_scope(
            "evals", "it asks a model or a third party on your behalf; judge with your own code and `check(...)`"
        )

    check_injection = _by_model
    model_graded_custom = _by_model
    model_graded_fact = _by_model
    model_graded_closedqa = _by_model
    model_graded_security = _by_model


def _alike(submission: Any, expected: Any) -> bool:
    text = " ".join(str(submission).lower().split())
    for one in _options(expected):
        other = " ".join(str(one).lower().split())
        if other in text or text in other or difflib.SequenceMatcher(None, text, other).ratio() >= FUZZY_RATIO:
            return True
    return False
