"""Starts and watches the processes beside the front: the engine and the worker.

Each is a fresh interpreter (never a fork: the engine's library hangs in a forked child). One that ends is started
again, at once the first time and with growing pauses below two seconds after that. They stop in the reverse order of
their start, and with the front when that is killed (`lifeline.py`).
"""

import asyncio
import contextlib
import logging
import os
import signal
import sys
import time
from collections.abc import Sequence
from typing import Any

from pydantic import SecretStr

from ..settings import Settings
from . import handing
from .lifeline import VARIABLE

logger = logging.getLogger("baserun.supervisor")

FIRST_PAUSE_SECONDS = 0.05
LONGEST_PAUSE_SECONDS = 1.6
STEADY_SECONDS = 10.0
"""A process that lived this long starts again with the first pause."""
STOP_SECONDS = 1.25
"""Time that a process gets to stop before it is killed, which harms neither: the worker's batch is read again from the
log, and the engine's tables are whole at any moment. Both together leave the front the rest of its five seconds."""
ALONE_STOP_SECONDS = 10.0
"""The same for an engine that a command started for itself: nobody waits for that one to make room."""

WORKER = ("worker",)
NOBODY = ()
NEEDED_BY: dict[str, tuple[str, ...]] = {
    "host": NOBODY,
    "port": NOBODY,
    "grpc_port": NOBODY,
    "data_dir": WORKER,
    "api_keys": NOBODY,
    "api_keys_file": NOBODY,
    "store_url": WORKER,
    "erasure_key": WORKER,
    "store_cluster": WORKER,
    "store_replicated": WORKER,
    "log_durability": NOBODY,
    "log_segment_bytes": NOBODY,
    "log_limit_bytes": NOBODY,
    "log_keep_bytes": WORKER,
    "log_keep_hours": WORKER,
    "max_connections": NOBODY,
    "max_body_bytes": NOBODY,
    "max_decompressed_bytes": WORKER,
    "batch_spans": WORKER,
    "batch_bytes": WORKER,
    "batch_interval_ms": WORKER,
    "prices_file": WORKER,
    "redact_keys": WORKER,
    "redact_patterns": WORKER,
    "redact_personal": WORKER,
    "redact_hash_key": WORKER,
    "redact_before_log": NOBODY,
    "session_attributes": WORKER,
    "user_attributes": WORKER,
}
"""Which child needs which setting; it gets no other. The engine gets its two by its arguments (`engine_command`)."""


class Child:
    """One process that shall always run."""

    def __init__(self, name: str, command: Sequence[str], settings: Settings) -> None:
        self.name = name
        self.starts = 0
        self._command = command
        self._environment = environment_of(settings, name)
        self._secrets = secrets_of(settings, name)
        self._process: asyncio.subprocess.Process | None = None
        self._watching: asyncio.Task[None] | None = None
        self._stopping = False

    @property
    def pid(self) -> int | None:
        """Process id, None while it does not run."""
        return self._process.pid if self._process and self._process.returncode is None else None

    async def start(self) -> None:
        """Start it and keep it running."""
        await self._spawn()
        self._watching = asyncio.create_task(self._watch(), name=f"watch {self.name}")

    async def stop(self, patience_seconds: float = STOP_SECONDS) -> None:
        """Ask it to end, and kill it where it does not."""
        self._stopping = True
        process = self._process
        if process is not None and process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGTERM)
            try:
                await asyncio.wait_for(process.wait(), patience_seconds)
            except asyncio.TimeoutError:
                logger.warning("the %s was busy and was killed; nothing is lost by that", self.name)
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)

    async def _spawn(self) -> None:
        self.starts += 1
        secrets = handing.hand_on(self._secrets)
        environment = {**self._environment, VARIABLE: "stdin", handing.VARIABLE: str(secrets)}
        try:
            # A session of its own: Ctrl-C in the terminal reaches the front alone, which stops the others in order.
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=asyncio.subprocess.PIPE,
                env=environment,
                pass_fds=(secrets,),
                start_new_session=True,
            )
        finally:
            os.close(secrets)

    async def _watch(self) -> None:
        pause_seconds = FIRST_PAUSE_SECONDS
        while True:
            assert self._process is not None
            started_at = time.monotonic()
            code = await self._process.wait()
            if self._stopping:
                return
            if time.monotonic() - started_at > STEADY_SECONDS:
                pause_seconds = FIRST_PAUSE_SECONDS
            logger.warning("the %s ended (%s) and is started again", self.name, _ending(code))
            await asyncio.sleep(pause_seconds)
            pause_seconds = min(pause_seconds * 2, LONGEST_PAUSE_SECONDS)
            await self._spawn()


class Supervisor:
    """The processes of one server, in the order of their start."""

    def __init__(self, settings: Settings) -> None:
        self.children: list[Child] = []
        if settings.embedded:
            self.children.append(engine_of(settings))
        self.children.append(Child("worker", [sys.executable, "-m", "baserun_server.worker"], settings))

    async def start(self) -> None:
        """Start every process that was not started before."""
        for child in self.children:
            if not child.starts:
                await child.start()

    async def stop(self) -> None:
        """Stop every process, the last one first."""
        for child in reversed(self.children):
            await child.stop()

    def running(self, name: str) -> bool:
        """Whether the process of that name runs; True for an engine that is somewhere else."""
        children = [child for child in self.children if child.name == name]
        return all(child.pid is not None for child in children)

    def pids(self) -> dict[str, int | None]:
        """Process ids by name."""
        return {child.name: child.pid for child in self.children}


def engine_of(settings: Settings) -> Child:
    """The embedded engine."""
    command = [sys.executable, "-m", "baserun_server.store.engine"]
    command += ["--data", str(settings.engine_dir), "--socket", str(settings.engine_socket)]
    return Child("engine", command, settings)


def environment_of(settings: Settings, child: str) -> dict[str, str]:
    """The variables of a child: those of the system, and of ours what it needs.

    What came by option must reach it too, so the settings are written out; what was set for the front alone stays out.
    """
    system = {name: value for name, value in os.environ.items() if not name.startswith("BASERUN_")}
    values = {name: value for name, value in _needed(settings, child).items() if not isinstance(value, SecretStr)}
    return {**system, **{f"BASERUN_{name.upper()}": str(value) for name, value in values.items()}}


def secrets_of(settings: Settings, child: str) -> dict[str, str]:
    """The secrets that a child needs; they reach it by a pipe."""
    values = _needed(settings, child).items()
    return {name: value.get_secret_value() for name, value in values if isinstance(value, SecretStr)}


def _needed(settings: Settings, child: str) -> dict[str, Any]:
    given = {name: getattr(settings, name) for name, children in NEEDED_BY.items() if child in children}
    return {name: value for name, value in given.items() if value is not None}


def _ending(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    with contextlib.suppress(ValueError):
        return signal.Signals(-code).name
    return f"signal {-code}"
