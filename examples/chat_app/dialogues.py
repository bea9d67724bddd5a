"""Reads the conversations in `dialogues/`.

    # Title
    > what the person says
    @ tool_name {"argument": 1} => {"result": 2}      or  => ! ErrorType: what went wrong
    < what the assistant says; lines that are indented by two blanks go on
    + a comment with thumbs up (the comment may be missing)
    - the same with thumbs down

`{name}`, `{item}`, `{order}`, `{town}`, `{day}` and `{price}` are filled in for each session.
"""

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "dialogues"
BLANK = re.compile(r"\{(name|item|order|town|day|price)\}")


@dataclass(frozen=True)
class ToolUse:
    """A tool that the assistant uses before it answers; `error` (`Type: message`) where it fails."""

    name: str
    arguments: dict[str, Any]
    result: Any = None
    error: str | None = None


@dataclass(frozen=True)
class Judgement:
    """What the person thought of an answer."""

    thumbs_up: bool
    comment: str


@dataclass
class Line:
    """One question with everything that follows from it."""

    user: str
    tools: list[ToolUse] = field(default_factory=list)
    answer: str = ""
    judgement: Judgement | None = None


@dataclass
class Dialogue:
    """A conversation with blanks to fill in."""

    title: str
    text: str


def read_dialogues() -> list[Dialogue]:
    """Every dialogue of the folder, in the order of files and lines."""
    dialogues = []
    for path in sorted(FOLDER.glob("*.txt")):
        for block in re.split(r"^# ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
            title, _, text = block.partition("\n")
            dialogues.append(Dialogue(title, text))
    return dialogues


def fill(text: str, blanks: dict[str, str]) -> str:
    """Put values into the blanks; any other brace stays as it is."""
    return BLANK.sub(lambda blank: blanks[blank[1]], text)


def read_lines(dialogue: Dialogue, blanks: dict[str, str]) -> list[Line]:
    """The dialogue as it is spoken with these values."""
    lines: list[Line] = []
    for mark, text in _entries(fill(dialogue.text, blanks)):
        if mark == ">":
            lines.append(Line(text))
        elif mark == "@":
            lines[-1].tools.append(_tool_use(text))
        elif mark == "<":
            lines[-1].answer = text
        else:
            lines[-1].judgement = Judgement(mark == "+", text)
    for line in lines:
        if not line.answer:
            raise ValueError(f"nobody answers `{line.user}` in `{dialogue.title}`")
    return lines


def _entries(text: str) -> list[tuple[str, str]]:
    entries: list[tuple[str, str]] = []
    for line in text.split("\n"):
        if line[:1] in (">", "@", "<", "+", "-"):
            entries.append((line[0], line[2:]))
        elif entries and (line.startswith("  ") or not line):
            mark, before = entries[-1]
            entries[-1] = (mark, f"{before}\n{line[2:]}")
        elif line:
            raise ValueError(f"`{line}` begins with no mark")
    return [(mark, text.strip()) for mark, text in entries]


def _tool_use(text: str) -> ToolUse:
    called, _, outcome = text.partition(" => ")
    name, _, arguments = called.partition(" ")
    if outcome.startswith("! "):
        return ToolUse(name, json.loads(arguments), error=outcome[2:])
    return ToolUse(name, json.loads(arguments), json.loads(outcome))
