"""Where telemetry comes in over gRPC: the same requests, keys, bounds and log as over HTTP (`otlp.py`).

grpcio costs 19 MiB and 80 ms of CPU to load, so `serve_grpc` loads it, and nobody calls that where it is switched off.
"""

import asyncio
import os
import time
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

from ..errors import BaserunError, KeyMissing, LogBroken, LogFull, Refused, TooLarge
from ..ingest.decode import Path
from ..ingest.log import Entry, Log
from ..settings import Settings
from .auth import Keys
from .otlp import keep, project_of

if TYPE_CHECKING:
    import grpc

SERVICES: dict[str, Path | None] = {
    "opentelemetry.proto.collector.trace.v1.TraceService": "traces",
    "opentelemetry.proto.collector.logs.v1.LogsService": "logs",
    "opentelemetry.proto.collector.metrics.v1.MetricsService": None,
}
"""What each is kept as; None means to accept and drop it."""
STOP_SECONDS = 5.0
ENCODINGS = {b"\x1f\x8b": "gzip", **{b"\x78" + bytes([level]): "deflate" for level in (0x01, 0x5E, 0x9C, 0xDA)}}
"""By the first bytes: an OTLP request begins with the tag of its only field, 0x0a."""


async def serve_grpc(address: str, log: Log, settings: Settings) -> "grpc.aio.Server":
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
        ]
    )
    keys = Keys(settings)
    for service, path in SERVICES.items():
        # On the wire this is the unary method that OTLP has; so called, it can look at the key before the body is read.
        method = grpc.stream_unary_rpc_method_handler(_receiver(path, log, keys, settings))
        server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler(service, {"Export": method})])
    try:
        server.add_insecure_port(address)
    except RuntimeError as error:
        raise BaserunError(
            f"cannot listen for gRPC on `{address}`: {error}", hint="choose another port with `--grpc-port`"
        ) from None
    await server.start()
    return server


def _receiver(path: Path | None, log: Log, keys: Keys, settings: Settings) -> Any:
    async def receive(bodies: AsyncIterator[bytes], context: "grpc.aio.ServicerContext[bytes, bytes]") -> bytes:
        received_us = time.time_ns() // 1000
        try:
            metadata = context.invocation_metadata() or ()
            headers = {name: value if isinstance(value, str) else value.decode("latin-1") for name, value in metadata}
            project_id = project_of(keys, headers)
            body = await anext(bodies, b"")
            if path is not None:
                encoding = ENCODINGS.get(body[:2], "")
                entry = Entry(project_id, received_us, path, "application/x-protobuf", encoding, body)
                await keep(entry, log, settings)
        except BaserunError as error:
            await _refuse(context, error)
        # An empty answer: everything was taken.
        return b""

    return receive


async def _refuse(context: "grpc.aio.ServicerContext[bytes, bytes]", error: BaserunError) -> None:
    import grpc

    codes = {
        KeyMissing: grpc.StatusCode.UNAUTHENTICATED,
        TooLarge: grpc.StatusCode.RESOURCE_EXHAUSTED,
        Refused: grpc.StatusCode.INVALID_ARGUMENT,
        LogFull: grpc.StatusCode.RESOURCE_EXHAUSTED,
        LogBroken: grpc.StatusCode.UNAVAILABLE,
    }
    code = next((code for kind, code in codes.items() if isinstance(error, kind)), grpc.StatusCode.INTERNAL)
    details = _retry_info(code.value[0], error) if error.retry_after_s else ()
    await context.abort(code, str(error), details)


def _retry_info(code: int, error: BaserunError) -> tuple[tuple[str, bytes], ...]:
    """How a sender is told to come back: only with this does it send the same again after RESOURCE_EXHAUSTED."""
    from google.protobuf.duration_pb2 import Duration
    from google.rpc.error_details_pb2 import RetryInfo
    from google.rpc.status_pb2 import Status

    status = Status(code=code, message=str(error))
    status.details.add().Pack(RetryInfo(retry_delay=Duration(seconds=error.retry_after_s)))
    return (("grpc-status-details-bin", status.SerializeToString()),)
