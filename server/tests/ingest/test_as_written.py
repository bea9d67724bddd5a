"""Content stays as it was written: texts that look like something else, structured answers, what has no place."""

import json

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from server.tests.ingest import otlp_forms as forms

from baserun_server.api.answers.stored import load
from baserun_server.ingest.messages import read_messages, system_messages
from baserun_server.ingest.values import nested, parsed, whole
from baserun_server.said import BEYOND_CHARACTERS, LIMIT_CHARACTERS, said_in_call
from baserun_server.store.facts.rows import json_text

TEXTS = (
    *("1.10", "007", "1e5", "-0", "12345678901234567890123", "0x10", "1_000", "NaN", "None", "True", "null", "true"),
    *('"quoted"', "  indented", "ends with spaces  ", "\n\nlines\n", "{not json", "[1, 2", "[a link](https://x)"),
    *('{"a": 1}', "[1, 2, 3]", "\u00e9 and e\u0301", "'single'", "\\", "@@", "[]", "{}", '["user", "x"]'),
)
CHAT = {"gen_ai.operation.name": "chat", "gen_ai.request.model": "m"}
"""Texts that somebody may write to a model, and that some reader takes for something else."""


def as_chat(content):
    return {**CHAT, "gen_ai.input.messages": json.dumps([{"role": "user", "content": content}])}


def as_parts(content):
    parts = [{"type": "text", "content": content}]
    return {**CHAT, "gen_ai.input.messages": json.dumps([{"role": "user", "parts": parts}])}


def as_flat(content):
    return {**CHAT, "gen_ai.prompt.0.role": "user", "gen_ai.prompt.0.content": content}


def as_openinference(content):
    key = "llm.input_messages.0.message."
    return {"openinference.span.kind": "LLM", "llm.model_name": "m", key + "role": "user", key + "content": content}


def as_openinference_block(content):
    key = "llm.input_messages.0.message."
    block = {key + "contents.0.message_content.type": "text", key + "contents.0.message_content.text": content}
    return {"openinference.span.kind": "LLM", "llm.model_name": "m", key + "role": "user", **block}


def as_langfuse(content):
    asked = json.dumps([{"role": "user", "content": content}])
    return {"langfuse.observation.type": "generation", "langfuse.observation.input": asked}


def as_mlflow(content):
    asked = {"model": "m", "messages": [{"role": "user", "content": content}]}
    return {"mlflow.spanType": "CHAT_MODEL", "mlflow.spanInputs": json.dumps(asked)}


def as_ai_sdk(content):
    asked = json.dumps([{"role": "user", "content": [{"type": "text", "text": content}]}])
    return {"ai.operationId": "ai.generateText.doGenerate", "ai.model.id": "m", "ai.prompt.messages": asked}


SENDERS = (as_chat, as_parts, as_flat, as_openinference, as_openinference_block, as_langfuse, as_mlflow, as_ai_sdk)


def one(attributes):
    [span] = forms.read_both(forms.traces_request({"name": "call", "attributes": attributes})).spans
    return span


@pytest.mark.parametrize("send", SENDERS)
def test_a_message_is_the_text_that_was_written(send):
    for content in TEXTS:
        [message] = one(send(content)).input_messages
        assert message == {"role": "user", "parts": [{"type": "text", "content": content}]}, content


@given(st.text(min_size=1))
def test_any_text_of_a_message_is_read_as_itself(content):
    [message] = read_messages([{"role": "user", "content": content}], "user")
    [part] = message["parts"]
    assert part["content"] == content
    [system] = system_messages([{"type": "text", "content": content}])
    assert system["parts"] == [{"type": "text", "content": content}]


@pytest.mark.parametrize("number", ["94135792468135792468", "1.10", "007", "1e5", "12"])
def test_a_value_that_is_a_number_as_text_stays_that_text(number):
    chain = one({"openinference.span.kind": "CHAIN", "input.value": number, "output.value": number})
    assert (chain.input, chain.output, chain.said) == (number, number, f"{number}\x1e{number}")
    tool = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "t", "gen_ai.tool.call.result": number}
    assert one(tool).tool_result == number
    answered = [{"role": "tool", "parts": [{"type": "tool_call_response", "id": "c", "response": number}]}]
    [message] = one({**CHAT, "gen_ai.input.messages": json.dumps(answered)}).input_messages
    assert message["parts"][0]["response"] == number


@given(st.integers())
def test_whole_numbers_keep_their_digits_on_the_way_into_the_store_and_out(number):
    value = parsed(f'{{"n": {number}}}')
    assert value == {"n": number}
    stored = json_text(value)
    assert json.loads(stored) == {"n": number}
    assert str(load(stored)["n"]) == str(number)


@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers())
def test_a_number_of_a_sender_that_writes_json_is_one_where_no_digit_is_lost(number):
    written = json.dumps(number)
    assert str(parsed(written, numbers=True)) == written
    assert parsed(written) == written


STRUCTURED = (
    {"message": "Refund sent", "amount": 12.5},
    {"message": "alone"},
    {"content": "Draft", "score": 4},
    {"role": "admin", "reason": "owner"},
    {"output": ["x", "y"], "ok": True},
    {"output": "x"},
    {"type": "ticket", "text": "Broken", "priority": 2},
    {"text": "Broken", "priority": 2},
    {"messages": ["a"], "next": "b"},
    {"choices": ["red", "blue"], "best": 1},
    {"candidates": [{"name": "Ann"}]},
    {"name": "clock", "arguments": {"zone": "CET"}},
    {"response": "yes", "sure": 0.9},
    {"parts": ["wheel"], "count": 1},
    [{"title": "a"}, {"title": "b"}],
    [{"name": "a", "input": 1}],
)


@pytest.mark.parametrize("answer", STRUCTURED, ids=json.dumps)
@pytest.mark.parametrize("indent", [None, 2])
def test_a_structured_answer_stays_whole(answer, indent):
    written = json.dumps(answer, indent=indent)
    expected = [{"role": "assistant", "parts": [{"type": "text", "content": written}]}]
    for attributes in (
        {"langfuse.observation.type": "generation", "langfuse.observation.output": written},
        {"openinference.span.kind": "LLM", "llm.model_name": "m", "output.value": written},
        {"mlflow.spanType": "LLM", "mlflow.spanOutputs": written},
        {**CHAT, "gen_ai.completion": written},
        {**CHAT, "gen_ai.completion.0.role": "assistant", "gen_ai.completion.0.content": written},
    ):
        assert one(attributes).output_messages == expected


@pytest.mark.parametrize("cut", ['{"zone":', '{"zone": "CE', "[1, 2", '{"a": {"b": 1}'])
def test_arguments_that_were_cut_are_told_as_they_came_and_marked(cut):
    tool = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "t", "gen_ai.tool.call.arguments": cut}
    span = one(tool)
    assert (span.tool_arguments, span.marks) == (cut, ["truncated"])
    assert whole(cut) == (cut, True)


@pytest.mark.parametrize("text", ["", "   ", "x", '{"a": 1}', "{'a': None}", "[1]", "{hello}", "{{name}}"])
def test_what_was_not_cut_is_not_marked(text):
    assert whole(text)[1] is False


def test_what_the_messages_do_not_hold_stays_among_the_attributes():
    document = {"choices": [{"message": {"role": "assistant", "content": "Hi"}}], "service_tier": "flex", "id": "r"}
    for key, kind in (
        ("langfuse.observation.output", "langfuse.observation.type"),
        ("mlflow.spanOutputs", "mlflow.spanType"),
    ):
        kinds = {"langfuse.observation.type": "generation", "mlflow.spanType": "LLM"}
        span = one({kind: kinds[kind], key: json.dumps(document)})
        assert orjson.loads(span.attributes[key]) == {"service_tier": "flex", "id": "r"}
        plain = one({kind: kinds[kind], key: json.dumps([{"role": "assistant", "content": "Hi"}])})
        assert key not in plain.attributes


def test_what_stands_beside_a_text_is_kept_beside_it():
    source = {"uri": "https://example.org"}
    candidate = {
        "content": {"role": "model", "parts": [{"text": "Nine."}]},
        "citationMetadata": {"citations": [source]},
    }
    [message] = read_messages({"candidates": [candidate]}, "assistant")
    assert message["citationMetadata"] == {"citations": [source]}
    assert message["parts"] == [{"type": "text", "content": "Nine."}]


def test_flattened_keys_become_what_they_were():
    flat = {"role": "assistant", "calls.1.name": "b", "calls.0.name": "a", "calls.10.name": "c", "call.name": "d"}
    calls = [{"name": "a"}, {"name": "b"}, {"name": "c"}]
    assert nested(flat) == {"role": "assistant", "calls": calls, "call": {"name": "d"}}


def events(*found):
    return one({"openinference.span.kind": "LLM", "llm.model_name": "m", "output.value": json.dumps(list(found))})


def test_an_answer_that_was_recorded_as_a_stream_is_put_together():
    said = [{"type": "text", "content": "Hello you"}]
    deltas = [{"choices": [{"index": 0, "delta": {"content": piece}}]} for piece in ("Hello", " you")]
    assert events(*deltas).output_messages == [{"role": "assistant", "parts": said}]
    message = {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "Hello you"}]}
    done = {"type": "response.completed", "response": {"output": [message]}}
    pieces = [{"type": "response.output_text.delta", "output_index": 0, "delta": piece} for piece in ("Hello", " you")]
    for stream in ([*pieces, done], pieces, [*pieces, {"type": "response.output_item.done", "item": message}]):
        assert events(*stream).output_messages == [{"role": "assistant", "parts": said}]
    blocks = [
        {"type": "message_start", "message": {"role": "assistant", "content": []}},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Hello"}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": " you"}},
        {"type": "content_block_start", "index": 1, "content_block": {"type": "tool_use", "id": "c", "name": "f"}},
        {"type": "content_block_delta", "index": 1, "delta": {"type": "input_json_delta", "partial_json": '{"a": 1}'}},
        {"type": "message_delta", "delta": {"stop_reason": "tool_use"}},
    ]
    [whole_message] = events(*blocks).output_messages
    call = {"type": "tool_call", "id": "c", "name": "f", "arguments": {"a": 1}}
    assert whole_message["parts"] == [*said, call]
    chunks = [
        {"candidates": [{"content": {"role": "model", "parts": [{"text": piece}]}}]} for piece in ("Hello", " you")
    ]
    assert events(*chunks).output_messages == [{"role": "assistant", "parts": said}]


WORDS = st.sampled_from(
    [
        "type",
        "text",
        "content",
        "parts",
        "role",
        "message",
        "messages",
        "choices",
        "delta",
        "candidates",
        "output",
        "input",
        "tool_calls",
        "function",
        "function_call",
        "arguments",
        "source",
        "image",
        "image_url",
        "data",
        "thought",
        "reasoning",
        "reasoningContent",
        "toolUse",
        "toolResult",
        "kwargs",
        "id",
        "name",
        "audio",
        "transcript",
        "summary",
        "response",
        "user",
        "assistant",
        "tool_use",
        "thinking",
        "redacted_thinking",
        "mcp_call",
        "response.done",
        "kind",
        "part_kind",
    ]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS | st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)


@given(VALUES, st.sampled_from(["user", "assistant", "tool"]))
def test_nothing_that_resembles_a_message_stops_the_reader(value, role):
    for message in read_messages(value, role):
        assert isinstance(message["role"], str)
        assert all(isinstance(part, dict) and isinstance(part.get("type"), str) for part in message["parts"])


def said(content):
    return said_in_call([{"role": "user", "parts": [{"type": "text", "content": content}]}], []).split("\x1e")[0]


def test_words_far_inside_a_long_text_are_among_those_that_search_looks_in():
    filler = "lorem ipsum " * 100_000
    found = said(f"{filler}needle {'x' * 1_000} {filler}end")
    assert found.startswith("lorem ipsum lorem")
    assert found.endswith(" … needle end")
    assert len(found) < LIMIT_CHARACTERS + 20
    many = said(" ".join(f"word{n}" for n in range(1_000_000)))
    assert LIMIT_CHARACTERS < len(many) <= LIMIT_CHARACTERS + BEYOND_CHARACTERS + 2
    assert len(said("x" * 10_000_000)) <= LIMIT_CHARACTERS + 4
    assert said(filler[:LIMIT_CHARACTERS]) == filler[:LIMIT_CHARACTERS].strip()
