"""Log records: sessions, users, scores, logs, and content that comes apart from its span."""

import json
from pathlib import Path

import pytest
from server.tests.ingest import otlp_forms as forms

from baserun_server.ingest.log import Entry, Position, Record
from baserun_server.model import Log, Score, SessionEvent, UserEvent

CONTRACT = Path(__file__).parents[3] / "contract"
AT_US = forms.START_NS // 1000
COMMON = {"project_id": "shop", "at_us": AT_US, "received_us": forms.RECEIVED_US}


def a_record(name, attributes, **rest):
    return {"eventName": name, "attributes": {"baserun.event.id": "e-1", **attributes}, **rest}


def from_contract(name):
    document = json.loads((CONTRACT / "logs" / name).read_text())
    records = document.get("records") or [document["record"]]
    for record in records:
        record["timeUnixNano"] = str(forms.START_NS)
        record["attributes"]["baserun.event.id"] = "e-1"
        for key, value in (("traceId", forms.TRACE_ID), ("spanId", forms.SPAN_ID)):
            if key in record:
                record[key] = value
    return records


def test_the_sessions_of_the_contract_become_session_events():
    batch = forms.read_both(forms.logs_request(*from_contract("session.json")))

    common = {"event_id": "e-1", "session_id": "s-1", "user_id": "u-1", **COMMON}
    assert batch.session_events == [
        SessionEvent(kind="start", name="Refund", **common),
        SessionEvent(kind="end", outcome="completed", **common),
    ]


def test_the_feedback_of_the_contract_becomes_a_score():
    batch = forms.read_both(forms.logs_request(*from_contract("feedback.json")))

    assert batch.scores == [
        Score(
            score_id="e-1", name="helpful", value=0.0, label="down", comment="useless", source="feedback",
            trace_id=forms.TRACE_ID, span_id=forms.SPAN_ID, session_id="s-1", user_id="u-1",
            metadata={"comment": "useless"}, **COMMON,
        )
    ]  # fmt: skip


def test_traits_and_an_alias_become_a_user_event():
    record = a_record(
        "baserun.user.identify", {"user.id": "u-1", "baserun.trait.plan": "pro", "baserun.user.alias": "u-0"}
    )

    batch = forms.read_both(forms.logs_request(record))

    assert batch.user_events == [
        UserEvent(event_id="e-1", user_id="u-1", traits={"plan": "pro"}, alias="u-0", **COMMON)
    ]


VARIABLE = {"baserun.variable.key": "k", "baserun.variable.value": "v"}


@pytest.mark.parametrize(
    ("record", "kind", "name", "body"),
    [
        (a_record("baserun.log", {"baserun.log.name": "cart"}, body={"items": 2}), "log", "cart", {"items": 2}),
        (a_record("baserun.tag", {"baserun.tag.key": "k", "baserun.tag.value": '{"a":1}'}), "tag", "k", {"a": 1}),
        (a_record("baserun.variable", VARIABLE), "variable", "k", "v"),
        (a_record("baserun.trace.update", {"baserun.output": "42"}), "update", "baserun.trace.update", 42),
        (
            a_record("baserun.sdk.loss", {"baserun.loss.spans": 3, "baserun.loss.reason": "full"}),
            "loss", "baserun.sdk.loss", {"spans": 3, "reason": "full"},
        ),
        (a_record("", {}, body="started", severityText="INFO"), "log", "INFO", "started"),
    ],
)  # fmt: skip
def test_everything_else_becomes_a_log_entry(record, kind, name, body):
    batch = forms.read_both(forms.logs_request(record))

    [log] = batch.logs
    assert (log.kind, log.name, log.body, log.log_id) == (kind, name, body, "e-1")


def test_a_record_without_an_id_gets_one_from_its_content():
    records = [{"eventName": "baserun.log", "attributes": {"baserun.log.name": name}} for name in ("a", "a", "b")]

    batch = forms.read_both(forms.logs_request(*records))

    first, again, other = (log.log_id for log in batch.logs)
    assert first == again != other


USER = {"role": "user", "parts": [{"type": "text", "content": "Hi"}]}
ANSWER = {"role": "assistant", "parts": [{"type": "text", "content": "Hello"}], "finish_reason": "stop"}
PLACE = {"traceId": forms.TRACE_ID, "spanId": forms.SPAN_ID}
CURRENT = [
    a_record(
        "gen_ai.client.inference.operation.details",
        {"gen_ai.input.messages": [USER], "gen_ai.output.messages": [ANSWER]},
        **PLACE,
    )
]
OLDER = [
    {"eventName": "gen_ai.user.message", "body": {"content": "Hi"}, "attributes": {"gen_ai.system": "openai"}, **PLACE},
    {
        "eventName": "gen_ai.choice",
        "body": {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "Hello"}},
        "attributes": {"gen_ai.system": "openai"},
        **PLACE,
    },
]


@pytest.mark.parametrize("records", [CURRENT, OLDER])
def test_content_that_comes_apart_from_its_span_is_kept_for_it(records):
    batch = forms.read_both(forms.logs_request(*records))

    assert {(log.kind, log.trace_id, log.span_id) for log in batch.logs} == {("content", forms.TRACE_ID, forms.SPAN_ID)}
    assert [message for log in batch.logs for message in log.body.get("input_messages", [])] == [USER]
    assert [message for log in batch.logs for message in log.body.get("output_messages", [])] == [ANSWER]


@pytest.mark.parametrize("records", [CURRENT, OLDER])
def test_content_is_never_copied_into_a_span_of_the_same_batch(records):
    """Which spans share a batch is chance; what a span holds must not be."""
    span = {"attributes": {"gen_ai.operation.name": "chat", "gen_ai.request.model": "m"}}
    bodies = (("logs", forms.logs_request(*records)), ("traces", forms.traces_request(span)))
    entries = [
        Record(
            Position(1, 0), Position(1, 1), Entry("shop", forms.RECEIVED_US, path, "application/x-protobuf", "", body)
        )
        for path, body in ((path, forms.protobuf(request)) for path, request in bodies)
    ]

    batch, unread = forms.pipeline().read_all(entries, "t")

    assert unread == []
    assert (batch.spans[0].input_messages, batch.spans[0].output_messages) == ([], [])


def test_the_order_of_records_of_one_microsecond_is_kept():
    names = ["gen_ai.system.message", "gen_ai.user.message", "gen_ai.choice"]
    same_time = [{"eventName": name, "body": {"content": "Hi"}, **PLACE} for name in names]
    finer = [{**same_time[0], "timeUnixNano": str(forms.START_NS + 7)}]

    batch = forms.read_both(forms.logs_request(*same_time, *finer))

    assert [(log.at_us, log.at_ns, log.number, log.name) for log in batch.logs] == [
        *((AT_US, 0, number, name) for number, name in enumerate(names)),
        (AT_US, 7, 3, names[0]),
    ]


def test_a_time_far_away_is_clamped():
    batch = forms.read_both(forms.logs_request({**a_record("baserun.log", {}), "timeUnixNano": "4000000000000000000"}))

    assert abs(batch.logs[0].at_us - forms.RECEIVED_US) <= 31 * 86_400_000_000


def test_a_log_is_a_log():
    assert isinstance(forms.read_both(forms.logs_request(a_record("x", {"a": 1}))).logs[0], Log)


TOLD_APART = {"traceId": forms.TRACE_ID, "spanId": forms.SPAN_ID}
EXCEPTION = {"exception.type": "RateLimit", "exception.message": "slow down"}


def test_an_exception_that_is_told_apart_from_its_span_is_a_failure_of_it():
    [log] = forms.read_both(forms.logs_request(a_record("exception", EXCEPTION, **TOLD_APART))).logs

    assert (log.kind, log.trace_id, log.span_id) == ("failure", forms.TRACE_ID, forms.SPAN_ID)
    assert log.body == {"type": "RateLimit", "message": "slow down"}


@pytest.mark.parametrize(
    ("attributes", "rest"),
    [
        ({**EXCEPTION, "exception.escaped": False}, TOLD_APART),
        ({"exception.type": "asyncio.CancelledError"}, TOLD_APART),
        (EXCEPTION, {"traceId": forms.TRACE_ID}),
    ],
)
def test_an_exception_that_was_caught_or_is_of_no_span_is_a_log_entry(attributes, rest):
    [log] = forms.read_both(forms.logs_request(a_record("exception", attributes, **rest))).logs

    assert log.kind == "log"


@pytest.mark.parametrize("scale", [10**9, 10**6, 10**3])
def test_a_record_whose_time_is_in_another_unit_keeps_its_time(scale):
    record = a_record("anything", {}, timeUnixNano=str(forms.START_NS // scale))

    assert forms.read_both(forms.logs_request(record)).logs[0].at_us == AT_US
