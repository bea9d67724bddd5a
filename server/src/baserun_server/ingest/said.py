"""What users and assistants newly said, per span of a batch: the text that search looks in.

A chat application sends the whole conversation with each call; `baserun_server/said.py` finds what is new in it. What a
trace without any LLM call took in and gave out counts as said, too.
"""

from typing import Any

import msgspec
import orjson

from ..model import Batch, Span
from ..said import joined, said_in_call


def fill_said(batch: Batch) -> None:
    """Set `said` of each span of a complete batch."""
    called = {(span.project_id, span.trace_id) for span in batch.spans if span.kind == "llm"}
    for span in batch.spans:
        if not span.written_out:
            span.said = said_in(span)
        if span.kind != "llm" and span.said and (span.project_id, span.trace_id) in called:
            span.said = ""


def said_in(span: Span) -> str:
    """What was newly said in a span; of one that is no call, what counts where its trace has none."""
    if span.kind == "llm":
        return said_in_call(span.input_messages, span.output_messages)
    if span.parent_span_id and "spoken" not in span.marks:
        return ""
    return joined([_plain(span.input)], [_plain(span.output)])


def _plain(value: Any) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    try:
        return orjson.dumps(value, default=str, option=orjson.OPT_NON_STR_KEYS).decode()
    except orjson.JSONEncodeError:
        # Whole numbers of more than 64 bits.
        return msgspec.json.encode(value, enc_hook=str).decode()
