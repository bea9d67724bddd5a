"""LiteLLM's callback `otel`: a call, and beneath it a copy of it with the raw request, which is not a call of its own.

Convention: https://docs.litellm.ai/docs/observability/opentelemetry_integration, as sent by `litellm` 1.106.2.

    chat                                                scope `litellm`
    gen_ai.operation.name = "acompletion"
    gen_ai.request.model = "gpt-4o-mini"
    gen_ai.usage.prompt_tokens = 10
    gen_ai.cost.total_cost = "0.00002"
    llm.user = "hash-1"
    metadata.user_api_key_team_id = "team-1"            set by the proxy
    gen_ai.prompt.0.content = "Hi"
"""

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
