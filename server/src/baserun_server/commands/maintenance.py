"""Commands that look after what is stored: verify, rebuild, reprocess, replay-dead-letters, backup, restore,
export, import.

Only one process may hold the engine: where a server runs, its engine is asked, else one is started for the command.
"""

import asyncio
import contextlib
import shutil
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from pathlib import Path

import typer
from rich.progress import Progress

from ..errors import BaserunError, DataFolderTaken, StoreAway
from ..ingest.pipeline import Pipeline
from ..processes.folder_lock import FolderLock
from ..processes.supervisor import ALONE_STOP_SECONDS, engine_of
from ..settings import Settings, load_settings
from ..store.clickhouse import ClickHouseStore
from ..store.statements import TABLES
from ..worker.jobs import Job, Jobs, Kind, ask_for, load_job
from ..worker.loop import Worker
from . import transfer
from .backup import back_up, read_manifest, restore_files, restore_tables
from .transfer import Format


async def _verify(settings: Settings) -> int:
    async with _store(settings, alone=False) as store:
        found = await store.verify()
    for one in found:
        typer.echo(f"{one.check}: `{one.id}` of project `{one.project_id}`: {one.what}", err=True)
        typer.echo(f"  expected {one.expected}\n  found    {one.found}", err=True)
    if found:
        typer.echo("\nhint: stop the server and run `baserun-server rebuild`", err=True)
        return 1
    typer.echo("every total agrees with the level below it")
    return 0


async def _rebuild(settings: Settings) -> int:
    done = 0
    async with _store(settings, alone=True) as store:
        with _progress() as progress:
            task = progress.add_task("traces", total=None)

            def count(traces: int) -> None:
                nonlocal done
                done += traces
                progress.update(task, completed=done)

            await store.rebuild(count)
    typer.echo(f"the totals of {done} traces were computed again")
    return 0


async def _backup(settings: Settings, target: Path) -> int:
    target = target.expanduser().absolute()
    async with _store(settings, alone=False) as store:
        with _progress() as progress:
            task = progress.add_task("tables", total=len(TABLES) + 1)

            def show(name: str) -> None:
                progress.update(task, advance=1, description=name)

            made = await back_up(settings, store, target, time.time_ns() // 1000, show)
    typer.echo(f"{made.rows} rows of {len(made.tables)} tables and {made.log_bytes} bytes of the log are in `{target}`")
    if not settings.embedded:
        typer.echo(
            "\nhint: the tables are on the ClickHouse server; run its `BACKUP DATABASE` now, after this command:"
            " what it holds too much is in the log too, and stored once"
        )
    return 0


async def _restore(settings: Settings, source: Path) -> int:
    source = source.expanduser().absolute()
    manifest = read_manifest(source)
    if settings.data_dir.exists() and any(settings.data_dir.iterdir()):
        raise BaserunError(
            f"the data folder `{settings.data_dir}` is not empty", hint="give an empty or a new one with `--data`"
        )
    lock = FolderLock(settings.data_dir)
    try:
        restore_files(settings, source)
        if manifest.tables:
            engine = engine_of(settings)
            await engine.start()
            store = ClickHouseStore.of(settings)
            try:
                with _progress() as progress:
                    task = progress.add_task("tables", total=len(manifest.tables))
                    await _patiently(lambda: store.ask("SELECT 1"))

                    def show(name: str) -> None:
                        progress.update(task, advance=1, description=name)

                    await restore_tables(store, source, manifest, show)
            finally:
                await store.close()
                await engine.stop(ALONE_STOP_SECONDS)
    except BaseException:
        for path in settings.data_dir.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        raise
    finally:
        lock.release()
    typer.echo(f"{manifest.rows} rows of {len(manifest.tables)} tables are back, as many as in the backup")
    typer.echo(f"\nhint: start it with `baserun-server serve --data {settings.data_dir}`; it stores what is in the log")
    return 0


async def _export(settings: Settings, folder: Path, format_: Format) -> int:
    folder = folder.expanduser().absolute()
    async with _store(settings, alone=False) as store:
        with _progress() as progress:
            manifest = await transfer.export(store, folder, format_, _show_in(progress, "parts"))
    typer.echo(f"in `{folder}`: {_counts(manifest.rows)}")
    return 0


async def _import(settings: Settings, folder: Path) -> int:
    folder = folder.expanduser().absolute()
    manifest = transfer.read_manifest(folder)
    async with _store(settings, alone=True) as store:
        worker = Worker(settings, store, Pipeline.of(settings))
        with _progress() as progress:
            stored = await transfer.import_(settings, store, worker.storing.put, folder, _show_in(progress, "parts"))
    typer.echo(f"exported {_counts(manifest.rows)}\nstored   {_counts(stored)}")
    return await _rebuild(settings)


def _counts(rows: dict[str, int]) -> str:
    return ", ".join(f"{count} {table}" for table, count in rows.items())


def _show_in(progress: Progress, unit: str) -> Callable[[int, int], None]:
    task = progress.add_task(unit, total=None)
    return lambda done, total: progress.update(task, completed=done, total=total)


def _progress() -> Progress:
    return Progress(disable=not sys.stdout.isatty())


WATCH_SECONDS = 0.2
WORDS = {
    "reprocess": ("bytes of the log", "records were read again from the kept log", "could not be"),
    "replay": ("letters", "dead letters are stored now", "stay dead letters"),
}


async def _do_job(settings: Settings, kind: Kind) -> int:
    """Let the running server do a job, or do it here where none runs; shows how far it has come."""
    unit, done, not_done = WORDS[kind]
    job = ask_for(settings, kind)
    with _progress() as progress:
        task = progress.add_task(unit, total=job.total)
        while not job.ended:
            try:
                lock = FolderLock(settings.data_dir)
            except DataFolderTaken:
                await asyncio.sleep(WATCH_SECONDS)
                job = load_job(settings.data_dir, kind) or job
                progress.update(task, completed=job.finished)
                continue
            async with _store_of_our_own(settings, lock) as store:
                job = await _do_steps(settings, kind, store, lambda job: progress.update(task, completed=job.finished))
    typer.echo(f"{job.records} {done}, {job.refused} {not_done}")
    return 1 if job.refused else 0


async def _do_steps(settings: Settings, kind: Kind, store: ClickHouseStore, show: Callable[[Job], None]) -> Job:
    log_lock = FolderLock(settings.log_dir)
    try:
        pipeline = Pipeline.of(settings)
        worker, jobs = Worker(settings, store, pipeline), Jobs(settings, pipeline)
        while await jobs.step(worker.storing):
            if job := load_job(settings.data_dir, kind):
                show(job)
        return load_job(settings.data_dir, kind) or Job(kind=kind, ended=True)
    finally:
        log_lock.release()


@contextlib.asynccontextmanager
async def _store(settings: Settings, *, alone: bool) -> AsyncIterator[ClickHouseStore]:
    """The store of the server that runs, or else one with an engine of our own.

    `alone` asks that no server runs: what it would write meanwhile could be overwritten by older totals.
    """
    lock = None
    if settings.embedded:
        try:
            lock = FolderLock(settings.data_dir)
        except BaserunError:
            if alone:
                raise
    async with _store_of_our_own(settings, lock) as store:
        yield store


@contextlib.asynccontextmanager
async def _store_of_our_own(settings: Settings, lock: FolderLock | None) -> AsyncIterator[ClickHouseStore]:
    """The store, with an engine of our own if we hold the folder; releases the folder in the end."""
    engine = None
    try:
        if settings.embedded and lock is not None:
            engine = engine_of(settings)
            await engine.start()
        store = ClickHouseStore.of(settings)
        await _patiently(store.migrate)
        yield store
        await store.close()
    finally:
        if engine is not None:
            await engine.stop(ALONE_STOP_SECONDS)
        if lock is not None:
            lock.release()


async def _patiently(call: Callable[[], Awaitable[object]]) -> None:
    """Call until the engine that was just started answers."""
    for _ in range(10):
        with contextlib.suppress(StoreAway):
            await call()
            return
    await call()


def _settings(data: Path | None, store_url: str | None) -> Settings:
    given = {name: value for name, value in {"data_dir": data, "store_url": store_url}.items() if value is not None}
    try:
        settings = load_settings(**given)
    except BaserunError as error:
        typer.echo(f"error: {error}", err=True)
        raise typer.Exit(2) from None
    return settings.model_copy(update={"data_dir": settings.data_dir.expanduser().absolute()})


COMMANDS: Mapping[str, Callable[..., Coroutine[None, None, int]]] = {
    "verify": _verify,
    "rebuild": _rebuild,
    "reprocess": lambda settings: _do_job(settings, "reprocess"),
    "replay": lambda settings: _do_job(settings, "replay"),
    "backup": _backup,
    "restore": _restore,
    "export": _export,
    "import": _import,
}


def run(command: str, data: Path | None, store_url: str | None, *arguments: Path | str) -> None:
    """Run a command and exit with its code: 2 for an error that a person can do something about."""
    try:
        raise typer.Exit(asyncio.run(COMMANDS[command](_settings(data, store_url), *arguments)))
    except BaserunError as error:
        typer.echo(f"error: {error}", err=True)
        raise typer.Exit(2) from None
