"""The server loop of the front: takes connections, and stops in order.

uvicorn's own server takes connections by asyncio, which tries again 2,048 times in a row when the process is out of
files, and logs each time. This one knows how many there may be, and never spins.
"""

import asyncio
import contextlib
import errno
import logging
import resource
import socket
import sys
from collections.abc import Iterator
from typing import Any

import uvicorn
from uvicorn.config import STARTUP_FAILURE

from ..settings import Settings
from .bounds import BODY_BYTES
from .faults import FULL, Fault
from .guard import Connections, Guard

logger = logging.getLogger("baserun.front")

FILES = 65_536
"""Files that the process asks the system for, where it may have so many."""
OWN_FILES = 128
"""Files that are not connections: the log, the sockets to the store, libraries."""
CONNECTIONS = 8_192
"""About 20 KB each while they are idle."""
OUT_OF_FILES = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}
ACCEPTED_AT_A_TIME = 64
PAUSE_SECONDS = 0.1
"""After a connection could not be taken for want of files."""
DRAIN_SECONDS = 1.0
"""For requests under way when the server stops; one that is not complete by then was not acknowledged."""
CLOSE_SECONDS = 0.5
"""For the application to notice that its clients have been cut off."""


class Server(uvicorn.Server):
    """Serves one application on one listening socket; `should_exit` ends it."""

    def __init__(self, config: uvicorn.Config, listener: socket.socket, connections: Connections) -> None:
        super().__init__(config)
        self._listener = listener
        self._connections = connections
        self._connecting: set[asyncio.Task[None]] = set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals to `run`: uvicorn would raise them again in the end, and the process would die of them."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start the application, then take connections."""
        await self.lifespan.startup()
        if self.lifespan.should_exit:
            sys.exit(STARTUP_FAILURE)
        self._listener.setblocking(False)
        self._listen()
        self._looking = asyncio.create_task(self._connections.look())
        self.started = True

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take no more connections, let what is under way end, and stop the application."""
        asyncio.get_running_loop().remove_reader(self._listener)
        self._listener.close()
        self._looking.cancel()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        await _until(lambda: not self.server_state.connections and not self.server_state.tasks, DRAIN_SECONDS)
        for connection in list(self.server_state.connections):
            connection.transport.abort()  # pyright: ignore[reportAttributeAccessIssue, reportOptionalMemberAccess]
        if not await _until(lambda: not self.server_state.tasks, CLOSE_SECONDS):
            for task in self.server_state.tasks:
                task.cancel()
            await _until(lambda: not self.server_state.tasks, CLOSE_SECONDS)
        await self.lifespan.shutdown()

    def _accept(self) -> None:
        """Take what waits, some at a time: one by one is too slow in a flood, all at once keeps the others waiting."""
        for _ in range(ACCEPTED_AT_A_TIME):
            try:
                connection, _ = self._listener.accept()
            except (BlockingIOError, InterruptedError):
                return
            except OSError as error:
                if error.errno in OUT_OF_FILES:
                    logger.warning("a connection could not be taken: %s", error.strerror)
                    self._connections.drop_one()
                    self._rest()
                return
            if self._connections.admit():
                connecting = asyncio.get_running_loop().create_task(self._connect(connection))
                self._connecting.add(connecting)
                connecting.add_done_callback(self._connecting.discard)
            else:
                with contextlib.suppress(OSError):
                    connection.send(Fault(*FULL).response())
                connection.close()

    def _rest(self) -> None:
        loop = asyncio.get_running_loop()
        loop.remove_reader(self._listener)
        loop.call_later(PAUSE_SECONDS, self._listen)

    def _listen(self) -> None:
        if not self.should_exit:
            asyncio.get_running_loop().add_reader(self._listener, self._accept)

    async def _connect(self, connection: socket.socket) -> None:
        try:
            connection.setblocking(False)
            await asyncio.get_running_loop().connect_accepted_socket(self._protocol, connection)
        except OSError:
            connection.close()

    def _protocol(self) -> Guard:
        return Guard(
            self._connections,
            config=self.config,
            server_state=self.server_state,
            app_state=self.lifespan.state,
        )


def server_of(app: Any, settings: Settings, listener: socket.socket) -> Server:
    """The server of an application; files must have been raised before."""
    config = uvicorn.Config(
        app,
        http="httptools",
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=3600,
    )
    connections = Connections(connection_limit(settings), max(BODY_BYTES, 2 * settings.max_body_bytes))
    return Server(config, listener, connections)


def raise_file_limit() -> None:
    """Let the process open as many files as the system allows it to, up to `FILES`."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def connection_limit(settings: Settings) -> int:
    """Most connections at a time: as the settings say, but always so that the server's own files have room.

    A connection may need two files: itself, and a file of the pages that it is sent.
    """
    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    possible = CONNECTIONS if soft == resource.RLIM_INFINITY else max(16, (soft - min(OWN_FILES, soft // 3)) // 2)
    return min(settings.max_connections or CONNECTIONS, possible)


async def _until(done: Any, seconds: float) -> bool:
    deadline = asyncio.get_running_loop().time() + seconds
    while not done():
        if asyncio.get_running_loop().time() > deadline:
            return False
        await asyncio.sleep(0.02)
    return True
