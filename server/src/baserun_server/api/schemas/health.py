"""Whether the server is alive and ready, and who asks."""

from typing import Literal

from .base import Record


class Alive(Record):
    status: Literal["ok"]


class Me(Record):
    """What a client needs to know about this server, once at its start."""

    project: str
    version: str
    loopback: bool
    ingest_url: str
    data_version: str
    features: list[str]


class Ready(Record):
    status: Literal["ready", "starting", "behind"]
    engine: bool
    worker: bool
    backlog_bytes: int
    """Acknowledged and not yet queryable."""
    dead_letters: int
    """Set aside because it could not be read or stored, of all projects; `/api/v1/dead-letters` says why."""
