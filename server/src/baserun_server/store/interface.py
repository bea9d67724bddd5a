"""The contract between those who write and read telemetry and the engine that keeps it.

There is one store, and it speaks the ClickHouse HTTP protocol: to a ClickHouse server or cluster, or to our engine
process, which serves the same protocol over chDB (the same engine as a library). What must hold:

- **A batch is stored once.** `write` may be called again with the same batch (same `token`, same content) after any
  crash; the second call changes nothing. When it returns, every record of the batch is stored and counted
  (`StoredShort` is raised where the engine kept fewer rows than were sent).
- **Order does not matter.** Records of one trace may come in any order, in any number of batches, twice, or late; the
  roll-ups are the same in the end.
- **Roll-ups follow.** `roll_up` recomputes what the batch touched from the stored facts; it never adds to a number.
  Calling it twice, or for more keys than needed, changes nothing.
- **Reads are never blocked by writes**, and never see half a batch of one trace's roll-up.
- **Values are bound, never pasted.** A statement is a file under `sql/`, its parameters are typed in the text
  (`{user_id:String}`).
- **A caller that goes away is not worked for**: cancelling `query` stops the statement.
- Failures are `errors.StoreError` and its children: `StoreAway` (try again: the engine restarts), `StoreRefused` (the
  statement or the data is wrong; trying again is no use), `StoreLimit` (time or memory limit of a query).
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from ..model import Batch
from .erasure.erasure import Erasure
from .touched import Touched


class Store(Protocol):
    """What the worker and the API know of the store; the module says what must hold."""

    @property
    def erasure(self) -> Erasure:
        """Takes people out of the tables, and keeps them out."""
        ...

    async def migrate(self) -> None:
        """Create or bring up to date every table; safe to call at each start."""
        ...

    async def write(self, batch: Batch) -> None:
        """Store a batch; idempotent by its token and its records' ids."""
        ...

    async def roll_up(self, touched: Sequence[Touched]) -> None:
        """Recompute traces, sessions and users that were touched (`touched.touched_by(batch)`); idempotent.

        After a crash between `write` and `roll_up` both are called again with the batch as the log holds it.
        """
        ...

    async def reckon_quarter_hours(self, project_id: str, hours: Mapping[int, int]) -> None:
        """Reckon what began in hours of one day, for charts; idempotent.

        `hours` are seconds since the epoch, each with its version in `hour_versions`, read before.
        """
        ...

    async def query(self, statement: str, parameters: Mapping[str, Any] = {}, **parts: str) -> list[dict[str, Any]]:
        """Run the statement of `sql/queries/<statement>.sql` and return its rows; `parts` are fragments that our own
        filter compiler made (never a user's text)."""
        ...

    async def data_version(self, project_id: str) -> str:
        """A word that changes whenever something that a reader could see has changed."""
        ...

    async def close(self) -> None:
        """Let go of every connection."""
        ...
