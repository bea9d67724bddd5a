"""What leaves this SDK is what contract/ says: each example is made by the real client against canned answers."""

import json
from pathlib import Path

import httpx2
import openai
import pytest

import baserun
from baserun.recording import _attributes

CONTRACT = Path(__file__).parents[3] / "contract"
ATTRIBUTES = json.loads((CONTRACT / "attributes.json").read_text())


VARYING = ("gen_ai.response.time_to_first_chunk", "http.request.resend_count", "server.port")


def example(name):
    return json.loads((CONTRACT / name).read_text())


def without_ids(record):
    """Replace ids and times by the placeholders of the contract, after checking their form."""
    places = {
        "traceId": (32, "<trace>"),
        "spanId": (16, "<span>"),
    }
    for key, (length, placeholder) in places.items():
        if key in record:
            assert len(record[key]) == length
            assert int(record[key], 16)
            record[key] = placeholder
    for key, placeholder in (
        ("startTimeUnixNano", "<start>"),
        ("endTimeUnixNano", "<end>"),
        ("timeUnixNano", "<time>"),
    ):
        if key in record:
            assert len(record[key]) == 19
            record[key] = placeholder
    attributes = record["attributes"]
    if "baserun.event.id" in attributes:
        attributes["baserun.event.id"] = "<id>"
    if "gen_ai.response.time_to_first_chunk" in attributes:
        attributes["gen_ai.response.time_to_first_chunk"] = "<seconds>"
    return record


def client(*answers):
    """An `openai` client whose network answers what is given, in order."""
    waiting = list(answers)

    def answer(_request):
        status, content, content_type = waiting.pop(0)
        streamed = iter([content]) if "event-stream" in content_type else content
        return httpx2.Response(status, content=streamed, headers={"content-type": content_type, "retry-after-ms": "1"})

    transport = httpx2.MockTransport(answer)
    return openai.OpenAI(
        api_key="sk-test", base_url="https://api.openai.com/v1", http_client=httpx2.Client(transport=transport)
    )


def as_json(status, body):
    return status, json.dumps(body).encode(), "application/json"


def as_stream(*chunks):
    events = "".join(f"data: {json.dumps(chunk)}\n\n" for chunk in chunks) + "data: [DONE]\n\n"
    return 200, events.encode(), "text/event-stream"


def test_a_plain_chat_completion(captured):
    with baserun.with_session("u-1", "s-1"):
        client(
            as_json(
                200,
                {
                    "id": "chatcmpl-1",
                    "object": "chat.completion",
                    "created": 1,
                    "model": "gpt-4.1-mini-2025-04-14",
                    "choices": [
                        {
                            "index": 0,
                            "message": {"role": "assistant", "content": "this is a test", "refusal": None},
                            "finish_reason": "stop",
                        }
                    ],
                    "usage": {
                        "prompt_tokens": 21,
                        "completion_tokens": 5,
                        "total_tokens": 26,
                        "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
                        "completion_tokens_details": {"reasoning_tokens": 0},
                    },
                },
            )
        ).chat.completions.create(
            model="gpt-4.1-mini",
            messages=[
                {"role": "system", "content": "Be brief."},
                {"role": "user", "content": 'Say "this is a test"'},
            ],
            user="hash-of-ada",
        )

    (span,) = captured.spans
    assert without_ids(span) == example("spans/chat_plain.json")["span"]


def test_a_streamed_tool_call(captured):
    head = {"id": "chatcmpl-2", "object": "chat.completion.chunk", "created": 1, "model": "gpt-4.1-mini-2025-04-14"}

    def call(**delta):
        return {**head, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]}

    function = {"name": "search_orders", "arguments": ""}
    with baserun.with_session(session_identifier="s-1"):
        stream = client(
            as_stream(
                call(
                    role="assistant",
                    tool_calls=[{"index": 0, "id": "call_1", "type": "function", "function": function}],
                ),
                call(tool_calls=[{"index": 0, "function": {"arguments": '{"user": '}}]),
                call(tool_calls=[{"index": 0, "function": {"arguments": '"9"}'}}]),
                {**head, "choices": [{"index": 0, "delta": {}, "finish_reason": "tool_calls"}]},
                {**head, "choices": [], "usage": {"prompt_tokens": 40, "completion_tokens": 12, "total_tokens": 52}},
            )
        ).chat.completions.create(
            model="gpt-4.1-mini",
            messages=[{"role": "user", "content": "Where is my order?"}],
            stream=True,
            stream_options={"include_usage": True},
            tools=[
                {
                    "type": "function",
                    "function": {
                        "name": "search_orders",
                        "parameters": {"type": "object", "properties": {"user": {"type": "string"}}},
                    },
                }
            ],
        )
        for _ in stream:
            pass

    (span,) = captured.spans
    assert without_ids(span) == example("spans/chat_tool_call.json")["span"]


def test_a_refused_chat_completion(captured):
    refusal = as_json(
        429,
        {"error": {"message": "Rate limit reached", "type": "requests", "param": None, "code": "rate_limit_exceeded"}},
    )
    with pytest.raises(openai.RateLimitError):
        client(refusal, refusal, refusal).chat.completions.create(
            model="gpt-4.1-mini", messages=[{"role": "user", "content": "Hello"}]
        )

    (span,) = captured.spans
    retries = span.pop("events")
    assert [event["name"] for event in retries] == ["baserun.retry", "baserun.retry"]
    assert without_ids(span) == example("spans/chat_error.json")["span"]


@pytest.mark.parametrize("name", sorted(path.stem for path in (CONTRACT / "exchanges").glob("*.json")))
def test_what_went_over_the_wire_becomes_the_span_that_both_sdks_make_of_it(captured, name):
    exchange = example(f"exchanges/{name}.json")
    answered = exchange["response"]

    def answer(_request):
        if "events" in answered:
            events = iter([f"{event}\n\n".encode() for event in answered["events"]])
            return httpx2.Response(answered["status"], content=events, headers={"content-type": "text/event-stream"})
        return httpx2.Response(answered["status"], json=answered["body"])

    asked = exchange["request"]
    with httpx2.Client(transport=httpx2.MockTransport(answer)).stream(
        "POST", asked["url"], json=asked["body"]
    ) as response:
        response.read()

    (span,) = captured.spans
    expected = exchange["span"]
    attributes = {key: value for key, value in without_ids(span)["attributes"].items() if key not in VARYING}
    assert span["name"] == expected["name"]
    assert span["status"] == expected["status"]
    assert attributes == {key: value for key, value in expected["attributes"].items() if key not in VARYING}


def test_every_attribute_that_we_know_stands_in_the_contract():
    told = {*ATTRIBUTES["span"], *(name for event in ATTRIBUTES["log"].values() for name in event)}
    ours = {value for name, value in vars(_attributes).items() if name.isupper() and isinstance(value, str)}
    ours |= {name for name, _ in _attributes.REQUEST_PARAMETERS.values()}

    assert {name + "*" if name.endswith(".") else name for name in ours} <= told


def test_the_start_and_end_of_a_session(captured):
    with baserun.with_session("u-1", "s-1", name="Refund") as session:
        pass
    session.end(outcome="completed")

    assert [without_ids(record) for record in captured.logs] == example("logs/session.json")["records"]


def test_feedback(captured):
    with baserun.with_session("u-1", "s-1"), baserun.start_trace("answer"):
        captured.clear()
        baserun.feedback("helpful", thumbsup=False, metadata={"comment": "useless"})

        (record,) = captured.logs
        assert without_ids(record) == example("logs/feedback.json")["record"]
