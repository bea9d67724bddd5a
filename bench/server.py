"""The real server in processes of its own, as a bench sees it: started, asked, watched, killed."""

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from .measure import command_of, cpu_seconds, family, pss_bytes
from .table import ROOT

PARTS = {
    "engine": "baserun_server.store.engine",
    "worker": "baserun_server.worker",
    "read-ahead": "baserun_server.worker.reading",
}


class Server:
    """A server over a data folder; `with` stops it however the block ends."""

    def __init__(self, data: Path, **environment: str) -> None:
        self.data = data
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None
        self._environment = os.environ | environment

    def __enter__(self) -> "Server":
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> float:
        """Start it and wait until it is ready; seconds that this took."""
        began = time.perf_counter()
        self.spawn()
        self.wait_ready()
        return time.perf_counter() - began

    def spawn(self) -> None:
        """Start it and do not wait."""
        command = [sys.executable, "-m", "baserun_server", "serve"]
        command += ["--data", str(self.data), "--port", str(self.port)]
        self.data.mkdir(parents=True, exist_ok=True)
        with (self.data / "server.out").open("ab") as out:
            self.process = subprocess.Popen(command, stdout=out, stderr=out, env=self._environment, cwd=ROOT)

    def stop(self) -> None:
        """Stop it in order; kill what is left after twenty seconds."""
        if self.process is None:
            return
        pids = family(self.process.pid)
        with contextlib.suppress(ProcessLookupError):
            self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            print(f"the server did not stop in 20 s: {[command_of(pid)[-60:] for pid in pids]}", file=sys.stderr)
            for pid in pids:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            self.process.wait()
        self.process = None

    def pids(self) -> dict[str, int]:
        """Process ids by part: `front`, `engine`, `worker`."""
        assert self.process is not None
        found = {"front": self.process.pid}
        for pid in family(self.process.pid)[1:]:
            command = command_of(pid)
            found |= {part: pid for part, module in PARTS.items() if module in command.split()}
        return found

    def kill(self, *parts: str) -> None:
        """SIGKILL these parts, at once."""
        pids = self.pids()
        for part in parts:
            if part in pids:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pids[part], signal.SIGKILL)
        if "front" in parts and self.process is not None:
            self.process.wait()

    def memory_bytes(self) -> dict[str, int]:
        """PSS by part, and `all` of every process of the server."""
        assert self.process is not None
        everyone = family(self.process.pid)
        parts = {part: pss_bytes(pid) for part, pid in self.pids().items()}
        return parts | {"all": sum(pss_bytes(pid) for pid in everyone)}

    def cpu_seconds(self) -> dict[str, float]:
        """CPU time so far by part; of a part that was restarted, since then."""
        return {part: cpu_seconds(pid) for part, pid in self.pids().items()}

    def get(self, path: str, **parameters: str | int) -> Any:
        """The answer of the API to one address."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            status, body = fetch(connection, address(path, **parameters))
        finally:
            connection.close()
        if status >= 400:
            raise RuntimeError(f"`GET {path}` {parameters} answered {status}: {body[:500].decode(errors='replace')}")
        return json.loads(body)

    def ready(self) -> dict[str, Any] | None:
        """What `/readyz` says, None where nothing answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            return json.loads(fetch(connection, "/readyz")[1])
        except (OSError, http.client.HTTPException, ValueError):
            return None
        finally:
            connection.close()

    def wait_ready(self, seconds: float = 60) -> None:
        """Wait until every part runs; `behind` counts as running."""
        self._wait(lambda ready: ready["engine"] and ready["worker"], seconds, "ready", 0.02)

    def wait_stored(self, seconds: float = 3600) -> None:
        """Wait until everything acknowledged can be queried."""
        self._wait(lambda ready: ready["status"] == "ready" and not ready["backlog_bytes"], seconds, "caught up", 0.1)

    def _wait(self, done: Any, seconds: float, word: str, pause: float) -> None:
        last, until = None, time.monotonic() + seconds
        while time.monotonic() < until:
            last = self.ready()
            if last and done(last):
                return
            if self.process is None or self.process.poll() is not None:
                break
            time.sleep(pause)
        tail = (self.data / "server.out").read_text(errors="replace")[-3000:]
        raise RuntimeError(f"the server is not {word} after {seconds} s; /readyz: {last}\n{tail}")

    def sql(self, query: str) -> list[dict[str, Any]]:
        """Rows of a query, asked of the engine itself."""
        connection = http.client.HTTPConnection("localhost", timeout=120)
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.connect(str(self.data / "engine.sock"))
        try:
            connection.request("POST", "/?" + urlencode({"default_format": "JSONEachRow"}), query.encode())
            response = connection.getresponse()
            body = response.read()
        finally:
            connection.close()
        if response.status != 200:
            raise RuntimeError(f"`{query}` answered {response.status}: {body[:500].decode(errors='replace')}")
        return [json.loads(line) for line in body.splitlines() if line]


class MemoryWatch:
    """The largest memory of a server during a block: `most` by part."""

    def __init__(self, server: Server) -> None:
        self.most: dict[str, int] = {}
        self._server, self._over = server, threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "MemoryWatch":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(1):
            for part, size in self._server.memory_bytes().items():
                self.most[part] = max(size, self.most.get(part, 0))


def fetch(connection: http.client.HTTPConnection, path: str) -> tuple[int, bytes]:
    """Status and body of one GET."""
    connection.request("GET", path)
    response = connection.getresponse()
    return response.status, response.read()


def address(path: str, **parameters: str | int) -> str:
    """A path with its parameters; `from_` stands for `from`."""
    named = {name.rstrip("_"): value for name, value in parameters.items()}
    return f"{path}?{urlencode(named)}" if named else path


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def pages(server: Server, path: str, limit: int = 200, **parameters: str | int) -> Iterator[dict[str, Any]]:
    """Every item of a list, page by page."""
    cursor: dict[str, str] = {}
    while True:
        page = server.get(path, limit=limit, **parameters, **cursor)
        yield from page["items"]
        if not page["next_cursor"]:
            return
        cursor = {"cursor": page["next_cursor"]}
