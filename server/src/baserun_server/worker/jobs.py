"""What the worker does on demand between two batches: read the kept log again, try the dead letters again.

A job is a file in the data folder: a command puts it there, whoever holds the log (the worker of a running server, or
the command itself where no server runs) does it step by step and writes into it how far it has come, and the command
watches. So a job survives a kill of anybody, and nothing else writes to the store meanwhile.

**Reading again** gives every record the time of its first arrival plus as many microseconds as it has been read again:
the newest version of a record wins in the store, so a new reading wins over the old one, and never over what was sent
after it.
"""

import collections
import logging
from collections.abc import Awaitable, Callable, Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Any, Literal, Protocol

import msgspec

from .. import model
from ..errors import Stopped
from ..ingest.dead_letters import aside, change_dead_letters, keep_lines, lines_of, read_letter
from ..ingest.log import Damage, Entry, Position, Record
from ..ingest.log.cursor import load_cursor
from ..ingest.log.files import first_position, log_id, segment_path, segments
from ..ingest.log.records import read
from ..ingest.otlp.sent import Decoded, SentLog, SentSpan
from ..ingest.pipeline import DeadLetter, Pipeline, join, reason_of
from ..private import make_folder, replace_file
from ..settings import Settings
from ..store.touched import Touched

logger = logging.getLogger("baserun.worker")

Kind = Literal["reprocess", "replay"]

STEP_LETTERS = 1_000
STEP_RECORDS = 5_000
"""One step holds up fresh spans for about half a second."""
STEP_BYTES = 16 << 20
DEATHS_BEFORE_CAUTION, DEATHS_BEFORE_SKIP = 2, 4
"""Times that the worker dies in a step until the step takes one entry or letter alone, and until that is set aside."""
RECORDS = {
    "span": (model.Span, "spans"),
    "sessionevent": (model.SessionEvent, "session_events"),
    "userevent": (model.UserEvent, "user_events"),
    "score": (model.Score, "scores"),
    "log": (model.Log, "logs"),
}
NOWHERE = Position(0, 0)
ENDED_THE_WORKER = "reading it again ended the worker"


class Job(msgspec.Struct, kw_only=True):
    """One job and how far it has come."""

    kind: Kind
    generation: int = 0
    """How often the log has been read again, this time included."""
    done: Position = NOWHERE
    until: Position = NOWHERE
    total: int = 0
    """Bytes of the log, or letters."""
    finished: int = 0
    """Of the same."""
    records: int = 0
    """Stored again, or at last."""
    refused: int = 0
    """What could not be read or stored, and is with the dead letters."""
    begun: int = 0
    """Times in a row that a step began and did not end, because the worker died in it or something failed."""
    ended: bool = False
    error: str = ""


class Writer(Protocol):
    """The part of the worker that a job needs."""

    async def put(self, batch: model.Batch, letters: list[DeadLetter]) -> int:
        """Write a batch, roll up what it touched, keep what is refused; how many those are."""
        ...

    async def roll_up(self, token: str, touched: list[Touched]) -> list[DeadLetter]:
        """Compute again what was touched."""
        ...


def job_path(folder: Path, kind: Kind) -> Path:
    """The file of a job in a data folder."""
    return folder / "jobs" / f"{kind}.json"


def load_job(folder: Path, kind: Kind) -> Job | None:
    """The job as it stands, None where there is none."""
    try:
        return msgspec.json.decode(job_path(folder, kind).read_bytes(), type=Job)
    except FileNotFoundError:
        return None


def save_job(folder: Path, job: Job) -> None:
    """Save how far a job has come; on the disk when it returns."""
    path = job_path(folder, job.kind)
    make_folder(path.parent)
    replace_file(path, msgspec.json.encode(job))


def ask_for(settings: Settings, kind: Kind) -> Job:
    """Request a job, or find the one that has not ended."""
    folder = settings.data_dir
    before = load_job(folder, kind)
    if before is not None and not before.ended:
        return before
    job = Job(kind=kind)
    if kind == "replay":
        job.total = sum(1 for part in (aside(settings.dead_letters), settings.dead_letters) for _ in lines_of(part))
    else:
        job.generation = (before.generation if before else 0) + 1
        job.done, job.until = first_position(settings.log_dir), load_cursor(settings.log_dir).done
        job.total = _bytes_between(settings.log_dir, job.done, job.until)
    save_job(folder, job)
    return job


class Jobs:
    """Does the jobs of a data folder, a step at a time."""

    def __init__(self, settings: Settings, pipeline: Pipeline) -> None:
        self._settings = settings
        self._pipeline = pipeline
        self._steps: dict[Kind, Callable[[Job, Writer], Awaitable[None]]] = {
            "replay": self._replay,
            "reprocess": self._reprocess,
        }

    async def step(self, writer: Writer) -> bool:
        """A step of the first job that has not ended; whether there was one."""
        for kind, step in self._steps.items():
            # Cheap where there is nothing to do, which is nearly always.
            if not job_path(self._settings.data_dir, kind).exists():
                continue
            job = load_job(self._settings.data_dir, kind)
            if job is None or job.ended:
                continue
            before = msgspec.structs.replace(job)
            job.begun += 1
            save_job(self._settings.data_dir, job)
            try:
                await step(job, writer)
            except Stopped:
                save_job(self._settings.data_dir, before)
                raise
            job.begun = 0
            save_job(self._settings.data_dir, job)
            return True
        return False

    async def _reprocess(self, job: Job, writer: Writer) -> None:
        batch, letters, first, end = model.Batch(""), [], job.done, job.done
        for item in read(self._settings.log_dir, job.done):
            if item.start >= job.until:
                break
            end = item.end
            if isinstance(item, Damage):
                # It was reported when the log was read first.
                continue
            if job.begun > DEATHS_BEFORE_SKIP:
                letters.append(DeadLetter(str(item.start), ENDED_THE_WORKER, item.entry))
                break
            entry = msgspec.structs.replace(item.entry, received_us=item.entry.received_us + job.generation)
            letters += self._pipeline.read(Record(item.start, item.end, entry), batch)
            if (
                batch.size >= STEP_RECORDS
                or item.end.offset - first.offset >= STEP_BYTES
                or job.begun > DEATHS_BEFORE_CAUTION
            ):
                break
        else:
            job.ended = True
        job.ended |= end == job.done or end >= job.until
        batch.token = f"{log_id(self._settings.log_dir)}/{first}-{end}@{job.generation}"
        join(batch)
        job.records += batch.size
        job.refused += await writer.put(batch, letters)
        job.done = end
        job.finished = job.total - _bytes_between(self._settings.log_dir, job.done, job.until)

    async def _replay(self, job: Job, writer: Writer) -> None:
        path = self._settings.dead_letters
        most = 1 if job.begun > DEATHS_BEFORE_CAUTION else STEP_LETTERS
        lines = list(_first_lines(path, min(most, job.total - job.finished)))
        if not lines:
            job.ended = True
            return
        again = Again(self._pipeline, f"{job.finished}-{blake2b(lines[0], digest_size=8).hexdigest()}")
        for line in lines:
            if job.begun > DEATHS_BEFORE_SKIP or not again.take_line(line):
                again.hopeless.append(line)
        for token, touched in again.roll_ups:
            again.refused += await writer.roll_up(token, touched)
        records = again.batch.size + len(again.roll_ups)
        join(again.batch)
        refused = await writer.put(again.batch, again.refused)
        # What stays goes to the end, so that each letter is tried once; a crash here leaves a line twice, read as one.
        keep_lines(path, again.hopeless)
        tried = collections.Counter(lines)
        change_dead_letters(path, lambda line: [] if _take_one(tried, line) else [line])
        job.finished += len(lines)
        job.records += records - refused
        job.refused += refused + len(again.hopeless)


class Again:
    """Dead letters, read again into one batch."""

    def __init__(self, pipeline: Pipeline, first_id: str) -> None:
        self.batch = model.Batch(f"replay:{first_id}")
        self.refused: list[DeadLetter] = []
        self.roll_ups: list[tuple[str, list[Touched]]] = []
        self.hopeless: list[bytes] = []
        """Letters that hold nothing that could be read: damaged bytes, records that JSON has no words for."""
        self._pipeline = pipeline

    def take_line(self, line: bytes) -> bool:
        """Put what a letter holds where it belongs; False where nothing can be made of it, whatever is wrong."""
        try:
            return self.take(read_letter(line))
        except Exception as error:
            logger.warning("a dead letter cannot be read again: %s", reason_of(error))
            return False

    def take(self, letter: dict[str, Any]) -> bool:
        """Put what a letter holds where it belongs; False where nothing can be made of it."""
        kind, record, id_ = letter["kind"], letter["record"], letter["id"]
        try:
            if kind == "entry":
                read_again = self._pipeline.read(_record(id_, msgspec.convert(record, Entry)), self.batch)
            elif kind in ("sentspan", "sentlog"):
                path = "traces" if kind == "sentspan" else "logs"
                entry = Entry(letter["project_id"], letter["received_us"], path, "", "", b"")
                if kind == "sentspan":
                    decoded = Decoded(spans=[msgspec.convert(record, SentSpan)])
                else:
                    decoded = Decoded(logs=[msgspec.convert(record, SentLog)])
                read_again = self._pipeline.read_decoded(_record(id_, entry), decoded, self.batch)
            elif kind == "list":
                touched = [msgspec.convert({**one, "fresh": {}}, Touched) for one in record]
                self.roll_ups.append((id_.removesuffix("/roll-up"), touched))
                return True
            elif kind in RECORDS:
                type_, field = RECORDS[kind]
                getattr(self.batch, field).append(msgspec.convert(record, type_))
                return True
            else:
                return False
        except (msgspec.ValidationError, KeyError, TypeError, AttributeError):
            return False
        self.refused += [unread._replace(position=id_) for unread in read_again]
        return True


def _record(id_: str, entry: Entry) -> Record:
    """An entry at the place that a letter's id names."""
    segment, _, offset = id_.partition("#")[0].partition(":")
    place = Position(int(segment), int(offset)) if segment.isdecimal() and offset.isdecimal() else NOWHERE
    return Record(place, place, entry)


def _take_one(counts: collections.Counter[bytes], line: bytes) -> bool:
    counts[line] -= 1
    return counts[line] >= 0


def _first_lines(path: Path, number: int) -> Iterator[bytes]:
    for part in (aside(path), path):
        for line in lines_of(part):
            if number <= 0:
                return
            number -= 1
            yield line


def _bytes_between(folder: Path, start: Position, end: Position) -> int:
    total = 0
    for number in segments(folder):
        if start.segment <= number <= end.segment:
            size = segment_path(folder, number).stat().st_size
            upper = min(end.offset, size) if number == end.segment else size
            total += max(upper - (start.offset if number == start.segment else 0), 0)
    return total
