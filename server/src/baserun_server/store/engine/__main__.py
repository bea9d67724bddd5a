"""The engine process: it alone owns the data files (chDB) and serves the ClickHouse HTTP protocol on a Unix socket.

    python -m baserun_server.store.engine --data DIR --socket PATH

A crash or an out-of-memory kill of the engine's library ends this process and no other. It must be spawned, never
forked (the library's threads do not survive a fork), only one process may hold a data directory, and no statement runs
on the main thread (signals would wait for it). It ends when its parent does (`processes/lifeline.py`).
"""

import argparse
import asyncio
import contextlib
import fcntl
import os
import re
import signal
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from socket import AF_UNIX, SOCK_STREAM
from socket import socket as Socket
from typing import IO, Any
from urllib.parse import parse_qsl

import orjson
import uvicorn

from ...private import become_private, make_folder, open_private, own_socket_folder
from ...processes.lifeline import hold_lifeline
from .memory import give_back_library_pages
from .pool import Answer, Failure, Pool, Statement
from .settings import write_configuration

IDLE_S = 20.0
"""After so long without a statement the library's pages are given back …"""
FIRST_IDLE_S = 1.0
"""… for the first time sooner: most of what starting touched is never needed again."""
NOT_SETTINGS = {"query", "query_id", "database", "user", "password", "default_format", "session_id"}
"""Words of the protocol that are no settings …"""
NOT_SETTINGS |= {"wait_end_of_query", "buffer_size", "client_protocol_version", "enable_http_compression"}
"""… and what the official clients ask for beside: an answer is always whole, plain, and of the oldest protocol."""
NOT_SETTINGS |= {"readonly", "cancel_http_readonly_queries_on_client_close"}
"""A statement that reads is stopped when its sender goes away, asked for or not; and a connection of the library that
was made read-only cannot be made another one again."""
NOT_FOUND_CODES = {60, 81}
FIELD_NAME = re.compile(rb'name="([^"]*)"')
READERS = 4
WRITERS = 2

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


class Engine:
    """An ASGI application: ClickHouse over HTTP, as far as our client and the official ones use it."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._running = 0
        self._last_statement = time.monotonic()

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        if scope["path"] == "/ping":
            await _answer(send, 200, b"Ok.\n")
            return
        body = await _body(receive)
        if body is None:
            return
        statement = _statement(scope, body)
        self._running += 1
        try:
            answer = await self._run(statement, receive)
        except Failure as failure:
            status = 404 if failure.code in NOT_FOUND_CODES else 500
            code = str(failure.code).encode()
            await _answer(send, status, f"{failure}\n".encode(), [(b"x-clickhouse-exception-code", code)])
        else:
            if answer is not None:
                await _answer(send, 200, answer.body, [(b"x-clickhouse-summary", _summary(answer))])
        finally:
            self._running -= 1
            self._last_statement = time.monotonic()

    async def _run(self, statement: Statement, receive: Receive) -> Answer | None:
        """The answer, or None where the client went away first."""
        running = asyncio.wrap_future(self._pool.submit(statement))
        gone = asyncio.ensure_future(_gone(receive))
        try:
            await asyncio.wait({running, gone}, return_when=asyncio.FIRST_COMPLETED)
            if running.done() or statement.writes:
                return await running
            running.cancel()
            await asyncio.wrap_future(self._pool.stop(statement))
            return None
        finally:
            gone.cancel()

    async def watch_idleness(self) -> None:
        """Give memory back to the system whenever no statement has run for a while; never returns."""
        given_back_at, enough_s = 0.0, FIRST_IDLE_S
        while True:
            await asyncio.sleep(enough_s / 4)
            idle_s = time.monotonic() - self._last_statement
            if not self._running and idle_s >= enough_s and given_back_at < self._last_statement:
                await asyncio.wrap_future(self._pool.submit(Statement(text="SYSTEM JEMALLOC PURGE")))
                await asyncio.to_thread(give_back_library_pages)
                given_back_at, enough_s = time.monotonic(), IDLE_S


async def _body(receive: Receive) -> bytes | None:
    chunks = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        chunks.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(chunks)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _statement(scope: dict[str, Any], body: bytes) -> Statement:
    asked = dict(parse_qsl(scope["query_string"].decode(), keep_blank_values=True))
    kind = dict(scope["headers"]).get(b"content-type", b"")
    if kind.startswith(b"multipart/form-data"):
        asked, body = {**asked, **_form(kind, body)}, b""
    text = asked.get("query", "")
    if not text:
        text, body = body.decode(), b""
    return Statement(
        text=text,
        data=body,
        parameters={name[6:]: value for name, value in asked.items() if name.startswith("param_")},
        settings={n: value for n, value in asked.items() if n not in NOT_SETTINGS and not n.startswith("param_")},
        format=asked.get("default_format", "TabSeparated"),
    )


def _form(kind: bytes, body: bytes) -> dict[str, str]:
    """Fields of a form (RFC 7578), as ClickHouse takes parameters that are too long for an address."""
    boundary = b"\r\n--" + kind.partition(b"boundary=")[2].strip(b'"')
    fields = {}
    for part in (b"\r\n" + body).split(boundary)[1:-1]:
        head, _, value = part.partition(b"\r\n\r\n")
        if name := FIELD_NAME.search(head):
            fields[name[1].decode()] = value.decode()
    return fields


def _summary(answer: Answer) -> bytes:
    return orjson.dumps(
        {
            "read_rows": str(answer.read_rows),
            "read_bytes": str(answer.read_bytes),
            "written_rows": str(answer.written_rows),
            "elapsed_ns": str(int(answer.elapsed_s * 1e9)),
        }
    )


async def _answer(send: Send, status: int, body: bytes, headers: list[tuple[bytes, bytes]] | None = None) -> None:
    headers = [(b"content-length", str(len(body)).encode()), *(headers or [])]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


class Server(uvicorn.Server):
    """uvicorn, without its habit of raising a caught signal again at the end: the data is still open then."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals to us."""
        yield

    def stop(self) -> None:
        """End after the requests that run."""
        self.should_exit = True


async def serve(data: Path, socket: Path) -> None:
    """Open the data directory and serve it until a signal comes or the parent goes away."""
    configuration = data / "engine.xml"
    write_configuration(configuration)
    pool = Pool(f"{data / 'clickhouse'}?config-file={configuration}", READERS, WRITERS)
    await asyncio.wrap_future(pool.submit(Statement(text="SELECT 1")))
    engine = Engine(pool)
    config = uvicorn.Config(engine, log_level="warning", access_log=False, lifespan="off", timeout_graceful_shutdown=5)
    server = Server(config)
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, server.stop)
    watching = asyncio.ensure_future(engine.watch_idleness())
    with _listening(socket) as listening:
        await server.serve(sockets=[listening])
    watching.cancel()
    pool.close()


@contextlib.contextmanager
def _listening(path: Path) -> Iterator[Socket]:
    """A Unix socket that only this user may speak to: whoever can, can read everything."""
    path.unlink(missing_ok=True)
    with Socket(AF_UNIX, SOCK_STREAM) as listening:
        everybody = os.umask(0o177)
        try:
            listening.bind(str(path))
        finally:
            os.umask(everybody)
        yield listening
    path.unlink(missing_ok=True)


def _hold(data: Path) -> IO[str]:
    """Hold the directory for this process alone."""
    lock = open_private(data / "engine.lock", "a")
    with contextlib.suppress(BlockingIOError):
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return lock
    print(f"data directory `{data}` is in use by another engine", file=sys.stderr)  # noqa: T201
    print("hint: stop the other server, or choose another directory", file=sys.stderr)  # noqa: T201
    raise SystemExit(2)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="baserun-server-engine", description="The engine process: chDB behind the ClickHouse HTTP protocol."
    )
    parser.add_argument("--data", type=Path, required=True, help="directory of the data files")
    parser.add_argument("--socket", type=Path, required=True, help="path of the Unix socket to listen on")
    arguments = parser.parse_args()
    become_private()
    make_folder(arguments.data)
    own_socket_folder(arguments.socket, arguments.data.parent)
    lock = _hold(arguments.data)
    hold_lifeline()
    asyncio.run(serve(arguments.data, arguments.socket))
    lock.close()
    # The library's own threads may outlive the connections; there is nothing left to wait for.
    os._exit(0)


if __name__ == "__main__":
    main()
