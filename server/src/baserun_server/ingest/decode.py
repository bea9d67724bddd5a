"""Requests of OTLP, as bytes, into plain values: the outermost step, which knows the two encodings and nothing else.

`check` is what the front does before a request may be acknowledged; `decode` is what the worker does afterwards. Text
that is no valid UTF-8 is mended and reported, never a reason to refuse: some senders cut strings in the middle of a
character.
"""

import json
from collections.abc import Iterable
from typing import Any, Literal

import msgspec
import orjson
from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue, KeyValue, KeyValueList

from ..errors import BadRequest
from ..limits import DEPTH
from .bounds import TOO_DEEP, count_values, is_deeper, within
from .otlp.compression import decompress as decompress
from .otlp.mend import locate_fault, mend_utf8
from .otlp.twins import declare_bytes, twin

Path = Literal["traces", "logs"]
LARGEST = (1 << 63) - 1

REQUESTS = {"traces": ExportTraceServiceRequest, "logs": ExportLogsServiceRequest}


def _leave_pairs(message: str, field: Any) -> None:
    """Leave attributes encoded: most have been seen before, byte for byte, and of the others most are a text."""
    if field.name == "attributes" or (message.rpartition(".")[2], field.name) == ("LogRecord", "body"):
        declare_bytes(field)


def _leave_values(message: str, field: Any) -> None:
    """Leave the values within a value encoded, so that a value is read level by level, however deep it is."""
    if field.type == field.TYPE_MESSAGE:
        declare_bytes(field)


SHALLOW = {kind: twin(kind.DESCRIPTOR, _leave_values) for kind in (AnyValue, ArrayValue, KeyValue, KeyValueList)}
QUICK_REQUESTS = {path: twin(request.DESCRIPTOR, _leave_pairs) for path, request in REQUESTS.items()}
JSON_LEVELS = {
    "traces": (("resourceSpans", "resource_spans"), ("scopeSpans", "scope_spans"), ("spans",)),
    "logs": (("resourceLogs", "resource_logs"), ("scopeLogs", "scope_logs"), ("logRecords", "log_records")),
}


class SentEvent(msgspec.Struct):
    """An event of a span as sent."""

    name: str
    time_ns: int
    attributes: dict[str, Any]


class SentSpan(msgspec.Struct):
    """A span as sent: ids still as the sender wrote them, times in nanoseconds, 0 where absent."""

    trace_id: str
    span_id: str
    parent_span_id: str
    name: str
    kind: int
    start_ns: int
    end_ns: int
    status_code: int
    status_message: str
    attributes: dict[str, Any]
    events: list[SentEvent]
    resource: dict[str, Any]
    """Shared by all spans of one resource, as `scope` is."""
    scope: dict[str, Any]
    """`name` and `version`, and the scope's own attributes."""


class SentLog(msgspec.Struct):
    """A log record as sent."""

    trace_id: str
    span_id: str
    event_name: str
    time_ns: int
    severity: str
    body: Any
    attributes: dict[str, Any]
    resource: dict[str, Any]
    scope: dict[str, Any]


class Decoded(msgspec.Struct):
    """What a request consisted of."""

    spans: list[SentSpan] = []
    logs: list[SentLog] = []
    mended: bool = False
    """True where text was no valid UTF-8 and stands with U+FFFD now."""
    deep: bool = False
    """True where a value was deeper than `limits.DEPTH` and stands with `bounds.TOO_DEEP` now."""


def check(path: Path, is_json: bool, body: bytes) -> bool:
    """Whether a decompressed request holds anything; raises `errors.Refused` where it cannot be read at all."""
    count_values(body, is_json, REQUESTS[path].DESCRIPTOR)
    if is_json:
        return _check_json(path, body)
    try:
        request = REQUESTS[path].FromString(body)
    except DecodeError:
        mended = mend_utf8(REQUESTS[path].DESCRIPTOR, body)
        if mended is None:
            # The library reads 100 levels of messages, some 30 of ours: what is deeper is read level by level.
            decoded = _read_protobuf(path, body)
            return bool(decoded.spans or decoded.logs)
        request = REQUESTS[path].FromString(mended)
    return bool(request.ListFields())


def decode(path: Path, is_json: bool, body: bytes) -> Decoded:
    """Spans or log records of a decompressed request; raises `errors.Refused` as `check` does."""
    if is_json:
        document, mended = parse_json(body)
        from_json = _spans_from_json if path == "traces" else _logs_from_json
        decoded = from_json(document)
        decoded.mended = mended
        return decoded
    return _read_protobuf(path, body)


# --- protobuf --------------------------------------------------------------------------------------------------------


def _not_protobuf(path: Path, body: bytes) -> BadRequest:
    if body[:1] in (b"{", b"["):
        return BadRequest(
            "the body looks like JSON but was sent as protobuf",
            hint="set the header `content-type: application/json`",
            code="malformed",
            position=0,
        )
    position, place = locate_fault(REQUESTS[path].DESCRIPTOR, body)
    return BadRequest(
        f"the body is no readable `{REQUESTS[path].__name__}`: it breaks off or goes wrong in `{place}`",
        hint="send an unmodified OTLP request; a proxy between may have cut or changed it",
        code="malformed",
        position=position,
    )


def _read_protobuf(path: Path, body: bytes) -> Decoded:
    try:
        return _from_protobuf(path, body)
    except (DecodeError, UnicodeDecodeError, IndexError):
        mended_body = mend_utf8(REQUESTS[path].DESCRIPTOR, body)
    if mended_body is None:
        raise _not_protobuf(path, body) from None
    decoded = _from_protobuf(path, mended_body)
    decoded.mended = True
    return decoded


def _from_protobuf(path: Path, body: bytes) -> Decoded:
    request = QUICK_REQUESTS[path].FromString(body)
    return _spans_from_protobuf(request) if path == "traces" else _logs_from_protobuf(request)


def _spans_from_protobuf(request: Any) -> Decoded:
    decoded = Decoded()
    for resource_spans in request.resource_spans:
        resource = _attributes(resource_spans.resource.attributes, decoded)
        for scope_spans in resource_spans.scope_spans:
            scope = _scope(scope_spans.scope, decoded)
            for span in scope_spans.spans:
                status = span.status
                decoded.spans.append(
                    SentSpan(
                        span.trace_id.hex(),
                        span.span_id.hex(),
                        span.parent_span_id.hex(),
                        span.name,
                        span.kind,
                        span.start_time_unix_nano,
                        span.end_time_unix_nano,
                        status.code,
                        status.message,
                        _attributes(span.attributes, decoded),
                        [SentEvent(e.name, e.time_unix_nano, _attributes(e.attributes, decoded)) for e in span.events],
                        resource,
                        scope,
                    )
                )
    return decoded


def _logs_from_protobuf(request: Any) -> Decoded:
    decoded = Decoded()
    for resource_logs in request.resource_logs:
        resource = _attributes(resource_logs.resource.attributes, decoded)
        for scope_logs in resource_logs.scope_logs:
            scope = _scope(scope_logs.scope, decoded)
            decoded.logs.extend(
                SentLog(
                    record.trace_id.hex(),
                    record.span_id.hex(),
                    record.event_name,
                    record.time_unix_nano or record.observed_time_unix_nano,
                    record.severity_text,
                    _read_value(record.body, decoded),
                    _attributes(record.attributes, decoded),
                    resource,
                    scope,
                )
                for record in scope_logs.log_records
            )
    return decoded


def _scope(scope: Any, decoded: Decoded) -> dict[str, Any]:
    return {"name": scope.name, "version": scope.version, **_attributes(scope.attributes, decoded)}


def _attributes(pairs: Iterable[bytes], decoded: Decoded) -> dict[str, Any]:
    attributes: dict[str, Any] = {}
    for encoded in pairs:
        pair = _pairs_read.get(encoded)
        if pair is None:
            pair = _read_pair(encoded, decoded)
            if pair is None:
                continue
        attributes[pair[0]] = pair[1]
    return attributes


_pairs_read: dict[bytes, tuple[str, Any]] = {}
_keys_read: dict[bytes, str] = {}
PAIR_BYTES = 96
"""Pairs above this length are no ids, names or numbers and do not come again."""
REMEMBERED = 8_192
"""In a load of 300 spans a request, three pairs of four are found among the last 8,000, and every key."""
KEY_TAG, VALUE_TAG, TEXT_TAG = 0x0A, 0x12, 0x0A


def _read_pair(encoded: bytes, decoded: Decoded) -> tuple[str, Any] | None:
    """Key and value, None where there is no value; short ones are remembered."""
    try:
        pair = _cut_pair(encoded)
    except IndexError:
        pair = None
    if pair is None:
        pair = _whole_pair(encoded, decoded)
        if pair is None:
            return None
    if len(encoded) <= PAIR_BYTES and not isinstance(pair[1], (list, dict)):
        if len(_pairs_read) >= REMEMBERED:
            _pairs_read.clear()
        _pairs_read[encoded] = pair
    return pair


def _whole_pair(encoded: bytes, decoded: Decoded) -> tuple[str, Any] | None:
    try:
        pair = KeyValue.FromString(encoded)
    except DecodeError:
        pair = SHALLOW[KeyValue].FromString(encoded)
        return pair.key, _deep_value(pair.value, DEPTH, decoded)
    return None if pair.value.WhichOneof("value") is None else (pair.key, _value(pair.value))


def _read_value(encoded: bytes, decoded: Decoded) -> Any:
    try:
        return _value(AnyValue.FromString(encoded))
    except DecodeError:
        return _deep_value(encoded, DEPTH, decoded)


def _deep_value(encoded: bytes, levels: int, decoded: Decoded) -> Any:
    """A value that is deeper than the library reads at once, down to so many levels; raises `DecodeError`."""
    value = SHALLOW[AnyValue].FromString(encoded)
    which = value.WhichOneof("value")
    if which not in ("array_value", "kvlist_value"):
        return _value(value)
    if not levels:
        decoded.deep = True
        return TOO_DEEP
    if which == "array_value":
        items = SHALLOW[ArrayValue].FromString(value.array_value).values
        return [_deep_value(item, levels - 1, decoded) for item in items]
    pairs = map(SHALLOW[KeyValue].FromString, SHALLOW[KeyValueList].FromString(value.kvlist_value).values)
    return {pair.key: _deep_value(pair.value, levels - 1, decoded) for pair in pairs}


def _cut_pair(encoded: bytes) -> tuple[str, str] | None:
    """A key and a text that are all that a pair holds, cut out: half the price of asking the library.

    None for any other pair, or an `IndexError`.
    """
    if encoded[0] != KEY_TAG or encoded[1] > 127:
        return None
    key_end = 2 + encoded[1]
    if encoded[key_end] != VALUE_TAG:
        return None
    size, at = _read_length(encoded, key_end + 1)
    if size != len(encoded) - at or encoded[at] != TEXT_TAG:
        return None
    size, at = _read_length(encoded, at + 1)
    if size != len(encoded) - at:
        return None
    key = _keys_read.get(encoded[2:key_end])
    if key is None:
        if len(_keys_read) >= REMEMBERED:
            _keys_read.clear()
        key = _keys_read[encoded[2:key_end]] = encoded[2:key_end].decode()
    return key, encoded[at:].decode()


def _read_length(encoded: bytes, at: int) -> tuple[int, int]:
    """A length of up to three bytes, and where what it is of begins; a longer one fits nothing."""
    size = encoded[at]
    if size < 128:
        return size, at + 1
    size = size & 127 | encoded[at + 1] << 7
    if size < 16_384:
        return size, at + 2
    return size & 16_383 | encoded[at + 2] << 14, at + 3


def _value(value: Any) -> Any:
    which = value.WhichOneof("value")
    if which is None:
        return None
    if which == "array_value":
        return [_value(item) for item in value.array_value.values]
    if which == "kvlist_value":
        return {pair.key: _value(pair.value) for pair in value.kvlist_value.values}
    if which == "bytes_value":
        return _text_of_bytes(value.bytes_value)
    return getattr(value, which)


def _text_of_bytes(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.hex()


# --- JSON ------------------------------------------------------------------------------------------------------------


def parse_json(body: bytes) -> tuple[Any, bool]:
    """The document, and whether its text had to be mended; raises `BadRequest`.

    The parser takes 1,024 levels, which is more than values of `limits.DEPTH` levels need in OTLP's form.
    """
    if not body.strip():
        return {}, False
    try:
        return orjson.loads(body), False
    except orjson.JSONDecodeError as error:
        fault = error
    # Invalid UTF-8 and lone surrogates are refused by the fast parser though the structure is sound.
    text = body.decode("utf-8", "replace")
    try:
        document = json.loads(text, parse_constant=str, parse_int=_json_integer)
        return orjson.loads(json.dumps(document, ensure_ascii=False).encode("utf-8", "replace")), True
    except (ValueError, RecursionError):
        raise BadRequest(
            f"the body is not valid JSON: {fault.msg}",
            hint="send OTLP/JSON as the specification has it, or `content-type: application/x-protobuf` for protobuf",
            code="malformed",
            position=fault.pos,
        ) from None


def _check_json(path: Path, body: bytes) -> bool:
    document, _ = parse_json(body)
    top, middle, bottom = JSON_LEVELS[path]
    if not isinstance(document, dict):
        raise _wrong_shape(top[0], "the body", "an object", document)
    anything = False
    for i, outer in enumerate(objects(document, top, "")):
        for j, inner in enumerate(objects(outer, middle, f"{top[0]}[{i}].")):
            for _ in objects(inner, bottom, f"{top[0]}[{i}].{middle[0]}[{j}]."):
                anything = True
    return anything


def objects(holder: dict[str, Any], names: tuple[str, ...], place: str) -> list[dict[str, Any]]:
    """The objects of a list that has one of these names; `place` is where an error says it is."""
    items = _pick(holder, names)
    if items is None:
        return []
    if not isinstance(items, list):
        raise _wrong_shape(names[0], f"`{place}{names[0]}`", "a list", items)
    for i, item in enumerate(items):
        if not isinstance(item, dict):
            raise _wrong_shape(names[0], f"`{place}{names[0]}[{i}]`", "an object", item)
    return items


def _pick(holder: dict[str, Any], names: tuple[str, ...]) -> Any:
    for name in names:
        if name in holder:
            return holder[name]
    return None


def _wrong_shape(name: str, place: str, wanted: str, got: Any) -> BadRequest:
    return BadRequest(
        f"{place} must be {wanted}, not `{type(got).__name__}`",
        hint=f"an OTLP/JSON request is an object with `{name}`",
        code="malformed",
    )


def _spans_from_json(document: Any) -> Decoded:
    top, middle, bottom = JSON_LEVELS["traces"]
    decoded = Decoded()
    for outer in objects(document, top, ""):
        resource = _json_resource(outer.get("resource"), decoded)
        for inner in objects(outer, middle, ""):
            scope = _json_scope(inner.get("scope"), decoded)
            for span in objects(inner, bottom, ""):
                status = span.get("status")
                status = status if isinstance(status, dict) else {}
                events = span.get("events")
                decoded.spans.append(
                    SentSpan(
                        _text(span.get("traceId", span.get("trace_id"))),
                        _text(span.get("spanId", span.get("span_id"))),
                        _text(span.get("parentSpanId", span.get("parent_span_id"))),
                        _text(span.get("name")),
                        _integer(span.get("kind")),
                        _integer(span.get("startTimeUnixNano", span.get("start_time_unix_nano"))),
                        _integer(span.get("endTimeUnixNano", span.get("end_time_unix_nano"))),
                        _status_code(status.get("code")),
                        _text(status.get("message")),
                        _json_attributes(span.get("attributes"), decoded),
                        [_json_event(event, decoded) for event in events if isinstance(event, dict)]
                        if isinstance(events, list)
                        else [],
                        resource,
                        scope,
                    )
                )
    return decoded


def _logs_from_json(document: Any) -> Decoded:
    top, middle, bottom = JSON_LEVELS["logs"]
    decoded = Decoded()
    for outer in objects(document, top, ""):
        resource = _json_resource(outer.get("resource"), decoded)
        for inner in objects(outer, middle, ""):
            scope = _json_scope(inner.get("scope"), decoded)
            for record in objects(inner, bottom, ""):
                at_ns = _integer(record.get("timeUnixNano", record.get("time_unix_nano")))
                observed_ns = _integer(record.get("observedTimeUnixNano", record.get("observed_time_unix_nano")))
                decoded.logs.append(
                    SentLog(
                        _text(record.get("traceId", record.get("trace_id"))),
                        _text(record.get("spanId", record.get("span_id"))),
                        _text(record.get("eventName", record.get("event_name"))),
                        at_ns or observed_ns,
                        _text(record.get("severityText", record.get("severity_text"))),
                        _json_value(record.get("body"), decoded),
                        _json_attributes(record.get("attributes"), decoded),
                        resource,
                        scope,
                    )
                )
    return decoded


def _json_event(event: dict[str, Any], decoded: Decoded) -> SentEvent:
    at_ns = _integer(event.get("timeUnixNano", event.get("time_unix_nano")))
    observed_ns = _integer(event.get("observedTimeUnixNano"))
    attributes = _json_attributes(event.get("attributes"), decoded)
    return SentEvent(_text(event.get("name")), at_ns or observed_ns, attributes)


def _json_resource(resource: Any, decoded: Decoded) -> dict[str, Any]:
    return _json_attributes(resource.get("attributes"), decoded) if isinstance(resource, dict) else {}


def _json_scope(scope: Any, decoded: Decoded) -> dict[str, Any]:
    if not isinstance(scope, dict):
        return {"name": "", "version": ""}
    attributes = _json_attributes(scope.get("attributes"), decoded)
    return {"name": _text(scope.get("name")), "version": _text(scope.get("version")), **attributes}


def _json_attributes(pairs: Any, decoded: Decoded, levels: int = DEPTH) -> dict[str, Any]:
    if isinstance(pairs, dict):
        return {str(key): _json_value(value, decoded, levels) for key, value in pairs.items()}
    if not isinstance(pairs, list):
        return {}
    attributes = {}
    for pair in pairs:
        if isinstance(pair, dict) and "key" in pair:
            value = _json_value(pair.get("value"), decoded, levels)
            if value is not None:
                attributes[_text(pair["key"])] = value
    return attributes


def _json_value(value: Any, decoded: Decoded, levels: int = DEPTH) -> Any:
    """What OTLP/JSON writes as `{"stringValue": "x"}` and the like; `levels` are those that it may still have."""
    if not isinstance(value, dict):
        return _bare(value, decoded, levels)
    for kind, content in value.items():
        if kind in ("stringValue", "string_value"):
            return content if isinstance(content, str) else _text(content)
        if kind in ("intValue", "int_value"):
            return _integer(content)
        if kind in ("boolValue", "bool_value", "bytesValue", "bytes_value"):
            return _bare(content, decoded, levels)
        if kind in ("doubleValue", "double_value"):
            return _bare(_double(content), decoded, levels)
        if kind in ("arrayValue", "array_value"):
            items = content.get("values") if isinstance(content, dict) else content
            if not isinstance(items, list):
                return []
            return [_json_value(item, decoded, levels - 1) for item in items] if levels else _too_deep(decoded)
        if kind in ("kvlistValue", "kvlist_value"):
            pairs = content.get("values") if isinstance(content, dict) else content
            return _json_attributes(pairs, decoded, levels - 1) if levels else _too_deep(decoded)
    return _bare(value or None, decoded, levels)


def _bare(value: Any, decoded: Decoded, levels: int) -> Any:
    """A value that was sent in place of OTLP's form, as it is."""
    if type(value) in (list, dict) and is_deeper(value, levels):
        decoded.deep = True
        return within(value, levels)
    return value


def _too_deep(decoded: Decoded) -> str:
    decoded.deep = True
    return TOO_DEEP


def _text(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None else str(value)


def _integer(value: Any) -> int:
    """A whole number within 64 bits, 0 where the value is none."""
    if type(value) is not int:
        try:
            value = int(value)
        except (TypeError, ValueError, OverflowError):
            try:
                value = int(float(value))
            except (TypeError, ValueError, OverflowError):
                return 0
    return min(max(value, -LARGEST), LARGEST)


def _json_integer(digits: str) -> int | float:
    number = int(digits) if len(digits) < 20 else LARGEST + 1
    return number if abs(number) <= LARGEST else float(digits)


def _double(value: Any) -> Any:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return value
    # The store's JSON knows no infinity and no not-a-number.
    return number if number - number == 0 else str(value)


def _status_code(code: Any) -> int:
    if isinstance(code, str):
        return {"STATUS_CODE_OK": 1, "STATUS_CODE_ERROR": 2}.get(code, _integer(code))
    return _integer(code)
