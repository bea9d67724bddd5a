"""`serve`: takes the data folder and the port, starts the other processes, and serves the application.

The engine and the worker are started before the application is loaded, so that all three load at the same time.
"""

import asyncio
import errno
import os
import signal
import socket
import sys
import threading
from typing import TYPE_CHECKING

import typer

from .. import __version__
from ..errors import BaserunError, DataFolderTaken, StoreError
from ..private import own_socket_folder

if TYPE_CHECKING:
    from ..front.listening import Server
    from ..processes.folder_lock import FolderLock
    from ..settings import Settings
    from ..store.clickhouse import ClickHouseStore

START_SECONDS = 30.0
STOP_SECONDS = 4.7
"""The server has ended this long after it was asked to, whatever hangs; all that was acknowledged is on disk."""
HTTP_PORT, GRPC_PORT = 4318, 4317
"""OpenTelemetry's own."""


def check_redaction(settings: "Settings") -> None:
    """Refuse patterns that cannot be used: found later, the worker would not start."""
    if settings.redact_patterns:
        from ..ingest.redaction.redact import redaction_of

        redaction_of(settings)


def take_folder(settings: "Settings") -> "FolderLock":
    """The data folder, for this process alone."""
    from ..processes.folder_lock import FolderLock

    try:
        lock = FolderLock(settings.data_dir)
        if settings.embedded:
            own_socket_folder(settings.engine_socket, settings.data_dir)
        return lock
    except DataFolderTaken:
        raise
    except OSError as error:
        raise BaserunError(
            f"the data folder `{settings.data_dir}` cannot be written: {error.strerror}",
            hint="give a folder that you may write to with `--data`",
        ) from None


def listen(settings: "Settings") -> socket.socket:
    """A socket that listens where the settings say."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        # From here on a second server is told that the port is in use; uvicorn sets its own queue length later.
        listener.listen(2048)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise BaserunError(
                f"port `{settings.port}` on `{settings.host}` is in use by another program",
                hint="stop that program, or choose another port with `--port` (0 takes a free one)",
            ) from None
        raise BaserunError(
            f"cannot listen on `{settings.host}` port `{settings.port}`: {error.strerror or error}",
            hint="choose another address with `--host` and `--port`",
        ) from None
    listener.set_inheritable(False)
    return listener


def find_grpc_port(settings: "Settings") -> int | str:
    """The port for gRPC, free at this moment, or `off`; one that was asked for and is taken is refused."""
    port = settings.grpc_port
    if port == "off" or (port == "auto" and settings.port != HTTP_PORT):
        return "off"
    try:
        with listen(settings.model_copy(update={"port": GRPC_PORT if port == "auto" else port})) as probe:
            return probe.getsockname()[1]
    except BaserunError as error:
        message = error.message.replace("port", "gRPC port", 1)
        if port == "auto":
            typer.echo(f"warning: {message}; OTLP is taken over HTTP only", err=True)
            return "off"
        raise BaserunError(
            message, hint="stop that program, or choose another port with `--grpc-port` (0 a free one, `off` none)"
        ) from None


async def run(settings: "Settings", listener: socket.socket) -> None:
    """Start the other processes, serve the application, and say so once it is ready; ends when a signal says so."""
    stopping = listen_to_signals()
    from ..processes.supervisor import Supervisor

    supervisor = Supervisor(settings)
    await supervisor.start()
    from ..app import create_app
    from ..front.listening import raise_file_limit, server_of

    raise_file_limit()
    app = create_app(settings, supervisor)
    server = server_of(app, settings, listener)
    serving = asyncio.create_task(server.serve())
    answering = asyncio.create_task(until_store_answers(app.state.store))
    telling = asyncio.create_task(tell_when_ready(settings, server, answering))
    asked = asyncio.create_task(stopping.wait())
    await asyncio.wait({serving, asked}, return_when=asyncio.FIRST_COMPLETED)
    server.should_exit = True
    for task in (telling, answering, asked):
        task.cancel()
    await serving


def listen_to_signals() -> asyncio.Event:
    """An event that is set when the server is asked to stop; from then on its time runs."""
    stopping = asyncio.Event()

    def stop() -> None:
        if not stopping.is_set():
            stopping.set()
            watch = threading.Timer(STOP_SECONDS, os._exit, [0])
            watch.daemon = True
            watch.start()

    for name in ("SIGTERM", "SIGINT", "SIGHUP"):
        number = getattr(signal, name, None)
        # A program that was started with `nohup` goes on when its terminal is closed.
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            asyncio.get_running_loop().add_signal_handler(number, stop)
    return stopping


async def tell_when_ready(settings: "Settings", server: "Server", answering: "asyncio.Task[None]") -> None:
    """Print the address, once pages can be read or that takes too long."""
    while not server.started:
        await asyncio.sleep(0.02)
    await asyncio.wait({answering}, timeout=START_SECONDS)
    state = "is ready" if answering.done() else "collects, but the store does not answer yet"
    grpc = f"gRPC on port {settings.grpc_port}, " if settings.grpc_port != "off" else ""
    typer.echo(f"Baserun {__version__} {state}: {address_of(settings)}  ({grpc}data in {settings.data_dir})")
    sys.stdout.flush()


async def until_store_answers(store: "ClickHouseStore") -> None:
    """Return once pages can be read: the engine is up and its tables are there.

    The worker makes the tables too; here it happens while the worker is still being loaded.
    """
    while True:
        try:
            return await store.migrate()
        except StoreError:
            await asyncio.sleep(0.05)


def address_of(settings: "Settings") -> str:
    """The address as one types it into a browser."""
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host  # noqa: S104
    return f"http://[{host}]:{settings.port}" if ":" in host else f"http://{host}:{settings.port}"
