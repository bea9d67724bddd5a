"""Commands that move what is stored from one server to another: `export` and `import`.

    DIR/export.json                       what it is, and every part with its number of rows
    DIR/erasure.keys                      the secret by which the marks of erased people are recognised
    DIR/parquet/<table>/<number>.parquet  the columns of the tables, for the same software anywhere and for any analysis
    DIR/otlp/<number>.jsonl               one OTLP request a line (the OTLP file format), for any product that reads it

Facts are moved; totals are computed again from them where they arrive. Parts that are there already are not made or
sent again, and each is counted at both ends. Who was erased stays erased: the marks travel first, as Parquet in either
form.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Any, Literal

import msgspec
import orjson

from .. import __version__
from ..errors import BaserunError
from ..ingest.log import Entry, Position, Record
from ..ingest.pipeline import DeadLetter, Pipeline, join
from ..model import Batch
from ..private import make_folder, open_private, replace_file
from ..settings import Settings
from ..store.clickhouse import ClickHouseStore
from ..store.erasure.mark_keys import read_keys, write_keys
from ..store.facts.otlp_form import logs_document, traces_document

Format = Literal["parquet", "otlp"]

MANIFEST = "export.json"
KEYS = "erasure.keys"
PART_ROWS = 20_000
"""About 50 MB of spans: what the engine, the connection and we hold of it at once."""
LINE_ROWS = 500


class Source(msgspec.Struct, frozen=True):
    """A table that travels: when its records were, what tells them apart, which columns are moments, and the order in
    which they were sent."""

    moment: str
    id: str
    moments: tuple[str, ...] = ()
    order: str = "received_us"


TIMELESS = "toDateTime(0, 'UTC')"
MARKS = {"erased": Source(TIMELESS, "id_hash"), "erasures": Source(TIMELESS, "erasure_id")}
FACTS = {
    "spans": Source("started_at", "trace_id", ("started_at", "ended_at", "received_at")),
    "scores": Source("at", "score_id", ("at", "received_at")),
    "log_entries": Source("at", "log_id", ("at", "received_at"), "received_us, number"),
    "session_events": Source("at", "event_id", ("at", "received_at")),
    "user_events": Source("at", "event_id", ("at", "received_at")),
}
TABLES = {**MARKS, **FACTS}
SHORT = {"started_at": "start_us", "ended_at": "end_us", "received_at": "received_us", "at": "at_us"}


class Part(msgspec.Struct):
    """A file and what it holds."""

    table: str
    project_id: str
    hour: int
    slices: int
    slice: int
    file: str = ""
    rows: int = 0
    received_us: list[int] = []
    """Of OTLP: when the request of each line arrived."""

    @property
    def place(self) -> dict[str, Any]:
        """Parameters of `transfer/part`."""
        return {"project_id": self.project_id, "hour": self.hour, "slices": self.slices, "slice": self.slice}


class Manifest(msgspec.Struct):
    """The description of an export, and how far it has come."""

    baserun: str
    format: Format
    erasures: int = 0
    """Those that were done when it was begun."""
    parts: list[Part] = []
    whole: bool = False

    @property
    def rows(self) -> dict[str, int]:
        """Number of rows by table."""
        return {table: sum(part.rows for part in self.parts if part.table == table) for table in TABLES}


Show = Callable[[int, int], None]
"""Called with how many parts are done, and of how many."""
Put = Callable[[Batch, list[DeadLetter]], Awaitable[int]]


async def export(store: ClickHouseStore, folder: Path, format_: Format, show: Show) -> Manifest:
    """Write every fact into a folder; goes on where an export of the same form was broken off."""
    erased, _ = await store.erasures()
    manifest = _begin(folder, format_, erased)
    done = {(part.table, part.project_id, part.hour, part.slices, part.slice) for part in manifest.parts}
    wanted = [part async for part in _parts(store)]
    # Without it nobody who was erased would be recognised where the marks arrive.
    folder.mkdir(parents=True, exist_ok=True)
    _save(folder, manifest)
    write_keys(folder / KEYS, store.erasure.keys.known)
    for number, part in enumerate(wanted):
        show(number, len(wanted))
        if (part.table, part.project_id, part.hour, part.slices, part.slice) in done:
            continue
        is_parquet = format_ == "parquet" or part.table in MARKS
        name = f"{len(manifest.parts) + 1:06d}"
        part.file = f"parquet/{part.table}/{name}.parquet" if is_parquet else f"otlp/{name}.jsonl"
        path = folder / part.file
        make_folder(path.parent)
        write = _write_parquet if is_parquet else _write_otlp
        await write(store, part, path)
        manifest.parts.append(part)
        _save(folder, manifest)
    if await store.erasures() != (manifest.erasures, 0):
        raise BaserunError(
            f"a person was being erased since the export was begun, and may still be in `{folder}`",
            hint="delete the folder and export again when the erasure is done",
        )
    manifest.whole = True
    _save(folder, manifest)
    show(len(wanted), len(wanted))
    return manifest


def read_manifest(folder: Path) -> Manifest:
    """Read the description of an export; raises `BaserunError` if the folder holds no whole one."""
    try:
        manifest = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
    except (OSError, msgspec.MsgspecError) as error:
        raise BaserunError(
            f"`{folder}` holds no export: {error}", hint="give a folder that `baserun-server export` has written"
        ) from None
    if not manifest.whole:
        raise BaserunError(
            f"the export in `{folder}` was broken off after `{len(manifest.parts)}` parts",
            hint="give the same `baserun-server export` again: it goes on where it was",
        )
    return manifest


async def import_(settings: Settings, store: ClickHouseStore, put: Put, folder: Path, show: Show) -> dict[str, int]:
    """Store every fact of an export, and count; the totals have to be computed again afterwards.

    Returns how many rows of each table are stored where the exported ones belong. Continues an interrupted import.
    """
    manifest = read_manifest(folder)
    noted = _Noted(settings, folder)
    pipeline = Pipeline.of(settings)
    stored = dict.fromkeys(TABLES, 0)
    if manifest.format == "parquet":
        await _check_marks(store, manifest)
    if manifest.rows["erased"]:
        store.erasure.keys.add(read_keys(folder / KEYS))
    for number, part in enumerate(manifest.parts):
        show(number, len(manifest.parts))
        wanted = noted.rows(part)
        found = 0 if wanted is None else await _count(store, part)
        if wanted is None or found < wanted:
            wanted = part.rows - await _send(pipeline, store, put, part, folder / part.file)
            found = await _count(store, part)
            if found < wanted:
                raise BaserunError(
                    f"`{found}` of the `{wanted}` rows of `{part.file}` are stored",
                    hint="look at the dead letters and give the command again:"
                    " what is stored already is not stored twice",
                )
            noted.add(part, wanted)
        stored[part.table] += found
    show(len(manifest.parts), len(manifest.parts))
    return stored


async def _count(store: ClickHouseStore, part: Part) -> int:
    source = TABLES[part.table]
    return await store.count_part(part.table, source.moment, source.id, part.place)


async def _send(pipeline: Pipeline, store: ClickHouseStore, put: Put, part: Part, path: Path) -> int:
    """Store a part; how many of its rows are not to be stored, because they are of people who were erased."""
    try:
        if path.suffix == ".parquet":
            await _send_parquet(store, part, path.read_bytes())
            return 0
        return await _read_otlp(pipeline, put, part, path)
    except OSError as error:
        raise BaserunError(
            f"`{path}` cannot be read: {error.strerror}", hint="copy the whole folder of the export"
        ) from None


async def _check_marks(store: ClickHouseStore, manifest: Manifest) -> None:
    """Rows of Parquet are stored as they are, also those of people who were erased where they arrive."""
    for row in await store.parts("erased", TIMELESS, PART_ROWS):
        project_id = row["project_id"]
        brought = sum(part.rows for part in manifest.parts if (part.table, part.project_id) == ("erased", project_id))
        if row["rows"] > brought and any(
            part.project_id == project_id for part in manifest.parts if part.table in FACTS
        ):
            raise BaserunError(
                f"people of project `{project_id}` were erased here who may be in the export",
                hint="export with `--format otlp`: then what is erased here is left out of what arrives",
            )


async def _parts(store: ClickHouseStore) -> AsyncIterator[Part]:
    for table, source in TABLES.items():
        for row in await store.parts(table, source.moment, PART_ROWS):
            for slice_ in range(row["slices"]):
                yield Part(table, row["project_id"], row["hour"], row["slices"], slice_)


async def _write_parquet(store: ClickHouseStore, part: Part, path: Path) -> None:
    source = TABLES[part.table]
    part.rows = await _count(store, part)
    _replace(path, await store.part(part.table, source.moment, source.id, part.place, "*", "Parquet"))


async def _send_parquet(store: ClickHouseStore, part: Part, data: bytes) -> None:
    token = blake2b(data, digest_size=16).hexdigest()
    await store.insert_file(part.table, "Parquet", data, token)


async def _write_otlp(store: ClickHouseStore, part: Part, path: Path) -> None:
    source = TABLES[part.table]
    columns = ", ".join(["*", *(f"toUnixTimestamp64Micro({name}) AS {SHORT[name]}" for name in source.moments)])
    data = await store.part(part.table, source.moment, source.id, part.place, columns, "JSONEachRow", source.order)
    rows = [orjson.loads(line) for line in data.splitlines()]
    lines = []
    for group in _requests(rows):
        document = traces_document(group) if part.table == "spans" else logs_document(part.table, group)
        lines.append(orjson.dumps(document) + b"\n")
        part.received_us.append(group[0]["received_us"])
    part.rows = len(rows)
    _replace(path, b"".join(lines))


def _requests(rows: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Rows that arrived together, at most so many: their time of arrival is the request's."""
    group: list[dict[str, Any]] = []
    for row in rows:
        if group and (row["received_us"] != group[0]["received_us"] or len(group) >= LINE_ROWS):
            yield group
            group = []
        group.append(row)
    if group:
        yield group


async def _read_otlp(pipeline: Pipeline, put: Put, part: Part, path: Path) -> int:
    kind: Literal["traces", "logs"] = "traces" if part.table == "spans" else "logs"
    with path.open("rb") as file:
        batch, letters = Batch(f"import:{part.file}"), []
        for number, (line, received_us) in enumerate(zip(file, part.received_us, strict=True)):
            entry = Entry(part.project_id, received_us, kind, "application/json", "", line)
            letters += pipeline.read(Record(Position(0, number), Position(0, number + 1), entry), batch)
    join(batch)
    arrived = batch.size
    await put(batch, letters)
    # What was erased here has been taken out of the batch.
    return arrived - batch.size


class _Noted:
    """Which parts of an export this data folder has taken already, and how many rows of each."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        export = blake2b((folder / MANIFEST).read_bytes() + settings.store_address.encode(), digest_size=8).hexdigest()
        self._path = settings.data_dir / "jobs" / f"import-{export}.txt"
        make_folder(self._path.parent)
        lines = self._path.read_text().splitlines() if self._path.exists() else []
        self._rows = {file: int(rows) for file, _, rows in (line.partition(" ") for line in lines) if rows}

    def rows(self, part: Part) -> int | None:
        return self._rows.get(part.file)

    def add(self, part: Part, rows: int) -> None:
        with open_private(self._path, "a") as file:
            file.write(f"{part.file} {rows}\n")


def _begin(folder: Path, format_: Format, erasures: int) -> Manifest:
    if not (folder / MANIFEST).exists():
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise BaserunError(
                f"`{folder}` is there already and not an empty folder", hint="give a folder that does not exist yet"
            )
        return Manifest(__version__, format_, erasures)
    manifest = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
    if manifest.whole or manifest.format != format_:
        state = "a whole export" if manifest.whole else f"an export begun as `{manifest.format}`"
        raise BaserunError(f"`{folder}` holds {state}", hint="give a folder that does not exist yet")
    return manifest


def _save(folder: Path, manifest: Manifest) -> None:
    _replace(folder / MANIFEST, msgspec.json.encode(manifest))


def _replace(path: Path, data: bytes) -> None:
    try:
        replace_file(path, data)
    except OSError as error:
        path.with_name(f"{path.name}.new").unlink(missing_ok=True)
        raise BaserunError(
            f"`{path}` could not be written: {error.strerror}",
            hint="make room and give the same command again: it goes on where it was",
        ) from None
