"""The bounds of one HTTP connection: what uvicorn's protocol leaves open to clients that are slow, broken or hostile.

`pip install` brings no proxy, so the server itself stands in the network. uvicorn parses with httptools and runs the
application; this subclass of its protocol adds what a proxy would do, and is handed to it as the protocol to use:

- a request's address, its headers and the overhead of its chunks are bounded while they arrive (`bounds.py`);
- a connection that waits for its client has a deadline: for the headers, for each piece of the body, for the pace of
  the whole, for reading the answer, and while it is idle (`Connections.look`, twice a second, for all of them);
- the bodies of all requests together are bounded (`Connections.hold`): past the bound the slowest sender is refused;
- what is refused costs no line of the log.

Refused alternatives: hypercorn and granian have no more bounds than uvicorn; a timer for each connection costs more
than one look at all of them.
"""

import asyncio
import time
from collections import OrderedDict
from enum import Enum
from typing import Any

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from .bounds import (
    ADDRESS_BYTES,
    CHUNK_OVERHEAD_BYTES,
    HEAD_BYTES,
    HEAD_SECONDS,
    HEADER_BYTES,
    HEADERS,
    IDLE_SECONDS,
    LINGER_SECONDS,
    LOOK_SECONDS,
    PACE_BYTES,
    PIECE_SECONDS,
    PIPELINED,
    READ_BYTES,
    READ_SECONDS,
)
from .faults import ADDRESS_TOO_LONG, CHUNKS_TOO_SMALL, HEADERS_TOO_LARGE, NO_ROOM, NOT_HTTP, ONE_HOST, TOO_SLOW, Fault


class State(Enum):
    """What a connection waits for."""

    REQUEST = "the first byte of a request"
    HEAD = "the end of the headers"
    BODY = "the end of the body, whether it has been answered already or not"
    ANSWER = "our answer to all that arrived"
    CLOSED = "the last bytes to leave"


class Guard(HttpToolsProtocol):
    """One connection within its bounds."""

    def __init__(self, connections: "Connections", **given: Any) -> None:
        super().__init__(**given)
        self.all = connections
        self.state = State.REQUEST
        self.since = self._piece_at = time.monotonic()
        self.known = False
        """Whether it has sent a whole request before."""
        self._held_bytes = 0
        """Bytes of bodies that the application has not finished with."""
        self._message = 0
        self._in_head = True
        self._head_bytes = self._header_bytes = self._body_bytes = self._overhead_bytes = 0
        self._deaf = False
        """Whether all that is still to come is thrown away: the connection ends with the answers under way."""
        self._stuck_since: float | None = None

    # --- the connection ----------------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin."""
        super().connection_made(transport)
        # asyncio's 256 KiB keep everybody waiting while hundreds of clients send at a time.
        transport.max_size = READ_BYTES  # type: ignore[attr-defined]
        self.all.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        super().connection_lost(exc)
        self.pipeline.clear()
        self.all.remove(self)
        self.state = State.CLOSED

    def pause_writing(self) -> None:
        """Note since when the client has not taken what it asked for."""
        super().pause_writing()
        self._stuck_since = time.monotonic()

    def resume_writing(self) -> None:
        """It has."""
        super().resume_writing()
        self._stuck_since = None

    # --- what arrives ------------------------------------------------------------------------------------------------

    def data_received(self, data: bytes) -> None:
        """Parse, within the bounds."""
        if self._deaf or self.transport.is_closing():
            return
        self._piece_at = time.monotonic()
        message, content_bytes = self._message, self._body_bytes
        try:
            self.parser.feed_data(data)  # pyright: ignore[reportOptionalMemberAccess] - None only after the end
        except httptools.HttpParserUpgrade:
            # Nobody here speaks another protocol. The request is answered as what it is, and nothing after it is read.
            self._close_after_answers()
        except httptools.HttpParserError as error:
            # What a callback of ours raised comes wrapped in an error of the parser's.
            self._refuse(error.__context__ if isinstance(error.__context__, Fault) else Fault(*NOT_HTTP))
        else:
            if message == self._message:
                self._count_frame(len(data), self._body_bytes - content_bytes)

    def _count_frame(self, size_bytes: int, content_bytes: int) -> None:
        """Bound what the parser takes without telling: unfinished headers, and chunks that are mostly their frame."""
        if self._in_head:
            self._head_bytes += size_bytes
            if self._head_bytes > HEAD_BYTES:
                self._refuse(Fault(*HEADERS_TOO_LARGE))
        elif self.state is State.BODY:
            self._overhead_bytes += size_bytes - content_bytes
            if self._overhead_bytes > HEAD_BYTES + CHUNK_OVERHEAD_BYTES + self._body_bytes:
                self._refuse(Fault(*CHUNKS_TOO_SMALL))

    def on_message_begin(self) -> None:
        """Begin a request."""
        if len(self.pipeline) >= PIPELINED:
            self._close_after_answers()
        super().on_message_begin()
        self._message += 1
        self._in_head = True
        self._head_bytes = self._header_bytes = self._body_bytes = self._overhead_bytes = 0
        self._enter(State.HEAD)

    def on_url(self, url: bytes) -> None:
        """Take a part of the address."""
        super().on_url(url)
        if len(self.url) > ADDRESS_BYTES:
            raise Fault(*ADDRESS_TOO_LONG)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header; one that comes after the body is counted with the chunks and thrown away."""
        if not self._in_head:
            return
        super().on_header(name, value)
        self._header_bytes += len(name) + len(value)
        if len(self.headers) > HEADERS or self._header_bytes > HEADER_BYTES:
            raise Fault(*HEADERS_TOO_LARGE)

    def on_headers_complete(self) -> None:
        """Start the application, or let the request wait for its turn."""
        self._in_head = False
        if self._deaf:
            return
        hosts = sum(name == b"host" for name, _ in self.headers)
        if hosts > 1 or (hosts == 0 and self._version() == "1.1"):
            raise Fault(*ONE_HOST)
        super().on_headers_complete()
        self._enter(State.BODY)

    def _version(self) -> str:
        return self.parser.get_http_version()  # pyright: ignore[reportOptionalMemberAccess] - None only after the end

    def on_body(self, body: bytes) -> None:
        """Take a piece of the body."""
        self._body_bytes += len(body)
        if self._deaf or self.cycle.response_complete:
            return
        super().on_body(body)
        self._held_bytes += len(body)
        self.all.hold(len(body), self)

    def on_message_complete(self) -> None:
        """End the request."""
        if self._deaf:
            return
        super().on_message_complete()
        self.known = True
        self._enter(State.REQUEST if self.cycle.response_complete else State.ANSWER)

    def on_response_complete(self) -> None:
        """Go on with the next request, wait for one, or let the client finish what it is sending."""
        super().on_response_complete()
        # Idleness ends with the look at all connections, not by a timer of its own.
        self._unset_keepalive_if_required()
        if self._deaf and not self.pipeline and self.cycle.response_complete:
            self._leave()
        elif self.transport.is_closing():
            self._enter(State.CLOSED)
        elif self.state is State.BODY:
            self._enter(State.BODY)  # from here on it is read from again, or has five seconds to finish
        elif self.state is State.ANSWER and self.cycle.response_complete:
            self._enter(State.REQUEST)

    def _should_upgrade(self) -> bool:
        return False

    def _unsupported_upgrade_warning(self) -> None:
        pass

    # --- the application ---------------------------------------------------------------------------------------------

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        async def bounded(scope: Any, receive: Any, send: Any) -> None:
            try:
                await app(scope, receive, send)
            except asyncio.CancelledError:
                # The server stops, and that is no fault to report.
                self.transport.abort()
                cycle.disconnected = True
            except Exception:
                # The application has answered and logged it; uvicorn would log it again and cut the client off.
                if not cycle.response_complete:
                    raise
            finally:
                if not self.pipeline:
                    self.release()

        super()._start_asgi_task(cycle, bounded)

    def release(self) -> None:
        """Give the room of its bodies back."""
        size_bytes, self._held_bytes = self._held_bytes, 0
        self.all.body_bytes -= size_bytes

    # --- the bounds --------------------------------------------------------------------------------------------------

    def overdue(self, now: float) -> bool:
        """Whether the client has kept this connection waiting for too long."""
        waited = now - self.since
        if self._stuck_since is not None and now - self._stuck_since > READ_SECONDS:
            return True
        if self.state is State.REQUEST:
            return waited > (IDLE_SECONDS if self.known else HEAD_SECONDS)
        if self.state is State.HEAD:
            return waited > HEAD_SECONDS
        if self.state is State.CLOSED:
            return waited > LINGER_SECONDS
        if self.state is State.BODY and not self.flow.read_paused:
            if self.cycle.response_complete:
                return waited > LINGER_SECONDS
            too_slow = waited > PIECE_SECONDS and self._body_bytes < (waited - PIECE_SECONDS) * PACE_BYTES
            return too_slow or now - self._piece_at > PIECE_SECONDS
        return False

    def end(self, fault: Fault) -> None:
        """Close, with an answer where the client can still take one."""
        if self.state in (State.HEAD, State.BODY) and self._stuck_since is None and not self._deaf:
            self._refuse(fault)
        else:
            self.transport.abort()

    def _refuse(self, fault: Fault) -> None:
        """Answer in our own form and close; where another answer is under way, close after that."""
        cycle = self.cycle
        if cycle is not None and not cycle.response_complete:
            if self.pipeline or self.state is not State.BODY:
                self._close_after_answers()
                return
            # The application waits for the rest of this body, and is told that the client went away.
            cycle.disconnected = True
            cycle.message_event.set()
            if cycle.response_started:
                self.transport.abort()
                return
        elif self.state is State.BODY:
            self.transport.abort()  # it has its answer
            return
        self._deaf = True
        self.transport.write(fault.response())
        self._leave()

    def _close_after_answers(self) -> None:
        self._deaf = True
        last = self.pipeline[0][0] if self.pipeline else self.cycle
        if last is None or last.response_complete:
            self._leave()

    def _leave(self) -> None:
        """Let the client close first: a socket that is closed with something unread in it takes the answers along."""
        if self.transport.is_closing():
            self._enter(State.CLOSED)
        elif self.state is not State.CLOSED:
            if self.transport.can_write_eof():
                self.transport.write_eof()
            self._enter(State.CLOSED)

    def _enter(self, state: State) -> None:
        self.state = state
        self.since = self._piece_at = time.monotonic()
        self.all.note(self)


class Connections:
    """All open connections: how many there may be, how much they may hold, and who gives way where it is too much."""

    def __init__(self, limit: int, limit_body_bytes: int) -> None:
        self.limit = limit
        self.limit_body_bytes = limit_body_bytes
        self.body_bytes = 0
        """Bytes of all bodies that have arrived and are still being worked on."""
        self._all: set[Guard] = set()
        self._strangers: OrderedDict[Guard, None] = OrderedDict()
        """Those that have not sent a whole request yet or are about to close, the longest waiting first …"""
        self._idle: OrderedDict[Guard, None] = OrderedDict()
        """… and those that did, and are waited for now."""
        self._sending: OrderedDict[Guard, None] = OrderedDict()
        """Those whose body is arriving, the longest first."""

    def __len__(self) -> int:
        return len(self._all)

    def add(self, one: Guard) -> None:
        """Count a new connection."""
        self._all.add(one)
        self.note(one)

    def remove(self, one: Guard) -> None:
        """Forget one that is closed."""
        self._all.discard(one)
        for order in (self._strangers, self._idle, self._sending):
            order.pop(one, None)

    def note(self, one: Guard) -> None:
        """Remember what a connection waits for."""
        for order in (self._strangers, self._idle, self._sending):
            order.pop(one, None)
        if one not in self._all or one.state is State.ANSWER:
            return
        (self._idle if one.known and one.state is not State.CLOSED else self._strangers)[one] = None
        if one.state is State.BODY:
            self._sending[one] = None

    def admit(self) -> bool:
        """Whether a new connection can be taken; where all are taken, the one that matters least gives way to it."""
        return len(self._all) < self.limit or self.drop_one()

    def drop_one(self) -> bool:
        """Close the connection that has waited longest without a whole request; whether there was one.

        A client that means well sends its request at once, so under a flood of others it is hardly ever the longest.
        """
        for order in (self._strangers, self._idle):
            if order:
                one = next(iter(order))
                self.remove(one)
                one.transport.abort()
                return True
        return False

    def hold(self, size_bytes: int, by: Guard) -> None:
        """Count a piece of a body; past the limit the bodies that have been arriving longest are refused."""
        self.body_bytes += size_bytes
        if self.body_bytes <= self.limit_body_bytes:
            return
        # Somewhat more than needed, so that the next piece finds room.
        while self.body_bytes > self.limit_body_bytes * 3 // 4 and self._sending:
            one = next(iter(self._sending))
            if one is by and len(self._sending) > 1:
                self._sending.move_to_end(one)
                continue
            del self._sending[one]
            one.release()
            one.end(Fault(*NO_ROOM))

    async def look(self) -> None:
        """Close what is overdue, for ever."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            now = time.monotonic()
            for one in [one for one in self._all if one.overdue(now)]:
                one.end(Fault(*TOO_SLOW))
