"""LiteLLM's callback `otel`: a call, and beneath it a copy of it with the raw request, which is no call of its own."""

from collections.abc import Set

from ...model import Span
from ..otlp.sent import SentSpan
from .words import mark

RAW_REQUEST_NAMES = ("raw_gen_ai_request", "litellm_request_raw")
PROXY_TEAM = "metadata.user_api_key_team_id"


def recognises(scope: str, families: Set[str]) -> bool:
    """Spans of the scope `litellm`, or with attributes that only its proxy sets."""
    return scope.startswith("litellm") or "litellm" in families or "hidden_params" in families


def read(sent: SentSpan, span: Span) -> None:
    """Take the raw copy out of the count; the conventions read the rest."""
    attributes = sent.attributes
    if sent.name in RAW_REQUEST_NAMES or (
        sent.parent_span_id
        and "gen_ai.operation.name" not in attributes
        and any(key.startswith("llm.") and key.count(".") >= 2 for key in attributes)
        and "openinference.span.kind" not in attributes
    ):
        span.kind = "other"
        mark(span, "raw_copy")
    team = attributes.get(PROXY_TEAM)
    if team:
        span.metadata.setdefault("team_id", team)
