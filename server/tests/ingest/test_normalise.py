"""Spans that are not as they should be: kept, mended, marked."""

import json

import msgspec
import orjson
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from server.tests.ingest import otlp_forms as forms

from baserun_server.ingest.normalise import made_id

DAY_US = 86_400_000_000


def read_one(sample, **settings):
    [span] = forms.read_both(forms.traces_request(sample), **settings).spans
    return span


def read_json(raw):
    """A span whose raw form only JSON can have."""
    request = forms.traces_request({"name": "a", "raw": raw})
    batch, unread = forms.read(orjson.dumps(request))
    assert unread == []
    return batch.spans[0]


def test_a_sound_span_has_no_marks():
    span = read_one({"name": "a"})

    assert (span.trace_id, span.span_id, span.marks) == (forms.TRACE_ID, forms.SPAN_ID, [])
    assert (span.start_us, span.end_us) == (forms.START_NS // 1000, forms.START_NS // 1000 + 1_000_000)
    assert span.project_id == "shop"


@pytest.mark.parametrize("years", [-20, -1, 1, 20])
def test_a_clock_that_is_wrong_by_years_is_clamped_and_the_duration_kept(years):
    start_ns = forms.START_NS + years * 365 * DAY_US * 1000
    span = read_one({"raw": {"startTimeUnixNano": str(start_ns), "endTimeUnixNano": str(start_ns + 2_000_000_000)}})

    assert span.marks == ["clock_clamped"]
    assert abs(span.start_us - forms.RECEIVED_US) <= 31 * DAY_US
    assert span.end_us - span.start_us == 2_000_000
    assert span.attributes["baserun.sent.start_us"] == start_ns // 1000


def test_a_span_sent_again_later_the_same_day_is_clamped_to_the_same_time():
    request = forms.traces_request({"raw": {"startTimeUnixNano": "1000", "endTimeUnixNano": "2000"}})
    from baserun_server.ingest.log import Entry, Position, Record

    starts = set()
    for later_us in (0, 1, 3_600_000_000):
        entry = Entry("p", forms.RECEIVED_US + later_us, "traces", "application/json", "", orjson.dumps(request))
        batch, _ = forms.pipeline().read_all([Record(Position(1, 0), Position(1, 1), entry)], "t")
        starts.add(batch.spans[0].start_us)

    assert len(starts) == 1


def test_a_span_that_ends_before_it_starts_has_no_length():
    span = read_one({"raw": {"endTimeUnixNano": str(forms.START_NS - 5_000)}})

    assert (span.marks, span.end_us) == (["ended_before_start"], span.start_us)
    assert span.attributes["baserun.sent.end_us"] == span.start_us - 5


def test_missing_times_are_taken_from_what_there_is():
    without_start = read_one({"raw": {"startTimeUnixNano": "0"}})
    without_end = read_one({"raw": {"endTimeUnixNano": "0"}})
    without_both = read_one({"raw": {"startTimeUnixNano": "0", "endTimeUnixNano": "0"}})

    assert (without_start.marks, without_start.start_us) == (["start_missing"], without_start.end_us)
    assert (without_end.marks, without_end.end_us) == (["end_missing"], without_end.start_us)
    assert (without_both.start_us, without_both.end_us) == (forms.RECEIVED_US, forms.RECEIVED_US)


@pytest.mark.parametrize("missing", ["traceId", "spanId"])
def test_a_missing_id_is_made_from_the_content_and_so_the_same_at_every_replay(missing):
    made = [read_one({"name": name, "raw": {missing: ""}}) for name in ("a", "a", "b")]
    field = {"traceId": "trace_id", "spanId": "span_id"}[missing]

    first, again, other = (getattr(span, field) for span in made)
    assert first == again != other
    assert len(first) == {"trace_id": 32, "span_id": 16}[field]
    assert made[0].marks == ["id_made"]


def test_ids_in_another_writing_are_the_same_ids():
    assert made_id("ABABABABABABABABABABABABABABABAB", 16) == "ab" * 16
    assert made_id("abababab-abab-abab-abab-abababababab", 16) == "ab" * 16
    assert made_id("q6urq6urq6urq6urq6urqw==", 16) == "ab" * 16
    assert made_id("0" * 32, 16) == ""
    assert made_id("my trace", 16) == made_id("my trace", 16) != made_id("my other trace", 16)


def test_spans_that_name_their_trace_freely_stay_together():
    first, second = (
        read_json({"traceId": "order-17", "spanId": "1"}),
        read_json({"traceId": "order-17", "spanId": "2"}),
    )

    assert first.trace_id == second.trace_id
    assert first.span_id != second.span_id
    assert first.attributes["baserun.sent.trace_id"] == "order-17"


@pytest.mark.parametrize(
    ("sent", "read"), [("100", 100), (100.0, 100), ("many", None), (-1, None), (True, None), ([], None)]
)
def test_a_count_of_the_wrong_type_is_mended_or_left_out(sent, read):
    span = read_one(
        {
            "attributes": {
                "gen_ai.operation.name": "chat",
                "gen_ai.request.model": "m",
                "gen_ai.usage.input_tokens": sent,
            }
        }
    )

    assert span.input_tokens == read
    assert "type_mended" in span.marks


@pytest.mark.parametrize("value", ["", "None", "null", "[Scrubbed due to 'session']", '""', " ", [], {}])
def test_a_value_that_says_nothing_names_no_session(value):
    span = read_one({"attributes": {"session.id": value, "gen_ai.conversation.id": "c-1"}})

    assert (span.session_id, span.session_attribute) == ("c-1", "gen_ai.conversation.id")


@pytest.mark.parametrize(("value", "session"), [(17, "17"), ('"s-1"', "s-1"), (" s-1 ", "s-1"), ("[s-1]", "[s-1]")])
def test_an_id_is_text_whatever_it_was_sent_as(value, session):
    assert read_one({"attributes": {"session.id": value}}).session_id == session


@pytest.mark.parametrize(
    "key", ["langsmith.trace.session_name", "mcp.session.id", "service.instance.id", "session.name"]
)
def test_what_only_looks_like_a_session_is_none(key):
    assert read_one({"attributes": {key: "x"}, "resource": {"service.instance.id": "y"}}).session_id == ""


def test_settings_can_name_further_attributes():
    sample = {"attributes": {"shop.visit": "v-1", "shop.customer": "c-1"}}

    span = read_one(sample, session_attributes="shop.visit", user_attributes="shop.customer, other")

    assert (span.session_id, span.session_attribute) == ("v-1", "shop.visit")
    assert (span.user_id, span.user_attribute) == ("c-1", "shop.customer")


def test_the_providers_field_is_never_the_user():
    span = read_one(
        {"attributes": {"gen_ai.operation.name": "chat", "gen_ai.user": "hash", "gen_ai.request.model": "m"}}
    )

    assert (span.user_id, span.provider_user, span.provider_user_attribute) == ("", "hash", "gen_ai.user")


def test_text_that_is_no_utf8_is_mended_and_only_its_span_is_marked():
    request = forms.traces_request(
        {"name": "good", "raw": {"spanId": "aa" * 8}}, {"name": "bad", "attributes": {"session.id": "s-XX"}}
    )
    body = forms.protobuf(request).replace(b"s-XX", b"s-\xff\xfe")

    batch, unread = forms.read(body, is_json=False)

    good, bad = batch.spans
    assert unread == []
    assert (good.marks, bad.marks) == ([], ["utf8_mended"])
    assert bad.session_id == "s-\ufffd\ufffd"


@pytest.mark.parametrize("broken", [b"s-\xff", b"s-\\ud800"])
def test_json_that_is_no_utf8_is_mended_likewise(broken):
    body = orjson.dumps(forms.traces_request({"attributes": {"session.id": "s-XX"}})).replace(b"s-XX", broken)

    batch, unread = forms.read(body)

    assert unread == []
    [span] = batch.spans
    assert span.session_id.startswith("s-")
    json.dumps(span.session_id).encode()
    orjson.dumps(span.attributes)


def test_numbers_and_snake_case_of_lenient_senders_are_read():
    span = read_json(
        {
            "startTimeUnixNano": forms.START_NS,
            "endTimeUnixNano": float(forms.START_NS + 10**9),
            "status": {"code": "STATUS_CODE_ERROR", "message": "no"},
            "attributes": [{"key": "n", "value": {"intValue": 3}}, {"key": "x", "value": {"doubleValue": "NaN"}}, 5],
        }
    )

    assert (span.status, span.status_message) == ("error", "no")
    assert span.end_us - span.start_us == 1_000_000
    assert span.attributes["n"] == 3


def test_json_that_was_cut_in_the_middle_gives_what_can_still_be_read():
    messages = json.dumps([{"role": "user", "parts": [{"type": "text", "content": "A long question about Oslo"}]}])
    span = read_one(
        {
            "attributes": {
                "gen_ai.operation.name": "chat",
                "gen_ai.request.model": "m",
                "gen_ai.input.messages": messages[:70],
            }
        }
    )

    assert span.input_messages[0]["role"] == "user"
    assert "A long q" in json.dumps(span.input_messages)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
KEYS = st.sampled_from(
    [
        "gen_ai.input.messages", "gen_ai.output.messages", "gen_ai.prompt.0.role", "gen_ai.prompt",
        "gen_ai.tool.definitions",
        "gen_ai.usage.input_tokens", "gen_ai.operation.name", "openinference.span.kind",
        "llm.input_messages.0.message.content",
        "input.value", "output.value", "langfuse.observation.type", "langfuse.observation.usage_details",
        "langfuse.observation.input", "ai.operationId", "ai.prompt.messages", "ai.response.toolCalls",
        "mlflow.spanInputs",
        "mlflow.spanType", "mlflow.chat.tokenUsage", "lmnr.span.type", "langsmith.span.kind", "gen_ai.completion",
        "request_data", "response_data", "logfire.span_type", "haystack.component.output", "metadata", "session.id",
        "user.id", "baserun.span.kind", "baserun.input", "baserun.tags", "error.type", "agentops.span.kind",
    ]
)  # fmt: skip
WORDS = st.sampled_from(["LLM", "generation", "chat", "tool", "llm", '"CHAT_MODEL"', "ai.streamText.doStream"])


@settings(max_examples=300, deadline=None)
@given(
    raw=st.dictionaries(
        st.sampled_from(
            ["traceId", "spanId", "name", "startTimeUnixNano", "endTimeUnixNano", "status", "events", "kind"]
        ),
        JSON_VALUES,
    ),
    values=st.dictionaries(KEYS, JSON_VALUES | WORDS | JSON_VALUES.map(lambda value: json.dumps(value))),
)
@example({"startTimeUnixNano": 1.844674407370955e16}, {})
@example({"startTimeUnixNano": 1_795_000_000, "endTimeUnixNano": 2**64 - 1}, {})
@example({}, {"gen_ai.input.messages": "LLM", "langfuse.observation.input": "[-9223372036854775809]"})
def test_no_span_whatsoever_is_lost_or_stops_the_pipeline(raw, values):
    request = {
        "resourceSpans": [
            {"scopeSpans": [{"spans": [{**raw, "attributes": [{"key": k, "value": v} for k, v in values.items()]}]}]}
        ]
    }
    body = json.dumps(request).encode()

    batch, unread = forms.read(body)

    assert unread == []
    if values.get("logfire.span_type") != "pending_span":
        [span] = batch.spans
        assert len(span.trace_id) == 32
        assert len(span.span_id) == 16
        assert span.kind
        assert abs(span.start_us - forms.RECEIVED_US) <= 31 * DAY_US
        assert span.end_us >= span.start_us
        contents = [span.input_messages, span.output_messages, span.input, span.output, span.attributes]
        msgspec.json.encode(contents, enc_hook=str)  # which writes whole numbers of any length


EXCEPTION = {"exception.type": "X", "exception.message": "boom"}
ERRORS = {
    "an exception": ({"events": [{"name": "exception", "attributes": EXCEPTION}]}, "error"),
    "one that was caught": (
        {"events": [{"name": "exception", "attributes": {**EXCEPTION, "exception.escaped": False}}]},
        "unset",
    ),
    "one that was caught, as text": (
        {"events": [{"name": "exception", "attributes": {**EXCEPTION, "exception.escaped": "False"}}]},
        "unset",
    ),
    "a cancelled exception": (
        {"events": [{"name": "exception", "attributes": {"exception.type": "asyncio.exceptions.CancelledError"}}]},
        "unset",
    ),
    "a type": ({"attributes": {"error.type": "timeout"}}, "error"),
    "a refused request": ({"attributes": {"http.response.status_code": 429}}, "error"),
    "an answer that failed": ({"attributes": {"gen_ai.response.finish_reasons": ["error"]}, "llm": True}, "error"),
    "a filtered answer": (
        {"attributes": {"gen_ai.response.finish_reasons": ["content_filter"]}, "llm": True},
        "unset",
    ),
    **{
        f"cancelled: {word}": ({"attributes": {"error.type": word}}, "unset")
        for word in ("cancelled", "canceled", "CancelledError", "asyncio.CancelledError", "AbortError",
                     "APIUserAbortError", "GeneratorExit")
    },
}  # fmt: skip


@pytest.mark.parametrize("what", ERRORS)
def test_what_failed_is_an_error_and_nothing_else(what):
    sample, status = ERRORS[what]
    attributes = {**sample.get("attributes", {}), **({"gen_ai.operation.name": "chat"} if "llm" in sample else {})}
    span = read_one({**sample, "attributes": attributes})

    assert span.status == status
    if "llm" in sample:
        assert span.finish_reasons == attributes["gen_ai.response.finish_reasons"]


def test_a_cancelled_call_is_none_even_where_its_status_says_so():
    span = read_one({"attributes": {"error.type": "CancelledError"}, "raw": {"status": {"code": 2}}})

    assert (span.status, span.error_type, span.marks) == ("unset", "CancelledError", ["cancelled"])


@pytest.mark.parametrize("scale", [10**9, 10**6, 10**3])
def test_a_time_in_another_unit_is_taken_for_what_it_is(scale):
    start, end = forms.START_NS // scale, (forms.START_NS + 3_000_000_000) // scale
    raw = {"startTimeUnixNano": str(start), "endTimeUnixNano": str(end)}
    span = read_one({"raw": {**raw, "events": [{"name": "e", "timeUnixNano": str(end)}]}})

    assert (span.start_us, span.end_us) == (forms.START_NS // 1000, forms.START_NS // 1000 + 3_000_000)
    assert (span.marks, span.events[0].at_us) == (["clock_unit_mended"], span.end_us)


@pytest.mark.parametrize("key", ["session_id", "thread_id", "ai.telemetry.metadata.sessionId", "session.id"])
def test_what_the_application_calls_its_session_holds_before_what_a_framework_made_up(key):
    span = read_one({"attributes": {"gen_ai.conversation.id": "resp_1", key: "s-1"}})
    assert (span.session_id, span.session_attribute) == ("s-1", key)
    assert read_one({"attributes": {"gen_ai.conversation.id": "resp_1"}}).session_id == "resp_1"


@pytest.mark.parametrize("key", ["enduser.pseudo.id", "user.hash", "userId", "usr.id", "mlflow.trace.user"])
def test_every_name_for_a_user_is_known(key):
    assert read_one({"attributes": {key: "u-1"}}).user_id == "u-1"
    assert read_one({"attributes": {"metadata": '{"userId": "u-2"}'}}).user_id == "u-2"


@pytest.mark.parametrize("key", ["user.email", "user.name", "user_name"])
def test_what_describes_a_user_is_no_id(key):
    assert read_one({"attributes": {key: "Ann"}}).user_id == ""


def test_half_a_character_is_replaced_and_marked_wherever_it_stands():
    asked = '[{"role": "user", "content": "half \\ud83d end, \\ud83d\\ude00 whole"}]'
    span = read_one({"attributes": {"gen_ai.operation.name": "chat", "gen_ai.input.messages": asked}})
    assert span.input_messages[0]["parts"][0]["content"] == "half \ufffd end, \U0001f600 whole"
    assert span.marks == ["utf8_mended"]
    body = orjson.dumps(forms.traces_request({"attributes": {"session.id": "s-XX", "XX": "v"}}))
    batch, unread = forms.read(body.replace(b"XX", b"\\ud83d"))
    [span] = batch.spans
    assert (unread, span.marks, span.session_id, span.attributes["\ufffd"]) == ([], ["utf8_mended"], "s-\ufffd", "v")
