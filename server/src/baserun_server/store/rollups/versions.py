"""Versions: the numbers by which the newest row of a key wins, also where several workers compute on one store.

What must hold: of two rows of one key the one with the greater version was computed from everything that the other was
computed from. A worker that is alone counts. Workers that share a store take tickets: after writing what changed and
before reading what they compute from, each reads the greatest ticket and leaves a greater one. Whoever did not see a
change of mine had taken the ticket before I looked, so mine is greater, and my row wins. Clocks have no part in it
beyond making numbers that look like times. Equal tickets are possible, and harmless: each of the two saw the other's
changes.

It asks of the store that what was written is seen by the next read, from wherever it is asked.
"""

import time
from collections.abc import Callable

from .. import statements
from ..wire import native
from ..wire.transport import Transport


class Versions:
    """Gives out versions; always even, so that there is room below the next one."""

    def __init__(self, transport: Transport, *, shared: bool, now_ns: Callable[[], int] = time.time_ns) -> None:
        self.shared = shared
        self.now_ns = now_ns
        self._transport = transport
        self._last = 0

    async def next(self, project_id: str) -> int:
        """A version for rows that are computed from what is read after this call."""
        if self._last == 0:
            self._last = (await self._rows("last_version", {}))[0]["version"]
        if self.shared:
            self._last = max(self._last, (await self._rows("last_ticket", {"project_id": project_id}))[0]["version"])
        self._last = even(max(self._last + 1, self.now_ns() // 1_000))
        if self.shared:
            block = [("project_id", "String", [project_id]), ("version", "UInt64", [self._last])]
            await self._transport.insert("tickets", ["project_id", "version"], native.block(block), {})
        return self._last

    async def _rows(self, statement: str, parameters: dict[str, str]) -> list[dict[str, int]]:
        return await self._transport.rows(statements.render("rollups", statement), parameters)


def even(number: int) -> int:
    """The number, or the next one."""
    return number + number % 2
