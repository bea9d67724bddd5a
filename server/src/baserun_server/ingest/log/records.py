"""Records as they stand in the files, read and written."""

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from . import Damage, Entry, Position, Record
from .files import segment_path, segments

MAGIC = b"\xb5RUN"
HEADER = struct.Struct("<4sII")


def encode_record(entry: Entry) -> bytes:
    """An entry as it stands in a file."""
    payload = msgspec.msgpack.encode(entry)
    return HEADER.pack(MAGIC, len(payload), zlib.crc32(payload)) + payload


def read(folder: Path, start: Position) -> Iterator[Record | Damage]:
    """Records from `start` to the present end, in order, with the damaged stretches between them.

    Ends where the last file ends or holds a record that is still being written; call again from the last `end`.
    """
    numbers = [number for number in segments(folder) if number >= start.segment]
    for number in numbers:
        offset = start.offset if number == start.segment else 0
        has_successor = number != numbers[-1]
        try:
            data = segment_path(folder, number).open("rb")
        except FileNotFoundError:
            continue
        with data:
            yield from _read_segment(data, number, offset, has_successor)


def _read_segment(data: Any, number: int, offset: int, has_successor: bool) -> Iterator[Record | Damage]:
    while True:
        data.seek(offset)
        header = data.read(HEADER.size)
        if not header:
            return
        entry, length = _read_record(data, header)
        if entry is not None:
            start, offset = offset, offset + HEADER.size + length
            yield Record(Position(number, start), Position(number, offset), entry)
            continue
        data.seek(offset)
        rest = data.read()
        sound = _next_sound(rest)
        if sound < 0 and not has_successor:
            return
        damaged = rest if sound < 0 else rest[:sound]
        start, offset = offset, offset + len(damaged)
        reason = "a record at the end was cut" if sound < 0 else "a record does not match its checksum"
        yield Damage(Position(number, start), Position(number, offset), reason, damaged)


def _read_record(data: Any, header: bytes) -> tuple[Entry | None, int]:
    if len(header) < HEADER.size:
        return None, 0
    magic, length, crc = HEADER.unpack(header)
    if magic != MAGIC:
        return None, 0
    payload = data.read(length)
    if len(payload) < length or zlib.crc32(payload) != crc:
        return None, 0
    try:
        return msgspec.msgpack.decode(payload, type=Entry), length
    except msgspec.MsgspecError:
        return None, 0


def _next_sound(rest: bytes) -> int:
    at = rest.find(MAGIC, 1)
    while at >= 0:
        if len(rest) - at >= HEADER.size:
            _, length, crc = HEADER.unpack_from(rest, at)
            payload = rest[at + HEADER.size : at + HEADER.size + length]
            if len(payload) == length and zlib.crc32(payload) == crc:
                return at
        at = rest.find(MAGIC, at + 1)
    return -1
