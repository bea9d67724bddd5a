"""A provider that answers what was recorded of the real ones, so that the real clients can be used."""

import binascii
import json
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Replay:
    """Answers each path with what `answer()` was given for the end of it, in order; the last answer is repeated."""

    def __init__(self) -> None:
        self._answers: dict[str, list[tuple[int, str, bytes]]] = {}
        replay = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                path = self.path.partition("?")[0]
                waiting = next((found for end, found in replay._answers.items() if path.endswith(end)), None)
                status, content_type, body = (
                    (404, "application/json", b"{}")
                    if waiting is None
                    else waiting.pop(0)
                    if len(waiting) > 1
                    else waiting[0]
                )
                self.send_response(status)
                self.send_header("Content-Type", content_type)
                self.send_header("Retry-After-Ms", "1")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def answer(self, path: str, body: Any, status: int = 200, content_type: str = "application/json") -> None:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self._answers.setdefault(path, []).append((status, content_type, content))

    def answer_events(self, path: str, *events: Any, named: bool = False, done: bool = False) -> None:
        """Server-sent events; with `named` each begins with its type."""
        text = ""
        for event in events:
            text += (f"event: {event['type']}\n" if named else "") + f"data: {json.dumps(event)}\n\n"
        self.answer(path, (text + ("data: [DONE]\n\n" if done else "")).encode(), content_type="text/event-stream")

    def answer_lines(self, path: str, *lines: Any) -> None:
        body = "".join(json.dumps(line) + "\n" for line in lines).encode()
        self.answer(path, body, content_type="application/x-ndjson")

    def answer_aws_events(self, path: str, *events: tuple[str, Any]) -> None:
        body = b"".join(aws_frame(kind, event) for kind, event in events)
        self.answer(path, body, content_type="application/vnd.amazon.eventstream")

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def aws_frame(kind: str, event: Any) -> bytes:
    """One frame of Amazon's event stream."""
    headers = b""
    for name, value in ((":message-type", "event"), (":event-type", kind), (":content-type", "application/json")):
        headers += bytes([len(name)]) + name.encode() + b"\x07" + struct.pack(">H", len(value)) + value.encode()
    payload = json.dumps(event).encode()
    prelude = struct.pack(">II", 16 + len(headers) + len(payload), len(headers))
    message = prelude + struct.pack(">I", binascii.crc32(prelude)) + headers + payload
    return message + struct.pack(">I", binascii.crc32(message))


@contextmanager
def replaying() -> Iterator[Replay]:
    replay = Replay()
    try:
        yield replay
    finally:
        replay.close()
