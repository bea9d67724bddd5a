"""The proof that a batch was stored: an engine that reports success and keeps less must not go unnoticed."""

from collections.abc import Sequence
from typing import Any

from .. import statements
from .rows import Facts, batch_id


def proof(facts: Facts, records: Sequence[Any], token: str, *, replaced: bool) -> tuple[str, dict[str, Any]]:
    """The statement, with its parameters, that counts how many of `records` are stored.

    `replaced` also counts rows whose place a newer version has taken: dearer, and rarely needed.
    """
    received = [record.received_us for record in records]
    near = ["project_id IN {projects:Array(String)}"]
    parameters: dict[str, Any] = {
        "projects": sorted({record.project_id for record in records}),
        "replaced": replaced,
        "batch_id": batch_id(token),
        "version": min(received) << 12,
    }
    key = list(facts.key)
    if facts.moment:
        moments = [getattr(record, facts.moment) for record in records]
        near += _between("started_at", "started", moments, parameters)
        key.append("toStartOfHour(started_at)")
    if replaced:
        # Without the batch's number the rows must be named one by one; the last column of the key tells them apart.
        near.append(f"{facts.key[-1]} IN {{ids:Array(String)}}")
        parameters["ids"] = sorted({getattr(record, facts.key[-1]) for record in records})
    else:
        near += _between("received_at", "received", received, parameters)
    parts = {"key": ", ".join(key), "table": facts.table, "near": " AND ".join(near)}
    return statements.render("checks", "stored", parts), parameters


def _between(column: str, word: str, moments: Sequence[int], parameters: dict[str, Any]) -> list[str]:
    parameters |= {f"first_{word}_us": min(moments), f"last_{word}_us": max(moments)}
    return [
        f"{column} >= fromUnixTimestamp64Micro({{first_{word}_us:Int64}})",
        f"{column} <= fromUnixTimestamp64Micro({{last_{word}_us:Int64}})",
    ]
