"""Users."""

from typing import Annotated, Any

from pydantic import Field

from ...limits import ID_CHARACTERS
from .base import Body, Numbers, Record, Total


class User(Numbers):
    user_id: str
    traits: dict[str, Any]
    aliases: list[str]
    first_seen: str
    last_seen: str
    sessions: int
    latency_p50_ms: float | None
    """Of LLM calls."""
    latency_p95_ms: float | None
    models: list[str]
    derived: bool
    """True where every trace got this id from a provider's own end-user field."""
    window: Numbers | None = None
    """The part inside `from … to`, where a list was asked for a window."""


class UserPage(Record):
    items: list[User]
    total: Total | None
    next_cursor: str | None


class UserPatch(Body):
    """What shall be different about a user; at least one of them."""

    traits: dict[str, Any] | None = None
    """Values by name; others stay as they are."""
    aliases: list[Annotated[str, Field(min_length=1, max_length=ID_CHARACTERS)]] | None = Field(
        default=None, max_length=1000
    )
    """Every other id of the same person. Their activity counts as this user's; one that is left out is taken back, and
    has its own again. An id that was another user's alias becomes this one's."""
