"""`baserun.evals`: checks under the names of the older SDK."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

from baserun.errors import not_offered
from baserun.recording._checks import Expected, as_options, check, check_includes, record_check

FUZZY_RATIO = 0.8


class evals:
    """Each check records its score on the trace around it and returns the result."""

    @staticmethod
    def match(name: str, submission: str, expected: Expected, metadata: dict[str, Any] | None = None) -> bool:
        """Check that the submission begins with an expected text."""
        passed = any(str(submission).startswith(str(one)) for one in as_options(expected))
        return record_check(name, passed, submission, expected, metadata)

    @staticmethod
    def includes(name: str, submission: str, expected: Expected, metadata: dict[str, Any] | None = None) -> bool:
        """Check that the submission contains an expected text."""
        return check_includes(name, submission, expected, metadata)

    @staticmethod
    def fuzzy_match(name: str, submission: str, expected: Expected, metadata: dict[str, Any] | None = None) -> bool:
        """Check that the submission and an expected text are alike, or that one contains the other."""
        return record_check(name, _alike(submission, expected), submission, expected, metadata)

    @staticmethod
    def not_match(name: str, submission: str, expected: Expected, metadata: dict[str, Any] | None = None) -> bool:
        """Check that the submission begins with none of the texts."""
        passed = not any(str(submission).startswith(str(one)) for one in as_options(expected))
        return record_check(name, passed, submission, expected, metadata)

    @staticmethod
    def not_includes(name: str, submission: str, expected: Expected, metadata: dict[str, Any] | None = None) -> bool:
        """Check that the submission contains none of the texts."""
        passed = not any(str(one) in str(submission) for one in as_options(expected))
        return record_check(name, passed, submission, expected, metadata)

    @staticmethod
    def not_fuzzy_match(name: str, submission: str, expected: Expected, metadata: dict[str, Any] | None = None) -> bool:
        """Check that the submission is much like none of the texts."""
        return record_check(name, not _alike(submission, expected), submission, expected, metadata)

    @staticmethod
    def valid_json(name: str, submission: str, metadata: dict[str, Any] | None = None) -> bool:
        """Check that the submission is JSON."""
        try:
            json.loads(submission)
            passed = True
        except (TypeError, ValueError):
            passed = False
        return record_check(name, passed, submission, None, metadata)

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
        raise not_offered(
            "evals", "it asks a model or a third party on your behalf; judge with your own code and `check(...)`"
        )

    check_injection = _by_model
    model_graded_custom = _by_model
    model_graded_fact = _by_model
    model_graded_closedqa = _by_model
    model_graded_security = _by_model


def _alike(submission: Any, expected: Any) -> bool:
    import difflib  # only here: every application would pay for it at its start

    text = " ".join(str(submission).lower().split())
    for one in as_options(expected):
        other = " ".join(str(one).lower().split())
        if other in text or text in other or difflib.SequenceMatcher(None, text, other).ratio() >= FUZZY_RATIO:
            return True
    return False
