"""The file of what could not be read or stored: nothing that was acknowledged disappears without a trace.

One JSON object a line: `id` (the place in the log; the same after a replay), `reason`, `at_us`, `kind` (the record's
type in lower case: `entry` for a whole request) and `record`, with `project_id` where one project is concerned and
`received_us` where the record does not say so itself. Text that is no JSON stands in base64.
"""

import base64
import contextlib
import fcntl
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import orjson

from .pipeline import DeadLetter

LIMIT_BYTES = 256 << 20
"""Above this the file is put aside as `….old`, in place of the one that was put aside before."""


def keep_dead_letters(path: Path, letters: Iterable[DeadLetter], now_us: int) -> int:
    """Append letters, on the disk when it returns; returns how many."""
    return keep_lines(path, [_line(letter, now_us) for letter in letters])


def keep_lines(path: Path, lines: Sequence[bytes]) -> int:
    """Append letters that are lines already."""
    if not lines:
        return 0
    with _alone(path):
        if path.exists() and path.stat().st_size > LIMIT_BYTES:
            path.replace(aside(path))
        with path.open("ab") as file:
            file.write(b"".join(line + b"\n" for line in lines))
            file.flush()
            os.fsync(file.fileno())
    return len(lines)


def aside(path: Path) -> Path:
    """Where the letters before those of the file lie."""
    return path.with_suffix(".old")


def read_dead_letters(path: Path) -> Iterator[dict[str, Any]]:
    """Every letter once, the oldest first; of two with one id (a crash in between) the later."""
    found: dict[str, dict[str, Any]] = {}
    for part in (aside(path), path):
        for line in lines_of(part):
            letter = orjson.loads(line)
            found.pop(letter["id"], None)
            found[letter["id"]] = letter
    yield from found.values()


def projects_of(letter: Mapping[str, Any]) -> set[str]:
    """The projects that a letter is of; none for damaged bytes, and for what cannot be told."""
    if "project_id" in letter:
        return {letter["project_id"]}
    record = letter["record"]
    if letter["kind"] == "entry" and isinstance(record, list):
        return {record[0]}
    records = record if letter["kind"] == "list" and isinstance(record, list) else [record]
    return {one["project_id"] for one in records if isinstance(one, dict) and "project_id" in one}


def change_dead_letters(path: Path, change: Callable[[bytes], Iterable[bytes]]) -> int:
    """Put the lines that `change` makes of a line in its place; returns how many lines are gone."""
    gone = 0
    with _alone(path):
        for part in (aside(path), path):
            before = list(lines_of(part))
            after = [new for line in before for new in change(line)]
            if after == before:
                continue
            gone += len(before) - len(after)
            new = part.with_suffix(part.suffix + ".new")
            with new.open("wb") as file:
                file.write(b"".join(line + b"\n" for line in after))
                file.flush()
                os.fsync(file.fileno())
            new.replace(part)
    return gone


def lines_of(path: Path) -> Iterator[bytes]:
    """The lines of one file; a last one that a crash cut short is left out: its batch is written again."""
    with contextlib.suppress(FileNotFoundError), path.open("rb") as file:
        for line in file:
            if line.endswith(b"}\n"):
                yield line[:-1]


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Only one process changes the files at a time: the worker adds to them, others take out of them."""
    with path.with_suffix(".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _line(letter: DeadLetter, now_us: int) -> bytes:
    document = {
        "id": letter.position,
        "reason": letter.reason,
        "at_us": now_us,
        "kind": type(letter.record).__name__.lower(),
        "record": letter.record,
    }
    if letter.project_id:
        document |= {"project_id": letter.project_id, "received_us": letter.received_us}
    elif project_id := getattr(letter.record, "project_id", ""):
        document["project_id"] = project_id
    # The record is here because something about it is strange: whatever it holds, it must be written down.
    try:
        document["record"] = msgspec.to_builtins(letter.record, enc_hook=_value)
    except (TypeError, ValueError, RecursionError):
        document["record"] = repr(letter.record)
    return json.dumps(document, default=_plain, skipkeys=True).encode()


def _value(text: Any) -> Any:
    """The value that a record holds as JSON text."""
    if isinstance(text, msgspec.Raw):
        return orjson.loads(bytes(text))
    raise TypeError(f"`{type(text).__name__}` is no plain value")


def _plain(value: Any) -> Any:
    return base64.b64encode(value).decode() if isinstance(value, bytes) else repr(value)
