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
from collections.abc import Mapping, Sequence

from .lifeline import VARIABLE
from .settings import Settings

logger = logging.getLogger("baserun.supervisor")

FIRST_PAUSE_SECONDS = 0.05
LONGEST_PAUSE_SECONDS = 1.6
STEADY_SECONDS = 10.0
"""A process that lived this long starts again with the first pause."""
STOP_SECONDS = 10.0


class Child:
    """One process that shall always run."""

    def __init__(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self.name = name
        self.starts = 0
        self._command = command
        self._environment = {**os.environ, **environment, VARIABLE: "stdin"}
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

    async def stop(self) -> None:
        """Ask it to end, and end it after ten seconds."""
        self._stopping = True
        process = self._process
        if process is not None and process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGTERM)
            try:
                await asyncio.wait_for(process.wait(), STOP_SECONDS)
            except asyncio.TimeoutError:
                logger.warning("the %s did not stop in %s s and was killed", self.name, STOP_SECONDS)
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)

    async def _spawn(self) -> None:
        self.starts += 1
        # A session of its own: Ctrl-C in the terminal reaches the front alone, which stops the others in order.
        self._process = await asyncio.create_subprocess_exec(
            *self._command, stdin=asyncio.subprocess.PIPE, env=self._environment, start_new_session=True
        )

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
        environment = environment_of(settings)
        worker = [sys.executable, "-m", "baserun_server.worker"]
        self.children: list[Child] = []
        if settings.embedded:
            self.children.append(Child("engine", engine_command(settings), environment))
        self.children.append(Child("worker", worker, environment))

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


def engine_command(settings: Settings) -> list[str]:
    """The command that runs the embedded engine."""
    command = [sys.executable, "-m", "baserun_server.store.engine"]
    return [*command, "--data", str(settings.engine_dir), "--socket", str(settings.engine_socket)]


def environment_of(settings: Settings) -> dict[str, str]:
    """The settings as variables: the children read the same, and what came by option must reach them too."""
    values = settings.model_dump(mode="json", exclude_none=True)
    return {f"BASERUN_{name.upper()}": str(value) for name, value in values.items()}


def _ending(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    with contextlib.suppress(ValueError):
        return signal.Signals(-code).name
    return f"signal {-code}"
