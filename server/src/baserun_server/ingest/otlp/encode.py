"""What was decoded, as OTLP/JSON again: how a request is kept whose secrets were taken out before the log.

Decoding the result gives the same records. What the server does not read of a request (links, dropped counts) is not in
it, and so cannot hold a secret either.
"""

import itertools
import json
from collections.abc import Callable, Mapping, Sequence
from math import isfinite
from typing import Any

import orjson

from ..bounds import within
from .sent import Decoded, SentEvent, SentLog, SentSpan

WRITTEN_LEVELS = 320
"""Levels of a request: 64 of a value take up to 265."""


def encode(decoded: Decoded) -> bytes:
    """OTLP/JSON of spans or log records."""
    if decoded.spans:
        return dump({"resourceSpans": _groups(decoded.spans, "scopeSpans", "spans", _span)})
    return dump({"resourceLogs": _groups(decoded.logs, "scopeLogs", "logRecords", _log)})


def dump(document: Any) -> bytes:
    """A request as JSON text, however deep it is; what is deeper than any value that is kept is cut."""
    try:
        return orjson.dumps(document)
    except orjson.JSONEncodeError:
        # It writes 254 levels.
        return json.dumps(within(document, WRITTEN_LEVELS)).encode()


def _groups(
    records: Sequence[Any], middle: str, bottom: str, write: Callable[[Any], dict[str, Any]]
) -> list[dict[str, Any]]:
    """One for each resource and scope, which records share: written once each, a request stays as large as it was."""
    groups = []
    for (resource, scope), shared in itertools.groupby(records, lambda sent: (_Same(sent.resource), _Same(sent.scope))):
        own = {key: value for key, value in scope.held.items() if key not in ("name", "version")}
        named = {"name": scope.held.get("name", ""), "version": scope.held.get("version", "")}
        inner = {"scope": {**named, "attributes": _pairs(own)}, bottom: [write(record) for record in shared]}
        groups.append({"resource": {"attributes": _pairs(resource.held)}, middle: [inner]})
    return groups


class _Same:
    """Equal where it is one object, so that comparing costs nothing."""

    def __init__(self, held: dict[str, Any]) -> None:
        self.held = held

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.held is other.held

    def __hash__(self) -> int:
        return id(self.held)


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
        return {"doubleValue": value if isfinite(value) else str(value)}
    if isinstance(value, list):
        return {"arrayValue": {"values": [_value(item) for item in value]}}
    if isinstance(value, dict):
        return {"kvlistValue": {"values": _pairs(value)}}
    return value if value is None else {"stringValue": str(value)}
