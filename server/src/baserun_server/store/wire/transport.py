"""Statements over the ClickHouse HTTP protocol: to our engine on a Unix socket, or to a ClickHouse server.

An address is `clickhouse+unix:///path/of/socket`, `clickhouse://user:password@host:8123/database`, or the same with
`clickhouses://`, `http://` or `https://`. Parameters travel as fields of a form, because thousands of ids
make too long an address.
"""

import asyncio
import secrets
import ssl
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, TypeVar
from urllib.parse import unquote, urlencode, urlsplit

import httpcore
import msgspec
import orjson

from ...errors import StoreAway, StoreError, StoreGone, StoreLimit, StoreRefused, StoreUnfit

T = TypeVar("T")

CODE_HEADER = b"x-clickhouse-exception-code"
SUMMARY_HEADER = b"x-clickhouse-summary"
LIMIT_CODES = {158, 159, 160, 241, 307, 394, 396}
"""Too many rows, timeout, too slow, memory, too many bytes, cancelled, too large a result."""
AWAY_CODES = {60, 75, 76, 202, 209, 210, 225, 236, 242, 243, 252, 279, 319, 425, 999}
"""A table is not made yet (60), the disk is full, the server is starting, stopping, read-only or has too much to do:
later it will work."""
UNFIT_CODES = {6, 26, 27, 33, 38, 41, 43, 53, 62, 69, 70, 72, 131, 167, 168, 306, 321, 407, 427, 457, 691}
"""A value cannot be read (6, 26, 27, 33, 38, 41, 72, 457, 691), converted (53, 70, 321, 407) or used as an argument
(43, 69, 131, 427), or made the statement too long (62), too deep or too large (167, 168, 306). The statements are ours
and tested, so it is the value that is wrong."""
PAUSES_SECONDS = (0.1, 0.3, 0.9)
"""Before each further attempt: together somewhat more than the engine takes to start again."""
TIMEOUTS = {"connect": 5.0, "read": 120.0, "write": 60.0, "pool": 120.0}
CONNECTIONS = 16

READING = {"date_time_output_format": "iso", "output_format_json_quote_64bit_integers": "0"}
WRITING = {
    "async_insert": "0",
    # No two rows of a block have the same key: to look for them would be to go through every block once more.
    "optimize_on_insert": "0",
}
ON_A_SERVER = {
    "do_not_merge_across_partitions_select_final": "1",
    "optimize_move_to_prewhere_if_final": "1",
    "max_execution_time": "30",
}
"""What the engine process sets for itself."""
ON_A_CLUSTER = {
    # What is written is there when the insert returns, on the shard and on most of its replicas …
    "insert_distributed_sync": "1",
    "insert_quorum": "auto",
    # … and is read where it was written: of each shard the first replica that answers.
    "load_balancing": "in_order",
    "prefer_localhost_replica": "0",
    # A condition that reads another distributed table reads all of it, not the shard's own part.
    "distributed_product_mode": "global",
}
"""Roll-ups are computed from what was written a moment ago, by whichever node."""


class Reply(msgspec.Struct):
    """The answer to a statement."""

    body: bytes
    written_rows: int


class Transport:
    """Sends statements; every failure is an `errors.StoreError`."""

    def __init__(self, address: str, *, cluster: bool = False) -> None:
        parts = urlsplit(address)
        scheme = parts.scheme.removeprefix("clickhouse") or "http"
        self.embedded = scheme == "+unix"
        self._headers: list[tuple[bytes, bytes]] = [(b"host", (parts.hostname or "engine").encode())]
        if parts.username is not None:
            self._headers.append((b"x-clickhouse-user", unquote(parts.username).encode()))
            self._headers.append((b"x-clickhouse-key", unquote(parts.password or "").encode()))
        self._settings = {} if self.embedded else dict(ON_A_SERVER)
        if cluster:
            self._settings |= ON_A_CLUSTER
        if self.embedded:
            self._origin = ("http", "engine", 80)
        elif scheme in ("http", "s", "https"):
            self._origin = ("https" if scheme != "http" else "http", parts.hostname or "", parts.port or 8123)
            if database := parts.path.strip("/"):
                self._settings["database"] = database
        else:
            raise StoreRefused(
                f"a store address of the kind `{parts.scheme}` is unknown",
                hint="use clickhouse://user:password@host:8123/database or clickhouse+unix:///path/of/socket",
            )
        self._address = f"{parts.hostname}:{self._origin[2]}" if not self.embedded else parts.path
        self._pool = httpcore.AsyncConnectionPool(
            uds=parts.path if self.embedded else None,
            ssl_context=ssl.create_default_context() if self._origin[0] == "https" else None,
            max_connections=CONNECTIONS,
            keepalive_expiry=30.0,
        )

    async def rows(
        self, text: str, parameters: Mapping[str, Any], settings: Mapping[str, str] = {}
    ) -> list[dict[str, Any]]:
        """Run a statement that reads, and return its rows by column."""
        reply = b"[" + b",".join((await self.read(text, parameters, settings)).splitlines()) + b"]"
        try:
            return orjson.loads(reply)
        except orjson.JSONDecodeError:
            # Text that a function of the engine cut or unescaped may be no UTF-8; the text around it is kept.
            return orjson.loads(reply.decode("utf-8", "replace"))

    async def read(self, text: str, parameters: Mapping[str, Any], settings: Mapping[str, str] = {}) -> bytes:
        """Run a statement that reads, and return its answer as the engine wrote it (`default_format` in settings)."""
        asked = {"default_format": "JSONEachRow", **READING, **settings}
        if not self.embedded:
            # Readable only: then a server, too, stops the statement when we go away.
            asked |= {"readonly": "2", "cancel_http_readonly_queries_on_client_close": "1"}
        return (await self._send(asked, text, parameters)).body

    async def records(self, text: str, parameters: Mapping[str, Any], type_: type[T]) -> list[T]:
        """Run a statement that reads, and return its rows as records: its columns are their fields."""
        reply = await self.read(text, parameters)
        return msgspec.json.decode(b"[" + b",".join(reply.splitlines()) + b"]", type=list[type_])

    async def run(self, text: str, parameters: Mapping[str, Any] = {}, settings: Mapping[str, str] = {}) -> None:
        """Run a statement that changes something."""
        await self._send({**WRITING, **settings}, text, parameters)

    async def insert(self, table: str, columns: Sequence[str], data: bytes, settings: Mapping[str, str]) -> int:
        """Insert a block in the Native format; answers how many rows the engine says it wrote."""
        text = f"INSERT INTO {table} ({', '.join(columns)}) FORMAT Native"
        return (await self._post({**WRITING, **settings, "query": text}, data)).written_rows

    async def insert_file(self, table: str, format_: str, data: bytes, settings: Mapping[str, str]) -> None:
        """Insert a file in any format of the engine's."""
        await self._post({**WRITING, **settings, "query": f"INSERT INTO {table} FORMAT {format_}"}, data)

    async def close(self) -> None:
        """Close every connection."""
        await self._pool.aclose()

    async def _send(self, asked: Mapping[str, str], text: str, parameters: Mapping[str, Any]) -> Reply:
        """Send a statement and its parameters as a form: thousands of ids would be too long for the address."""
        boundary = secrets.token_hex(16)
        fields = {"query": text, **{f"param_{name}": value_text(value) for name, value in parameters.items()}}
        lines = [
            f'--{boundary}\r\ncontent-disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in fields.items()
        ]
        body = "".join([*lines, f"--{boundary}--\r\n"]).encode("utf-8", "replace")
        return await self._post(asked, body, f"multipart/form-data; boundary={boundary}")

    async def _post(self, asked: Mapping[str, str], body: bytes, kind: str = "application/octet-stream") -> Reply:
        url = httpcore.URL(
            scheme=self._origin[0],
            host=self._origin[1],
            port=self._origin[2],
            target="/?" + urlencode({**self._settings, **asked}, errors="replace"),
        )
        response = await self._exchange(url, body, kind)
        headers = {name.lower(): value for name, value in response.headers}
        if response.status != 200 or CODE_HEADER in headers:
            raise _failure(response.status, int(headers.get(CODE_HEADER, b"0")), response.content)
        summary = orjson.loads(headers.get(SUMMARY_HEADER, b"{}"))
        return Reply(response.content, int(summary.get("written_rows", 0)))

    async def _exchange(self, url: httpcore.URL, body: bytes, kind: str) -> httpcore.Response:
        """Send a request, again where nobody answered: by contract every statement of ours may be repeated."""
        headers = [*self._headers, (b"content-length", str(len(body)).encode()), (b"content-type", kind.encode())]
        for pause_s in (*PAUSES_SECONDS, None):
            try:
                return await self._pool.request(
                    "POST", url, headers=headers, content=body, extensions={"timeout": TIMEOUTS}
                )
            except (httpcore.NetworkError, httpcore.RemoteProtocolError, httpcore.TimeoutException) as error:
                if pause_s is None or isinstance(error, httpcore.ReadTimeout):
                    raise StoreGone(
                        f"the store at `{self._address}` does not answer: {str(error) or type(error).__name__}",
                        hint="it may be starting; the same call will work later",
                    ) from error
                await asyncio.sleep(pause_s)
        raise AssertionError("the last attempt returns or raises")


def value_text(value: Any) -> str:
    """The text of a parameter's value as ClickHouse reads it (lists in brackets, tuples in parentheses)."""
    if isinstance(value, (list, set, frozenset)):
        return "[" + ",".join(map(_item_text, value)) + "]"
    if isinstance(value, tuple):
        return "(" + ",".join(map(_item_text, value)) + ")"
    if isinstance(value, str):
        return value.translate(ESCAPES)
    return _scalar_text(value)


ESCAPES = str.maketrans(
    {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\0": "\\0", "\b": "\\b", "\f": "\\f", "'": "\\'"}
)


def _item_text(value: Any) -> str:
    return f"'{value.translate(ESCAPES)}'" if isinstance(value, str) else value_text(value)


def _scalar_text(value: Any) -> str:
    if value is None:
        return "\\N"
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S.%f")
    if isinstance(value, (int, float, date)):
        return str(value)
    raise StoreRefused(f"a value of type `{type(value).__name__}` cannot be a parameter")


def _failure(status: int, code: int, body: bytes) -> StoreError:
    message = body.decode("utf-8", "replace").strip()[:2000] or f"HTTP {status}"
    if code in LIMIT_CODES:
        return StoreLimit(f"a query was stopped: {message}", hint="ask for less: a shorter time, or a narrower filter")
    if code in AWAY_CODES or (code == 0 and status in (429, 502, 503, 504)):
        return StoreAway(f"the store cannot take this now: {message}")
    kind = StoreUnfit if code in UNFIT_CODES else StoreRefused
    return kind(f"the store refused a statement: {message}")
