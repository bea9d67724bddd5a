"""What was acknowledged and could not be read or stored: how many there are, and why each is there.

`baserun-server replay-dead-letters` tries them again; what they hold stands in the file of the data folder alone.
"""

import asyncio
from pathlib import Path
from typing import Annotated, Any

import orjson
from fastapi import Query, Request

from ..ingest.dead_letters import aside, lines_of
from . import schemas
from .paging import fingerprint, read_cursor, write_cursor
from .parameters import PageParameters
from .reader import Ask
from .times import format_time

BELONGS_TO = fingerprint("dead letters", {})


async def find_dead_letters(
    request: Request, ask: Ask, query: Annotated[PageParameters, Query()]
) -> schemas.DeadLetterPage:
    """Dead letters of the project, the newest first, with those that name no project (damaged bytes of the log)."""
    found = await asyncio.to_thread(_read, request.app.state.settings.dead_letters, ask.project_id)
    after = tuple(read_cursor(query.cursor, BELONGS_TO, [int, str])) if query.cursor else None
    rest = [letter for letter in found if after is None or _key(letter) < after]
    page = rest[: query.limit]
    return schemas.DeadLetterPage(
        items=[
            schemas.DeadLetter(
                id=letter["id"], at=format_time(letter["at_us"]), kind=letter["kind"], reason=letter["reason"]
            )
            for letter in page
        ],
        total=schemas.Total(value=len(found), exact=True),
        next_cursor=write_cursor(BELONGS_TO, list(_key(page[-1]))) if len(rest) > len(page) else None,
    )


def _read(path: Path, project_id: str) -> list[dict[str, Any]]:
    """The letters of a project without their records, the newest first; of two with one id the later."""
    found: dict[str, dict[str, Any]] = {}
    for part in (aside(path), path):
        for number, line in enumerate(lines_of(part), 1):
            letter = _letter(line) or _unreadable(f"{part.name} {number}")
            if letter["project_id"] in (None, project_id):
                found[letter["id"]] = letter
    return sorted(found.values(), key=_key, reverse=True)


def _letter(line: bytes) -> dict[str, Any] | None:
    """What an answer needs of a letter; None where a crash, a disk or a person left a line that is none."""
    try:
        letter = orjson.loads(line)
        project_id = _project_of(letter)
    except (ValueError, KeyError, TypeError, IndexError):
        return None
    kept = {name: letter.get(name) for name in ("id", "at_us", "kind", "reason")}
    texts = all(isinstance(kept[name], str) for name in ("id", "kind", "reason"))
    return {**kept, "project_id": project_id} if texts and isinstance(kept["at_us"], int) else None


def _unreadable(place: str) -> dict[str, Any]:
    return {"id": place, "at_us": 0, "kind": "line", "reason": "the line cannot be read", "project_id": None}


def _key(letter: dict[str, Any]) -> tuple[int, str]:
    return letter["at_us"], letter["id"]


def _project_of(letter: dict[str, Any]) -> str | None:
    if "project_id" in letter:
        return letter["project_id"]
    record = letter["record"]
    if letter["kind"] == "entry" and isinstance(record, list):
        return record[0]
    if letter["kind"] == "list" and isinstance(record, list):
        record = record[0]
    return record.get("project_id") if isinstance(record, dict) else None
