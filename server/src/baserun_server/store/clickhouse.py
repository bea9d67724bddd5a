"""`ClickHouseStore`: the store, as those who write and read telemetry know it.

There is one store, and it speaks the ClickHouse HTTP protocol: to a ClickHouse server or cluster, or to our engine
process, which serves the same protocol over chDB (the same engine as a library). What must hold:

- **A batch is stored once.** `write` may be called again with the same batch (same `token`, same content) after any
  crash; the second call changes nothing. When it returns, every record of the batch is stored and counted
  (`StoreShort` is raised where the engine kept fewer rows than were sent).
- **Order does not matter.** Records of one trace may come in any order, in any number of batches, twice, or late; the
  roll-ups are the same in the end.
- **Roll-ups follow.** `roll_up` recomputes what the batch touched from the stored facts; it never adds to a number.
  Calling it twice, or for more keys than needed, changes nothing.
- **Reads are never blocked by writes**, and never see half a batch of one trace's roll-up.
- **Values are bound, never pasted.** A statement is a file under `sql/`, its parameters are typed in the text
  (`{user_id:String}`).
- **Nothing runs for a caller that is gone**: cancelling `query` stops the statement.
- Failures are `errors.StoreError` and its children: `StoreAway` (the engine restarts: try again), `StoreRefused` (the
  statement or the data is wrong: do not try again), `StoreLimit` (time or memory limit of a query).
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..errors import StoreShort
from ..model import Batch
from ..settings import Settings
from . import statements, upkeep
from .erasure.erasure import Erasure
from .erasure.mark_keys import MarkKeys
from .facts import rows
from .facts.proof import proof
from .inserts import Insert, inserts_of
from .migrate import Cluster, migrate
from .rollups.rollup import RollUp
from .search.sources import traces_with_users
from .touched import Touched
from .upkeep import Disagreement
from .wire.transport import Transport


class ClickHouseStore:
    """Keeps telemetry in ClickHouse: in our engine process, on a server, or on a cluster.

    `address` is as in `wire/transport.py`; with a `cluster` the tables are sharded over it. `shared` says that
    workers of other logs write to the same store, too. `keys` make and recognise the marks of erased people.
    """

    def __init__(
        self, address: str, *, cluster: Cluster | None = None, shared: bool = False, keys: MarkKeys | None = None
    ) -> None:
        self._transport = Transport(address, cluster=cluster is not None)
        self._cluster = cluster
        self._roll_up = RollUp(self._transport, shared=shared)
        self.erasure = Erasure(self._transport, self._roll_up, cluster, keys or MarkKeys(None))

    @classmethod
    def of(cls, settings: Settings) -> "ClickHouseStore":
        """The store that a server's settings name."""
        cluster = Cluster(settings.store_cluster, settings.store_replicated) if settings.store_cluster else None
        keys = MarkKeys(settings.erasure_keys, settings.erasure_key.get_secret_value(), makes_file=settings.embedded)
        return cls(settings.store_address, cluster=cluster, shared=not settings.embedded, keys=keys)

    async def migrate(self) -> None:
        """Create every table, or bring it up to date. Safe to call at each start."""
        await migrate(self._transport, self._cluster)

    async def write(self, batch: Batch, inserts: Sequence[Insert] | None = None) -> None:
        """Store a batch; idempotent by its token and its records' ids. `inserts` are those of the batch as it is."""
        for insert in inserts_of(batch) if inserts is None else inserts:
            settings = {"insert_deduplication_token": insert.token}
            await self._transport.insert(insert.table, insert.columns, insert.block, settings)
            if insert.facts is not None:
                await self._prove(insert.facts, insert.records, batch.token)

    async def roll_up(self, touched: Sequence[Touched]) -> None:
        """Recompute traces, sessions and users that were touched; idempotent."""
        await self._roll_up.run(touched)

    async def compute_quarter_hours(self, project_id: str, hours: Mapping[int, int]) -> None:
        """Compute what began in hours of one day, for charts; idempotent."""
        parameters = {"project_id": project_id, "hours": list(hours), "versions": list(hours.values())}
        source = traces_with_users("traces FINAL", "day = toDate(toDateTime({hours:Array(UInt32)}[1], 'UTC'))")
        await self._transport.run(statements.render("rollups", "compute_quarter_hours", {"source": source}), parameters)
        await self._transport.run(statements.render("rollups", "quarter_hours_computed"), parameters)

    async def query(self, statement: str, parameters: Mapping[str, Any] = {}, **fragments: str) -> list[dict[str, Any]]:
        """Run the statement of `sql/queries/<statement>.sql` and return its rows."""
        return await self._transport.rows(statements.render("queries", statement, fragments), parameters)

    async def ask(self, text: str, parameters: Mapping[str, Any] = {}) -> list[dict[str, Any]]:
        """Return the rows of a statement about the tables themselves. Nothing in it may come from outside."""
        return await self._transport.rows(text, parameters)

    async def run(self, text: str, parameters: Mapping[str, Any] = {}) -> None:
        """Run a statement that changes the tables themselves. Nothing in it may come from outside."""
        await self._transport.run(text, parameters)

    async def erasures(self) -> tuple[int, int]:
        """Count the erasures that are done in the tables, and those that are not."""
        [found] = await self._transport.rows(statements.render("transfer", "erasures"), {})
        return int(found["done"]), int(found["begun"])

    async def parts(self, table: str, moment: str, part_rows: int) -> list[dict[str, Any]]:
        """Cut a table of facts for a transfer; returns rows of `transfer/parts`."""
        text = statements.render("transfer", "parts", {"table": table, "moment": moment})
        return await self._transport.rows(text, {"part_rows": part_rows}, upkeep.PATIENCE)

    async def part(
        self, table: str, moment: str, id_: str, place: Mapping[str, Any], columns: str, format_: str, order: str = ""
    ) -> bytes:
        """Read one part of a table of facts, in one of the engine's formats."""
        fragments = {"table": table, "moment": moment, "id": id_, "columns": columns}
        fragments["order"] = f"ORDER BY {order}" if order else ""
        text = statements.render("transfer", "part", fragments)
        return await self._transport.read(text, place, {**upkeep.PATIENCE, "default_format": format_})

    async def count_part(self, table: str, moment: str, id_: str, place: Mapping[str, Any]) -> int:
        """Count the rows of a part."""
        return int(await self.part(table, moment, id_, place, "count()", "TabSeparated"))

    async def insert_file(self, table: str, format_: str, data: bytes, token: str) -> None:
        """Insert rows in one of the engine's formats; the same token again changes nothing."""
        await self._transport.insert_file(
            table, format_, data, {"insert_deduplication_token": token, **upkeep.PATIENCE}
        )

    async def verify(self) -> list[Disagreement]:
        """Find the totals that disagree with the level below."""
        return await upkeep.verify(self._transport)

    async def rebuild(self, progress: Callable[[int], None] = lambda traces: None) -> None:
        """Compute every roll-up again from the stored facts."""
        await upkeep.rebuild(self._transport, self._roll_up, progress)

    async def data_version(self, project_id: str) -> str:
        """Return a token that changes whenever something that a reader could see has changed."""
        found = await self.query("data_version", {"project_id": project_id})
        return str(found[0]["version"])

    async def close(self) -> None:
        """Close every connection."""
        await self._transport.close()

    async def _prove(self, facts: rows.Facts, records: Sequence[Any], token: str) -> None:
        stored = 0
        for replaced in (False, True):
            found = await self._transport.rows(*proof(facts, records, token, replaced=replaced))
            stored = max(stored, found[0]["stored"])
            if stored >= len(records):
                return
        raise StoreShort(f"`{stored}` of `{len(records)}` rows of batch `{token}` are in table `{facts.table}`")
