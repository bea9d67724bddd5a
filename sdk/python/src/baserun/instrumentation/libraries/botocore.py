"""Amazon Bedrock through boto3, at the one method through which all of its calls go."""

from __future__ import annotations

import functools
import weakref
from collections.abc import Callable, Iterator
from time import time_ns
from typing import Any
from urllib.parse import urlsplit

from baserun import _config
from baserun._guard import guarded, report
from baserun.context._scope import Scope, current
from baserun.instrumentation._calls import identify_call
from baserun.instrumentation._exchange import Exchange, open_exchanges
from baserun.recording._content import snapshot
from baserun.recording._span import Span

OPERATIONS = ("Converse", "ConverseStream", "InvokeModel", "InvokeModelWithResponseStream")
MARK = "_baserun_wrapped"


class BedrockExchange(Exchange):
    """A call whose request and answer boto3 hands over parsed."""

    __slots__ = ("answer", "events", "operation", "parameters")

    def __init__(self, scope: Scope, operation: str, parameters: dict[str, Any]) -> None:
        super().__init__(scope, "boto3")
        self.operation = operation
        self.parameters = parameters
        self.answer: dict[str, Any] | None = None
        self.events: list[Any] = []

    def drop_content(self) -> None:
        """Let go of what was said."""
        kept = ("modelId", "inferenceConfig", "requestMetadata")
        self.parameters = {key: value for key, value in self.parameters.items() if key in kept}
        self.dropped = True

    def to_record(self) -> Span | None:
        """Read the call into a span."""
        from baserun.instrumentation._reading import read_bedrock

        return read_bedrock(self, _config.state.settings.capture_content)


def install(module: Any) -> None:
    """Watch boto3's clients."""
    original = module.BaseClient._make_api_call
    if hasattr(original, MARK):
        return

    @functools.wraps(original)
    def make_api_call(self: Any, operation_name: str, api_params: dict[str, Any]) -> Any:
        exchange = begin(self, operation_name, api_params)
        if exchange is None:
            return original(self, operation_name, api_params)
        try:
            answer = original(self, operation_name, api_params)
        except BaseException as error:
            failed(exchange, error)
            raise
        with guarded("botocore.answered"):
            take_answer(exchange, answer, _watch_body, _watch_events)
        return answer

    setattr(make_api_call, MARK, True)
    module.BaseClient._make_api_call = make_api_call


def begin(client: Any, operation: str, parameters: dict[str, Any]) -> BedrockExchange | None:
    """Begin a call, or return None where it is none of a model."""
    try:
        if operation not in OPERATIONS or not _config.is_recording():
            return None
        if client.meta.service_model.service_name != "bedrock-runtime":
            return None
        body = parameters.get("body")
        kept = {key: value for key, value in parameters.items() if key != "body"}
        copied = snapshot(kept)
        if isinstance(body, (str, bytes, bytearray)):
            copied["body"] = bytes(body) if isinstance(body, bytearray) else body
        exchange = BedrockExchange(current.get(), operation, copied)
        identify_call(exchange, None)
        address = urlsplit(client.meta.endpoint_url)
        exchange.host, exchange.port = address.hostname or "", address.port
        exchange.returned = True
        return exchange
    except Exception as error:
        report("botocore.begin", error)
        return None


def failed(exchange: BedrockExchange, error: BaseException) -> None:
    """Record a call that raised."""
    with guarded("botocore.failed"):
        answer = getattr(error, "response", None)
        if isinstance(answer, dict):
            _note_metadata(exchange, answer)
            exchange.answer = {"error": dict(answer.get("Error") or {})}
        exchange.error = error
        exchange.finish()


Watch = Callable[[BedrockExchange, Any], None]


def take_answer(exchange: BedrockExchange, answer: dict[str, Any], watch_body: Watch, watch_events: Watch) -> None:
    """Record a call with its answer; one that is streamed is watched until its end."""
    _note_metadata(exchange, answer)
    exchange.first_chunk_ns = 0
    if exchange.operation == "Converse":
        exchange.answer = snapshot({key: value for key, value in answer.items() if key != "ResponseMetadata"})
        exchange.finish()
        return
    exchange.streaming = True
    if exchange.operation == "InvokeModel":
        watch_body(exchange, answer["body"])
    else:
        watch_events(exchange, answer["stream" if exchange.operation == "ConverseStream" else "body"])


def until_left(exchange: BedrockExchange, stream: Any) -> None:
    """Record the call when its stream is left without a word: thrown away, or still open at the end of the process."""
    open_exchanges.add(exchange)
    weakref.finalize(stream, exchange.stream_ended, "closed").atexit = False


def _note_metadata(exchange: BedrockExchange, answer: dict[str, Any]) -> None:
    metadata = answer.get("ResponseMetadata") or {}
    exchange.status_code = metadata.get("HTTPStatusCode") or 0
    for _ in range(metadata.get("RetryAttempts") or 0):
        exchange.attempts.append((time_ns(), 0, "retried"))
    request_id = metadata.get("RequestId")
    if request_id:
        exchange.attributes = {**(exchange.attributes or {}), "gen_ai.response.id": str(request_id)}


def _watch_events(exchange: BedrockExchange, stream: Any) -> None:
    """Note each event as the application reads it."""
    parse, close, events = stream._parse_event, stream.close, stream._event_generator

    def parse_noted(event: Any) -> Any:
        parsed = parse(event)
        with guarded("botocore.event"):
            if not exchange.first_chunk_ns:
                exchange.first_chunk_ns = time_ns()
            exchange.events.append(event_copy(parsed))
        return parsed

    def watched() -> Iterator[Any]:
        try:
            yield from events
        except GeneratorExit:
            raise
        except BaseException as error:
            exchange.stream_ended("error", error)
            raise
        exchange.stream_ended("exhausted")

    def close_noted() -> None:
        try:
            close()
        finally:
            exchange.stream_ended("closed")

    stream._parse_event = parse_noted
    stream._event_generator = watched()
    stream.close = close_noted
    until_left(exchange, stream)


def event_copy(parsed: Any) -> Any:
    """Return an event as it is now: the bytes of a chunk, or a copy of its fields."""
    if isinstance(parsed, dict) and isinstance((parsed.get("chunk") or {}).get("bytes"), bytes):
        return parsed["chunk"]["bytes"]
    return snapshot(parsed)


def _watch_body(exchange: BedrockExchange, body: Any) -> None:
    body._raw_stream = RecordedBody(body._raw_stream, exchange)
    until_left(exchange, body)


class RecordedBody:
    """The body of an answer, passed on as it is read, with each piece noted."""

    def __init__(self, stream: Any, exchange: BedrockExchange) -> None:
        self._stream = stream
        self._exchange = exchange

    def read(self, *args: Any, **kwargs: Any) -> bytes:
        """Read as the body itself does."""
        piece = self._stream.read(*args, **kwargs)
        with guarded("botocore.body"):
            exchange = self._exchange
            if piece:
                exchange.events.append(piece)
            if not piece or not args or args[0] is None:
                exchange.stream_ended("exhausted")
        return piece

    def readinto(self, buffer: Any) -> int:
        """Read into a buffer as the body itself does."""
        count = self._stream.readinto(buffer)
        with guarded("botocore.body"):
            if count:
                self._exchange.events.append(bytes(memoryview(buffer)[:count]))
            else:
                self._exchange.stream_ended("exhausted")
        return count

    def close(self) -> None:
        """Close as the body itself does."""
        self._stream.close()
        self._exchange.stream_ended("closed")

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__dict__["_stream"], name)
