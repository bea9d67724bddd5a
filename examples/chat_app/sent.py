"""What the application knows that it sent: one record per call and per turn, to compare with what the server shows.

Nothing here asks Baserun. Usage is what the provider answered, as the application received it.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class SentCall:
    """One call of the model."""

    model: str
    input_tokens: int | None
    """None where the provider said nothing: a failure, or a stream without usage."""
    output_tokens: int | None
    cached_tokens: int | None
    reasoning_tokens: int | None
    error: str | None
    ended_at: float
    """Seconds since the epoch."""


@dataclass(frozen=True)
class SentTurn:
    """One question and what came of it: a trace."""

    session_key: str | None
    session_id: str | None
    user_id: str | None
    calls: list[SentCall]
    tool_calls: int
    errors: int
    """Failures where they happened: of a call that the turn failed with, and of tools."""
    thumbs_up: bool | None


def write_turns(path: Path, turns: list[SentTurn]) -> None:
    """One JSON line a turn."""
    path.write_text("".join(json.dumps(asdict(turn)) + "\n" for turn in turns), encoding="utf-8")


def read_turns(path: Path) -> list[SentTurn]:
    """What `write_turns` wrote."""
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [SentTurn(**{**line, "calls": [SentCall(**call) for call in line["calls"]]}) for line in lines]
