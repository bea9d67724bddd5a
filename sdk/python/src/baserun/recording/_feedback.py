"""Judgements: what people thought of an answer, and what programs checked."""

from __future__ import annotations

from typing import Any

from baserun._config import record
from baserun._guard import guarded
from baserun.context._scope import Scope, current
from baserun.recording import _attributes as names
from baserun.recording._content import metadata_attributes, snapshot
from baserun.recording._span import LogRecord


def score_of(thumbsup: bool | None, stars: float | None, score: float | None) -> tuple[float | None, str | None]:
    """Return feedback as a number from 0 to 1 and its label: a score before thumbs, thumbs before stars (of 5)."""
    if score is not None:
        value = float(score)
        return value, None
    if thumbsup is not None:
        return (1.0, "up") if thumbsup else (0.0, "down")
    if stars is not None:
        return float(stars) / 5.0, None
    return None, None


def record_score(
    name: str,
    value: float | None,
    label: str | None,
    source: str,
    *,
    scope: Scope | None = None,
    comment: str | None = None,
    metadata: dict[str, Any] | None = None,
    expected: Any = None,
    actual: Any = None,
    trace_id: str | None = None,
    span_id: str | None = None,
    completion_id: str | None = None,
    response_id: str | None = None,
) -> None:
    """Record a judgement about what the scope or the ids name."""
    with guarded("feedback"):
        attributes: dict[str, Any] = {names.SCORE_NAME: str(name), names.SCORE_SOURCE: source}
        if value is not None:
            attributes[names.SCORE_VALUE] = float(value)
        if label is not None:
            attributes[names.SCORE_LABEL] = label
        comment = comment if comment is not None else (metadata or {}).get("comment")
        if comment:
            attributes[names.SCORE_EXPLANATION] = str(comment)
        if completion_id:
            # Whose id it is, ours or the provider's, is not known: either may be given.
            attributes[names.COMPLETION_ID] = str(completion_id)
            attributes[names.RESPONSE_ID] = str(completion_id)
        if response_id:
            attributes[names.RESPONSE_ID] = str(response_id)
        attributes.update(metadata_attributes(metadata))
        content: dict[str, Any] = {}
        if expected is not None:
            content[names.SCORE_EXPECTED] = snapshot(expected)
        if actual is not None:
            content[names.SCORE_ACTUAL] = snapshot(actual)
        around = scope or current.get()
        record(LogRecord("gen_ai.evaluation.result", attributes, around, content, None, trace_id, span_id))


def feedback(
    name: str | None = None,
    score: float | None = None,
    *,
    thumbsup: bool | None = None,
    stars: float | None = None,
    comment: str | None = None,
    metadata: dict[str, Any] | None = None,
    trace_id: str | None = None,
    completion_id: str | None = None,
    response_id: str | None = None,
) -> None:
    """Record what a person thought: `feedback("helpful", thumbsup=False, metadata={"comment": "useless"})`.

    It concerns the trace and session around it, or those of `trace_id`, or the answer named by `completion_id`
    or `response_id` (the provider's id, `completion.id`). `score` is from 0 to 1, `stars` from 0 to 5.
    """
    value, label = score_of(thumbsup, stars, score)
    record_score(
        name or "General Feedback",
        value,
        label,
        "feedback",
        comment=comment,
        metadata=metadata,
        trace_id=trace_id,
        completion_id=completion_id,
        response_id=response_id,
    )
