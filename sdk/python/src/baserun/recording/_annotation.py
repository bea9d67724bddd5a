"""Annotations: several judgements and notes about one answer or trace, sent together by `submit()`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from baserun.context._scope import Scope, current
from baserun.recording._checks import as_options
from baserun.recording._feedback import record_score, score_of
from baserun.recording._notes import note
from baserun.recording._trace import Trace


class Annotation:
    """Gathers feedback, checks, logs and inputs about an answer (by the provider's completion id) or a trace.

    Nothing is recorded before `submit()`, which may be called anywhere: whose trace it is was settled at the start.
    """

    def __init__(self, completion_id: str | None = None, run: Trace | None = None) -> None:
        self.completion_id = completion_id
        around = current.get()
        self._trace_id: str | None = None
        self._span_id: str | None = None
        if run is not None:
            self._trace_id, self._span_id = run.trace_id, run.span_id
            self._scope = Scope(run.session_id, run.user_id)
        else:
            if around.span is not None:
                self._trace_id, self._span_id = around.span.trace_id, around.span.span_id
            self._scope = Scope(around.session_id, around.user_id)
        self._gathered: list[tuple[str, dict[str, Any]]] = []

    def feedback(
        self,
        name: str | None = None,
        thumbsup: bool | None = None,
        stars: float | None = None,
        score: float | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        """Add what a person thought: a score from 0 to 1, else thumbs, else stars of five."""
        value, label = score_of(thumbsup, stars, score)
        self._score(name or "General Feedback", value, label, "feedback", metadata=metadata)

    def check(
        self,
        name: str,
        methodology: str = "",
        expected: Any = None,
        actual: Any = None,
        score: float | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        """Add a check with its score."""
        label = None if score is None else "pass" if score >= 0.5 else "fail"
        told = {**({"methodology": methodology} if methodology else {}), **(metadata or {})}
        self._score(name, score, label, "check", metadata=told, expected=expected, actual=actual)

    def check_includes(self, name: str, expected: Any, actual: str, metadata: dict[str, Any] | None = None) -> None:
        """Add the check that `actual` contains an expected text."""
        passed = any(str(one) in str(actual) for one in as_options(expected))
        self.check(name, "includes", expected, actual, 1.0 if passed else 0.0, metadata)

    def log(self, name: str, metadata: Any = None) -> None:
        """Add a log entry."""
        self._gathered.append(("log", {"key": name, "value": metadata}))

    def input(self, key: str, value: Any) -> None:
        """Add a prompt variable."""
        self._gathered.append(("variable", {"key": key, "value": value}))

    def submit(self) -> None:
        """Record what was gathered. Never waits; what is added afterwards goes with the next call."""
        gathered, self._gathered = self._gathered, []
        for kind, values in gathered:
            if kind == "score":
                record_score(
                    **values,
                    scope=self._scope,
                    trace_id=self._trace_id,
                    span_id=self._span_id,
                    response_id=self.completion_id,
                )
            else:
                note(kind, **values, scope=self._scope, trace_id=self._trace_id, response_id=self.completion_id)

    async def asubmit(self) -> None:
        """Record what was gathered; the awaitable twin of `submit`."""
        self.submit()

    def _score(self, name: str, value: float | None, label: str | None, source: str, **more: Any) -> None:
        self._gathered.append(("score", {"name": name, "value": value, "label": label, "source": source, **more}))

    @classmethod
    @contextmanager
    def with_annotation(cls, completion: Any = None) -> Iterator[Annotation]:
        """Gather in a block and submit at its end."""
        annotation = cls(getattr(completion, "id", None))
        try:
            yield annotation
        finally:
            annotation.submit()

    aanotate = with_annotation


def annotate(completion_id: str | None = None, run: Trace | None = None, trace: Trace | None = None) -> Annotation:
    """Begin an annotation of the trace around, of `trace` (or `run`), or of the answer that `completion_id` names."""
    return Annotation(completion_id, run or trace)
