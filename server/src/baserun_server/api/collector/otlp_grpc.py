"""Where telemetry comes in over gRPC: the same requests, keys, bounds and log as over HTTP (`otlp_http.py`).

grpcio costs 19 MiB and 80 ms of CPU to load, so `serve_grpc` loads it, and nobody calls that where it is switched off.
"""

import asyncio
import os
import time
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from ...errors import BadRequest, BaserunError, Busy, KeyMissing, LogBroken, LogFull, Refused, TooLarge
from ...ingest.log import Entry
from ...ingest.log.writing import Log
from ...ingest.otlp.sent import Path
from ...settings import Settings
from ..auth import Keys
from .otlp_http import keep

if TYPE_CHECKING:
    import grpc

SERVICES: dict[str, Path | None] = {
    "opentelemetry.proto.collector.trace.v1.TraceService": "traces",
    "opentelemetry.proto.collector.logs.v1.LogsService": "logs",
    "opentelemetry.proto.collector.metrics.v1.MetricsService": None,
}
"""What each is kept as; None means to accept and drop it."""
STOP_SECONDS = 0.5
METADATA_BYTES = 64 << 10
"""Names and values of a request's metadata together, as the headers over HTTP."""
STREAMS = 100
"""Requests at a time on one connection."""
REQUESTS = 512
"""Requests at a time on all connections."""
CONNECTIONS = 1_024
BODY_SECONDS = 30.0
"""For a body to arrive whole: a call over gRPC has one message, which exporters send at once."""
READING = 32
"""Bodies that are received at a time. Past that the one that has taken longest is given up, so that slow senders keep
nobody else out."""
HANDSHAKE_SECONDS = 10
IDLE_SECONDS = 600
PING_SECONDS = 10
"""Clients that ask more often whether the connection lives are cut off, after a warning."""
ENCODINGS = {b"\x1f\x8b": "gzip", **{b"\x78" + bytes([level]): "deflate" for level in (0x01, 0x5E, 0x9C, 0xDA)}}
"""By the first bytes: an OTLP request begins with the tag of its only field, 0x0a."""


async def serve_grpc(address: str, log: Log, settings: Settings, keys: Keys | None = None) -> "grpc.aio.Server":
    """A server that listens on `address` (`host:port`); raises `BaserunError` where it cannot."""
    # We start processes; grpcio's own handling of forks would only complain about it.
    os.environ.setdefault("GRPC_ENABLE_FORK_SUPPORT", "0")
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    await asyncio.to_thread(__import__, "grpc.aio")
    import grpc

    server = grpc.aio.server(
        options=[
            # Otherwise two servers share a port, and each gets the half.
            ("grpc.so_reuseport", 0),
            ("grpc.max_receive_message_length", settings.max_body_bytes),
            # grpcio would unpack without a bound; the log keeps bodies as they came, and `keep` bounds them.
            ("grpc.per_message_decompression", 0),
            ("grpc.max_metadata_size", METADATA_BYTES),
            ("grpc.absolute_max_metadata_size", METADATA_BYTES),
            ("grpc.max_concurrent_streams", STREAMS),
            ("grpc.max_allowed_incoming_connections", min(CONNECTIONS, settings.max_connections or CONNECTIONS)),
            ("grpc.server_handshake_timeout_ms", HANDSHAKE_SECONDS * 1_000),
            ("grpc.max_connection_idle_ms", IDLE_SECONDS * 1_000),
            ("grpc.http2.min_ping_interval_without_data_ms", PING_SECONDS * 1_000),
        ],
        maximum_concurrent_rpcs=REQUESTS,
    )
    keys = keys or Keys(settings)
    bodies = Bodies()
    for service, path in SERVICES.items():
        # On the wire this is the unary method that OTLP has; so called, it can look at the key before the body is read.
        method = grpc.stream_unary_rpc_method_handler(_receiver(path, log, keys, settings, bodies))
        server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler(service, {"Export": method})])
    try:
        server.add_insecure_port(address)
    except RuntimeError as error:
        raise BaserunError(
            f"cannot listen for gRPC on `{address}`: {error}", hint="choose another port with `--grpc-port`"
        ) from None
    await server.start()
    return server


class Bodies:
    """Receives bodies: each within its time, and not too many at once."""

    def __init__(self) -> None:
        self._receiving: dict[asyncio.Task[bytes], None] = {}

    async def receive(self, bodies: AsyncIterator[bytes]) -> bytes:
        """The one message of a call, empty where there is none; raises `BaserunError` where it does not come."""
        if len(self._receiving) >= READING:
            next(iter(self._receiving)).cancel()
        receiving = asyncio.ensure_future(_first(bodies))
        self._receiving[receiving] = None
        try:
            done, _ = await asyncio.wait({receiving}, timeout=BODY_SECONDS)
            if not done:
                raise BadRequest(
                    f"the request did not arrive whole within `{BODY_SECONDS:.0f}` seconds",
                    hint="send smaller batches",
                    code="too_slow",
                )
            if receiving.cancelled():
                raise Busy("too many requests are arriving", hint="send the same again later", retry_after_s=1)
            return receiving.result()
        finally:
            self._receiving.pop(receiving, None)
            receiving.cancel()


async def _first(bodies: AsyncIterator[bytes]) -> bytes:
    return await anext(bodies, b"")


def _receiver(path: Path | None, log: Log, keys: Keys, settings: Settings, bodies: Bodies) -> Any:
    async def receive(messages: AsyncIterator[bytes], context: "grpc.aio.ServicerContext[bytes, bytes]") -> bytes:
        received_us = time.time_ns() // 1000
        try:
            metadata = context.invocation_metadata() or ()
            headers = {name: value if isinstance(value, str) else value.decode("latin-1") for name, value in metadata}
            project_id = keys.admit(headers, _client_of(context.peer()))
            body = await bodies.receive(messages)
            if path is not None:
                encoding = ENCODINGS.get(body[:2], "")
                entry = Entry(project_id, received_us, path, "application/x-protobuf", encoding, body)
                await keep(entry, log, settings)
        except BaserunError as error:
            await _refuse(context, error)
        # An empty answer: everything was taken.
        return b""

    return receive


def _client_of(peer: str) -> str:
    """The address within gRPC's name of a client: `ipv4:127.0.0.1:4711`, `ipv6:%5B::1%5D:4711`."""
    address = peer.partition(":")[2].rpartition(":")[0]
    return unquote(address).strip("[]")


async def _refuse(context: "grpc.aio.ServicerContext[bytes, bytes]", error: BaserunError) -> None:
    import grpc

    codes = {
        KeyMissing: grpc.StatusCode.UNAUTHENTICATED,
        Busy: grpc.StatusCode.RESOURCE_EXHAUSTED,
        TooLarge: grpc.StatusCode.RESOURCE_EXHAUSTED,
        Refused: grpc.StatusCode.INVALID_ARGUMENT,
        LogFull: grpc.StatusCode.RESOURCE_EXHAUSTED,
        LogBroken: grpc.StatusCode.UNAVAILABLE,
    }
    code = next((code for kind, code in codes.items() if isinstance(error, kind)), grpc.StatusCode.INTERNAL)
    details = _retry_info(code.value[0], error) if error.retry_after_s else ()
    await context.abort(code, str(error), details)


def _retry_info(code: int, error: BaserunError) -> tuple[tuple[str, bytes], ...]:
    """Tell the sender when to retry: without this it does not send the same again after RESOURCE_EXHAUSTED."""
    from google.protobuf.duration_pb2 import Duration
    from google.rpc.error_details_pb2 import RetryInfo
    from google.rpc.status_pb2 import Status

    status = Status(code=code, message=str(error))
    status.details.add().Pack(RetryInfo(retry_delay=Duration(seconds=error.retry_after_s)))
    return (("grpc-status-details-bin", status.SerializeToString()),)
