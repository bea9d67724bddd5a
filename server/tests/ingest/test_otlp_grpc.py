"""The way in over gRPC, with OpenTelemetry's own stubs and exporter: what is answered and what is kept."""

import asyncio
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import grpc
import pytest
from google.rpc.error_details_pb2 import RetryInfo
from google.rpc.status_pb2 import Status
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2_grpc import LogsServiceStub
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2_grpc import MetricsServiceStub
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2_grpc import TraceServiceStub
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from server.tests.ingest.running import RunningServer

from baserun_server.api.collector import otlp_grpc
from baserun_server.api.collector.otlp_grpc import serve_grpc
from baserun_server.errors import BaserunError
from baserun_server.ingest.decode import decode, decompress
from baserun_server.ingest.log import Entry, Position, Record
from baserun_server.ingest.log.records import read
from baserun_server.ingest.log.writing import Log
from baserun_server.settings import Settings

pytestmark = pytest.mark.slow(10)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def a_request(text: str = "hello") -> ExportTraceServiceRequest:
    request = ExportTraceServiceRequest()
    request.resource_spans.add().scope_spans.add().spans.add(trace_id=bytes(15) + b"\x01", name=text)
    return request


class Receiver:
    """A log with a gRPC server before it, and a channel of a client's to it."""

    def __init__(self, log: Log, channel: grpc.aio.Channel) -> None:
        self.log, self.channel = log, channel

    async def export(self, request: ExportTraceServiceRequest, key: str = "", scheme: str = "Bearer"):
        metadata = [("authorization", f"{scheme} {key}")] if key else None
        return await TraceServiceStub(self.channel).Export(request, metadata=metadata)

    def logged(self) -> list[Entry]:
        return [item.entry for item in read(self.log.folder, Position(0, 0)) if isinstance(item, Record)]


@asynccontextmanager
async def receiver(tmp_path, compression=None, **values) -> AsyncIterator[Receiver]:
    settings = Settings(data_dir=tmp_path, grpc_port=free_port(), **values)
    log = Log(settings.log_dir, limit_bytes=settings.log_limit_bytes)
    server = await serve_grpc(settings.grpc_address, log, settings)
    async with grpc.aio.insecure_channel(settings.grpc_address, compression=compression) as channel:
        yield Receiver(log, channel)
    await server.stop(0)
    await log.close()


@pytest.mark.parametrize("compression", [None, grpc.Compression.Gzip, grpc.Compression.Deflate], ids=str)
async def test_spans_are_kept_as_they_were_sent(tmp_path, compression):
    async with receiver(tmp_path, compression) as one:
        await one.export(a_request("hello " * 100))

        [entry] = one.logged()
        assert (entry.project_id, entry.path, entry.content_type) == ("default", "traces", "application/x-protobuf")
        body = decompress(entry.body, entry.content_encoding, 1 << 20)
        assert [span.name for span in decode("traces", False, body).spans] == ["hello " * 100]
        assert (len(entry.body) < len(body)) == (compression is not None)


async def test_logs_are_kept_and_metrics_are_taken_and_dropped(tmp_path):
    async with receiver(tmp_path) as one:
        logs, metrics = ExportLogsServiceRequest(), ExportMetricsServiceRequest()
        logs.resource_logs.add().scope_logs.add().log_records.add(event_name="hello")
        metrics.resource_metrics.add().scope_metrics.add().metrics.add(name="tokens")

        await LogsServiceStub(one.channel).Export(logs)
        await MetricsServiceStub(one.channel).Export(metrics)
        await one.export(ExportTraceServiceRequest())

        assert [entry.path for entry in one.logged()] == ["logs"]


async def test_the_key_chooses_the_project_and_without_one_nothing_is_taken(tmp_path):
    async with receiver(tmp_path, api_keys="shop:secret") as one:
        await one.export(a_request(), "secret")
        for key in ("", "wrong"):
            with pytest.raises(grpc.aio.AioRpcError) as refused:
                await one.export(a_request(), key)
            assert refused.value.code() == grpc.StatusCode.UNAUTHENTICATED
            assert "hint: send `authorization: Bearer <key>`" in (refused.value.details() or "")

        assert [entry.project_id for entry in one.logged()] == ["shop"]


async def test_a_full_log_asks_to_come_back_in_the_words_that_exporters_understand(tmp_path):
    async with receiver(tmp_path, log_limit_bytes=1) as one:
        await one.export(a_request())
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await one.export(a_request())

        assert refused.value.code() == grpc.StatusCode.RESOURCE_EXHAUSTED
        trailers = dict(refused.value.trailing_metadata())
        [detail] = Status.FromString(trailers["grpc-status-details-bin"]).details
        retry = RetryInfo()
        assert detail.Unpack(retry)
        assert retry.retry_delay.seconds == 5


async def test_what_is_too_large_packed_or_unpacked_is_refused_and_the_next_request_is_taken(tmp_path):
    bounds = {"max_body_bytes": 4096, "max_decompressed_bytes": 8192}
    async with receiver(tmp_path, grpc.Compression.Gzip, **bounds) as packed:
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await packed.export(a_request("a" * 100_000))
        assert refused.value.code() == grpc.StatusCode.RESOURCE_EXHAUSTED
        assert "larger than `8192` bytes after decompression" in (refused.value.details() or "")
        await packed.export(a_request())
    async with receiver(tmp_path / "plain", **bounds) as plain:
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await plain.export(a_request("a" * 100_000))
        assert refused.value.code() == grpc.StatusCode.RESOURCE_EXHAUSTED
        await plain.export(a_request())
        assert len(plain.logged()) == 1


async def test_what_is_no_request_is_refused_for_good(tmp_path):
    async with receiver(tmp_path) as one:
        method = one.channel.unary_unary("/opentelemetry.proto.collector.trace.v1.TraceService/Export")
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await method(b"\x0a\x7fshort")

        assert refused.value.code() == grpc.StatusCode.INVALID_ARGUMENT
        assert one.logged() == []


async def test_a_port_in_use_is_never_shared(tmp_path):
    async with receiver(tmp_path) as one:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            with pytest.raises(BaserunError, match="cannot listen for gRPC"):
                await serve_grpc(f"127.0.0.1:{taken.getsockname()[1]}", one.log, Settings(data_dir=tmp_path))


def test_a_grpc_port_in_use_is_told_in_one_sentence(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        command = [sys.executable, "-m", "baserun_server", "serve", "--port", "0", "--grpc-port", port]
        ended = subprocess.run([*command, "--data", tmp_path], capture_output=True, text=True, timeout=60, check=False)

    assert ended.returncode == 2
    assert ended.stderr.startswith(f"error: gRPC port `{port}` on `127.0.0.1` is in use by another program\n\nhint: ")


def test_an_application_that_exports_over_grpc_finds_its_trace_on_the_page(tmp_path):
    port = free_port()
    with RunningServer(tmp_path / "data", BASERUN_GRPC_PORT=str(port)) as server:
        provider = TracerProvider()
        exporter = OTLPSpanExporter(endpoint=f"http://127.0.0.1:{port}", insecure=True)
        provider.add_span_processor(SimpleSpanProcessor(exporter))
        with provider.get_tracer("app").start_as_current_span("answer") as span:
            span.set_attribute("session.id", "s-1")
        provider.shutdown()
        server.wait_stored()

        [session] = server.get("/api/v1/sessions")["items"]
        assert (session["session_id"], session["traces"]) == ("s-1", 1)


async def test_a_wrong_key_is_slowed_down_and_the_right_one_is_not(tmp_path):
    async with receiver(tmp_path, api_keys="shop:secret") as one:
        codes = []
        for number in range(12):
            with pytest.raises(grpc.aio.AioRpcError) as refused:
                await one.export(a_request(), f"guess-{number}")
            codes.append(refused.value.code())

        assert codes == [grpc.StatusCode.UNAUTHENTICATED] * 10 + [grpc.StatusCode.RESOURCE_EXHAUSTED] * 2
        await one.export(a_request(), "secret")


async def test_metadata_beyond_the_bound_is_refused_and_the_next_request_is_taken(tmp_path):
    async with receiver(tmp_path) as one:
        stub = TraceServiceStub(one.channel)
        with pytest.raises(grpc.aio.AioRpcError):
            await stub.Export(a_request(), metadata=[(f"x{number}", "a" * 8_000) for number in range(20)])
        await one.export(a_request())


async def test_a_body_that_does_not_come_is_given_up_and_others_are_taken_meanwhile(tmp_path, monkeypatch):
    monkeypatch.setattr(otlp_grpc, "BODY_SECONDS", 0.5)
    async with receiver(tmp_path) as one:
        method = "/opentelemetry.proto.collector.trace.v1.TraceService/Export"
        silent = [one.channel.stream_unary(method)(_never()) for _ in range(otlp_grpc.READING + 10)]
        for _ in range(5):
            await one.export(a_request())
        codes = {await call.code() for call in silent}

        # Some gave way to others, and the rest took too long.
        assert codes <= {grpc.StatusCode.RESOURCE_EXHAUSTED, grpc.StatusCode.INVALID_ARGUMENT}
        assert len(one.logged()) == 5


async def _never():
    await asyncio.sleep(30)
    yield b""


def test_connections_over_grpc_are_bounded(tmp_path):
    port = free_port()
    with RunningServer(tmp_path / "data", BASERUN_GRPC_PORT=str(port), BASERUN_MAX_CONNECTIONS="5"):
        held = [socket.create_connection(("127.0.0.1", port)) for _ in range(20)]
        for one in held:
            one.settimeout(5)
        closed = sum(_is_closed(one) for one in held[5:])
        for one in held:
            one.close()
    assert closed == 15


def _is_closed(one: socket.socket) -> bool:
    """Whether the server closed it without a word; one that it takes begins with its settings."""
    try:
        return one.recv(9) == b""
    except ConnectionResetError:
        return True
