"""Requests of OTLP as protobuf."""

from typing import Any

from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from ...errors import BadRequest
from .mend import locate_fault, mend_utf8
from .pairs import read_attributes, read_value
from .sent import Decoded, Path, SentEvent, SentLog, SentSpan
from .twins import declare_bytes, twin

REQUESTS = {"traces": ExportTraceServiceRequest, "logs": ExportLogsServiceRequest}


def _leave_pairs(message: str, field: Any) -> None:
    """Leave attributes encoded: most have been seen before, byte for byte, and of the others most are a text."""
    if field.name == "attributes" or (message.rpartition(".")[2], field.name) == ("LogRecord", "body"):
        declare_bytes(field)


QUICK_REQUESTS = {path: twin(request.DESCRIPTOR, _leave_pairs) for path, request in REQUESTS.items()}


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


def read_protobuf(path: Path, body: bytes) -> Decoded:
    """Spans or log records of a request; raises `BadRequest` where it cannot be read."""
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
        resource = read_attributes(resource_spans.resource.attributes, decoded)
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
                        read_attributes(span.attributes, decoded),
                        [
                            SentEvent(e.name, e.time_unix_nano, read_attributes(e.attributes, decoded))
                            for e in span.events
                        ],
                        resource,
                        scope,
                    )
                )
    return decoded


def _logs_from_protobuf(request: Any) -> Decoded:
    decoded = Decoded()
    for resource_logs in request.resource_logs:
        resource = read_attributes(resource_logs.resource.attributes, decoded)
        for scope_logs in resource_logs.scope_logs:
            scope = _scope(scope_logs.scope, decoded)
            decoded.logs.extend(
                SentLog(
                    record.trace_id.hex(),
                    record.span_id.hex(),
                    record.event_name,
                    record.time_unix_nano or record.observed_time_unix_nano,
                    record.severity_text,
                    read_value(record.body, decoded),
                    read_attributes(record.attributes, decoded),
                    resource,
                    scope,
                )
                for record in scope_logs.log_records
            )
    return decoded


def _scope(scope: Any, decoded: Decoded) -> dict[str, Any]:
    return {"name": scope.name, "version": scope.version, **read_attributes(scope.attributes, decoded)}
