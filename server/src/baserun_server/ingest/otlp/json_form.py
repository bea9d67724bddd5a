"""Requests of OTLP as JSON."""

import json
import re
from typing import Any

import orjson

from ...errors import BadRequest
from ...limits import DEPTH
from ..bounds import TOO_DEEP, is_deeper, within
from .sent import Decoded, Path, SentEvent, SentLog, SentSpan

LARGEST = (1 << 63) - 1
JSON_LEVELS = {
    "traces": (("resourceSpans", "resource_spans"), ("scopeSpans", "scope_spans"), ("spans",)),
    "logs": (("resourceLogs", "resource_logs"), ("scopeLogs", "scope_logs"), ("logRecords", "log_records")),
}


HALF_PAIRS = re.compile(r"[\ud800-\udfff]")
"""Halves of surrogate pairs, which are no characters."""


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
        return orjson.loads(HALF_PAIRS.sub("\ufffd", json.dumps(document, ensure_ascii=False))), True
    except (ValueError, RecursionError):
        raise BadRequest(
            f"the body is not valid JSON: {fault.msg}",
            hint="send OTLP/JSON as the specification has it, or `content-type: application/x-protobuf` for protobuf",
            code="malformed",
            position=fault.pos,
        ) from None


def check_json(path: Path, body: bytes) -> bool:
    """Whether a request holds anything; raises `BadRequest` where it is no OTLP."""
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


def spans_from_json(document: Any) -> Decoded:
    """The spans of a request."""
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


def logs_from_json(document: Any) -> Decoded:
    """The log records of a request."""
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
