"""What a search found."""

from typing import Literal

from .base import Record


class Match(Record):
    """Where in a snippet the words stand, in characters."""

    role: Literal["user", "assistant"]
    start: int
    length: int


class Found(Record):
    type: Literal["user", "session", "trace", "span"]
    id: str
    title: str
    snippet: str | None
    """Where the words were found; at most 200 characters."""
    at: str | None
    url: str
    """Its page, a path on this server."""
    match: Match | None = None
    """The first place of the words in the snippet."""


class FoundPage(Record):
    items: list[Found]


class SessionMatch(Match):
    """A place in a session where words were said."""

    n: int
    """The turn: `turns?around=n` shows it."""
    trace_id: str
    span_id: str
    snippet: str


class SessionFound(Record):
    items: list[SessionMatch]
    """In the order of the conversation, at most 1,000."""
    turns: int
    """How many turns hold them."""
    more: bool
    """There are more places than these."""
