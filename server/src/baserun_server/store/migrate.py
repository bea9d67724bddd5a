"""Create tables and bring them up to date: what a newer schema adds is added, nothing is removed.

A table keeps the granules that it was created with: the engine cannot change them, and they only affect speed.
"""

from typing import Any, NamedTuple

from ..errors import StoreRefused
from . import statements
from .wire.transport import Transport

PATIENCE = {"max_execution_time": "3600"}
KEPT_SETTINGS = {"index_granularity", "index_granularity_bytes"}
FIELD_BYTES = 64 << 20
"""Twenty thousand ids of a roll-up take about a megabyte; ids may be long."""


class Cluster(NamedTuple):
    """A cluster that holds the tables."""

    name: str
    replicated: bool = True

    @property
    def clause(self) -> str:
        """The clause that runs a statement on every node."""
        return f"ON CLUSTER '{self.name}'"


async def migrate(transport: Transport, cluster: Cluster | None) -> None:
    """Create the tables that are missing, and in the others the columns, indexes and settings that are."""
    if not transport.embedded:
        await _check_limits(transport)
    knobs = {}
    if cluster:
        engine = "Replicated" if cluster.replicated else ""
        knobs = {"engine": engine, "on_cluster": cluster.clause, "distributed": cluster.name}
    known = {row["name"]: row for row in await transport.rows(statements.render("upkeep", "tables"), {})}
    for table in statements.TABLES:
        # On a cluster another node may lack what this one has.
        if cluster or table not in known:
            for statement in statements.create_table(table, **knobs):
                await transport.run(statement)
        for statement in additions(table, known, cluster):
            await transport.run(statement)
    await transport.run(statements.render("upkeep", "fill_hour_versions"), {}, PATIENCE)


async def _check_limits(transport: Transport) -> None:
    """Refuse a server that takes too short parameters: it would refuse batches, one by one, later."""
    for row in await transport.rows(statements.render("upkeep", "longest_parameter"), {}):
        if row["bytes"] < FIELD_BYTES:
            raise StoreRefused(
                f"the ClickHouse server takes parameters of `{row['bytes']}` bytes, and `{FIELD_BYTES}` are needed",
                hint="set `http_max_field_value_size` in the profile of the server (deploy/clickhouse/users.xml does)",
            )


def additions(table: str, known: dict[str, dict[str, Any]], cluster: Cluster | None) -> list[str]:
    """Statements that bring a table that is there up to date; `known` are the rows of `upkeep/tables` by name."""
    clause = f" {cluster.clause}" if cluster else ""
    names = [f"{table}_local", table] if cluster else [table]
    made = []
    for name in names:
        if name not in known:
            continue
        before = ""
        for column, declaration in statements.columns(table).items():
            if column not in known[name]["columns"]:
                place = f"AFTER {before}" if before else "FIRST"
                made.append(f"ALTER TABLE {name}{clause} ADD COLUMN IF NOT EXISTS {column} {declaration} {place}")
            before = column
        if name == names[0]:
            made += [
                f"ALTER TABLE {name}{clause} ADD INDEX IF NOT EXISTS {index} {declaration}"
                for index, declaration in statements.indexes(table).items()
                if index not in known[name]["indexes"]
            ]
            made += [
                f"ALTER TABLE {name}{clause} MODIFY SETTING {setting} = {value}"
                for setting, value in statements.settings(table).items()
                if setting not in KEPT_SETTINGS and f"{setting} = {value}" not in known[name]["engine"]
            ]
    return made
