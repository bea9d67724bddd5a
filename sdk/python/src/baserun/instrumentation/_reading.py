"""From the bytes of a call to its span. Runs on our thread, and in a backlog on those that make calls."""

from __future__ import annotations

import json
import zlib
from typing import Any

from baserun.instrumentation._exchange import Exchange, Failure
from baserun.instrumentation._providers import provider_of
from baserun.instrumentation._sse import sse_events
from baserun.instrumentation.wires import wire_for
from baserun.instrumentation.wires._reading import Reading, read_error
from baserun.recording import _attributes as names
from baserun.recording._span import CLIENT, ERROR, Span


def read(exchange: Exchange, capture_content: bool) -> Span | None:
    """Read a call into a span, or return None where it turns out to be no call of a model."""
    exchange.locate()
    path = exchange.path.partition("?")[0]
    wire = wire_for(exchange.host, path)
    if wire is None:
        return None
    reading = Reading()
    request = _read_request(exchange)
    if request is None and not exchange.dropped and not exchange.library:
        return None
    reading.extra["path"] = path
    wire.read_request(reading, request or {})
    reading.extra.pop("path", None)
    _read_answer(exchange, wire, reading)
    return _to_span(exchange, reading, capture_content)


def _read_request(exchange: Exchange) -> dict[str, Any] | None:
    if exchange.request_body:
        try:
            request = json.loads(exchange.request_body)
        except ValueError:
            return None
        return request if isinstance(request, dict) else None
    for option in exchange.options or ():
        data = getattr(option, "json_data", None)
        if isinstance(data, dict):
            return {key: value for key, value in data.items() if isinstance(value, (str, int, float, bool, list, dict))}
    return None


def _read_answer(exchange: Exchange, wire: Any, reading: Reading) -> None:
    content = exchange.content
    if content is None and exchange.chunks:
        content = decompress(b"".join(exchange.chunks), exchange.content_encoding)
    if not content:
        return
    if exchange.status_code >= 400:
        read_error(reading, _json_or_none(content))
        return
    if hasattr(wire, "read_bytes"):
        wire.read_bytes(reading, content, exchange.content_type)
        return
    if "amazon.eventstream" in exchange.content_type:
        wire.read_events(reading, aws_events(content))
    elif "text/event-stream" in exchange.content_type or (
        reading.stream and content.lstrip()[:5] in (b"data:", b"event")
    ):
        events = sse_events(content)
        wire.read_events(reading, events)
        for _, event in events:
            if isinstance(event, dict) and event.get("error"):
                read_error(reading, event)
    elif "ndjson" in exchange.content_type or "stream+json" in exchange.content_type:
        lines = [("", _json_or_none(line)) for line in content.splitlines() if line.strip()]
        wire.read_events(reading, lines)
    else:
        answer = _json_or_none(content)
        if isinstance(answer, dict):
            wire.read_answer(reading, answer)
        elif isinstance(answer, list):
            wire.read_events(reading, [("", event) for event in answer])


def _json_or_none(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return None


def aws_events(content: bytes) -> list[tuple[str, Any]]:
    """Read Amazon's event stream: frames of a length, headers and a JSON payload that holds an event in base64."""
    import base64

    events: list[tuple[str, Any]] = []
    at = 0
    while at + 16 <= len(content):
        total, headers = int.from_bytes(content[at : at + 4], "big"), int.from_bytes(content[at + 4 : at + 8], "big")
        if total < 16 or at + total > len(content):
            break
        payload = _json_or_none(content[at + 12 + headers : at + total - 4])
        if isinstance(payload, dict) and isinstance(payload.get("bytes"), str):
            payload = _json_or_none(base64.b64decode(payload["bytes"]))
        if payload is not None:
            events.append(("", payload))
        at += total
    return events


def read_bedrock(exchange: Any, capture_content: bool) -> Span:
    """Read a call of boto3 into a span."""
    from baserun.instrumentation.wires import bedrock

    reading = Reading()
    reading.stream = exchange.operation.endswith("Stream")
    bedrock.read_request(reading, exchange.parameters)
    if exchange.answer is not None and "error" in exchange.answer:
        error = exchange.answer["error"]
        reading.error_message, reading.error_type = error.get("Message"), error.get("Code")
    elif exchange.operation == "Converse":
        bedrock.read_answer(reading, exchange.answer or {})
    elif exchange.operation == "ConverseStream":
        bedrock.read_events(reading, [("", event) for event in exchange.events])
    elif exchange.operation == "InvokeModel":
        bedrock.read_invoked(reading, b"".join(exchange.events))
    else:
        bedrock.read_invoked_events(reading, exchange.events)
    return _to_span(exchange, reading, capture_content)


def decompress(content: bytes, encoding: str) -> bytes:
    """Undo the compression of a body, as far as it goes: a stream that was left early ends in the middle."""
    for step in reversed([step.strip().lower() for step in encoding.split(",") if step.strip()]):
        if step in ("gzip", "x-gzip", "deflate"):
            content = _inflate(content, step)
        elif step == "br":
            content = _unbrotli(content)
        elif step == "zstd":
            content = _unzstd(content)
        elif step != "identity":
            return b""
    return content


def _inflate(content: bytes, kind: str) -> bytes:
    for window in (47,) if kind != "deflate" else (15, -15):
        try:
            return zlib.decompressobj(window).decompress(content)
        except zlib.error:
            continue
    return b""


def _unbrotli(content: bytes) -> bytes:
    # Only asked for where one of the two is installed: the client says so in Accept-Encoding.
    try:
        import brotli  # type: ignore[import-not-found]
    except ImportError:
        import brotlicffi as brotli  # type: ignore[import-not-found]
    decompressor = brotli.Decompressor()
    return decompressor.process(content) if hasattr(decompressor, "process") else decompressor.decompress(content)


def _unzstd(content: bytes) -> bytes:
    import zstandard  # type: ignore[import-not-found]

    return zstandard.ZstdDecompressor().decompressobj().decompress(content)


def _to_span(exchange: Exchange, reading: Reading, capture_content: bool) -> Span:
    span = Span.__new__(Span)
    scope = exchange.scope
    span.trace_id, span.span_id, span.parent_span_id = exchange.trace_id, exchange.span_id, exchange.parent_span_id
    span.kind = CLIENT
    span.session_id, span.user_id = scope.session_id, scope.user_id
    span.start_ns, span.end_ns = exchange.start_ns, exchange.end_ns
    model = reading.model or reading.response_model
    span.name = f"{reading.operation} {model}" if model else reading.operation
    # A conversation that the provider keeps is said, but never as if the application had named the session.
    span.attributes = _attributes(exchange, reading, span.session_id or reading.conversation_id)
    span.content = _content(reading) if capture_content and not exchange.dropped else {}
    if exchange.dropped:
        span.attributes[names.CONTENT_DROPPED] = True
    span.events = [
        (at_ns, "baserun.retry", _retry_attributes(status_code, error))
        for at_ns, status_code, error in exchange.attempts
    ]
    span.status, span.status_message = 0, ""
    _note_outcome(span, exchange, reading)
    return span


def _attributes(exchange: Exchange, reading: Reading, conversation_id: str | None) -> dict[str, Any]:
    values: dict[str, Any] = {
        names.SPAN_KIND: reading.kind,
        names.OPERATION: reading.operation,
        names.PROVIDER: provider_of(exchange.host, exchange.port, reading.provider),
    }
    optional = (
        (names.CONVERSATION_ID, conversation_id),
        (names.REQUEST_MODEL, reading.model),
        (names.REQUEST_PREVIOUS_RESPONSE_ID, reading.previous_response_id),
        (names.OUTPUT_TYPE, reading.output_type),
        (names.RESPONSE_ID, reading.response_id),
        (names.RESPONSE_MODEL, reading.response_model),
        (names.FINISH_REASONS, reading.finish_reasons or None),
        (names.INPUT_TOKENS, reading.input_tokens),
        (names.OUTPUT_TOKENS, reading.output_tokens),
        (names.CACHE_READ_TOKENS, reading.cache_read_tokens),
        (names.CACHE_WRITE_TOKENS, reading.cache_write_tokens),
        (names.REASONING_TOKENS, reading.reasoning_tokens),
        (names.PROVIDER_USER, reading.user),
        (names.PROVIDER_USER_FIELD, reading.user_field),
        (names.SERVER_ADDRESS, exchange.host or None),
        (names.SERVER_PORT, exchange.port if exchange.port != 443 else None),
        (names.STATUS_CODE, exchange.status_code or None),
        (names.RESEND_COUNT, len(exchange.attempts) or None),
    )
    for name, value in optional:
        if value is not None:
            values[name] = value
    for parameter, value in reading.parameters.items():
        name, kind = names.REQUEST_PARAMETERS[parameter]
        typed = _typed(value, kind)
        if typed is not None:
            values[name] = typed
    if reading.stream:
        values[names.REQUEST_STREAM] = True
        if exchange.first_chunk_ns:
            values[names.TIME_TO_FIRST_CHUNK] = max(0, exchange.first_chunk_ns - exchange.start_ns) / 1e9
    values.update(reading.extra)
    values.update(exchange.attributes or {})
    return values


def _typed(value: Any, kind: type) -> Any:
    if kind is list:
        return [str(item) for item in value] if isinstance(value, list) else [str(value)]
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return kind(value)


def _content(reading: Reading) -> dict[str, Any]:
    content = (
        (names.SYSTEM_INSTRUCTIONS, reading.system_instructions),
        (names.TOOL_DEFINITIONS, reading.tool_definitions),
        (names.INPUT_MESSAGES, reading.input_messages),
        (names.OUTPUT_MESSAGES, reading.output_messages),
    )
    return {name: value for name, value in content if value}


def _retry_attributes(status_code: int, error: str) -> dict[str, Any]:
    attributes: dict[str, Any] = {}
    if status_code:
        attributes[names.STATUS_CODE] = status_code
    attributes[names.ERROR_TYPE] = error or f"http_{status_code}"
    return attributes


def _note_outcome(span: Span, exchange: Exchange, reading: Reading) -> None:
    """Say how it went: leaving a stream early and being cancelled are no errors of the call."""
    error = exchange.error
    cancelled = exchange.ended == "cancelled" or (
        isinstance(error, Failure) and error.kind in ("CancelledError", "Cancelled")
    )
    failed = exchange.status_code >= 400 or (error is not None and not cancelled) or reading.error_message is not None
    if reading.stream and 0 < exchange.status_code < 400:
        span.attributes[names.STREAM_ENDED] = _stream_ended(exchange, reading, failed, cancelled)
    if cancelled:
        span.attributes[names.ERROR_TYPE] = "cancelled"
    elif failed:
        span.status = ERROR
        span.status_message = reading.error_message or (error.text if isinstance(error, Failure) else "")
        kind = reading.error_type or (f"http_{exchange.status_code}" if exchange.status_code >= 400 else None)
        span.attributes[names.ERROR_TYPE] = kind or (error.kind if isinstance(error, Failure) else "error")


def _stream_ended(exchange: Exchange, reading: Reading, failed: bool, cancelled: bool) -> str:
    if cancelled:
        return "cancelled"
    if failed:
        return "error"
    return "complete" if reading.complete or exchange.ended == "exhausted" else "closed"
