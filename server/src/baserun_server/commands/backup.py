"""Commands that keep a copy of everything: `backup` of a running server or a stopped one, and `restore`.

What makes a copy whole although the server goes on: the place that the worker has come to is noted first, then the
tables are frozen one after the other, and the log is copied last. Whatever a table already holds of later batches is
read from the log again after a restore, and a batch is stored once.

    DIR/backup.json     what it is, with the number of rows of each table
    DIR/tables/NAME/    parts of the table, hard links where the file system has them
    DIR/log/            the log and its cursor
    DIR/files/          the rest of the data folder
"""

import contextlib
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import msgspec

from .. import __version__
from ..errors import BaserunError
from ..ingest.log import Position, Record
from ..ingest.log.cursor import load_cursor
from ..ingest.log.files import segment_path, segments
from ..ingest.log.records import read
from ..private import make_folder, open_private, restrict_below
from ..settings import Settings
from ..store import statements
from ..store.clickhouse import ClickHouseStore
from ..store.statements import render

MANIFEST = "backup.json"
NOT_FILES = {"engine", "log", "lock"}
DATABASES = {".sqlite", ".db"}
LOG_STATE = ("cursor.json", "id")

Progress = Callable[[str], None]


class Table(msgspec.Struct):
    """A table in a backup."""

    create: str
    rows: int
    """Rows in the table's parts, including those that a newer version has replaced."""


class Manifest(msgspec.Struct):
    """The description of a backup, kept in it as `backup.json`."""

    baserun: str
    made_us: int
    tables: dict[str, Table]
    """Empty where they are on a ClickHouse server, which has its own BACKUP."""
    log_bytes: int = 0

    @property
    def rows(self) -> int:
        """Rows of all tables."""
        return sum(table.rows for table in self.tables.values())


async def back_up(
    settings: Settings, store: ClickHouseStore, target: Path, now_us: int, progress: Progress
) -> Manifest:
    """Copy everything that a data folder holds into `target`, which must not exist yet or be empty."""
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise BaserunError(
            f"`{target}` is there already and not an empty folder", hint="give a folder that does not exist yet"
        )
    partial = target.with_name(target.name + ".partial")
    erasures_done, _ = await store.erasures()
    shutil.rmtree(partial, ignore_errors=True)
    try:
        partial.mkdir(mode=0o700, parents=True)
        with _hold_log(settings.log_dir) as held:
            _made(partial / "log")
            for name in LOG_STATE:
                with contextlib.suppress(FileNotFoundError):
                    shutil.copyfile(settings.log_dir / name, partial / "log" / name)
            tables = {}
            if settings.embedded:
                for name in statements.TABLES:
                    progress(name)
                    tables[name] = await _freeze(settings, store, name, _made(partial / "tables" / name))
            progress("log")
            log_bytes = _copy_log(settings.log_dir, held, partial / "log")
        _copy_files(settings.data_dir, _made(partial / "files"))
        # One that is not done yet is among the files, and is done again after a restore.
        if (await store.erasures())[0] != erasures_done:
            raise BaserunError(
                "a person was erased while the backup was made, and may still be in it",
                hint="nothing was left behind; give the same command again",
            )
        manifest = Manifest(__version__, now_us, tables, log_bytes)
        with open_private(partial / MANIFEST, "wb") as file:
            file.write(msgspec.json.format(msgspec.json.encode(manifest)) + b"\n")
        # What was linked or copied with its mode may be older than this rule.
        restrict_below(partial)
        if target.exists():
            target.rmdir()
        partial.replace(target)
    except OSError as error:
        raise BaserunError(
            f"the backup could not be written to `{error.filename or target}`: {error.strerror or error}",
            hint="nothing was left behind; give a folder on a disk with room, or one that you may write to",
        ) from None
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return manifest


def read_manifest(source: Path) -> Manifest:
    """Read the description of a backup; raises `BaserunError` if the folder is none."""
    try:
        return msgspec.json.decode((source / MANIFEST).read_bytes(), type=Manifest)
    except (OSError, msgspec.MsgspecError) as error:
        raise BaserunError(
            f"`{source}` is no whole backup: {error}", hint="give a folder that `baserun-server backup` has made"
        ) from None


def restore_files(settings: Settings, source: Path) -> None:
    """Lay the log and the rest into an empty data folder."""
    for path in (source / "files").iterdir():
        _copy(path, settings.data_dir / path.name)
    shutil.copytree(source / "log", settings.log_dir, dirs_exist_ok=True)
    restrict_below(settings.data_dir)


async def restore_tables(store: ClickHouseStore, source: Path, manifest: Manifest, progress: Progress) -> None:
    """Put the parts of every table back; raises where one holds another number of rows than in the backup."""
    for name, table in manifest.tables.items():
        progress(name)
        await store.run(table.create)
        await store.run(f"SYSTEM STOP MERGES {name}")
        [found] = await store.ask(render("upkeep", "table_path"), {"name": name})
        for part in sorted((source / "tables" / name).iterdir()):
            shutil.copytree(part, Path(found["path"]) / "detached" / part.name)
            await store.run(f"ALTER TABLE {name} ATTACH PART '{part.name}'")
        [stored] = await store.ask(render("upkeep", "table_rows"), {"name": name})
        await store.run(f"SYSTEM START MERGES {name}")
        if int(stored["rows"]) != table.rows:
            raise BaserunError(
                f"table `{name}` holds `{stored['rows']}` rows after the restore, not `{table.rows}`",
                hint=f"files of `{source / 'tables' / name}` are missing or damaged",
            )


async def _freeze(settings: Settings, store: ClickHouseStore, name: str, target: Path) -> Table:
    [found] = await store.ask(render("upkeep", "table_definition"), {"name": name})
    [stored] = await store.ask(render("upkeep", "table_rows"), {"name": name})
    # Of letters that the engine leaves as they are in the name of a folder.
    mark = f"baserun_{os.getpid()}_{name}"
    shadow = settings.engine_dir / "clickhouse" / "shadow" / mark
    rows = 0
    try:
        await store.run(f"ALTER TABLE {name} FREEZE WITH NAME '{mark}'")
        # store/<3 letters>/<id of the table>/<part>
        for part in sorted(shadow.glob("store/*/*/*")):
            shutil.move(part, target / part.name)
            rows += int((target / part.name / "count.txt").read_text())
    finally:
        shutil.rmtree(shadow, ignore_errors=True)
    if int(stored["rows"]) and not rows:
        raise BaserunError(f"table `{name}` holds `{stored['rows']}` rows, and the engine has frozen none of them")
    create = found["text"].replace("CREATE TABLE default.", "CREATE TABLE IF NOT EXISTS ", 1)
    return Table(create, rows)


@contextlib.contextmanager
def _hold_log(folder: Path) -> Iterator[dict[int, IO[bytes]]]:
    """Every file of the log, open: one that is dropped meanwhile can still be copied."""
    with contextlib.ExitStack() as stack:
        held = {}
        for number in segments(folder):
            with contextlib.suppress(FileNotFoundError):
                held[number] = stack.enter_context(segment_path(folder, number).open("rb"))
        yield held


def _copy_log(folder: Path, held: dict[int, IO[bytes]], target: Path) -> int:
    """The files that were there first and those that came since, the newest up to its last whole record."""
    numbers = sorted({*held, *segments(folder)})
    for number in numbers:
        path = segment_path(target, number)
        if number != numbers[-1] and _link(segment_path(folder, number), path):
            continue
        file = held.get(number)
        with contextlib.ExitStack() as stack:
            if file is None:
                file = stack.enter_context(segment_path(folder, number).open("rb"))
            with path.open("wb") as copy:
                shutil.copyfileobj(file, copy)
            state = os.stat(file.fileno())
            os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))
    if numbers:
        whole = [item.end.offset for item in read(target, Position(numbers[-1], 0)) if isinstance(item, Record)]
        os.truncate(segment_path(target, numbers[-1]), whole[-1] if whole else 0)
    done = load_cursor(target).done
    return sum(segment_path(target, n).stat().st_size for n in numbers if n >= done.segment)


def _copy_files(folder: Path, target: Path) -> None:
    for path in folder.iterdir():
        if path.name not in NOT_FILES and (path.is_file() or path.is_dir()) and path.suffix not in (".lock", ".sock"):
            _copy(path, target / path.name)


def _copy(path: Path, target: Path) -> None:
    if path.is_dir():
        shutil.copytree(path, target, dirs_exist_ok=True)
    elif path.suffix in DATABASES:
        with contextlib.closing(sqlite3.connect(path)) as source, contextlib.closing(sqlite3.connect(target)) as copy:
            source.backup(copy)
    else:
        shutil.copy2(path, target)


def _link(path: Path, target: Path) -> bool:
    try:
        os.link(path, target)
    except OSError:
        return False
    return True


def _made(folder: Path) -> Path:
    make_folder(folder)
    return folder
