"""Statements on the embedded engine: threads with a connection each, settings per statement, and a way to stop one.

A connection of chDB serialises its statements and keeps the settings that were set on it, so each thread has its own
and sets what differs. `Connection.query` raises on every failed write; `Connection.send_insert` does not (violated
constraints and too many partitions store nothing and report success), so data of an INSERT is handed over as a file.
"""

import os
import re
import tempfile
import threading
import uuid
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import IO

import msgspec
from chdb.state.sqlitelike import Connection

from .settings import PROFILE

FORMAT_AT_END = re.compile(r"\bFORMAT\s+(\w+)\s*;?\s*$", re.IGNORECASE)
CODE = re.compile(r"Code: (\d+)\.")
WRITES = re.compile(
    r"(\s|--[^\n]*\n)*(INSERT|CREATE|ALTER|DROP|TRUNCATE|OPTIMIZE|DELETE|UPDATE|SYSTEM|RENAME|EXCHANGE)\b",
    re.IGNORECASE,
)


class Statement(msgspec.Struct):
    """One statement as it came over HTTP."""

    text: str
    data: bytes = b""
    """What an INSERT brings, in the format that its text names."""
    parameters: Mapping[str, str] = {}
    """Values of `{name:Type}`, in ClickHouse's escaped text form."""
    settings: Mapping[str, str] = {}
    format: str = "TabSeparated"
    """Of the answer, unless the text names one."""
    id: str = msgspec.field(default_factory=lambda: uuid.uuid4().hex)

    @property
    def writes(self) -> bool:
        """Whether it changes anything (and so must not be stopped half-way when its sender goes away)."""
        return WRITES.match(self.text) is not None


class Answer(msgspec.Struct):
    """The result of a statement."""

    body: bytes
    read_rows: int
    read_bytes: int
    written_rows: int
    elapsed_s: float


class Failure(Exception):
    """The engine refused or broke off a statement; `code` is ClickHouse's error code."""

    def __init__(self, message: str) -> None:
        found = CODE.search(message)
        self.code = int(found[1]) if found else 1002
        super().__init__(message)


class Pool:
    """Runs statements: those that read and those that write on threads of their own, so that neither waits for the
    other."""

    def __init__(self, address: str, readers: int, writers: int) -> None:
        self._address = address
        self._local = threading.local()
        self._readers = ThreadPoolExecutor(readers, "read", self._connect)
        self._writers = ThreadPoolExecutor(writers, "write", self._connect)
        self._control = ThreadPoolExecutor(1, "control", self._connect)

    def submit(self, statement: Statement) -> "Future[Answer]":
        """Queue a statement; the future raises `Failure`."""
        threads = self._writers if statement.writes else self._readers
        return threads.submit(self._run, statement)

    def stop(self, statement: Statement) -> "Future[Answer]":
        """Ask the engine to break off a statement that runs; nothing happens where it does not."""
        text = "KILL QUERY WHERE startsWith(query, {mark:String}) ASYNC"
        return self._control.submit(self._run, Statement(text=text, parameters={"mark": _mark(statement)}))

    def close(self) -> None:
        """Finish what runs, drop what waits."""
        for threads in (self._readers, self._writers, self._control):
            threads.shutdown(wait=True, cancel_futures=True)

    def _connect(self) -> None:
        self._local.connection = Connection(self._address)
        self._local.settings = {}
        self._apply(PROFILE)

    def _apply(self, wanted: Mapping[str, str]) -> None:
        current: dict[str, str] = self._local.settings
        changes = {name: _quote(value) for name, value in wanted.items() if current.get(name) != value}
        changes |= {name: "DEFAULT" for name in current if name not in wanted}
        if not changes:
            return
        # Forgotten first: a SET that fails may have been applied in part.
        self._local.settings = {name: value for name, value in current.items() if name not in changes}
        self._local.connection.query("SET " + ", ".join(f"{name} = {value}" for name, value in changes.items()))
        self._local.settings.update({name: wanted[name] for name, value in changes.items() if value != "DEFAULT"})

    def _run(self, statement: Statement) -> Answer:
        try:
            self._apply({**PROFILE, **statement.settings})
            text, file = _with_data(statement)
            try:
                result = self._local.connection.query(
                    _mark(statement) + text, statement.format, params=dict(statement.parameters)
                )
            finally:
                if file is not None:
                    file.close()
        except Exception as error:
            raise Failure(str(error)) from None
        return Answer(
            body=result.bytes(),
            read_rows=result.rows_read(),
            read_bytes=result.bytes_read(),
            written_rows=result.rows_written(),
            elapsed_s=result.elapsed(),
        )


def _mark(statement: Statement) -> str:
    return f"/*{statement.id}*/ "


def _quote(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _with_data(statement: Statement) -> tuple[str, IO[bytes] | None]:
    """The statement's text, and the open file that holds its data where it brings some."""
    if not statement.data:
        return statement.text, None
    found = FORMAT_AT_END.search(statement.text)
    if not found or statement.text.lstrip()[:6].upper() != "INSERT":
        return f"{statement.text}\n{statement.data.decode()}", None
    if hasattr(os, "memfd_create"):
        file = os.fdopen(os.memfd_create("insert"), "wb", buffering=0)
        path = f"/proc/self/fd/{file.fileno()}"
    else:
        file = tempfile.NamedTemporaryFile("wb", buffering=0)  # noqa: SIM115 - closed by the caller
        path = file.name
    file.write(statement.data)
    return f"{statement.text[: found.start()]} FROM INFILE '{path}' FORMAT {found[1]}", file
