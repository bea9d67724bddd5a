"""Where telemetry comes in: OTLP over HTTP, protobuf and JSON, at its own paths and at those that other SDKs use.

A request is authenticated, bounded, checked for being readable, appended to the log as it came, and answered. Nothing
here looks at what a span means.
"""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor

import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from ...errors import BadRequest, BaserunError, MediaTypeUnknown, TooLarge
from ...ingest.decode import check, decompress
from ...ingest.log import Entry
from ...ingest.log.writing import Log
from ...ingest.otlp.sent import Path
from ...settings import Settings
from ..auth import Keys
from ..http.faults import fault_body
from ..http.shell import client_of

PROTOBUF_TYPES = ("application/x-protobuf", "application/protobuf", "application/x-google-protobuf")
JSON_TYPES = ("application/json",)
THREAD_BYTES = 256 << 10
"""Bodies above this size are unpacked and checked beside the event loop …"""
PACKED_THREAD_BYTES = 16 << 10
"""… and compressed ones above this, because they can be a thousand times as large …"""
_checking = ThreadPoolExecutor(2, thread_name_prefix="check")
"""… two at a time, because each may take `max_decompressed_bytes` of memory."""


def otlp_routes(log: Log, settings: Settings, keys: Keys | None = None) -> list[Route]:
    """Routes for traces, logs and metrics, under any prefix.

    Prefixes in use by others' SDKs: `/api/public/otel`, `/otel`, `/v1/private/otel`, `/api/v1/private/otel`.
    """
    keys = keys or Keys(settings)

    async def traces(request: Request) -> Response:
        return await receive(request, "traces", log, keys, settings)

    async def logs(request: Request) -> Response:
        return await receive(request, "logs", log, keys, settings)

    async def metrics(request: Request) -> Response:
        return await receive(request, None, log, keys, settings)

    ends = (("/v1/traces", traces), ("/v1/logs", logs), ("/v1/metrics", metrics))
    plain = [Route(path, endpoint, methods=["POST"]) for path, endpoint in ends]
    prefixed = [Route("/{prefix:path}" + path, endpoint, methods=["POST"]) for path, endpoint in ends]
    return plain + prefixed


async def receive(request: Request, path: Path | None, log: Log, keys: Keys, settings: Settings) -> Response:
    """Take one request; `path` None means to accept and drop it."""
    received_us = time.time_ns() // 1000
    try:
        project_id = keys.admit(request.headers, client_of(request.scope))
        is_json = _is_json(request.headers.get("content-type", ""))
        body = await _read_body(request, settings.max_body_bytes)
        if path is not None:
            content_type = "application/json" if is_json else "application/x-protobuf"
            content_encoding = request.headers.get("content-encoding", "").strip().lower()
            await keep(Entry(project_id, received_us, path, content_type, content_encoding, body), log, settings)
        return _accepted(is_json)
    except BaserunError as error:
        return _refusal(error)
    except ClientDisconnect:
        return _refusal(BadRequest("the connection was closed in the middle of the request", code="truncated"))


async def keep(entry: Entry, log: Log, settings: Settings) -> None:
    """Check that a request can be read and keep it, unless it holds nothing; raises `BaserunError`."""
    if len(entry.body) > (PACKED_THREAD_BYTES if entry.content_encoding else THREAD_BYTES):
        running = asyncio.get_running_loop()
        holds_anything = await running.run_in_executor(_checking, _check, entry, settings)
    else:
        holds_anything = _check(entry, settings)
    if holds_anything:
        await log.append(entry)


def _check(entry: Entry, settings: Settings) -> bool:
    is_json = entry.content_type == "application/json"
    return check(entry.path, is_json, decompress(entry.body, entry.content_encoding, settings.max_decompressed_bytes))


def _is_json(content_type: str) -> bool:
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type in PROTOBUF_TYPES:
        return False
    if media_type in JSON_TYPES:
        return True
    raise MediaTypeUnknown(
        f"content type `{media_type[:80]}` is not OTLP" if media_type else "the request has no content type",
        hint="send `application/x-protobuf` or `application/json`",
    )


async def _read_body(request: Request, limit_bytes: int) -> bytes:
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > limit_bytes:
        raise _too_large(limit_bytes)
    parts: list[bytes] = []
    size_bytes = 0
    async for part in request.stream():
        size_bytes += len(part)
        if size_bytes > limit_bytes:
            raise _too_large(limit_bytes)
        parts.append(part)
    return parts[0] if len(parts) == 1 else b"".join(parts)


def _too_large(limit_bytes: int) -> TooLarge:
    return TooLarge(
        f"the body is larger than `{limit_bytes}` bytes",
        hint="send smaller batches, or raise `BASERUN_MAX_BODY_BYTES` on the server",
    )


def _accepted(is_json: bool) -> Response:
    # An empty protobuf message is no bytes at all.
    return Response(b"{}", media_type="application/json") if is_json else Response(b"", media_type=PROTOBUF_TYPES[0])


def _refusal(error: BaserunError) -> Response:
    headers = {"retry-after": str(error.retry_after_s)} if error.retry_after_s else {}
    return Response(orjson.dumps(fault_body(error)), error.status, headers, "application/json")
