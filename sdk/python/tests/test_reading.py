"""Streams are read in bulk, with what reading them event by event gives."""

import json

from hypothesis import example, given
from hypothesis import strategies as st

from baserun.instrumentation._sse import sse_events
from baserun.instrumentation.wires import anthropic_messages, openai_chat
from baserun.instrumentation.wires._reading import Reading

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
DELTAS = st.lists(
    st.tuples(st.sampled_from(["content", "reasoning_content", "refusal"]), TEXTS, st.integers(0, 1), st.booleans()),
    max_size=20,
)


def chunk(field, text, index, is_first):
    delta = {"role": "assistant", field: text} if is_first else {field: text}
    return {"id": "c-1", "model": "m", "choices": [{"index": index, "delta": delta, "finish_reason": None}]}


def as_stream(events, *, ascii_only, obfuscated=False):
    lines = []
    for number, event in enumerate(events):
        event = {**event, "obfuscation": "x" * (number % 5)} if obfuscated else event
        lines.append(f"data: {json.dumps(event, ensure_ascii=ascii_only)}\n\n")
    return "".join([*lines, "data: [DONE]\n\n"]).encode()


def read(wire, events):
    reading = Reading()
    wire.read_events(reading, events)
    return reading.output_messages, reading.finish_reasons, reading.complete, reading.output_tokens


@given(DELTAS, st.booleans(), st.booleans())
@example([("content", '"}, "x": {"content": "', 0, False), ("content", "\\", 0, False)], False, False)
@example([("content", '", "obfuscation": "x', 0, False), ("content", "\n\ndata: {}\n\n", 0, False)], True, True)
def test_deltas_joined_before_they_are_parsed_read_as_one_by_one(deltas, ascii_only, obfuscated):
    events = [chunk(*delta) for delta in deltas]

    read_in_bulk = read(openai_chat, sse_events(as_stream(events, ascii_only=ascii_only, obfuscated=obfuscated)))

    assert read_in_bulk == read(openai_chat, [*(("", event) for event in events), ("", "[DONE]")])


@given(
    st.lists(st.tuples(st.integers(0, 2), st.sampled_from(["text", "thinking", "partial_json"]), TEXTS), max_size=20)
)
def test_blocks_of_messages_stay_apart(deltas):
    events = [
        {"type": "content_block_delta", "index": index, "delta": {"type": f"{field}_delta", field: text}}
        for index, field, text in deltas
    ]

    assert read(anthropic_messages, sse_events(as_stream(events, ascii_only=True))) == read(
        anthropic_messages, [("", event) for event in events]
    )


def test_a_run_of_deltas_is_one_event():
    events = [chunk("content", text, 0, False) for text in ("Your ", "order ", "is ", "here.")]

    (joined, done) = sse_events(as_stream(events, ascii_only=True, obfuscated=True))

    assert joined[1]["choices"][0]["delta"] == {"content": "Your order is here."}
    assert done == ("", "[DONE]")


def test_a_broken_event_in_a_run_loses_itself_only():
    stream = (
        b'data: {"choices": [{"index": 0, "delta": {"content": "one "}}]}\n\n'
        b'data: {"choices": [{"index": 0, "delta": {"content": "\\q"}}]}\n\n'
        b'data: {"choices": [{"index": 0, "delta": {"content": "two"}}]}\n\n'
        b'data: {"choices": [{"index": 0, "delta": {"conte'
    )

    messages, *_ = read(openai_chat, sse_events(stream))

    assert messages == [{"role": "assistant", "parts": [{"type": "text", "content": "one two"}]}]


def test_a_character_split_over_two_events_is_whole():
    stream = (
        b'data: {"choices": [{"index": 0, "delta": {"content": "\\ud83d"}}]}\n\n'
        b'data: {"choices": [{"index": 0, "delta": {"content": "\\ude00"}}]}\n\n'
    )

    messages, *_ = read(openai_chat, sse_events(stream))

    assert messages[0]["parts"] == [{"type": "text", "content": "\N{GRINNING FACE}"}]
