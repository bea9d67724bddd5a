"""What was acknowledged and could not be read or stored: how many there are, and why each is there.

`baserun-server replay-dead-letters` tries them again; what they hold stands in the file of the data folder alone.
"""

import asyncio
from pathlib import Path
from typing import Annotated, Any

from fastapi import Query, Request

from ..ingest.dead_letters import read_dead_letters
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
    letters = [letter for letter in read_dead_letters(path) if _project_of(letter) in (None, project_id)]
    for letter in letters:
        del letter["record"]
    return sorted(letters, key=_key, reverse=True)


def _key(letter: dict[str, Any]) -> tuple[int, str]:
    return letter["at_us"], letter["id"]


def _project_of(letter: dict[str, Any]) -> str | None:
    record = letter["record"]
    if "project_id" in letter:
        return letter["project_id"]
    if letter["kind"] == "entry" and isinstance(record, list):
        return record[0]
    if letter["kind"] == "list" and isinstance(record, list):
        record = record[0]
    return record.get("project_id") if isinstance(record, dict) else None
