"""The tables of roll-ups, as they are read and written."""

from collections.abc import Sequence
from typing import Any, TypeVar

from .. import statements
from ..facts.rows import columns_of
from ..wire import native
from ..wire.transport import Transport
from .rows import TABLES, UNVERSIONED
from .versions import Versions

T = TypeVar("T")


class Tables:
    """Roll-ups of one store, as they are read and written; `shared` where several workers write to it."""

    def __init__(self, transport: Transport, *, shared: bool = False) -> None:
        self._transport = transport
        self.versions = Versions(transport, shared=shared)

    async def read(self, statement: str, type_: type[T], **parameters: Any) -> list[T]:
        """Rows of a statement of `sql/rollups`."""
        return await self._transport.records(statements.render("rollups", statement), parameters, type_)

    async def insert(self, rows: Sequence[Any], version: int) -> None:
        """Insert rows of one kind."""
        if not rows:
            return
        table, columns = TABLES[type(rows[0])]
        block = columns_of(columns, rows)
        if type(rows[0]) not in UNVERSIONED:
            block.insert(0, ("version", "UInt64", [version] * len(rows)))
        block = native.without_defaults(block)
        await self._transport.insert(table, [name for name, _, _ in block], native.block(block), {})
