"""Words of other conventions and ours: kinds of span, providers, finish reasons; and the filling of fields by table."""

from collections.abc import Iterable, Mapping
from typing import Any

from ...model import Span
from ..values import count, text

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
    "tool": "tool",
    "execute_tool": "tool",
    "function": "tool",
    "retriever": "retrieval",
    "retrieval": "retrieval",
    "reranker": "retrieval",
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


def fill_counts(span: Span, attributes: Mapping[str, Any], table: Iterable[tuple[str, tuple[str, ...]]]) -> None:
    """Fill unknown counts likewise; a value that is no count is passed over and marked."""
    for field, keys in table:
        if getattr(span, field) is None:
            for key in keys:
                value = attributes.get(key)
                if value is not None:
                    whole = count(value)
                    if whole is None:
                        mark(span, "type_mended")
                        continue
                    if type(value) is not int:
                        mark(span, "type_mended")
                    setattr(span, field, whole)
                    break


def mark(span: Span, word: str) -> None:
    """Note once what was mended or noticed."""
    if word not in span.marks:
        span.marks.append(word)


def fill_usage(span: Span, usage: Any) -> None:
    """Fill unknown counts from a provider's usage object, of either vocabulary; counts in it are inclusive unless it
    is Anthropic's own, whose `input_tokens` leave cached ones out."""
    if not isinstance(usage, dict):
        return
    input_details = usage.get("input_tokens_details") or usage.get("prompt_tokens_details") or {}
    input_details = usage.get("input_token_details") or input_details
    output_details = usage.get("output_tokens_details") or usage.get("completion_tokens_details") or {}
    output_details = usage.get("output_token_details") or output_details
    input_details = input_details if isinstance(input_details, dict) else {}
    output_details = output_details if isinstance(output_details, dict) else {}
    read = count(usage.get("cache_read_input_tokens"))
    write = count(usage.get("cache_creation_input_tokens"))
    taken_in = _count(usage, "input_tokens", "prompt_tokens", "promptTokenCount")
    if taken_in is not None and "prompt_tokens" not in usage and (read or write):
        total = count(usage.get("total_tokens"))
        given_out = count(usage.get("output_tokens")) or 0
        if total is None or total != taken_in + given_out:
            taken_in += (read or 0) + (write or 0)
    found = {
        "input_tokens": taken_in,
        "output_tokens": _count(usage, "output_tokens", "completion_tokens", "candidatesTokenCount"),
        "cached_tokens": read if read is not None else _count(input_details, "cached_tokens", "cache_read"),
        "cache_write_tokens": write if write is not None else _count(input_details, "cache_write", "cache_creation"),
        "reasoning_tokens": _count(output_details, "reasoning_tokens", "reasoning"),
    }
    for field, value in found.items():
        if value is not None and getattr(span, field) is None:
            setattr(span, field, value)


def _count(holder: dict[str, Any], *keys: str) -> int | None:
    for key in keys:
        value = count(holder.get(key))
        if value is not None:
            return value
    return None
