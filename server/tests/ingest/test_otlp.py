"""The way in, over HTTP, in process: what is answered and what then stands in the log."""

import gzip
import zlib

import httpx
import orjson
import pytest
from backports import zstd
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from starlette.applications import Starlette

from baserun_server.api.collector.otlp_http import otlp_routes
from baserun_server.ingest.log import Damage, Position
from baserun_server.ingest.log.records import read
from baserun_server.ingest.log.writing import Log
from baserun_server.settings import Settings

PROTOBUF = {"content-type": "application/x-protobuf"}
JSON = {"content-type": "application/json"}


def a_request(spans: int = 2, text: str = "hello") -> ExportTraceServiceRequest:
    request = ExportTraceServiceRequest()
    scope_spans = request.resource_spans.add().scope_spans.add()
    for number in range(spans):
        span = scope_spans.spans.add(trace_id=bytes(15) + b"\x01", span_id=bytes(7) + bytes([number + 1]), name="a")
        attribute = span.attributes.add(key="text")
        attribute.value.string_value = text
    return request


JSON_REQUEST = orjson.dumps(
    {"resourceSpans": [{"scopeSpans": [{"spans": [{"traceId": "0" * 31 + "1", "spanId": "0" * 15 + "1"}]}]}]}
)


class Server:
    def __init__(self, tmp_path, **settings):
        self.settings = Settings(data_dir=tmp_path, **settings)
        self.log = Log(self.settings.log_dir)
        app = Starlette(routes=otlp_routes(self.log, self.settings))
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://server")

    async def post(self, content, headers=PROTOBUF, path="/v1/traces"):
        return await self.http.post(path, content=content, headers=headers)

    def logged(self):
        items = list(read(self.settings.log_dir, Position(0, 0)))
        assert not any(isinstance(item, Damage) for item in items)
        return [item.entry for item in items]


@pytest.fixture
async def server(tmp_path):
    server = Server(tmp_path)
    yield server
    await server.log.close()


@pytest.mark.parametrize(
    ("encoding", "compress"),
    [
        ("", bytes),
        ("gzip", gzip.compress),
        ("deflate", zlib.compress),
        ("deflate", lambda data: zlib.compress(data, wbits=-15)),
        ("zstd", zstd.compress),
    ],
)
async def test_a_request_is_logged_as_received_whatever_its_compression(server, encoding, compress):
    body = compress(a_request().SerializeToString())

    answer = await server.post(body, {**PROTOBUF, "content-encoding": encoding} if encoding else PROTOBUF)

    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-type"] == "application/x-protobuf"
    [entry] = server.logged()
    assert (entry.project_id, entry.path, entry.content_encoding, entry.body) == ("default", "traces", encoding, body)


async def test_a_json_request_is_answered_in_json(server):
    answer = await server.post(JSON_REQUEST, {"content-type": "application/json; charset=utf-8"})

    assert (answer.status_code, answer.json()) == (200, {})
    [entry] = server.logged()
    assert (entry.content_type, entry.body) == ("application/json", JSON_REQUEST)


async def test_a_chunked_request_is_put_together(server):
    async def chunks():
        yield JSON_REQUEST[:10]
        yield JSON_REQUEST[10:]

    assert (await server.post(chunks(), JSON)).status_code == 200
    assert server.logged()[0].body == JSON_REQUEST


@pytest.mark.parametrize(
    "path",
    ["/api/public/otel/v1/traces", "/otel/v1/traces", "/api/v1/private/otel/v1/traces", "/any/base/of/mine/v1/traces"],
)
async def test_the_paths_of_other_sdks_lead_to_the_same_log(server, path):
    assert (await server.post(a_request().SerializeToString(), path=path)).status_code == 200
    assert [entry.path for entry in server.logged()] == ["traces"]


@pytest.mark.parametrize(("body", "headers"), [(b"", PROTOBUF), (b"{}", JSON), (b'{"resourceSpans":[]}', JSON)])
async def test_an_empty_request_is_a_connection_test_and_leaves_the_log_alone(server, body, headers):
    assert (await server.post(body, headers)).status_code == 200
    assert server.logged() == []


async def test_metrics_are_accepted_and_dropped(server):
    assert (await server.post(b"anything", path="/v1/metrics")).status_code == 200
    assert server.logged() == []


WHOLE = a_request(3).SerializeToString()
BAD = {
    "cut protobuf": (WHOLE[:-5], PROTOBUF, 400, "malformed", 0),
    "json sent as protobuf": (JSON_REQUEST, PROTOBUF, 400, "malformed", 0),
    "cut json": (JSON_REQUEST[:-5], JSON, 400, "malformed", len(JSON_REQUEST) - 5),
    "json of another shape": (b'{"resourceSpans":{"a":1}}', JSON, 400, "malformed", None),
    "cut gzip": (gzip.compress(WHOLE)[:-9], {**PROTOBUF, "content-encoding": "gzip"}, 400, "truncated", None),
    "no gzip at all": (WHOLE, {**PROTOBUF, "content-encoding": "gzip"}, 400, "wrong_compression", None),
    "no zstd at all": (WHOLE, {**PROTOBUF, "content-encoding": "zstd"}, 400, "wrong_compression", None),
    "unknown compression": (WHOLE, {**PROTOBUF, "content-encoding": "br"}, 415, "unsupported_media_type", None),
    "unknown type": (WHOLE, {"content-type": "text/plain"}, 415, "unsupported_media_type", None),
}


@pytest.mark.parametrize("case", BAD)
async def test_a_bad_request_is_told_what_is_wrong_and_leaves_the_log_alone(server, case):
    body, headers, status, code, position = BAD[case]

    answer = await server.post(body, headers)

    assert answer.status_code == status
    error = answer.json()["error"]
    assert error["code"] == code
    assert error["message"]
    assert error["hint"]
    if position is not None:
        assert error["position"] == position
    assert server.logged() == []


async def test_a_fault_in_protobuf_is_located(server):
    answer = await server.post(WHOLE[:2] + b"\x0a\xff\xff" + WHOLE[5:])

    assert "resource_spans" in answer.json()["error"]["message"]


@pytest.mark.parametrize("compress", [bytes, gzip.compress, zstd.compress])
async def test_a_body_is_bounded_as_sent_and_after_decompression(tmp_path, compress):
    server = Server(tmp_path, max_body_bytes=50_000, max_decompressed_bytes=60_000)
    encoding = {gzip.compress: "gzip", zstd.compress: "zstd"}.get(compress)
    bomb = compress(a_request(1, "a" * 50_000_000).SerializeToString())

    answer = await server.post(bomb, {**PROTOBUF, "content-encoding": encoding} if encoding else PROTOBUF)

    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too_large")
    assert server.logged() == []
    await server.log.close()


async def test_text_that_is_no_utf8_is_accepted(server):
    body = WHOLE.replace(b"hello", b"he\xff\xfeo")

    assert (await server.post(body)).status_code == 200
    assert server.logged()[0].body == body


async def test_a_log_that_is_full_asks_the_sender_to_wait(tmp_path):
    server = Server(tmp_path)
    server.log = Log(server.settings.log_dir, limit_bytes=100)
    app = Starlette(routes=otlp_routes(server.log, server.settings))
    server.http = httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://server")
    await server.post(a_request(20).SerializeToString())

    answer = await server.post(WHOLE)

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert len(server.logged()) == 1
    await server.log.close()


@pytest.mark.parametrize(
    ("headers", "project"),
    [
        ({"authorization": "Bearer k1"}, "default"),
        ({"authorization": "bearer k2"}, "shop"),
        ({"authorization": "k2"}, "shop"),
        ({"authorization": "Basic cGs6azI="}, "shop"),
        ({"x-api-key": "k2"}, "shop"),
        ({"api_key": "k1"}, "default"),
        ({"dd-api-key": "k2"}, "shop"),
        ({"helicone-auth": "Bearer k2"}, "shop"),
        ({"authorization": "Bearer k3"}, None),
        ({"authorization": "Basic !!!"}, None),
        ({}, None),
    ],
)
async def test_the_key_of_a_request_says_its_project(tmp_path, headers, project):
    server = Server(tmp_path, host="0.0.0.0", api_keys="k1, shop:k2")

    answer = await server.post(WHOLE, {**PROTOBUF, **headers})

    assert answer.status_code == (200 if project else 401)
    assert [entry.project_id for entry in server.logged()] == ([project] if project else [])
    await server.log.close()
