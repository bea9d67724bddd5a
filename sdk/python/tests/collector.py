"""A collector of the tests: speaks OTLP/HTTP JSON, keeps what it acknowledged, and can be made to misbehave.

It is a stand-in for a network that fails in known ways, which no real server does on demand.
"""

import gzip
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from baserun.testing import as_sent


class Collector:
    """What arrived, and how to answer: `status` 200 keeps, `hang` never answers, `headers` go with the answer."""

    def __init__(self, port: int = 0, idle_seconds: float | None = None) -> None:
        self._idle_seconds = idle_seconds
        self.spans: list[dict[str, Any]] = []
        self.logs: list[dict[str, Any]] = []
        self.resources: list[dict[str, Any]] = []
        self.requests: list[tuple[float, str, dict[str, str], int]] = []
        self.status = 200
        self.hang = False
        self.max_bytes: int | None = None
        self.headers: dict[str, str] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", port), self._handler())
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def wait_for_spans(self, count: int, seconds: float = 10.0) -> list[dict[str, Any]]:
        deadline = time.monotonic() + seconds
        while len(self.spans) < count and time.monotonic() < deadline:
            time.sleep(0.01)
        return self.spans

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        collector = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = collector._idle_seconds

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if collector.hang:
                    time.sleep(60)
                    return
                status = collector.status
                collector.requests.append((time.monotonic(), self.path, dict(self.headers), status))
                if collector.max_bytes is not None and len(body) > collector.max_bytes:
                    status = 413
                if status == 200:
                    collector._keep(json.loads(gzip.decompress(body)))
                answer = b"{}" if status == 200 else b'{"error": {"message": "not now"}}'
                self.send_response(status)
                for name, value in collector.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: object) -> None:
                pass

        return Handler

    def _keep(self, body: dict[str, Any]) -> None:
        for resource in [*body.get("resourceSpans", []), *body.get("resourceLogs", [])]:
            self.resources.append(resource["resource"])
            for scope in resource.get("scopeSpans", []):
                self.spans += [as_sent(json.dumps(span)) for span in scope["spans"]]
            for scope in resource.get("scopeLogs", []):
                self.logs += [as_sent(json.dumps(record)) for record in scope["logRecords"]]


@contextmanager
def collecting(port: int = 0, idle_seconds: float | None = None) -> Iterator[Collector]:
    collector = Collector(port, idle_seconds)
    try:
        yield collector
    finally:
        collector.close()
