"""Bodies without their content encoding: `gzip`, `deflate` and `zstd`, in time and memory that their size bounds.

A stream is fed in pieces that begin small: what is left over behind the end of a member is copied by the libraries, so
a body of many tiny members would otherwise be copied once for each of them.
"""

import zlib
from typing import Any

from ...errors import BadRequest, MediaTypeUnknown, TooLarge
from ...limits import MEMBERS

try:
    from compression import zstd  # type: ignore[import-not-found]
except ImportError:
    from backports import zstd

FIRST_PIECE_BYTES, LARGEST_PIECE_BYTES = 1 << 10, 1 << 20


def decompress(body: bytes, encoding: str, limit_bytes: int) -> bytes:
    """The body without its content encoding, never more than `limit_bytes` of it; raises `errors.Refused`.

    Several members one after the other are one body (RFC 1952 section 2.2, RFC 8878 section 3.1), at most
    `limits.MEMBERS` of them.
    """
    encoding = encoding.strip().lower()
    if encoding in ("", "identity"):
        return body
    if not body:
        return b""
    if encoding in ("gzip", "x-gzip"):
        return _unpack(body, lambda: zlib.decompressobj(31), encoding, limit_bytes)
    if encoding == "deflate":
        # The standard means zlib; some senders mean the bare stream.
        looks_like_zlib = len(body) > 1 and body[0] & 0x0F == 8 and int.from_bytes(body[:2], "big") % 31 == 0
        window_bits = 15 if looks_like_zlib else -15
        return _unpack(body, lambda: zlib.decompressobj(window_bits), encoding, limit_bytes)
    if encoding == "zstd":
        return _unpack(body, _ZstdMember, encoding, limit_bytes)
    raise MediaTypeUnknown(
        f"content encoding `{encoding[:40]}` is not known", hint="send `gzip`, `deflate`, `zstd` or no content encoding"
    )


class _ZstdMember:
    """A zstd frame with the interface of `zlib.decompressobj`."""

    def __init__(self) -> None:
        self._stream = zstd.ZstdDecompressor()

    def decompress(self, data: Any, room: int) -> bytes:
        return self._stream.decompress(data, room)

    @property
    def eof(self) -> bool:
        return self._stream.eof

    @property
    def unused_data(self) -> bytes:
        return self._stream.unused_data

    @property
    def unconsumed_tail(self) -> bytes:
        """Nothing: what was not consumed stays inside, and is asked for with an empty piece."""
        return b""

    @property
    def wants_more(self) -> bool:
        return self._stream.needs_input


def _unpack(body: bytes, begin: Any, encoding: str, limit_bytes: int) -> bytes:
    parts: list[bytes] = []
    view, at, room, members = memoryview(body), 0, limit_bytes + 1, 0
    try:
        while at < len(body):
            members += 1
            if members > MEMBERS:
                raise _too_many_members(encoding)
            member, piece_bytes = begin(), FIRST_PIECE_BYTES
            while not member.eof and at < len(body):
                piece = view[at : at + piece_bytes]
                for part in _parts(member, piece, room):
                    parts.append(part)
                    room -= len(part)
                    if room <= 0:
                        raise _too_large(limit_bytes)
                at += len(piece) - len(member.unused_data)
                piece_bytes = min(piece_bytes * 2, LARGEST_PIECE_BYTES)
            if not member.eof:
                raise _cut_short(encoding, len(body))
    except (zlib.error, zstd.ZstdError) as error:
        raise _wrongly_compressed(encoding, str(error)) from None
    return b"".join(parts) if len(parts) != 1 else parts[0]


def _parts(member: Any, piece: Any, room: int) -> Any:
    """What a piece unpacks to; the caller counts, and stops asking when there is no room."""
    while True:
        part = member.decompress(piece, room)
        yield part
        room -= len(part)
        piece = member.unconsumed_tail
        if member.eof or (not piece and getattr(member, "wants_more", True)):
            return


def _too_large(limit_bytes: int) -> TooLarge:
    return TooLarge(
        f"the body is larger than `{limit_bytes}` bytes after decompression",
        hint="send smaller batches, or raise `BASERUN_MAX_DECOMPRESSED_BYTES` on the server",
    )


def _too_many_members(encoding: str) -> BadRequest:
    return BadRequest(
        f"the `{encoding}` body has more than `{MEMBERS}` members",
        hint="compress each request as one stream",
        code="too_many_members",
    )


def _cut_short(encoding: str, length: int) -> BadRequest:
    return BadRequest(
        f"the `{encoding}` stream ends before its end, after `{length}` bytes",
        hint="the request was cut on its way; send it again",
        code="truncated",
        position=length,
    )


def _wrongly_compressed(encoding: str, reason: str) -> BadRequest:
    return BadRequest(
        f"the body is not valid `{encoding}`: {reason}",
        hint="compress the body as the header `content-encoding` says, or leave the header out",
        code="wrong_compression",
    )
