"""Clients that mean no good: python -m bench.siege.attackers PORT CLIENTS KINDS, until it is killed.

Each opens a connection, does what its kind does until the server closes it, rests for some seconds, and begins again.
"""

import asyncio
import contextlib
import os
import random
import resource
import socket
import struct
import sys
from collections.abc import Awaitable, Callable

HEAD = b"POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-protobuf\r\n"
TLS_HELLO = bytes.fromhex("16030100c8010000c40303") + os.urandom(200)

Attack = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def half_head(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Half of the headers, and then nothing."""
    writer.write(HEAD + b"X-Half: ")
    await reader.read()


async def half_body(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A megabyte of a body of 32, and then nothing."""
    writer.write(HEAD + b"Content-Length: 33554432\r\n\r\n" + bytes(1 << 20))
    await reader.read()


async def trickle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A byte of a body each second."""
    writer.write(HEAD + b"Content-Length: 1000000\r\n\r\n")
    while not reader.at_eof():
        writer.write(b"x")
        await writer.drain()
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(reader.read(1 << 16), 1)


async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Nothing at all."""
    await reader.read()


async def endless_head(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Headers without an end."""
    writer.write(HEAD)
    while not reader.at_eof():
        writer.write(b"X-%d: %s\r\n" % (random.getrandbits(32), b"a" * 8_000))
        await writer.drain()
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(reader.read(1 << 16), 0.1)


async def garbage(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Something that is no HTTP."""
    writer.write(os.urandom(2_000))
    await reader.read()


async def tls_hello(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """The beginning of TLS."""
    writer.write(TLS_HELLO)
    await reader.read()


async def reset(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Half a request, and then a reset."""
    writer.write(HEAD + b"Content-Length: 100000\r\n\r\n" + bytes(50_000))
    await asyncio.sleep(random.random())
    plug: socket.socket = writer.get_extra_info("socket")
    plug.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


async def unread(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Requests whose answers nobody takes."""
    writer.transport.pause_reading()  # pyright: ignore[reportAttributeAccessIssue]
    writer.write(b"GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n" * 4)
    await asyncio.sleep(30)


KINDS: dict[str, Attack] = {
    attack.__name__.replace("_", "-"): attack
    for attack in (half_head, half_body, trickle, silent, endless_head, garbage, tls_hello, reset, unread)
}


async def attack_for_ever(port: int, attack: Attack) -> None:
    """One client."""
    while True:
        await asyncio.sleep(random.uniform(0, 10))
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            try:
                await attack(reader, writer)
            finally:
                writer.close()


async def main(port: int, clients: int, kinds: list[str]) -> None:
    """All of them, as many of each kind."""
    attacks = [KINDS[kinds[number % len(kinds)]] for number in range(clients)]
    await asyncio.gather(*(attack_for_ever(port, attack) for attack in attacks))


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3].split(",")))
