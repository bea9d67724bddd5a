"""Commands that look after what is stored: `baserun-server verify` and `baserun-server rebuild`."""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Coroutine
from pathlib import Path

import typer
from rich.progress import Progress

from .errors import BaserunError, StoreAway
from .ingest.log import FolderLock
from .settings import Settings
from .store.clickhouse import ClickHouseStore
from .supervisor import Child, engine_command, environment_of


def verify(data: Path | None, store_url: str | None) -> None:
    """Compare every level of totals with the one below."""
    _run(_verify(_settings(data, store_url)))


def rebuild(data: Path | None, store_url: str | None) -> None:
    """Reckon every roll-up again."""
    _run(_rebuild(_settings(data, store_url)))


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
        with Progress(disable=not sys.stdout.isatty()) as progress:
            task = progress.add_task("traces", total=None)

            def count(traces: int) -> None:
                nonlocal done
                done += traces
                progress.update(task, completed=done)

            await store.rebuild(count)
    typer.echo(f"the totals of {done} traces were reckoned again")
    return 0


@contextlib.asynccontextmanager
async def _store(settings: Settings, *, alone: bool) -> AsyncIterator[ClickHouseStore]:
    """The store of the server that runs, or else one with an engine of our own.

    `alone` asks that no server runs: what it would write meanwhile could be overwritten by older totals.
    """
    lock, engine = None, None
    try:
        if settings.embedded:
            try:
                lock = FolderLock(settings.data_dir)
            except BaserunError:
                if alone:
                    raise
            else:
                engine = Child("engine", engine_command(settings), environment_of(settings))
                await engine.start()
        store = ClickHouseStore.of(settings)
        await _migrate(store)
        yield store
        await store.close()
    finally:
        if engine is not None:
            await engine.stop()
        if lock is not None:
            lock.release()


async def _migrate(store: ClickHouseStore) -> None:
    for _ in range(10):
        with contextlib.suppress(StoreAway):
            return await store.migrate()
    return await store.migrate()


def _settings(data: Path | None, store_url: str | None) -> Settings:
    given = {name: value for name, value in {"data_dir": data, "store_url": store_url}.items() if value is not None}
    settings = Settings(**given)  # pyright: ignore[reportArgumentType]
    return settings.model_copy(update={"data_dir": settings.data_dir.expanduser().absolute()})


def _run(work: Coroutine[None, None, int]) -> None:
    try:
        raise typer.Exit(asyncio.run(work))
    except BaserunError as error:
        typer.echo(f"error: {error}", err=True)
        raise typer.Exit(2) from None
