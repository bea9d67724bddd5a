"""Taking a person's records out of the kept files: the write-ahead log's and the dead letters'.

A request holds records of many people, so it is written again without the ones that are to go. Only files of the log
that are closed and wholly stored are touched; a file is replaced at once or not at all. What a new record would bring
back is not decided here: whoever erases keeps the ids and refuses them in the pipeline.
"""

import json
import os
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import orjson
from google.protobuf.message import DecodeError

from ..errors import Refused
from .dead_letters import change_dead_letters
from .decode import JSON_LEVELS, REQUESTS, Decoded, SentLog, SentSpan, decode, decompress, objects, parse_json
from .log import Damage, Entry, Position, encode_record, load_cursor, read, segment_path, segments
from .mend import mend_utf8
from .normalise import made_id

Concerns = Callable[[str, SentSpan | SentLog], bool]
"""Whether a record of a project (its id is the first argument) is to go."""

LIMIT_BYTES = 1 << 30
"""What was accepted once is read again whatever the settings say now."""


class Erased(NamedTuple):
    """What an erasure did to a log."""

    records: int
    waiting: list[int]
    """Numbers of files that are still being written or stored: erase again when they are."""


def of_person(trace_ids: Collection[str], ids: Collection[str], project_id: str) -> Concerns:
    """What belongs to one of the traces, or names one of the ids (of the user, of sessions) in any attribute."""

    def concerns(project: str, sent: SentSpan | SentLog) -> bool:
        if project != project_id:
            return False
        trace_id = sent.trace_id if sent.trace_id in trace_ids else made_id(sent.trace_id, 16)
        return trace_id in trace_ids or any(isinstance(v, str) and v in ids for v in sent.attributes.values())

    return concerns


def erase_from_log(folder: Path, concerns: Concerns) -> Erased:
    """Write every closed and stored file of the log again without the records that are to go.

    May be called at any time, by the process that writes the log (`Log.roll` closes the newest file) or without one.
    """
    done, numbers, erased, waiting = load_cursor(folder).done, segments(folder), 0, []
    for number in numbers:
        path = segment_path(folder, number)
        stored = number < done.segment or (number == done.segment and done.offset >= path.stat().st_size)
        if not stored or number == numbers[-1]:
            if path.stat().st_size:
                waiting.append(number)
            continue
        erased += _erase_from_segment(folder, number, concerns)
    return Erased(erased, waiting)


def erase_from_dead_letters(path: Path, concerns: Concerns, mentions: Collection[str]) -> int:
    """Take out letters whose requests hold a record that is to go, or that name one of `mentions` anywhere."""
    encoded = [json.dumps(word)[1:-1].encode() for word in mentions if word]

    def keep(line: bytes) -> bool:
        if any(word in line for word in encoded):
            return False
        letter = orjson.loads(line)
        if letter["kind"] != "entry" or not isinstance(letter["record"], list):
            return True
        entry = msgspec.convert(letter["record"], Entry)
        return not any(concerns(entry.project_id, sent) for sent in _records_of(_read_entry(entry)))

    return change_dead_letters(path, lambda line: [line] if keep(line) else [])


def without(entry: Entry, concerns: Concerns) -> tuple[Entry | None, int]:
    """The entry without the records that are to go (None where nothing is left), and how many those were."""
    flags = [concerns(entry.project_id, sent) for sent in _records_of(_read_entry(entry))]
    if not any(flags):
        return entry, 0
    if all(flags):
        return None, len(flags)
    body = _body(entry)
    drop = iter(flags)
    is_json = entry.content_type == "application/json"
    body = _json_without(entry, body, drop) if is_json else _protobuf_without(entry, body, drop)
    return msgspec.structs.replace(entry, body=body, content_encoding=""), sum(flags)


def _erase_from_segment(folder: Path, number: int, concerns: Concerns) -> int:
    path, erased, kept = segment_path(folder, number), 0, []
    for item in read(folder, Position(number, 0)):
        if item.start.segment != number:
            break
        if isinstance(item, Damage):
            kept.append(item.data)
            continue
        entry, count = without(item.entry, concerns)
        erased += count
        if entry is not None:
            kept.append(encode_record(entry))
    if not erased:
        return 0
    state, new = path.stat(), path.with_suffix(".log.new")
    with new.open("wb") as file:
        file.writelines(kept)
        file.flush()
        os.fsync(file.fileno())
    # As old as it was: how long it is kept does not begin again.
    os.utime(new, ns=(state.st_atime_ns, state.st_mtime_ns))
    new.replace(path)
    return erased


def _body(entry: Entry) -> bytes:
    return decompress(entry.body, entry.content_encoding, LIMIT_BYTES)


def _read_entry(entry: Entry) -> Decoded:
    try:
        return decode(entry.path, entry.content_type == "application/json", _body(entry))
    except Refused:
        return Decoded()


def _records_of(decoded: Decoded) -> list[Any]:
    return [*decoded.spans, *decoded.logs]


def _protobuf_without(entry: Entry, body: bytes, drop: Iterator[bool]) -> bytes:
    kind = REQUESTS[entry.path]
    try:
        request = kind.FromString(body)
    except DecodeError:
        request = kind.FromString(mend_utf8(kind.DESCRIPTOR, body) or b"")
    top, middle, bottom = (names[-1] for names in JSON_LEVELS[entry.path])
    for outer in getattr(request, top):
        for inner in getattr(outer, middle):
            kept = [record for record in getattr(inner, bottom) if not next(drop)]
            inner.ClearField(bottom)
            getattr(inner, bottom).extend(kept)
    return request.SerializeToString()


def _json_without(entry: Entry, body: bytes, drop: Iterator[bool]) -> bytes:
    document, _ = parse_json(body)
    top, middle, bottom = JSON_LEVELS[entry.path]
    for outer in objects(document, top, ""):
        for inner in objects(outer, middle, ""):
            kept = [record for record in objects(inner, bottom, "") if not next(drop)]
            inner.update({name: kept for name in bottom if name in inner})
    return orjson.dumps(document)
