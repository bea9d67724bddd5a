"""Sessions."""

from typing import Any, Literal

from pydantic import Field

from ...limits import ID_CHARACTERS
from .base import Body, Numbers, Record, SessionStatus, Total
from .scores import Score
from .turns import TurnMark


class Session(Numbers):
    session_id: str
    user_id: str | None
    user_name: str | None
    """The user's name, where the application told one (trait `name`, `full_name` or `email`)."""
    users: list[str]
    """More than one where traces of the session name different users."""
    name: str | None
    status: SessionStatus
    """`active`: activity in the last 5 minutes, not ended; `idle`: none since; `ended`: ended, and nothing after it."""
    outcome: str | None
    started_at: str
    last_activity: str
    ended_at: str | None
    duration_ms: float
    latency_p50_ms: float | None
    latency_p95_ms: float | None
    models: list[str]
    tags: list[str]
    environment: str | None
    release: str | None
    metadata: dict[str, Any]
    first_input: str | None
    """Preview, at most 200 characters."""
    last_output: str | None
    window: Numbers | None = None


class SessionDetail(Session):
    turns_total: int
    strip: list[TurnMark]
    scores: list[Score]
    """Those that judge the session as a whole."""


class SessionPage(Record):
    items: list[Session]
    total: Total | None
    next_cursor: str | None


class SessionPatch(Body):
    """What shall be different about a session; at least one of them."""

    user_id: str | None = Field(default=None, min_length=1, max_length=ID_CHARACTERS)
    """Assigns the session, and every trace of it, to this user, whatever the spans say."""
    name: str | None = Field(default=None, min_length=1, max_length=200)
    ended: Literal[True] | None = None
    """Ends the session now; activity after that resumes it."""
    outcome: str | None = Field(default=None, min_length=1, max_length=200)
    """`completed`, `failed`, `abandoned`, or a word of one's own; ends the session too."""
