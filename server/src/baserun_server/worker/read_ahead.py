"""Reading ahead: a process that reads the log on while the worker is behind.

Reading is most of the work, and plain Python: in a process of its own it has a processor of its own. While nothing is
behind there is no such process, and what can go wrong with it costs nothing but reading again: it writes nowhere.
"""

import logging
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence

import msgspec

from ..ingest.log import Position
from ..processes import handing
from .reading import Stretch, receive

logger = logging.getLogger("baserun.worker")

COMMAND = (sys.executable, "-m", "baserun_server.worker.reading")
REST_SECONDS = 10.0
"""After so long without being asked it ends."""


class ReadAhead:
    """Asks the process, which is started when it is first needed."""

    def __init__(self, command: Sequence[str] = COMMAND, secrets: Mapping[str, str] = {}) -> None:
        self.command = command
        self._secrets = secrets
        """What it needs besides the worker's environment, by the names of the settings."""
        self._process: subprocess.Popen[bytes] | None = None
        self._asked_at = 0.0

    def read(self, start: Position) -> Stretch | None:
        """Read the log from there on; None where the process failed, and one must read oneself."""
        self._asked_at = time.monotonic()
        try:
            if self._process is None:
                self._process = self._start()
            assert self._process.stdin is not None
            assert self._process.stdout is not None
            self._process.stdin.write(msgspec.json.encode(start) + b"\n")
            self._process.stdin.flush()
            stretch = receive(self._process.stdout)
        except Exception as error:
            # Whatever it was: the worker reads the same, and meets what it has to meet.
            logger.warning("reading ahead failed (%s), the same is read here", type(error).__name__)
            self.close()
            return None
        finally:
            self._asked_at = time.monotonic()
        return stretch

    def _start(self) -> subprocess.Popen[bytes]:
        secrets = handing.hand_on(self._secrets)
        try:
            return subprocess.Popen(
                self.command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env={**os.environ, handing.VARIABLE: str(secrets)},
                pass_fds=(secrets,),
            )
        finally:
            os.close(secrets)

    def rest(self) -> None:
        """Let the process end where it has not been needed for a while."""
        if self._process is not None and time.monotonic() - self._asked_at > REST_SECONDS:
            self.close()

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()
