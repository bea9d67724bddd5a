"""A good client beside 1,500 slow, broken and hostile ones: how long it waits, and what they cost the server.

The good client sends telemetry and reads pages, first alone and then during the siege. The others are a process of
their own (`attackers.py`), and come from the same address, so the server cannot tell them apart by that.
"""

import http.client
import itertools
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from bench.measure import PACKAGES, cpu_seconds, options, percentile, pss_bytes
from bench.probe import one_span
from bench.server import Server, fetch
from bench.siege.attackers import KINDS
from bench.table import ROOT, Figure, report

PAUSE_SECONDS = 0.05
PAGES = ("/", "/api/v1/me", "/api/v1/sessions?limit=20", "/api/v1/users?limit=20")
REQUESTS_A_CONNECTION = 20
ASKED_P99_MS, ASKED_GROWTH_MIB, ASKED_LOG_MIB = 250, 200, 1


class GoodClient:
    """Sends a trace, reads a page, and so on; `with` ends it."""

    def __init__(self, port: int) -> None:
        self.sent_ms: list[float] = []
        self.read_ms: list[float] = []
        self.refused: list[str] = []
        self._port, self._over = port, threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "GoodClient":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        for number in itertools.count():
            if self._over.wait(PAUSE_SECONDS):
                break
            if number % REQUESTS_A_CONNECTION == 0:
                connection.close()  # the next request opens another one
            began = time.perf_counter()
            try:
                status = self._send(connection) if number % 2 else self._read(connection, number // 2)
            except (OSError, http.client.HTTPException) as error:
                connection.close()
                status = type(error).__name__
            (self.sent_ms if number % 2 else self.read_ms).append((time.perf_counter() - began) * 1_000)
            if status != 200:
                self.refused.append(str(status))
        connection.close()

    def _send(self, connection: http.client.HTTPConnection) -> int:
        connection.request("POST", "/v1/traces", one_span(b"good"), {"content-type": "application/x-protobuf"})
        answer = connection.getresponse()
        answer.read()
        return answer.status

    def _read(self, connection: http.client.HTTPConnection, number: int) -> int:
        return fetch(connection, PAGES[number % len(PAGES)])[0]


def main() -> int:
    """Measure, and print the table."""
    parser = options("siege", __doc__, 0)
    parser.add_argument("--clients", type=int, default=1_500, help="hostile clients (default 1,500)")
    parser.add_argument("--seconds", type=float, default=300, help="length of the siege (default 300)")
    parser.add_argument("--kinds", default=",".join(KINDS), help="kinds of them, separated by commas (default all)")
    arguments = parser.parse_args()

    with tempfile.TemporaryDirectory(prefix="baserun-siege-") as name, Server(Path(name) / "data") as server:
        with GoodClient(server.port) as alone:
            time.sleep(min(30.0, arguments.seconds))
        front = server.pids()["front"]
        before = most = pss_bytes(front)
        cpu_before, began = cpu_seconds(front), time.monotonic()
        command = [sys.executable, "-m", "bench.siege.attackers", str(server.port), str(arguments.clients)]
        attackers = subprocess.Popen([*command, arguments.kinds], cwd=ROOT)
        try:
            with GoodClient(server.port) as besieged:
                until = time.monotonic() + arguments.seconds
                while time.monotonic() < until:
                    time.sleep(1)
                    most = max(most, pss_bytes(front))
        finally:
            attackers.kill()
            attackers.wait()
        cpu_share = (cpu_seconds(front) - cpu_before) / (time.monotonic() - began)
        log_bytes = (server.data / "server.out").stat().st_size
        after = pss_bytes(front)

    requests = len(besieged.sent_ms) + len(besieged.read_ms)
    mib, kib = 1 << 20, 1 << 10
    figures = [
        Figure("sending during the siege, p99", "ms", percentile(besieged.sent_ms, 0.99), ASKED_P99_MS),
        Figure("reading during the siege, p99", "ms", percentile(besieged.read_ms, 0.99), ASKED_P99_MS),
        Figure("good requests refused or broken", "requests", len(besieged.refused), 0, note=f"of {requests}"),
        Figure("growth of the front, PSS", "MiB", (most - before) / mib, ASKED_GROWTH_MIB),
        Figure("log of the server", "KiB", log_bytes / kib, ASKED_LOG_MIB * kib),
        Figure("sending before it, p99", "ms", percentile(alone.sent_ms, 0.99), note="the same client alone"),
        Figure("reading before it, p99", "ms", percentile(alone.read_ms, 0.99), note="the same client alone"),
        Figure("sending during the siege, median", "ms", percentile(besieged.sent_ms, 0.5)),
        Figure("reading during the siege, median", "ms", percentile(besieged.read_ms, 0.5)),
        Figure("processor of the front during the siege", "cores", cpu_share),
        Figure("growth of the front right after it", "MiB", (after - before) / mib),
    ]
    if besieged.refused:
        print(f"refused: {besieged.refused[:20]}", file=sys.stderr)
    return report("siege", figures, packages=PACKAGES)


if __name__ == "__main__":
    sys.exit(main())
