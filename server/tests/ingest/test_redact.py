"""What counts as a secret, where it may stand, and what stays: every kind in every place, and texts of every day."""

import json
import re
import urllib.parse

import msgspec
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from server.tests.ingest import otlp_forms as forms
from server.tests.ingest.secret_corpus import IN_CONTEXT, ORDINARY, TOKENS

from baserun_server import model
from baserun_server.errors import BaserunError
from baserun_server.ingest.decode import decode
from baserun_server.ingest.log import Entry
from baserun_server.ingest.otlp.encode import encode
from baserun_server.ingest.otlp.sent import Decoded, SentEvent, SentLog, SentSpan
from baserun_server.ingest.redaction import redact
from baserun_server.ingest.redaction.redact import Redaction
from baserun_server.settings import Settings
from baserun_server.store.facts.rows import FACTS
from baserun_server.store.inserts import inserts_of

REDACTION = Redaction()
EVERY_SECRET = {**{kind: (secret, secret) for kind, secret in TOKENS.items()}, **IN_CONTEXT}

PLACES = {
    "as it is": lambda text: text,
    "in a sentence": lambda text: f"Look: {text}\nthat is it",
    "in JSON": lambda text: json.dumps({"a": [text]}),
    "in JSON within JSON": lambda text: json.dumps({"a": json.dumps({"b": text})}),
    "in JSON that was cut": lambda text: json.dumps({"a": json.dumps({"b": text}), "c": "x"})[:-3],
    "in a Python repr": lambda text: repr({"a": text}),
    "with escaped slashes": lambda text: json.dumps({"a": text}).replace("/", "\\/"),
    "with escaped letters": lambda text: json.dumps({"a": text}).replace("s", "\\u0073").replace("_", "\\u005F"),
    "in an address": lambda text: "https://x.example/?q=" + urllib.parse.quote(text, safe=""),
    "in an address, every byte": lambda text: "https://x.example/?q=" + "".join(f"%{b:02X}" for b in text.encode()),
    "in an address in an address": lambda text: "https://x.example/?q=" + urllib.parse.quote(
        urllib.parse.quote(text, safe=""), safe=""
    ),
}  # fmt: skip


def readable(text: str) -> str:
    """What somebody could read who decodes all that is encoded."""
    for _ in range(3):
        text = urllib.parse.unquote(text)
    return re.sub(r"\\+u00(..)", lambda found: chr(int(found[1], 16)), text).replace("\\", "")


@pytest.mark.parametrize("place", PLACES)
def test_a_secret_of_every_kind_is_replaced_in_every_place(place):
    for kind, (text, secret) in EVERY_SECRET.items():
        written = PLACES[place](text)

        cleaned = REDACTION.clean(written)

        assert secret not in readable(cleaned), (kind, cleaned)
        assert REDACTION.may_concern(written.encode()), kind
        assert REDACTION.clean(cleaned) == cleaned, kind


@pytest.mark.parametrize("place", list(PLACES)[:7])
def test_what_people_and_programs_write_all_day_stays_as_it_is(place):
    for text in ORDINARY:
        written = PLACES[place](text)

        assert REDACTION.clean(written) == written


def test_json_text_stays_json():
    for kind, (text, _) in EVERY_SECRET.items():
        assert json.loads(REDACTION.clean(json.dumps({"a": text, "b": [{"c": text}]}))), kind


MEMBERS = [
    ({"password": "swordfish"}, {"password": "[redacted]"}),
    ({"dbPassword": "swordfish"}, {"dbPassword": "[redacted]"}),
    ({"clientSecret": "s"}, {"clientSecret": "[redacted]"}),
    ({"X-Api-Key": "s"}, {"X-Api-Key": "[redacted]"}),
    ({"set-cookie": ["a=b", "c=d"]}, {"set-cookie": ["[redacted]", "[redacted]"]}),
    ({"password": 12345678}, {"password": "[redacted]"}),
    ({"password": True, "api_key": None, "secret": ""}, {"password": True, "api_key": None, "secret": ""}),
    ({"token": "Hello", "tokens": 5}, {"token": "Hello", "tokens": 5}),
    ({"token": "abcdef0123456789"}, {"token": "[redacted]"}),
    ({"name": "Authorization", "value": "x"}, {"name": "Authorization", "value": "[redacted]"}),
    ({"api_key": {"value": "x", "type": "string"}}, {"api_key": {"value": "[redacted]", "type": "string"}}),
    ({"user": "password"}, {"user": "password"}),
]


@pytest.mark.parametrize(("value", "cleaned"), MEMBERS)
def test_a_value_under_a_secrets_name_is_replaced(value, cleaned):
    assert REDACTION.clean(value) == cleaned


def test_ids_and_names_that_hold_secrets_stay_distinct_and_joined():
    first, second = TOKENS["OpenAI"], TOKENS["Groq"]

    assert REDACTION.clean(first) == REDACTION.clean(first) != REDACTION.clean(second)
    assert REDACTION.clean({first: 1, second: 2}).keys() == {REDACTION.clean(first), REDACTION.clean(second)}
    assert REDACTION.clean({f"a {first}": 1, f"a {second}": 2}).keys() == {"a [redacted]", "a [redacted]#1"}


def test_the_hash_of_a_secret_depends_on_the_servers_key(tmp_path):
    secret = TOKENS["OpenAI"]
    of = [redact.redaction_of(Settings(data_dir=tmp_path, redact_hash_key=key)) for key in ("", "", "one", "two")]

    assert of[0].clean(secret) == of[1].clean(secret)
    assert len({one.clean(secret) for one in of}) == 3
    assert (tmp_path / redact.KEY_FILE).stat().st_mode & 0o777 == 0o600


PERSONAL = "ada@example.com pays with 4111 1111 1111 1111 from DE89 3704 0044 0532 0130 00, not 4111111111111112"


def test_personal_data_is_left_alone_unless_it_is_asked_for():
    assert REDACTION.clean(PERSONAL) == PERSONAL
    asked = Redaction(personal=True).clean(PERSONAL)
    assert asked == "[redacted] pays with [redacted] from [redacted], not 4111111111111112"


@pytest.mark.parametrize(
    ("pattern", "why"), [("(", "missing"), (r"(?<=a)b", "syntax of RE2"), (r"(a)\1", "RE2"), ("a*", "empty")]
)
def test_a_pattern_that_cannot_be_used_is_refused_by_name(pattern, why):
    with pytest.raises(BaserunError, match="BASERUN_REDACT_PATTERNS") as refused:
        Redaction(patterns=[pattern])

    assert pattern in str(refused.value)
    assert why in str(refused.value)


def test_a_value_may_be_as_deep_as_it_likes():
    value = TOKENS["OpenAI"]
    for _ in range(2_000):
        value = {"a": [value]}

    cleaned = REDACTION.clean(value)

    for _ in range(2_000):
        cleaned = cleaned["a"][0]
    assert cleaned.startswith("[redacted:")


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="password:='\"\\ %2F{}[]@/u0041\n-", max_size=60))
def test_cleaning_twice_is_cleaning_once_whatever_the_text(text):
    cleaned = REDACTION.clean(text)

    assert REDACTION.clean(cleaned) == cleaned


# --- every field of every record -----------------------------------------------------------------------------------

KINDS = {"text", "value", "shared", "events", "number"}


@pytest.mark.parametrize("record", [SentSpan, SentLog, SentEvent])
def test_every_field_of_what_is_sent_has_a_rule(record):
    assert list(redact.FIELDS[record]) == list(record.__struct_fields__)
    assert set(redact.FIELDS[record].values()) <= KINDS


SECRET = TOKENS["OpenAI"]
NO_TEXT = "holds no text of the sender"
SPAN_FIELDS = {
    "project_id": NO_TEXT, "trace_id": "raw:traceId", "span_id": "raw:spanId", "parent_span_id": "raw:parentSpanId",
    "kind": NO_TEXT, "name": "raw:name", "trace_name": "baserun.trace.name", "start_us": NO_TEXT, "end_us": NO_TEXT,
    "status": NO_TEXT, "status_message": "raw:status", "error_type": "error.type", "session_id": "session.id",
    "session_attribute": NO_TEXT, "user_id": "user.id", "user_attribute": NO_TEXT,
    "provider_user": "baserun.provider.user", "provider_user_attribute": "baserun.provider.user_field",
    "provider": "gen_ai.provider.name", "model": "gen_ai.response.model", "model_requested": "gen_ai.request.model",
    "response_id": "gen_ai.response.id", "completion_id": "baserun.completion.id", "streaming": NO_TEXT,
    "time_to_first_token_us": NO_TEXT, "finish_reasons": "gen_ai.response.finish_reasons", "input_tokens": NO_TEXT,
    "output_tokens": NO_TEXT, "cached_tokens": NO_TEXT, "cache_write_tokens": NO_TEXT, "reasoning_tokens": NO_TEXT,
    "usage_details": NO_TEXT, "service_tier": "openai.response.service_tier", "cost_reported_nano_usd": NO_TEXT,
    "cost_is_bill": NO_TEXT, "told_apart": NO_TEXT, "scope": "raw:scope",
    "cost_nano_usd": NO_TEXT, "cost_source": NO_TEXT, "input_messages": "gen_ai.input.messages",
    "output_messages": "gen_ai.output.messages", "said": "gen_ai.input.messages",
    "tool_definitions": "gen_ai.tool.definitions", "parameters": "gen_ai.request.stop_sequences",
    "input": "input.value", "output": "output.value", "tool_name": "gen_ai.tool.name",
    "tool_call_id": "gen_ai.tool.call.id", "tool_arguments": "gen_ai.tool.call.arguments",
    "tool_result": "gen_ai.tool.call.result", "environment": "deployment.environment.name",
    "release": "resource:service.version", "service": "resource:service.name", "tags": "baserun.tags",
    "metadata": "baserun.metadata.note", "events": "events", "input_preview": "gen_ai.input.messages",
    "output_preview": "gen_ai.output.messages", "as_sent": "gen_ai.input.messages", "written_out": NO_TEXT,
    "marks": NO_TEXT, "attributes": "anything", "received_us": NO_TEXT,
}  # fmt: skip
"""Where a sender writes what comes to stand in a field of a span."""
LOG_FIELDS = {
    model.SessionEvent: {
        "project_id": NO_TEXT, "event_id": "baserun.event.id", "kind": NO_TEXT, "session_id": "session.id",
        "user_id": "user.id", "name": "baserun.session.name", "outcome": "baserun.session.outcome",
        "metadata": "baserun.metadata.note", "at_us": NO_TEXT, "received_us": NO_TEXT,
    },
    model.UserEvent: {
        "project_id": NO_TEXT, "event_id": "baserun.event.id", "user_id": "user.id", "traits": "baserun.trait.note",
        "alias": "baserun.user.alias", "unlinks": NO_TEXT, "confirmed": NO_TEXT, "at_us": NO_TEXT,
        "received_us": NO_TEXT,
    },
    model.Score: {
        "project_id": NO_TEXT, "score_id": "baserun.event.id", "name": "gen_ai.evaluation.name", "value": NO_TEXT,
        "label": "gen_ai.evaluation.score.label", "comment": "gen_ai.evaluation.explanation",
        "source": "baserun.score.source", "trace_id": "raw:traceId", "span_id": "raw:spanId",
        "session_id": "session.id", "user_id": "user.id", "response_id": "gen_ai.response.id",
        "completion_id": "baserun.completion.id", "metadata": "baserun.metadata.note", "at_us": NO_TEXT,
        "received_us": NO_TEXT,
    },
    model.Log: {
        "project_id": NO_TEXT, "log_id": "baserun.event.id", "kind": NO_TEXT, "name": "baserun.log.name",
        "at_ns": NO_TEXT, "number": NO_TEXT,
        "body": "raw:body", "trace_id": "raw:traceId", "span_id": "raw:spanId", "session_id": "session.id",
        "user_id": "user.id", "response_id": "gen_ai.response.id", "completion_id": "baserun.completion.id",
        "metadata": "baserun.metadata.note", "at_us": NO_TEXT, "received_us": NO_TEXT,
    },
}  # fmt: skip
EVENT_NAMES = {
    model.SessionEvent: "session.start",
    model.UserEvent: "baserun.user.identify",
    model.Score: "gen_ai.evaluation.result",
    model.Log: "baserun.log",
}


@pytest.mark.parametrize(("record", "table"), [(model.Span, SPAN_FIELDS), *LOG_FIELDS.items()])
def test_every_field_of_every_record_is_in_the_table_of_places(record, table):
    assert set(table) == set(record.__struct_fields__)


def a_message(role: str) -> str:
    return json.dumps([{"role": role, "parts": [{"type": "text", "content": f"Use {SECRET} now"}]}])


def spans_full_of_secrets() -> list[dict]:
    """A call, a tool and a chain with a secret in every place that the table names."""
    places = {place for place in SPAN_FIELDS.values() if place != NO_TEXT and ":" not in place and place != "events"}
    attributes = dict.fromkeys(sorted(places), SECRET)
    attributes |= {
        "gen_ai.input.messages": a_message("user"), "gen_ai.output.messages": a_message("assistant"),
        "gen_ai.tool.definitions": json.dumps([{"name": SECRET, "description": SECRET}]),
        "gen_ai.request.stop_sequences": [SECRET], "gen_ai.response.finish_reasons": [SECRET], "baserun.tags": [SECRET],
        f"baserun.metadata.{SECRET}": SECRET, f"key.{SECRET}": {SECRET: [SECRET]},
    }  # fmt: skip
    events = [
        {"name": SECRET, "attributes": {SECRET: SECRET}},
        {"name": "exception", "attributes": {"exception.type": SECRET, "exception.message": SECRET}},
    ]
    common = {
        "name": SECRET, "events": events, "status": {"code": 2, "message": SECRET},
        "resource": {"service.name": SECRET, "service.version": SECRET, SECRET: SECRET},
    }  # fmt: skip
    kinds = {"chat": "baserun", "execute_tool": "baserun", "chain": SECRET}
    return [
        {**common, "scope": scope, "attributes": attributes | {"gen_ai.operation.name": kind},
         "raw": {"spanId": f"{number:016x}"}}
        for number, (kind, scope) in enumerate(kinds.items(), 1)
    ]  # fmt: skip


def logs_full_of_secrets() -> list[dict]:
    records = []
    for kind, table in LOG_FIELDS.items():
        places = {place for place in table.values() if place != NO_TEXT and not place.startswith("raw:")}
        attributes = dict.fromkeys(sorted(places), SECRET) | {f"baserun.metadata.{SECRET}": SECRET, SECRET: SECRET}
        records.append({"eventName": EVENT_NAMES[kind], "severityText": SECRET, "attributes": attributes,
                        "body": {SECRET: SECRET}})  # fmt: skip
    for kind in ("tag", "variable"):
        named = {f"baserun.{kind}.key": "password", f"baserun.{kind}.value": "swordfish"}
        records.append({"eventName": f"baserun.{kind}", "attributes": named})
    return [*records, {"eventName": SECRET, "attributes": {SECRET: SECRET}, "body": f"plain {SECRET}"}]


def escaped(body: bytes) -> bytes:
    """The same JSON with letters of the secret in escapes."""
    return body.replace(
        SECRET.encode(), SECRET.replace("-", "\\u002d").replace(SECRET[5], f"\\u{ord(SECRET[5]):04x}").encode()
    )


@pytest.mark.parametrize("sent", ["json", "json, escaped", "protobuf"])
@pytest.mark.parametrize("path", ["traces", "logs"])
def test_a_secret_in_every_field_is_in_no_field_of_a_record_and_in_no_row(path, sent):
    request = (
        forms.traces_request(*spans_full_of_secrets())
        if path == "traces"
        else forms.logs_request(*logs_full_of_secrets())
    )
    if sent == "protobuf":
        body = forms.protobuf(request)
    else:
        body = orjson.dumps(request)
        body = escaped(body) if sent == "json, escaped" else body
        # Ids that are none: they are text of the sender, and kept beside the one that is made.
        body = body.replace(b'"traceId":"abab', b'"traceId":"' + SECRET.encode() + b"abab")

    batch, unread = forms.read(body, path, sent != "protobuf")

    assert unread == []
    kept = msgspec.json.encode(batch).decode()
    assert SECRET not in readable(kept)
    assert "swordfish" not in kept
    assert all(SECRET.encode() not in insert.block for insert in inserts_of(batch))
    assert kept.count("[redacted") > 20
    assert len(FACTS) == 5


# --- before the log ------------------------------------------------------------------------------------------------


def before_log(projects: str, entry: Entry) -> Entry:
    clean = redact.before_log(Settings(redact_before_log=projects))
    assert clean is not None
    return clean(entry)


@pytest.mark.parametrize("is_json", [True, False])
@pytest.mark.parametrize("path", ["traces", "logs"])
def test_a_request_that_was_redacted_before_the_log_is_read_as_one_redacted_after_it(path, is_json):
    request = (
        forms.traces_request(*spans_full_of_secrets())
        if path == "traces"
        else forms.logs_request(*logs_full_of_secrets())
    )
    body = orjson.dumps(request) if is_json else forms.protobuf(request)
    entry = Entry(
        "shop", forms.RECEIVED_US, path, "application/json" if is_json else "application/x-protobuf", "", body
    )
    kept = before_log("shop", entry)

    assert SECRET.encode() not in kept.body
    before, after = decode(path, True, kept.body), decode(path, is_json, body)
    forms.pipeline().redaction.redact(after)
    assert before == after


def test_only_the_projects_that_ask_are_redacted_before_the_log():
    entry = Entry("other", 1, "logs", "application/json", "", orjson.dumps(forms.logs_request(*logs_full_of_secrets())))

    assert redact.before_log(Settings()) is None
    assert before_log("shop", entry) is entry
    assert before_log("shop, other", entry) is not entry
    assert before_log("*", entry) is not entry


@pytest.mark.parametrize("name", [path.stem for path in sorted(forms.SAMPLES.glob("*.json"))])
def test_what_was_decoded_is_the_same_after_it_was_encoded(name):
    samples = forms.load(name)
    samples = samples if isinstance(samples, list) else []
    spans = [sample for sample in samples if isinstance(sample, dict) and "attributes" in sample]
    decoded = decode("traces", True, orjson.dumps(forms.traces_request(*spans)))

    assert decode("traces", True, encode(decoded)) == decoded


def test_nothing_is_left_to_decode_of_an_empty_request():
    assert decode("logs", True, encode(Decoded())) == Decoded()
