"""Erasures and their receipts."""

from typing import Literal

from .base import Record


class ErasurePlan(Record):
    """What an erasure concerns."""

    user_ids: list[str]
    """Every id that is erased: the one that was asked for, those that were linked to it through the API, and with
    `include_aliases` the claimed ones."""
    claimed_ids: list[str]
    """Ids that only an application linked to the user, and under which something is recorded; they are not erased."""
    counts: dict[str, int]
    """Rows by kind: `spans`, `traces`, `sessions`, `scores`, `log_entries`, `session_events`, `user_events`, `users`,
    `activity`; `shared_sessions` stay, without this person's traces."""
    erasure_id: str | None
    """Where the receipt will be; null for a dry run."""


class ErasurePart(Record):
    part: str
    """`requested`, `tables` (what was found and is gone), `log …` (records taken out of the kept files of one node's
    log and of its dead letters), `disk` (nothing of before is left on the disk), `lifted`."""
    at: str
    counts: dict[str, int]


class Erasure(Record):
    """The receipt of an erasure. It names nobody."""

    erasure_id: str
    state: Literal["requested", "erased", "purged"]
    is_lifted: bool
    parts: list[ErasurePart]
    refused: dict[str, int]
    """Records by kind that arrived afterwards and were dropped."""


class ErasurePage(Record):
    items: list[Erasure]
