"""Sends requests over several connections, as fast as they are acknowledged or at a rate, and remembers the answers."""

import http.client
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from .dataset import SPANS

Request = tuple[int, int, bytes]
PATHS = {0: "/v1/traces", 1: "/v1/logs"}


@dataclass
class Sent:
    """What came of a load."""

    spans: int = 0
    """Acknowledged."""
    records: int = 0
    """Log records acknowledged."""
    requests: int = 0
    bytes: int = 0
    asked_to_wait: int = 0
    """Answers 429 and 503."""
    broken: int = 0
    """Requests whose connection broke; they were sent again."""
    seconds: float = 0.0
    """From the first request to the last acknowledgement."""
    latencies_ms: list[float] = field(default_factory=list)
    """Of every acknowledged request of spans; under a rate, from the moment when it was due."""

    @property
    def rate(self) -> float:
        """Acknowledged spans a second."""
        return self.spans / self.seconds if self.seconds else 0.0


class Load:
    """A load under way: `start`, then `join` or `stop`."""

    def __init__(
        self,
        port: Callable[[], int] | int,
        requests: Iterable[Request],
        *,
        connections: int = 8,
        spans_per_second: float | None = None,
        headers: Mapping[str, str] | None = None,
        paths: Mapping[int, str] = PATHS,
    ) -> None:
        self.sent = Sent()
        self._port = port if callable(port) else lambda: port
        self._requests = iter(requests)
        self._rate = spans_per_second
        self._headers = {"content-type": "application/x-protobuf"} | dict(headers or {})
        self._paths = paths
        self._lock = threading.Lock()
        self._scheduled = 0
        self._began = 0.0
        self._over = threading.Event()
        self._failure: BaseException | None = None
        self._threads = [threading.Thread(target=self._send_all, daemon=True) for _ in range(connections)]

    def start(self) -> "Load":
        """Begin."""
        self._began = time.perf_counter()
        for thread in self._threads:
            thread.start()
        return self

    def join(self) -> Sent:
        """Wait until every request is acknowledged."""
        for thread in self._threads:
            thread.join()
        if self._failure:
            raise self._failure
        return self.sent

    def stop(self) -> Sent:
        """Send what is under way to its end, and nothing more."""
        self._over.set()
        return self.join()

    def _next(self) -> tuple[Request, float] | None:
        with self._lock:
            request = None if self._over.is_set() or self._failure else next(self._requests, None)
            if request is None:
                return None
            due = time.perf_counter()
            if self._rate:
                due = self._began + self._scheduled / self._rate
            if request[0] == SPANS:
                self._scheduled += request[1]
            return request, due

    def _send_all(self) -> None:
        connection: http.client.HTTPConnection | None = None
        try:
            while following := self._next():
                request, due = following
                early = due - time.perf_counter()
                if early > 0:
                    time.sleep(early)
                connection = self._send_until_acknowledged(connection, request, due)
        except BaseException as error:
            self._failure = error
        finally:
            if connection is not None:
                connection.close()

    def _send_until_acknowledged(self, connection, request: Request, due: float) -> http.client.HTTPConnection:
        kind, records, body = request
        while True:
            try:
                if connection is None:
                    connection = http.client.HTTPConnection("127.0.0.1", self._port(), timeout=120)
                connection.request("POST", self._paths[kind], body, self._headers)
                response = connection.getresponse()
                answer = response.read()
            except (OSError, http.client.HTTPException):
                if connection is not None:
                    connection.close()
                connection = None
                with self._lock:
                    self.sent.broken += 1
                time.sleep(0.05)
                continue
            if response.status in (429, 503):
                with self._lock:
                    self.sent.asked_to_wait += 1
                time.sleep(min(float(response.headers.get("retry-after", 1)), 1.0))
                continue
            if response.status >= 300:
                raise RuntimeError(f"`POST {self._paths[kind]}` answered {response.status}: {answer[:300]!r}")
            self._acknowledged(kind, records, len(body), due)
            return connection

    def _acknowledged(self, kind: int, records: int, size: int, due: float) -> None:
        now = time.perf_counter()
        with self._lock:
            sent = self.sent
            sent.requests += 1
            sent.bytes += size
            sent.seconds = now - self._began
            if kind == SPANS:
                sent.spans += records
                sent.latencies_ms.append((now - due) * 1000)
            else:
                sent.records += records
