"""What was decoded, as OTLP/JSON again: how a request is kept whose secrets were taken out before the log.

Decoding the result gives the same records. What the server does not read of a request (links, dropped counts) is not in
it, and so cannot hold a secret either.
"""

from collections.abc import Mapping
from typing import Any

import orjson

from .decode import Decoded, SentEvent, SentLog, SentSpan


def encode(decoded: Decoded) -> bytes:
    """OTLP/JSON of spans or log records."""
    if decoded.spans:
        groups = [_group(span, "scopeSpans", "spans", _span(span)) for span in decoded.spans]
        return orjson.dumps({"resourceSpans": groups})
    groups = [_group(log, "scopeLogs", "logRecords", _log(log)) for log in decoded.logs]
    return orjson.dumps({"resourceLogs": groups})


def _group(sent: SentSpan | SentLog, middle: str, bottom: str, record: dict[str, Any]) -> dict[str, Any]:
    scope = {key: value for key, value in sent.scope.items() if key not in ("name", "version")}
    named = {"name": sent.scope.get("name", ""), "version": sent.scope.get("version", ""), "attributes": _pairs(scope)}
    return {"resource": {"attributes": _pairs(sent.resource)}, middle: [{"scope": named, bottom: [record]}]}


def _span(span: SentSpan) -> dict[str, Any]:
    return {
        "traceId": span.trace_id,
        "spanId": span.span_id,
        "parentSpanId": span.parent_span_id,
        "name": span.name,
        "kind": span.kind,
        "startTimeUnixNano": str(span.start_ns),
        "endTimeUnixNano": str(span.end_ns),
        "status": {"code": span.status_code, "message": span.status_message},
        "attributes": _pairs(span.attributes),
        "events": [_event(event) for event in span.events],
    }


def _event(event: SentEvent) -> dict[str, Any]:
    return {"name": event.name, "timeUnixNano": str(event.time_ns), "attributes": _pairs(event.attributes)}


def _log(log: SentLog) -> dict[str, Any]:
    record = {
        "traceId": log.trace_id,
        "spanId": log.span_id,
        "eventName": log.event_name,
        "timeUnixNano": str(log.time_ns),
        "severityText": log.severity,
        "attributes": _pairs(log.attributes),
    }
    return record if log.body is None else {**record, "body": _value(log.body)}


def _pairs(values: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{"key": key, "value": _value(value)} for key, value in values.items()]


def _value(value: Any) -> Any:
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    if isinstance(value, float):
        return {"doubleValue": value}
    if isinstance(value, list):
        return {"arrayValue": {"values": [_value(item) for item in value]}}
    if isinstance(value, dict):
        return {"kvlistValue": {"values": _pairs(value)}}
    return value if value is None else {"stringValue": str(value)}
