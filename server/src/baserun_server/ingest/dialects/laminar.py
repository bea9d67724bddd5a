"""Laminar: GenAI attributes whose messages are the provider's own lists; kinds and other content under `lmnr.*`.

Convention: https://docs.lmnr.ai/tracing/otel, as sent by `lmnr` 0.8.2.

    openai.chat                                         scope `lmnr`
    lmnr.span.type = "LLM"
    lmnr.association.properties.session_id = "s-1"
    lmnr.association.properties.user_id = "u-1"
    gen_ai.request.model = "gpt-4o-mini"
    gen_ai.input.messages = '[{"role": "user", "content": "Hi"}]'
    gen_ai.output.messages = '[{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", …}}]'
"""

from collections.abc import Set

from ...model import Span
from ..messages import forget, read_messages
from ..otlp.sent import SentSpan
from ..values import parsed
from . import genai
from .words import fill, kind_of


def recognises(scope: str, families: Set[str]) -> bool:
    """Spans with attributes of the family `lmnr`."""
    return "lmnr" in families


def read(sent: SentSpan, span: Span) -> None:
    """Fill what is still empty; the conventions go first, since here they hold the messages."""
    attributes = sent.attributes
    if not span.kind:
        span.kind = kind_of(attributes.get("lmnr.span.type"))
        if span.kind == "chain" and "gen_ai.request.model" in attributes:
            span.kind = ""
    genai.read(sent, span)
    took_in, gave_out = parsed(attributes.get("lmnr.span.input")), parsed(attributes.get("lmnr.span.output"))
    if span.kind == "llm":
        span.input_messages = span.input_messages or read_messages(took_in, "user", attributes.get("lmnr.span.input"))
        span.output_messages = span.output_messages or read_messages(
            gave_out, "assistant", attributes.get("lmnr.span.output")
        )
    elif span.kind == "tool":
        span.tool_name = span.tool_name or span.name
        fill(span, tool_arguments=took_in, tool_result=gave_out)
    else:
        fill(span, input=took_in, output=gave_out)
    forget(span, "lmnr.span.input", took_in)
    forget(span, "lmnr.span.output", gave_out)
