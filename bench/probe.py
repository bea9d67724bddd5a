"""How long after its acknowledgement a request can be seen through the API."""

import http.client
import os
import threading
import time

from .dataset.wire import Key, field, head, request, span
from .server import fetch

_SESSION, _KIND = Key("session.id"), Key("baserun.span.kind")
_RESOURCE, _SCOPE = Key("service.name", 1).text(b"probe"), field(1, b"baserun")
GIVE_UP_SECONDS = 60


class Probe:
    """Sends a session of one span every `pause` seconds and asks for it until it is there; `visible_ms` by probe."""

    def __init__(self, port: int, pause: float = 0.25) -> None:
        self.visible_ms: list[float] = []
        self._port, self._pause, self._over = port, pause, threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "Probe":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        while not self._over.wait(self._pause):
            session = b"probe-" + os.urandom(8).hex().encode()
            connection.request("POST", "/v1/traces", one_span(session), {"content-type": "application/x-protobuf"})
            connection.getresponse().read()
            acknowledged = time.perf_counter()
            path = f"/api/v1/sessions/{session.decode()}"
            while fetch(connection, path)[0] != 200 and time.perf_counter() - acknowledged < GIVE_UP_SECONDS:
                time.sleep(0.03)
            self.visible_ms.append((time.perf_counter() - acknowledged) * 1000)
        connection.close()


def one_span(session: bytes) -> bytes:
    """A request with a span of now, of that session."""
    now_us = time.time_ns() // 1000
    attributes = _SESSION.text(session) + _KIND.text(b"other")
    entry = span(os.urandom(16), os.urandom(8), b"", head("probe", 1), now_us - 1000, now_us, attributes, b"")
    return request(_RESOURCE, _SCOPE, [entry])
