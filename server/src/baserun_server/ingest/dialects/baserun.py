"""Our own SDKs: the GenAI conventions, and `baserun.*` where those have no name for something.

Convention: `contract/attributes.json` and `contract/README.md` in this repository.

    answer                                              scope `baserun`
    baserun.span.kind = "chain"
    session.id = "chat-7"
    user.id = "hash-of-ada"
    baserun.input = '{"question": "Where is my order?"}'
    baserun.output = '"It arrives tomorrow."'
"""

from collections.abc import Set

from ...model import KINDS, Span
from ..otlp.sent import SentSpan
from ..values import kept, text
from . import genai
from .words import fill


def recognises(scope: str, families: Set[str]) -> bool:
    """Spans of our scope, or with attributes of ours."""
    return scope == "baserun" or "baserun" in families


def read(sent: SentSpan, span: Span) -> None:
    """Fill what is ours; the conventions fill the rest."""
    attributes = sent.attributes
    kind = attributes.get("baserun.span.kind")
    if kind in KINDS:
        span.kind = kind
    span.completion_id = text(attributes.get("baserun.completion.id"))
    if "baserun.input" in attributes:
        span.input = kept(span, attributes["baserun.input"], numbers=True)
        span.attributes.pop("baserun.input")
    if "baserun.output" in attributes:
        span.output = kept(span, attributes["baserun.output"], numbers=True)
        span.attributes.pop("baserun.output")
    if "baserun.content.truncated" in attributes:
        span.marks.append("truncated")
    if attributes.get("baserun.content.dropped"):
        span.marks.append("content_dropped")
    genai.read(sent, span)
    if span.kind == "tool":
        fill(span, tool_arguments=span.input, tool_result=span.output)
