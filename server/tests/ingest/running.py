"""The real server in processes of its own, which can really be killed."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx


class RunningServer:
    """`serve` on a free port; `with` ends it. `within` is a command that it is started by."""

    def __init__(self, data: Path, *, within: Sequence[str] = (), **environment: str) -> None:
        self.data = data
        self._within = within
        self._environment = os.environ | environment
        self._process: subprocess.Popen[str] | None = None
        self.address = ""
        self.http = httpx.Client(timeout=30, trust_env=False)

    def __enter__(self) -> "RunningServer":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self.stop()

    def start(self) -> None:
        command = [
            *self._within,
            sys.executable,
            "-m",
            "baserun_server",
            "serve",
            "--port",
            "0",
            "--data",
            str(self.data),
        ]
        with (self.data.parent / "errors.txt").open("a") as errors:
            self._process = subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=errors, text=True, env=self._environment
            )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        found = re.search(r"is ready: (\S+)", line)
        assert found, (line, (self.data.parent / "errors.txt").read_text())
        self.address = found[1]

    def stop(self, number: int = signal.SIGINT) -> int:
        assert self._process is not None
        self._process.send_signal(number)
        code = self._process.wait(30)
        self._process = None
        return code

    def kill_all(self) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait()
        self._process = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def child(self, name: str, of: int | None = None) -> int | None:
        """Process id of the engine or the worker, or of a process that another one than the front started."""
        command = ["pgrep", "-P", str(of or self.pid), "-f", name]
        pids = subprocess.run(command, capture_output=True, text=True, check=False).stdout.split()
        return int(pids[0]) if pids else None

    def kill_read_ahead(self) -> bool:
        """Kill the process that reads ahead for the worker; whether there was one."""
        worker = self.child("baserun_server.*worker")
        ahead = self.child("baserun_server.*reading", worker) if worker else None
        if ahead is not None:
            os.kill(ahead, signal.SIGKILL)
        return ahead is not None

    def kill(self, name: str) -> None:
        pid = self.child(name)
        if pid is not None:
            os.kill(pid, signal.SIGKILL)

    def post(self, body: bytes, path: str = "/v1/traces", content_type: str = "application/x-protobuf") -> int:
        """Send until it is acknowledged, as an exporter does."""
        for _ in range(100):
            try:
                answer = self.http.post(self.address + path, content=body, headers={"content-type": content_type})
            except httpx.TransportError:
                time.sleep(0.1)
                continue
            if answer.status_code != 503:
                return answer.status_code
            time.sleep(0.1)
        raise AssertionError("never acknowledged")

    def rows(self, statement: str) -> list[list[str]]:
        """What the engine answers to a statement."""
        with httpx.Client(transport=httpx.HTTPTransport(uds=str(self.data / "engine.sock"))) as client:
            answer = client.post("http://engine/", content=statement + " FORMAT TSV")
        assert answer.status_code == 200, answer.text
        return [line.split("\t") for line in answer.text.splitlines()]

    def get(self, path: str) -> Any:
        """What the API answers."""
        return self.http.get(self.address + path).json()

    def wait_stored(self, seconds: float = 60) -> None:
        """Until everything that was acknowledged is stored and rolled up."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                ready = self.http.get(self.address + "/readyz").json()
                if ready["status"] == "ready" and ready["backlog_bytes"] == 0:
                    return
            except (httpx.TransportError, ValueError):
                pass
            time.sleep(0.1)
        raise AssertionError("not stored in time")


def alive(pid: int) -> bool:
    """Whether a process runs (a zombie does not)."""
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return bool(state.stdout.strip()) and not state.stdout.startswith("Z")
