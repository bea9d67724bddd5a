"""The bounds of a connection, over real sockets: what is refused, what is closed, and that others are served."""

import asyncio
import contextlib
import json
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import uvicorn

from baserun_server.front import guard, listening
from baserun_server.front.bounds import BODY_BYTES
from baserun_server.front.guard import Connections, State
from baserun_server.front.listening import Server, connection_limit
from baserun_server.settings import Settings

HEAD = b"POST / HTTP/1.1\r\nHost: localhost\r\n"
GET = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"


async def count_body(scope, receive, send) -> None:
    """An application that answers with the length of the body; `/early` answers before it came, `/never` waits."""
    assert scope["type"] == "http"
    size_bytes, more = 0, scope["path"] != "/early"
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        size_bytes += len(message["body"])
        more = message["more_body"]
    if scope["path"] == "/never":
        await asyncio.sleep(3600)
    content = b"a" * 4_000_000 if scope["path"] == "/long" else str(size_bytes).encode()
    headers = [(b"content-length", str(len(content)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": content})


class Front:
    """A server of ours around that application."""

    def __init__(self, port: int, connections: Connections, server: Server) -> None:
        self.port, self.connections, self.server = port, connections, server

    async def open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self.port)

    async def ask(self, sent: bytes) -> bytes:
        """All that is answered until the server closes."""
        reader, writer = await self.open()
        writer.write(sent)
        answer = b""
        with contextlib.suppress(ConnectionResetError):
            while part := await asyncio.wait_for(reader.read(65_536), 20):
                answer += part
        writer.close()
        return answer

    async def serves(self) -> bool:
        return b"200 OK" in await self.ask(GET.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))

    async def empties(self) -> None:
        """Wait until no connection is left, and nothing is held."""
        while len(self.connections) or self.connections.body_bytes or self.server.server_state.tasks:
            await asyncio.sleep(0.01)


@asynccontextmanager
async def running(limit: int = 100, body_bytes: int = BODY_BYTES) -> AsyncIterator[Front]:
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        count_body, http="httptools", ws="none", lifespan="off", log_config=None, timeout_keep_alive=3600
    )
    connections = Connections(limit, body_bytes)
    server = Server(config, listener, connections)
    port = listener.getsockname()[1]
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    try:
        yield Front(port, connections, server)
    finally:
        server.should_exit = True
        await serving


@pytest.fixture
def hurry(monkeypatch):
    """The same deadlines, in less time."""
    for name, seconds in {"HEAD": 0.3, "PIECE": 0.3, "IDLE": 0.3, "READ": 0.3, "LINGER": 0.3, "LOOK": 0.05}.items():
        monkeypatch.setattr(guard, f"{name}_SECONDS", seconds)


REFUSED = [
    ("more headers than may be", GET[:-2] + b"".join(b"x%d: y\r\n" % n for n in range(101)) + b"\r\n", 431),
    ("20,000 headers", GET[:-2] + b"".join(b"x%d: y\r\n" % n for n in range(20_000)) + b"\r\n", 431),
    ("a large header", GET[:-2] + b"x: " + b"a" * 70_000 + b"\r\n\r\n", 431),
    ("many middling headers", GET[:-2] + b"".join(b"x%d: %s\r\n" % (n, b"a" * 8_000) for n in range(9)) + b"\r\n", 431),
    ("a header without an end", GET[:-2] + b"x: " + b"a" * 2_000_000, 431),
    ("a header's name without an end", GET[:-2] + b"x" * 2_000_000, 431),
    ("an address without an end", b"GET /" + b"a" * 2_000_000, 414),
    ("a long address", b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n", 414),
    ("random bytes", b"\x00\xff\x10" * 100, 400),
    ("a hello of TLS", bytes.fromhex("16030100c8010000c40303") + bytes(200), 400),
    ("two hosts", GET[:-2] + b"Host: other\r\n\r\n", 400),
    ("no host", b"GET / HTTP/1.1\r\n\r\n", 400),
    ("two lengths", HEAD + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef", 400),
    ("a length and chunks", HEAD + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + GET, 400),
    ("chunks that are not the last encoding", HEAD + b"Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n", 400),
    ("a negative length", HEAD + b"Content-Length: -1\r\n\r\n", 400),
    ("a length beyond all numbers", HEAD + b"Content-Length: " + b"9" * 30 + b"\r\n\r\n", 400),
    ("a tunnel", b"CONNECT evil.example:443 HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
    (
        "an extension of a chunk without an end",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n5;x=" + b"a" * 2_000_000,
        400,
    ),
    ("chunks of one byte", HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * 200_000, 400),
    ("trailers without an end", HEAD + b"Transfer-Encoding: chunked\r\n\r\n0\r\n" + b"x: y\r\n" * 100_000, 400),
]


async def test_what_is_malformed_or_beyond_a_bound_is_refused_in_our_form_and_leaves_nothing_behind(caplog):
    async with running() as front:
        for what, sent, status in REFUSED:
            answer = await front.ask(sent)
            head, _, body = answer.partition(b"\r\n\r\n")
            assert answer.startswith(b"HTTP/1.1 %d " % status), (what, answer[:100])
            assert json.loads(body)["error"].keys() == {"code", "message", "hint"}, what
            assert b"connection: close" in head, what
        assert await front.serves()
        await front.empties()
    assert caplog.records == [], "what clients send wrong costs no line of the log"


ALLOWED = [
    (
        "a hundred headers",
        GET[:-2] + b"".join(b"x%d: y\r\n" % n for n in range(98)) + b"Connection: close\r\n\r\n",
        b"0",
    ),
    ("60 KB of headers", GET[:-2] + b"x: " + b"a" * 60_000 + b"\r\nConnection: close\r\n\r\n", b"0"),
    ("a body", HEAD + b"Connection: close\r\nContent-Length: 5\r\n\r\nhello", b"5"),
    (
        "chunks with trailers",
        HEAD + b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n0\r\nx: y\r\n\r\n",
        b"5",
    ),
    ("HTTP/1.0 without a host", b"GET / HTTP/1.0\r\n\r\n", b"0"),
    (
        "an upgrade that nobody offers",
        GET[:-2] + b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\r\n",
        b"0",
    ),
]


async def test_what_is_within_the_bounds_is_answered():
    async with running() as front:
        for what, sent, content in ALLOWED:
            answer = await front.ask(sent)
            assert answer.startswith(b"HTTP/1.1 200 "), (what, answer[:200])
            assert answer.endswith(b"\r\n\r\n" + content), what


async def test_requests_that_are_sent_ahead_are_answered_in_order_up_to_a_bound_and_the_connection_ends(caplog):
    async with running() as front:
        sent = b"".join(HEAD + b"Content-Length: %d\r\n\r\n" % n + b"a" * n for n in range(2_000))

        answer = await front.ask(sent)

        parts = answer.split(b"HTTP/1.1 200 OK")[1:]
        bodies = [int(part.rpartition(b"\r\n\r\n")[2]) for part in parts]
        assert bodies == list(range(len(bodies)))
        assert guard.PIPELINED <= len(bodies) < 2_000
        await front.empties()
    assert caplog.records == []


async def test_nonsense_after_a_request_does_not_spoil_its_answer():
    async with running() as front:
        answer = await front.ask(GET + b"\x00\x01nonsense")

        assert answer.startswith(b"HTTP/1.1 200 OK")
        assert answer.count(b"HTTP/1.1") == 1
        await front.empties()


SLOW = [
    ("nothing", b"", False),
    ("half of a request line", b"GET / HT", True),
    ("half of the headers", HEAD + b"X-Half: ", True),
    ("half of a body", HEAD + b"Content-Length: 10\r\n\r\nhello", True),
    ("half of a chunk", HEAD + b"Transfer-Encoding: chunked\r\n\r\na\r\nhello", True),
    ("nothing after a request", GET, False),
    ("half of a request after another one", GET + HEAD, True),
    ("half of a body that has its answer", HEAD.replace(b"/ ", b"/early ", 1) + b"Content-Length: 10\r\n\r\nh", False),
    ("only empty lines", b"\r\n" * 10, False),
]


@pytest.mark.parametrize(("what", "sent", "is_told"), SLOW, ids=[what for what, *_ in SLOW])
async def test_a_client_that_keeps_the_server_waiting_is_let_go(hurry, what, sent, is_told):
    async with running() as front:
        answer = await front.ask(sent)

        assert (b"HTTP/1.1 408 " in answer) == is_told
        await front.empties()


async def test_a_body_that_trickles_is_not_waited_for_for_ever(hurry):
    async with running() as front:
        reader, writer = await front.open()
        writer.write(HEAD + b"Content-Length: 1000000\r\n\r\n")
        answer = b""
        while not reader.at_eof():
            writer.write(b"x")
            try:
                answer += await asyncio.wait_for(reader.read(1000), 0.05)
            except asyncio.TimeoutError:
                continue

        assert answer.startswith(b"HTTP/1.1 408 ")
        await front.empties()
        writer.close()


async def test_a_client_that_does_not_take_its_answer_is_let_go(hurry):
    async with running() as front:
        with socket.create_connection(("127.0.0.1", front.port)) as client:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.sendall(GET.replace(b"/ ", b"/long ", 1))
            await asyncio.sleep(0.1)
            await front.empties()


async def test_a_request_that_takes_long_to_answer_is_waited_for(hurry):
    async with running() as front:
        _, writer = await front.open()
        writer.write(GET.replace(b"/ ", b"/never ", 1))
        await asyncio.sleep(1)

        assert len(front.connections) == 1
        writer.close()


async def test_when_all_connections_are_taken_the_longest_waiting_stranger_gives_way():
    async with running(limit=10) as front:
        strangers = [await front.open() for _ in range(10)]
        for _, writer in strangers:
            writer.write(HEAD)

        for _ in range(5):
            assert await front.serves()

        assert len(front.connections) < 10
        assert await asyncio.wait_for(_ends(strangers[0][0]), 10)
        assert not strangers[-1][0].at_eof()
        for _, writer in strangers:
            writer.close()


async def test_a_client_that_is_known_keeps_its_connection_when_strangers_press_in():
    async with running(limit=10) as front:
        reader, writer = await front.open()
        writer.write(GET)
        await reader.readuntil(b"\r\n\r\n0")
        strangers = [await front.open() for _ in range(30)]

        writer.write(GET)
        assert (await reader.readuntil(b"\r\n\r\n0")).startswith(b"HTTP/1.1 200")
        for _, other in [*strangers, (reader, writer)]:
            other.close()


async def test_when_all_connections_are_at_work_a_new_one_is_refused_with_a_word():
    async with running(limit=3) as front:
        busy = [await front.open() for _ in range(3)]
        for _, writer in busy:
            writer.write(GET.replace(b"/ ", b"/never ", 1))
        while any(one.state is not State.ANSWER for one in front.server.server_state.connections):
            await asyncio.sleep(0.01)

        answer = await front.ask(b"")

        assert answer.startswith(b"HTTP/1.1 503 ")
        assert b"retry-after: 1" in answer
        for _, writer in busy:
            writer.close()


async def test_bodies_together_are_bounded_and_a_client_that_sends_at_once_is_served():
    async with running(limit=1000, body_bytes=4 << 20) as front:
        slow = [await front.open() for _ in range(30)]
        most = 0
        for _, writer in slow:
            writer.write(HEAD + b"Content-Length: 2000000\r\n\r\n" + b"a" * 1_000_000)
            await writer.drain()
            most = max(most, front.connections.body_bytes)
            good = HEAD + b"Connection: close\r\nContent-Length: 50000\r\n\r\n" + b"a" * 50_000
            assert (await front.ask(good)).endswith(b"50000")

        assert most <= (4 << 20) + guard.READ_BYTES
        assert (await asyncio.wait_for(slow[0][0].read(), 10)).startswith(b"HTTP/1.1 503 ")
        for _, writer in slow:
            writer.close()
        await front.empties()


async def test_running_out_of_files_costs_little_and_ends(caplog, monkeypatch):
    """The process has no file left for a while: nobody is dropped that was there, and later all is as before."""
    async with running() as front:
        limit = listening.resource.getrlimit(listening.resource.RLIMIT_NOFILE)
        used = len(os.listdir("/proc/self/fd")) if os.path.exists("/proc/self/fd") else 64
        reader, writer = await front.open()
        writer.write(GET)
        await reader.readuntil(b"\r\n\r\n0")
        client = socket.socket()
        client.setblocking(False)
        listening.resource.setrlimit(listening.resource.RLIMIT_NOFILE, (used + 1, limit[1]))
        try:
            fillers = []
            while True:
                try:
                    fillers.append(os.open(os.devnull, os.O_RDONLY))
                except OSError:
                    break
            await asyncio.get_running_loop().sock_connect(client, ("127.0.0.1", front.port))
            await asyncio.sleep(0.5)
        finally:
            for filler in fillers:
                os.close(filler)
            listening.resource.setrlimit(listening.resource.RLIMIT_NOFILE, limit)
        client.close()
        writer.close()
        assert await front.serves()
    said = [record.getMessage() for record in caplog.records]
    assert len(said) < 20
    assert all("could not be taken" in line for line in said)


def test_connections_leave_room_for_the_servers_own_files(monkeypatch):
    for files, expected, most in ((300, 100, 100), (1024, 448, 448), (20_000, 8_192, 9_936)):
        monkeypatch.setattr(listening.resource, "getrlimit", lambda _, files=files: (files, files))
        assert connection_limit(Settings()) == expected
        assert connection_limit(Settings(max_connections=50)) == 50
        assert connection_limit(Settings(max_connections=1_000_000)) == most


async def _ends(reader: asyncio.StreamReader) -> bool:
    with contextlib.suppress(ConnectionResetError):
        await reader.read()
    return True
