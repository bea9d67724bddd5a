"""Words of other conventions and ours: kinds of span, providers, finish reasons; and the filling of fields by table."""

from collections.abc import Iterable, Mapping
from typing import Any

from ...model import Span
from ..values import number, text

KINDS = {
    "llm": "llm",
    "chat": "llm",
    "chat_model": "llm",
    "completion": "llm",
    "acompletion": "llm",
    "responses": "llm",
    "aresponses": "llm",
    "text_completion": "llm",
    "atext_completion": "llm",
    "generate_content": "llm",
    "generation": "llm",
    "chat_completion": "llm",
    "completions": "llm",
    "realtime": "llm",
    "image": "llm",
    "images": "llm",
    "image_generation": "llm",
    "generate_image": "llm",
    "audio": "llm",
    "speech": "llm",
    "text_to_speech": "llm",
    "transcription": "llm",
    "speech_to_text": "llm",
    "tool": "tool",
    "execute_tool": "tool",
    "function": "tool",
    "retriever": "retrieval",
    "retrieval": "retrieval",
    "reranker": "retrieval",
    "rerank": "retrieval",
    "search_memory": "retrieval",
    "agent": "agent",
    "invoke_agent": "agent",
    "create_agent": "agent",
    "handoff": "agent",
    "chain": "chain",
    "workflow": "chain",
    "invoke_workflow": "chain",
    "agent_step": "chain",
    "plan": "chain",
    "task": "chain",
    "span": "chain",
    "prompt": "chain",
    "parser": "chain",
    "session": "chain",
    "operation": "chain",
    "default": "chain",
    "executor": "chain",
    "embedding": "embedding",
    "embeddings": "embedding",
    "embed": "embedding",
    "embed_content": "embedding",
    "aembedding": "embedding",
    "retrieval_tool": "retrieval",
    "event": "other",
    "guardrail": "other",
    "evaluator": "other",
    "decision": "other",
}

PROVIDERS = {
    "azure": "azure.ai.openai",
    "az.ai.openai": "azure.ai.openai",
    "az.ai.inference": "azure.ai.inference",
    "azure_openai": "azure.ai.openai",
    "azure-openai": "azure.ai.openai",
    "xai": "x_ai",
    "mistralai": "mistral_ai",
    "mistral": "mistral_ai",
    "bedrock": "aws.bedrock",
    "aws_bedrock": "aws.bedrock",
    "amazon-bedrock": "aws.bedrock",
    "amazon_bedrock": "aws.bedrock",
    "bedrock_converse": "aws.bedrock",
    "aws": "aws.bedrock",
    "google": "gcp.gemini",
    "gemini": "gcp.gemini",
    "google_genai": "gcp.gemini",
    "google_generativeai": "gcp.gemini",
    "google_vertexai": "gcp.vertex_ai",
    "vertexai": "gcp.vertex_ai",
    "vertex_ai": "gcp.vertex_ai",
    "vertex": "gcp.vertex_ai",
    "watsonx": "ibm.watsonx.ai",
    "together_ai": "together",
    "togetherai": "together",
    "fireworks_ai": "fireworks",
}
SDK_SUFFIXES = frozenset(("chat", "responses", "completion", "embedding", "messages", "image", "generative-ai"))
FRAMEWORKS = frozenset(("langchain", "strands-agents", "haystack", "pydantic_ai", "llama_index", "litellm", "unknown"))
"""What some senders write in place of a provider."""

FINISH_REASONS = {
    "tool_call": "tool_calls",
    "tool-calls": "tool_calls",
    "tool_use": "tool_calls",
    "function_call": "tool_calls",
    "end_turn": "stop",
    "stop_sequence": "stop",
    "completed": "stop",
    "max_tokens": "length",
    "content-filter": "content_filter",
}


def kind_of(word: Any) -> str:
    """Our kind for another convention's, empty where it is none that we know."""
    return KINDS.get(word.lower(), "") if isinstance(word, str) else ""


def provider_of(word: str) -> str:
    """The provider's name as the GenAI conventions spell it; empty for what is a framework."""
    lowered = word.strip().lower()
    head, _, tail = lowered.partition(".")
    # `openai.chat` is the AI SDK's; a host name keeps its dots.
    if tail in SDK_SUFFIXES:
        lowered = head
    lowered = PROVIDERS.get(lowered, lowered)
    return "" if lowered in FRAMEWORKS else lowered


def finish_reason_of(word: str) -> str:
    """A finish reason in one spelling."""
    return FINISH_REASONS.get(word, word)


def fill(span: Span, **values: Any) -> None:
    """Fill fields that are still `None`."""
    for field, value in values.items():
        if getattr(span, field) is None:
            setattr(span, field, value)


def fill_texts(span: Span, attributes: Mapping[str, Any], table: Iterable[tuple[str, tuple[str, ...]]]) -> None:
    """Fill empty text fields from the first attribute that says something: `(field, attributes)`."""
    for field, keys in table:
        if not getattr(span, field):
            for key in keys:
                value = attributes.get(key)
                if value is not None:
                    value = text(value)
                    if value:
                        setattr(span, field, value)
                        break


def mark(span: Span, word: str) -> None:
    """Note once what was mended or noticed."""
    if word not in span.marks:
        span.marks.append(word)


LARGEST_COST_USD = 1_000_000.0
"""More than any call costs."""


def report_cost(span: Span, cost_usd: Any) -> None:
    """Keep a cost that the sender reckoned; 0 means that it did not know."""
    reported = number(cost_usd)
    if reported and 0 < reported < LARGEST_COST_USD and span.cost_reported_nano_usd is None:
        span.cost_reported_nano_usd = round(reported * 1_000_000_000)


def report_bill(span: Span, cost_usd: Any) -> None:
    """Keep what was asked for a call: it goes before anything that was reckoned."""
    if isinstance(cost_usd, dict):
        cost_usd = cost_usd.get("total_cost", cost_usd.get("total"))
    reported = number(cost_usd)
    if reported and 0 < reported < LARGEST_COST_USD and not span.cost_is_bill:
        span.cost_reported_nano_usd, span.cost_is_bill = round(reported * 1_000_000_000), True
