"""The peers that run from PyPI with an embedded database, given the same load as we are.

Both read OpenInference best, so that is what they get. What they have stored is counted in their own database.
"""

import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import NamedTuple

from . import installed
from .dataset import SPANS, Dataset
from .load import Load, Sent
from .measure import WORK, cpu_seconds, empty, family, folder_bytes, pss_bytes
from .server import free_port

REQUIREMENTS = {"phoenix": "arize-phoenix==20.26.1", "mlflow": "mlflow==3.17.2"}


class PeerFigures(NamedTuple):
    """What a peer reached."""

    name: str
    installed: installed.Installed
    start_seconds: float
    idle_bytes: int
    sent: Sent
    queryable_per_second: float
    bytes_per_span: float
    loaded_bytes: int
    cpu_us_per_span: float


def measure(name: str, data: Dataset, connections: int) -> PeerFigures:
    """Install the peer, start it, send it everything, wait until all of it is in its database."""
    made = installed.peer(name, REQUIREMENTS[name])
    folder = empty(WORK / "peers" / name)
    port = free_port()
    began = time.perf_counter()
    process = _start(name, made.python, folder, port)
    try:
        _wait_up(port, process)
        start_seconds = time.perf_counter() - began
        time.sleep(3)
        idle = sum(map(pss_bytes, family(process.pid)))
        used = sum(map(cpu_seconds, family(process.pid)))
        headers = {"x-mlflow-experiment-id": "0"} if name == "mlflow" else {}
        spans = (request for request in data.requests() if request[0] == SPANS)
        began = time.perf_counter()
        sent = Load(port, spans, connections=connections, headers=headers).start().join()
        stored = _wait_stored(folder, data.totals["spans"])
        seconds = time.perf_counter() - began
        everyone = family(process.pid)
        return PeerFigures(
            REQUIREMENTS[name].replace("==", " "),
            made,
            start_seconds,
            idle,
            sent,
            stored / seconds,
            folder_bytes(folder) / max(stored, 1),
            sum(map(pss_bytes, everyone)),
            (sum(map(cpu_seconds, everyone)) - used) * 1e6 / max(stored, 1),
        )
    finally:
        _stop(process)


def _start(name: str, python: Path, folder: Path, port: int) -> subprocess.Popen[bytes]:
    environment = os.environ | {
        "PATH": f"{python.parent}:{os.environ['PATH']}",
        "PHOENIX_WORKING_DIR": str(folder),
        "PHOENIX_PORT": str(port),
        "PHOENIX_GRPC_PORT": str(free_port()),
        "PHOENIX_TELEMETRY_ENABLED": "false",
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "DO_NOT_TRACK": "true",
    }
    if name == "phoenix":
        command = [str(python), "-m", "phoenix.server.main", "serve"]
    else:
        command = [str(python), "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port)]
        command += ["--backend-store-uri", f"sqlite:///{folder}/mlflow.db", "--artifacts-destination", str(folder)]
    with (folder / "out.txt").open("wb") as out:
        return subprocess.Popen(command, env=environment, stdout=out, stderr=out, cwd=folder, start_new_session=True)


def _wait_up(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(1200):
        if process.poll() is not None:
            raise RuntimeError(f"the peer ended with {process.returncode}; see out.txt in its folder")
        with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=2):
            return
        time.sleep(0.1)
    raise RuntimeError("the peer did not answer within two minutes")


def _wait_stored(folder: Path, spans: int, patience_seconds: float = 30) -> int:
    """Spans in its database once all are there, or once none was added for a while."""
    last, changed = -1, time.monotonic()
    while last < spans and time.monotonic() - changed < patience_seconds:
        count = _count(folder)
        if count != last:
            last, changed = count, time.monotonic()
        time.sleep(0.2)
    if last < spans:
        print(f"the peer stored {last:,} of {spans:,} spans", file=sys.stderr)
    return last


def _count(folder: Path) -> int:
    for path in folder.glob("*.db"):
        with (
            contextlib.suppress(sqlite3.Error),
            contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db,
        ):
            return db.execute("SELECT count(*) FROM spans").fetchone()[0]
    return 0


def _stop(process: subprocess.Popen[bytes]) -> None:
    everyone = family(process.pid)
    process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(10)
    for pid in everyone:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    process.wait()
