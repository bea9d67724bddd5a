"""The two encodings of OTLP, made from one readable form."""

import base64
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson
from google.protobuf.json_format import ParseDict
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from baserun_server.ingest.log import Entry, Position, Record
from baserun_server.ingest.pipeline import DeadLetter, Pipeline
from baserun_server.model import Batch
from baserun_server.settings import Settings

SAMPLES = Path(__file__).parent.parent / "samples"
START_NS = 1_795_000_000_000_000_000 - 1_795_000_000_000_000_000 % 86_400_000_000_000
RECEIVED_US = START_NS // 1000 + 10_000_000
TRACE_ID, SPAN_ID = "ab" * 16, "cd" * 8


def any_value(value: Any) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    if isinstance(value, float):
        return {"doubleValue": value}
    if isinstance(value, list):
        return {"arrayValue": {"values": [any_value(item) for item in value]}}
    if isinstance(value, dict):
        return {"kvlistValue": {"values": attributes(value)}}
    return {"stringValue": value}


def attributes(values: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"key": key, "value": any_value(value)} for key, value in values.items()]


def span(sample: dict[str, Any]) -> dict[str, Any]:
    events = [
        {
            "name": event["name"],
            "timeUnixNano": str(START_NS + event.get("at_ms", 0) * 1_000_000),
            "attributes": attributes(event["attributes"]),
        }
        for event in sample.get("events", [])
    ]
    made = {
        "traceId": TRACE_ID,
        "spanId": SPAN_ID,
        "name": sample.get("name", ""),
        "kind": sample.get("kind", 1),
        "startTimeUnixNano": str(START_NS),
        "endTimeUnixNano": str(START_NS + 1_000_000_000),
        "attributes": attributes(sample.get("attributes", {})),
        "events": events,
        "status": sample.get("status", {}),
    }
    if "parent" in sample:
        made["parentSpanId"] = sample["parent"]
    return made | sample.get("raw", {})


def traces_request(*samples: dict[str, Any]) -> dict[str, Any]:
    return {
        "resourceSpans": [
            {
                "resource": {"attributes": attributes(sample.get("resource", {}))},
                "scopeSpans": [{"scope": {"name": sample.get("scope", "")}, "spans": [span(sample)]}],
            }
            for sample in samples
        ]
    }


def logs_request(*records: dict[str, Any]) -> dict[str, Any]:
    made = []
    for record in records:
        made.append({"timeUnixNano": str(START_NS), **record, "attributes": attributes(record.get("attributes", {}))})
        if "body" in record:
            made[-1]["body"] = any_value(record["body"])
    return {"resourceLogs": [{"scopeLogs": [{"scope": {"name": "baserun"}, "logRecords": made}]}]}


def protobuf(request: dict[str, Any]) -> bytes:
    message = ExportTraceServiceRequest() if "resourceSpans" in request else ExportLogsServiceRequest()
    return ParseDict(_base64_ids(request), message).SerializeToString()


@lru_cache
def pipeline(**settings: Any) -> Pipeline:
    return Pipeline.of(Settings(**settings))


def read(body: bytes, path: str = "traces", is_json: bool = True, **settings: Any) -> tuple[Batch, list[DeadLetter]]:
    content_type = "application/json" if is_json else "application/x-protobuf"
    record = Record(Position(1, 0), Position(1, 9), Entry("shop", RECEIVED_US, path, content_type, "", body))
    batch, unread = pipeline(**settings).read_all([record], "1:0-9")
    for span in batch.spans:
        # Kept by identity, and so never the same in two readings: what must hold is that it says what the values say.
        assert all(orjson.loads(text) == value for value, text in span.as_sent.values())
        span.as_sent.clear()
    return batch, unread


def read_both(request: dict[str, Any], **settings: Any) -> Batch:
    """Read a request in both encodings, which must come to the same."""
    path = "traces" if "resourceSpans" in request else "logs"
    from_json, unread = read(orjson.dumps(request), path, True, **settings)
    assert unread == []
    from_protobuf, unread = read(protobuf(request), path, False, **settings)
    assert unread == []
    assert from_json == from_protobuf
    return from_json


def load(name: str) -> list[dict[str, Any]]:
    return json.loads((SAMPLES / f"{name}.json").read_text())


def _base64_ids(value: Any) -> Any:
    # The library reads bytes as base64, as JSON for protobuf has it; OTLP/JSON writes ids in hex.
    if isinstance(value, list):
        return [_base64_ids(item) for item in value]
    if isinstance(value, dict):
        return {
            key: base64.b64encode(bytes.fromhex(item)).decode()
            if key in ("traceId", "spanId", "parentSpanId")
            else _base64_ids(item)
            for key, item in value.items()
        }
    return value
