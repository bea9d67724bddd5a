"""The proof that a batch was stored: an engine that reports success and keeps less must not go unnoticed."""

from collections.abc import Sequence
from typing import Any

from . import statements
from .rows import Facts, batch_id

MANY = 1_000
"""A condition on more values than this costs more than it spares."""


def proof(facts: Facts, records: Sequence[Any], token: str, *, replaced: bool) -> tuple[str, dict[str, Any]]:
    """The statement, with its parameters, that counts how many of `records` are stored.

    `replaced` also counts rows whose place a newer version has taken: dearer, and rarely needed.
    """
    near, parameters = (
        [],
        {
            "replaced": replaced,
            "batch_id": batch_id(token),
            "version": min(record.received_us for record in records) << 12,
        },
    )
    for column in facts.key:
        values = {getattr(record, column) for record in records}
        # The last column tells rows apart; without the batch's number the rows must be named one by one.
        if len(values) <= MANY or (replaced and column == facts.key[-1]):
            near.append(f"{column} IN {{{column}s:Array(String)}}")
            parameters[f"{column}s"] = sorted(values)
    key = list(facts.key)
    if facts.moment:
        moments = [getattr(record, facts.moment) for record in records]
        near.append("started_at >= fromUnixTimestamp64Micro({first_us:Int64})")
        near.append("started_at <= fromUnixTimestamp64Micro({last_us:Int64})")
        parameters |= {"first_us": min(moments), "last_us": max(moments)}
        key.append("toStartOfHour(started_at)")
    parts = {"key": ", ".join(key), "table": facts.table, "near": " AND ".join(near)}
    return statements.render("checks", "stored", parts), parameters
