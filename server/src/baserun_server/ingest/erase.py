"""Taking a person's records out of the kept files: the write-ahead log's and the dead letters'.

A request holds records of many people, so it is written again without the ones that are to go. Whose a record is, is
told as it is for the tables (`identity.py`), and beside that by whatever stands in it under the name of an id. Only
files of the log that are closed and wholly stored are touched; a file is replaced at once or not at all. What a new
record would bring back is not decided here: whoever erases keeps marks of the ids and refuses them in the pipeline.

What cannot be read cannot be shown to hold nothing of a person, and so it goes; of which projects, the caller says.
"""

import os
import re
import sys
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import orjson
from google.protobuf.message import DecodeError

from ..model import Span
from .bounds import short_id
from .dead_letters import change_dead_letters, every_line
from .decode import decode
from .identity import read_identity, read_provider_user
from .log import Damage, Entry, Position
from .log.cursor import load_cursor
from .log.files import segment_path, segments
from .log.records import encode_record, read
from .normalise import NO_ALIASES, Aliases, made_id
from .otlp.compression import decompress
from .otlp.encode import dump
from .otlp.json_form import JSON_LEVELS, objects, parse_json
from .otlp.mend import mend_utf8
from .otlp.protobuf import QUICK_REQUESTS, REQUESTS
from .otlp.sent import Decoded, SentLog, SentSpan
from .redaction.redact import Redaction

Id = tuple[str, str]
"""Kind (`user`, `session`, `trace`, or `call` for an id of an LLM call) and id."""
KINDS = ("user", "session", "trace", "call")

LIMIT_BYTES = 1 << 30
"""What was accepted once is read again whatever the settings say now."""
NAMES_ID = re.compile(
    "user|session|conversation|thread|account|customer|person|member|owner|email|alias", re.IGNORECASE
)
"""Names under which an id may stand that the tables do not read as one."""
SENT = {"sentspan": SentSpan, "sentlog": SentLog}


class Sweep(NamedTuple):
    """What is looked for, and how ids are told from others."""

    marked: Callable[[str, Collection[Id]], Mapping[Id, str]]
    """Those of the ids of a project that are to go, with the erasure that each falls under."""
    aliases: Aliases = NO_ALIASES
    redaction: Redaction | None = None
    """What the worker takes out of requests: an id that is a secret is marked as what stands in its place."""
    unreadable: Collection[str] = ()
    """Projects of which what cannot be read goes; of damaged bytes, which say nothing of theirs, where there is any."""


UNREADABLE = "unreadable"
"""Under this name what could not be read is counted."""


class Named(NamedTuple):
    """The ids that stand in a record."""

    ids: set[Id]
    users: Collection[Id] = ()
    """Those that the tables read as its users."""


class Erased(NamedTuple):
    """What a sweep did to a log."""

    records: Counter[str]
    """How many are gone, by erasure."""
    waiting: list[int]
    """Numbers of files that are still being written or stored: sweep again when they are."""


def erase_from_log(folder: Path, sweep: Sweep, first: int = 0, last: int = sys.maxsize) -> Erased:
    """Write the closed and stored files of the log, of numbers from `first` to `last`, again without the records that
    are to go.

    May be called at any time, by the process that writes the log (`Log.roll` closes the newest file) or without one.
    """
    done, numbers, erased, waiting = load_cursor(folder).done, segments(folder), Counter[str](), []
    for number in numbers:
        if not first <= number <= last:
            continue
        try:
            size = segment_path(folder, number).stat().st_size
            stored = number < done.segment or (number == done.segment and done.offset >= size)
            if stored and number != numbers[-1]:
                erased += _erase_from_segment(folder, number, sweep)
            elif size:
                waiting.append(number)
        except FileNotFoundError:
            # It was old enough to be dropped meanwhile.
            continue
    return Erased(erased, waiting)


def erase_from_dead_letters(path: Path, sweep: Sweep) -> Counter[str]:
    """Take out letters that are to go, and out of whole requests the records that are; how many, by erasure."""
    read_letters = [_read_letter(line, sweep) for line in every_line(path)]
    going = _going([(letter.project_id, letter.records) for letter in read_letters], sweep)
    erased = Counter[str]()

    def change(line: bytes) -> list[bytes]:
        letter = _read_letter(line, sweep)
        falls_under = _verdict(letter, going, sweep)
        if not any(falls_under):
            return [line]
        if letter.entry is None:
            erased[max(falls_under)] += 1
            return []
        erased.update(filter(None, falls_under))
        if all(falls_under):
            return []
        document = orjson.loads(line)
        document["record"] = msgspec.to_builtins(_without(letter.entry, falls_under))
        return [orjson.dumps(document)]

    change_dead_letters(path, change)
    return erased


def erasure_of(named: Named, marked: Mapping[Id, str]) -> str:
    """The erasure that a record falls under, '' for none: to a marked session others may have come."""
    found = {id_: marked[id_] for id_ in named.ids if id_ in marked}
    has_others = bool(set(named.users) - found.keys())
    is_theirs = any(kind != "session" for kind, _ in found) or (found and not has_others)
    return min(found.values()) if is_theirs else ""


def named_in(sent: SentSpan | SentLog, aliases: Aliases = NO_ALIASES) -> Named:
    """The ids that stand in a record as sent."""
    who = Span(project_id="", trace_id="", span_id="", start_us=0, end_us=0, received_us=0)
    read_identity(sent.attributes, sent.resource, who, aliases.session, aliases.user)
    read_provider_user(sent.attributes, who)
    users = {("user", id_) for id_ in (who.user_id, who.provider_user) if id_}
    named: set[Id] = {*users, ("session", who.session_id)}
    if sent.trace_id:
        named |= {("trace", sent.trace_id), ("trace", made_id(sent.trace_id, 16))}
    else:
        calls = (sent.attributes.get(name) for name in ("gen_ai.response.id", "baserun.completion.id"))
        named |= {("call", call) for call in calls if isinstance(call, str)}
    events = [event.attributes for event in sent.events] if isinstance(sent, SentSpan) else [sent.body]
    for held in (sent.attributes, sent.resource, sent.scope, *events):
        named |= {("user", text) for name, text in _texts(held) if NAMES_ID.search(name)}
    return Named({(kind, short_id(id_)) for kind, id_ in named if id_}, {(kind, short_id(id_)) for kind, id_ in users})


# --- the log ---------------------------------------------------------------------------------------------------------


def _erase_from_segment(folder: Path, number: int, sweep: Sweep) -> Counter[str]:
    items: list[_Looked | Damage] = []
    for item in read(folder, Position(number, 0)):
        if item.start.segment != number:
            break
        items.append(item if isinstance(item, Damage) else _ids_of_entry(item.entry, sweep))
    entries = [item for item in items if isinstance(item, _Looked)]
    going = _going([(entry.project_id, entry.records) for entry in entries], sweep)
    verdicts = [_verdict(item, going, sweep) for item in items]
    erased = Counter(filter(None, (one for verdict in verdicts for one in verdict)))
    if not erased:
        return erased
    kept = []
    for item, falls_under in zip(read(folder, Position(number, 0)), verdicts, strict=False):
        if not any(falls_under):
            kept.append(item.data if isinstance(item, Damage) else encode_record(item.entry))
        elif not all(falls_under) and not isinstance(item, Damage):
            kept.append(encode_record(_without(item.entry, falls_under)))
    _replace(segment_path(folder, number), kept)
    return erased


def _verdict(item: "_Looked | Damage", going: Mapping[str, Mapping[Id, str]], sweep: Sweep) -> list[str]:
    """The erasure that each record falls under, or "" where it stays; one answer for what nobody can read."""
    if isinstance(item, Damage):
        return [UNREADABLE if sweep.unreadable else ""]
    if item.is_unreadable:
        # What does not even say of which project it is may be of any.
        is_gone = item.project_id in sweep.unreadable if item.project_id else bool(sweep.unreadable)
        return [UNREADABLE if is_gone else ""]
    return [erasure_of(named, going.get(item.project_id, {})) for named in item.records]


class _Looked(NamedTuple):
    """What the records of an entry, or of a letter, name."""

    project_id: str
    records: list[Named]
    is_unreadable: bool = False
    entry: Entry | None = None


def _ids_of_entry(entry: Entry, sweep: Sweep) -> _Looked:
    try:
        body = _body(entry)
        decoded = decode(entry.path, entry.content_type == "application/json", body)
        return _Looked(entry.project_id, _ids_of_records(decoded, body, sweep))
    except Exception:
        # Whatever is wrong with it, it must not hold up the erasure, nor be taken for something without people.
        return _Looked(entry.project_id, [], is_unreadable=True)


def _ids_of_records(decoded: Decoded, body: bytes, sweep: Sweep) -> list[Named]:
    """The ids that stand in records as sent and, where something was redacted, as the worker read them."""
    named = [_named_or_texts(sent, sweep.aliases) for sent in _records_of(decoded)]
    if sweep.redaction is None or not sweep.redaction.may_concern(body):
        return named
    sweep.redaction.redact(decoded)
    clean = [_named_or_texts(sent, sweep.aliases) for sent in _records_of(decoded)]
    return [Named(one.ids | other.ids, other.users) for one, other in zip(named, clean, strict=True)]


def _named_or_texts(sent: SentSpan | SentLog, aliases: Aliases) -> Named:
    try:
        return named_in(sent, aliases)
    except Exception:
        # One strange record must not take the others of its request along.
        return Named({(kind, text) for _, text in _texts(msgspec.to_builtins(sent)) for kind in KINDS})


def _going(named: Iterable[tuple[str, list[Named]]], sweep: Sweep) -> dict[str, Mapping[Id, str]]:
    """The ids that are to go, by project."""
    ids: dict[str, set[Id]] = {}
    for project_id, records in named:
        ids.setdefault(project_id, set()).update(*(record.ids for record in records))
    return {project_id: sweep.marked(project_id, found) for project_id, found in ids.items() if found}


def _replace(path: Path, records: Iterable[bytes]) -> None:
    state, new = path.stat(), path.with_suffix(".log.new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, state.st_mode & 0o777), "wb") as file:
        file.writelines(records)
        file.flush()
        os.fsync(file.fileno())
    # As old as it was: how long it is kept does not begin again.
    os.utime(new, ns=(state.st_atime_ns, state.st_mtime_ns))
    new.replace(path)


def _body(entry: Entry) -> bytes:
    return decompress(entry.body, entry.content_encoding, LIMIT_BYTES)


def _records_of(decoded: Decoded) -> list[SentSpan | SentLog]:
    return [*decoded.spans, *decoded.logs]


def _without(entry: Entry, falls_under: Iterable[str]) -> Entry:
    """The entry without the records that fall under an erasure."""
    body, drop = _body(entry), map(bool, falls_under)
    is_json = entry.content_type == "application/json"
    body = _json_without(entry, body, drop) if is_json else _protobuf_without(entry, body, drop)
    return msgspec.structs.replace(entry, body=body, content_encoding="")


def _protobuf_without(entry: Entry, body: bytes, drop: Iterator[bool]) -> bytes:
    # Attributes stay encoded in these, so that they are written again however deep they are.
    kind = QUICK_REQUESTS[entry.path]
    try:
        request = kind.FromString(body)
    except DecodeError:
        mended = mend_utf8(REQUESTS[entry.path].DESCRIPTOR, body)
        if mended is None:
            raise
        request = kind.FromString(mended)
    top, middle, bottom = (names[-1] for names in JSON_LEVELS[entry.path])
    for outer in getattr(request, top):
        for inner in getattr(outer, middle):
            kept = [record for record in getattr(inner, bottom) if not next(drop)]
            inner.ClearField(bottom)
            getattr(inner, bottom).extend(kept)
        _drop_empty(getattr(outer, middle), bottom)
    _drop_empty(getattr(request, top), middle)
    return request.SerializeToString()


def _drop_empty(outer: Any, inner: str) -> None:
    """A resource or scope of which no record is left may name the person."""
    for index in reversed(range(len(outer))):
        if not getattr(outer[index], inner):
            del outer[index]


def _json_without(entry: Entry, body: bytes, drop: Iterator[bool]) -> bytes:
    document, _ = parse_json(body)
    top, middle, bottom = JSON_LEVELS[entry.path]
    for outer in objects(document, top, ""):
        for inner in objects(outer, middle, ""):
            kept = [record for record in objects(inner, bottom, "") if not next(drop)]
            inner.update({name: kept for name in bottom if name in inner})
        scopes = [inner for inner in objects(outer, middle, "") if objects(inner, bottom, "")]
        outer.update({name: scopes for name in middle if name in outer})
    resources = [outer for outer in objects(document, top, "") if objects(outer, middle, "")]
    document.update({name: resources for name in top if name in document})
    return dump(document)


# --- dead letters ----------------------------------------------------------------------------------------------------


def _read_letter(line: bytes, sweep: Sweep) -> _Looked:
    """What a line of the file names; a letter of a whole request has its entry."""
    try:
        letter = orjson.loads(line)
        kind, record = letter["kind"], letter["record"]
        project_id = letter.get("project_id", "")
        if isinstance(record, list) and kind == "entry":
            entry = msgspec.convert(record, Entry)
            return _ids_of_entry(entry, sweep)._replace(entry=entry)
        if kind in SENT and isinstance(record, dict):
            sent = msgspec.convert(record, SENT[kind])
            decoded = Decoded([sent]) if isinstance(sent, SentSpan) else Decoded([], [sent])
            return _Looked(project_id, _ids_of_records(decoded, line, sweep))
        if isinstance(record, (dict, list)):
            named = Named({(kind, text) for _, text in _texts(record) for kind in KINDS})
            project_id = project_id or _project_of(record)
            return _Looked(project_id, [named], is_unreadable=not project_id)
    except Exception:
        # Not even a letter, or one of a shape that nobody foresaw.
        return _Looked("", [], is_unreadable=True)
    return _Looked(project_id, [], is_unreadable=True)


def _project_of(record: Any) -> str:
    first = record[0] if isinstance(record, list) and record else record
    return str(first.get("project_id", "")) if isinstance(first, Mapping) else ""


def _texts(value: Any) -> Iterator[tuple[str, str]]:
    """Every text in a value with its name and that of what it stands in, also in JSON that stands in a text."""
    waiting = [("", "", value)]
    while waiting:
        outer, name, one = waiting.pop()
        if isinstance(one, Mapping):
            waiting += [(name, str(key), held) for key, held in one.items()]
        elif isinstance(one, (list, tuple)):
            waiting += [(outer, name, held) for held in one]
        elif isinstance(one, str) and one:
            yield f"{outer}.{name}", one
            if one[0] in "{[":
                try:
                    waiting.append((outer, name, orjson.loads(one)))
                except ValueError:
                    continue
