"""The command line: `baserun-server serve`, and what looks after the data (`commands/`).

The docstring of a command is its description, here and in `--help`. What a command needs is imported when it runs.
"""

import asyncio
import contextlib
import logging
import sys
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .errors import BaserunError
from .private import become_private

if TYPE_CHECKING:
    from .settings import Settings


commands = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


class ExportFormat(str, Enum):
    """Forms of an export."""

    parquet = "parquet"
    otlp = "otlp"


@commands.callback(help="Baserun: see what the users of your LLM application experience.")
def everything() -> None:
    """The group of all commands."""
    become_private()


@commands.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on; any but a loopback one needs keys.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0 takes a free one.")] = None,
    grpc_port: Annotated[
        str | None, typer.Option(help="Port for OTLP over gRPC, or `off`; 4317 where `--port` is 4318, 0 a free one.")
    ] = None,
    data: Annotated[Path | None, typer.Option(help="Folder that holds everything.")] = None,
    store_url: Annotated[
        str | None, typer.Option(help="clickhouse://user:password@host:8123/database in place of the embedded engine.")
    ] = None,
) -> None:
    """Collect what an LLM application sends, keep it, and show it in the browser.

    Point any OpenTelemetry program at the printed address (OTLP over HTTP), or use the SDK `baserun`, which needs no
    setting for the default address. Everything is kept in one folder; stop with Ctrl-C and start again at any time.

    Every setting can also be given as an environment variable `BASERUN_<NAME>`: an option wins over the variable.

    \b
    Examples:
      baserun-server serve                          this machine only, no key needed
      baserun-server serve --port 8080 --data ./b   another port and folder
      BASERUN_API_KEYS_FILE=./keys baserun-server serve --host 0.0.0.0
    """
    from .commands.serve import check_redaction, find_grpc_port, listen, run, take_folder
    from .front.log_lines import write_log_lines
    from .processes.lifeline import hold_lifeline
    from .settings import load_settings

    given = {"host": host, "port": port, "grpc_port": grpc_port, "data_dir": data, "store_url": store_url}
    try:
        settings = load_settings(**{name: value for name, value in given.items() if value is not None})
        settings = settings.model_copy(update={"data_dir": settings.data_dir.expanduser().absolute()})
        check_keys(settings)
        check_redaction(settings)
        lock = take_folder(settings)
        listener = listen(settings)
        settings = settings.model_copy(update={"grpc_port": find_grpc_port(settings)})
    except BaserunError as error:
        typer.echo(f"error: {error}", err=True)
        raise typer.Exit(2) from None
    settings = settings.model_copy(update={"port": listener.getsockname()[1]})
    hold_lifeline()
    write_log_lines(logging.WARNING)
    try:
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(run(settings, listener))
    finally:
        lock.release()


DATA_OPTION = typer.Option(help="Folder that holds everything.")
STORE_OPTION = typer.Option(help="clickhouse://user:password@host:8123/database in place of the embedded engine.")


@commands.command()
def verify(
    data: Annotated[Path | None, DATA_OPTION] = None, store_url: Annotated[str | None, STORE_OPTION] = None
) -> None:
    """Prove that the totals agree: a session is the sum of its traces, a user of the activity, and so on.

    Works beside a running server (best when nothing arrives) and without one. Exits with 1 where something disagrees.
    """
    from .commands import maintenance

    maintenance.run("verify", data, store_url)


@commands.command()
def rebuild(
    data: Annotated[Path | None, DATA_OPTION] = None, store_url: Annotated[str | None, STORE_OPTION] = None
) -> None:
    """Compute every total again from the stored spans.

    The server must not be running. Nothing is missing from the pages meanwhile, and it may be stopped and done again.
    """
    from .commands import maintenance

    maintenance.run("rebuild", data, store_url)


@commands.command()
def reprocess(
    data: Annotated[Path | None, DATA_OPTION] = None, store_url: Annotated[str | None, STORE_OPTION] = None
) -> None:
    """Read the kept part of the log again, for instance after a bug in reading was fixed.

    Works with a running server and without one, may be stopped and given again, and counts nothing twice.
    BASERUN_LOG_KEEP_BYTES and BASERUN_LOG_KEEP_HOURS say how much of the log is kept. Exits with 1 if something was
    refused.
    """
    from .commands import maintenance

    maintenance.run("reprocess", data, store_url)


@commands.command()
def replay_dead_letters(
    data: Annotated[Path | None, DATA_OPTION] = None, store_url: Annotated[str | None, STORE_OPTION] = None
) -> None:
    """Try again to store what could not be read or stored before.

    Works with a running server and without one. What is refused again stays a dead letter; then it exits with 1.
    """
    from .commands import maintenance

    maintenance.run("replay", data, store_url)


@commands.command()
def backup(
    target: Annotated[Path, typer.Argument(metavar="DIR", help="Folder to make.")],
    data: Annotated[Path | None, DATA_OPTION] = None,
    store_url: Annotated[str | None, STORE_OPTION] = None,
) -> None:
    """Copy everything into the folder DIR, while the server runs or while it does not.

    The copy is whole up to the moment of the command, takes a moment and next to no room on the same disk (hard links);
    copy it elsewhere from there.
    """
    from .commands import maintenance

    maintenance.run("backup", data, store_url, target)


@commands.command()
def restore(
    source: Annotated[Path, typer.Argument(metavar="DIR", help="A backup.")],
    data: Annotated[Path | None, DATA_OPTION] = None,
) -> None:
    """Lay a backup into an empty data folder and compare the number of rows of each table."""
    from .commands import maintenance

    maintenance.run("restore", data, None, source)


@commands.command()
def export(
    target: Annotated[Path, typer.Argument(metavar="DIR", help="Folder to make, or to go on with.")],
    form: Annotated[ExportFormat, typer.Option("--format", help="Form of the files.")] = ExportFormat.parquet,
    data: Annotated[Path | None, DATA_OPTION] = None,
    store_url: Annotated[str | None, STORE_OPTION] = None,
) -> None:
    """Write every fact into the folder DIR: to move to another server or cluster, or to another product.

    Works beside a running server and without one. Given again after it was broken off, it goes on where it was.

    \b
      --format parquet    the columns of the tables
      --format otlp       OTLP requests as JSON, one a line, for anything that reads OpenTelemetry
    """
    from .commands import maintenance

    maintenance.run("export", data, store_url, target, form.value)


@commands.command("import")
def import_(
    source: Annotated[Path, typer.Argument(metavar="DIR", help="An export.")],
    data: Annotated[Path | None, DATA_OPTION] = None,
    store_url: Annotated[str | None, STORE_OPTION] = None,
) -> None:
    """Store every fact of an export, count them, and compute the totals again.

    No server may be running on the data folder, or write to the store. Given again after it was broken off, it goes on
    where it was; what is stored already is not stored twice.
    """
    from .commands import maintenance

    maintenance.run("import", data, store_url, source)


def check_keys(settings: "Settings") -> None:
    """Refuse keys that do not keep anybody out, and the network without keys; short keys only warn on loopback."""
    from .api.auth import KEY_CHARACTERS, MAKE_A_KEY, read_keys

    keys = read_keys(settings)
    if not settings.loopback and not keys:
        raise BaserunError(
            f"the address `{settings.host}` can be reached from other machines, and there are no keys",
            hint=f"set `BASERUN_API_KEYS` to one or more keys, or listen on `127.0.0.1`; {MAKE_A_KEY}",
        )
    short = [str(place) for place, key in enumerate(keys, 1) if len(key.key) < KEY_CHARACTERS]
    if not short:
        return
    message = f"keys shorter than `{KEY_CHARACTERS}` characters can be guessed: number `{', '.join(short)}`"
    if not settings.loopback:
        raise BaserunError(message, hint=MAKE_A_KEY)
    typer.echo(f"warning: {message}; on another address than `{settings.host}` they are refused", err=True)


def main() -> None:
    """Run the command line."""
    commands()


if __name__ == "__main__":
    sys.exit(main())
