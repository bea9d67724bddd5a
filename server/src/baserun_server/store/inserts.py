"""What a batch is stored with: for each table and partition a block and its token.

Pure, so that it is made while the store is at work with the batch before.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from ..model import Batch
from .facts import rows
from .facts.preview import fill_previews
from .wire import native


class Insert(NamedTuple):
    """One block for one table."""

    table: str
    columns: list[str]
    block: bytes
    token: str
    """The same at every replay: the engine takes a block once."""
    facts: rows.Facts | None = None
    """Where the rows are facts, and so are proved to be stored …"""
    records: Sequence[Any] = ()
    """… those that the rows are of."""


def inserts_of(batch: Batch) -> list[Insert]:
    """The blocks of a batch, in their order.

    The places of spans are written before the spans: a crash between the two leaves a place that is empty, never a
    span that is not found.
    """
    inserts = []
    for span in batch.spans:
        fill_previews(span)
    if batch.spans:
        keys = rows.trace_keys(batch.spans, batch.token)
        inserts.append(_insert("trace_keys", rows.TRACE_KEYS, keys, batch.token))
    number = rows.batch_id(batch.token)
    of_batch = rows.Column("batch_id", "UInt64", values=lambda records: [number] * len(records))
    for facts in rows.FACTS:
        for partition, records in rows.by_partition(facts, batch).items():
            insert = _insert(facts.table, [*facts.columns, of_batch], records, f"{batch.token}:{partition}")
            inserts.append(insert._replace(facts=facts, records=records))
    return inserts


def with_records(blocks: Sequence[Insert], batch: Batch) -> list[Insert]:
    """Blocks that another process made of the same batch, with the records that they are of."""
    records = {
        _token(facts.table, f"{batch.token}:{partition}"): (facts, own)
        for facts in rows.FACTS
        for partition, own in rows.by_partition(facts, batch).items()
    }
    return [
        block._replace(facts=records[block.token][0], records=records[block.token][1])
        if block.token in records
        else block
        for block in blocks
    ]


def _token(table: str, token: str) -> str:
    return f"{rows.batch_id(token)}:{table}"


def _insert(table: str, columns: Sequence[rows.Column], records: Sequence[Any], token: str) -> Insert:
    needed = native.without_defaults(rows.columns_of(columns, records))
    return Insert(table, [name for name, _, _ in needed], native.block(needed), _token(table, token))
