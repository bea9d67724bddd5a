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
from hashlib import blake2b
from pathlib import Path
from typing import Any

import msgspec
import orjson

from .pipeline import DeadLetter

TYPES = {"id": str, "reason": str, "at_us": int, "kind": str, "record": object}
UNREADABLE = "a line of the file of dead letters cannot be read"
COUNTED_BYTES = 1 << 20
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
    """Every letter once, the oldest first; of two with one id (a crash in between) the later.

    A line that is no letter, as a damaged disk leaves it, is one with the reason that says so.
    """
    found: dict[str, dict[str, Any]] = {}
    for letter in each_letter(path):
        found.pop(letter["id"], None)
        found[letter["id"]] = letter
    yield from found.values()


def each_letter(path: Path) -> Iterator[dict[str, Any]]:
    """The letters of all lines, one after the other: whole requests may be among them."""
    for part in (aside(path), path):
        for line in lines_of(part):
            try:
                yield read_letter(line)
            except ValueError:
                yield _unreadable(line)


def read_letter(line: bytes) -> dict[str, Any]:
    """The letter that a line holds; raises `ValueError` where it holds none."""
    try:
        letter = orjson.loads(line)
    except orjson.JSONDecodeError:
        try:
            # A record may hold a number that is none, or more levels than the fast parser takes.
            letter = json.loads(line)
        except RecursionError:
            raise ValueError("too deep") from None
    if not isinstance(letter, dict) or any(not isinstance(letter.get(name), type_) for name, type_ in TYPES.items()):
        raise ValueError("not a letter")
    return letter


def _unreadable(line: bytes) -> dict[str, Any]:
    id_ = f"line {blake2b(line, digest_size=8).hexdigest()}"
    return {"id": id_, "reason": UNREADABLE, "at_us": 0, "kind": "line", "record": None}


def count_dead_letters(path: Path) -> int:
    """How many lines of letters there are; looks only at what was added since it was last asked."""
    return sum(_count_lines(part) for part in (path, aside(path)))


_counted: dict[str, tuple[int, int, int]] = {}
"""By path: the file's number, how far it was counted, and the count."""


def _count_lines(path: Path) -> int:
    try:
        with path.open("rb") as file:
            state = os.fstat(file.fileno())
            number, at, count = _counted.get(str(path), (0, 0, 0))
            if number != state.st_ino or state.st_size < at:
                at = count = 0
            file.seek(at)
            while block := file.read(COUNTED_BYTES):
                count += block.count(b"\n")
                at += len(block)
            _counted[str(path)] = state.st_ino, at, count
            return count
    except FileNotFoundError:
        return 0


def projects_of(letter: Mapping[str, Any]) -> set[str]:
    """The projects that a letter is of; none for damaged bytes, and for what cannot be told."""
    if isinstance(letter.get("project_id"), str):
        return {letter["project_id"]}
    record = letter["record"]
    if letter["kind"] == "entry" and isinstance(record, list):
        return {id_ for id_ in record[:1] if isinstance(id_, str)}
    records = record if letter["kind"] == "list" and isinstance(record, list) else [record]
    return {id_ for one in records if isinstance(one, dict) and isinstance(id_ := one.get("project_id"), str)}


def change_dead_letters(path: Path, change: Callable[[bytes], Iterable[bytes]]) -> None:
    """Put the lines that `change` makes of a line in its place: of every line, also of what is no letter."""
    with _alone(path):
        for part in (aside(path), path):
            before = _all_lines(part)
            after = [new for line in before for new in change(line)]
            if after == before:
                continue
            new = part.with_suffix(part.suffix + ".new")
            with new.open("wb") as file:
                file.write(b"".join(line + b"\n" for line in after))
                file.flush()
                os.fsync(file.fileno())
            new.replace(part)


def every_line(path: Path) -> list[bytes]:
    """The lines of both files, also what is no letter."""
    with _alone(path):
        return [line for part in (aside(path), path) for line in _all_lines(part)]


def _all_lines(part: Path) -> list[bytes]:
    return part.read_bytes().splitlines() if part.exists() else []


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
    for write in (_as_record, repr, _as_nothing):
        try:
            document["record"] = write(letter.record)
            return json.dumps(document, default=_plain, skipkeys=True).encode()
        except Exception:  # noqa: S112 - the next way of writing it takes more
            continue
    raise AssertionError("nothing is always written")


def _as_record(record: Any) -> Any:
    return msgspec.to_builtins(record, enc_hook=_value)


def _as_nothing(record: Any) -> None:
    """The log keeps the entry that the record came in, at the place that the letter's id names."""


def _value(text: Any) -> Any:
    """The value that a record holds as JSON text."""
    if isinstance(text, msgspec.Raw):
        return orjson.loads(bytes(text))
    raise TypeError(f"`{type(text).__name__}` is no plain value")


def _plain(value: Any) -> Any:
    return base64.b64encode(value).decode() if isinstance(value, bytes) else repr(value)
