"""LiveKit Agents: what was said in a voice conversation stands in `lk.*`, beside GenAI attributes on its calls.

What the person said and what the agent answered are steps of their own; the calls of models may lie below them, or have
left no span at all.

Convention: https://docs.livekit.io/agents/

    user_turn                                           scope `livekit-agents`
    lk.user_transcript = "Where is my parcel?"
    lk.response.text = "It arrives tomorrow."
"""

from collections.abc import Set

from ...model import Span
from ..otlp.sent import SentSpan
from ..values import first, flag, kept_whole, text
from .words import fill, mark

HEARD = ("lk.user_transcript", "lk.user_input")
ANSWERED = ("lk.response.text", "lk.agent_transcript")


def recognises(scope: str, families: Set[str]) -> bool:
    """Spans with attributes of the family `lk`."""
    return "lk" in families


def read(sent: SentSpan, span: Span) -> None:
    """Fill what is still empty."""
    attributes = sent.attributes
    if "lk.function_tool.name" in attributes:
        span.kind = span.kind or "tool"
        span.tool_name = span.tool_name or text(attributes["lk.function_tool.name"])
        arguments, is_cut = kept_whole(span, attributes.get("lk.function_tool.arguments"))
        if is_cut:
            mark(span, "truncated")
        fill(span, tool_arguments=arguments, tool_result=kept_whole(span, attributes.get("lk.function_tool.output"))[0])
        if flag(attributes.get("lk.function_tool.is_error")):
            span.status = "error"
        return
    fill(span, input=first(attributes, HEARD), output=first(attributes, ANSWERED))
    if isinstance(span.input, str) or isinstance(span.output, str):
        mark(span, "spoken")
