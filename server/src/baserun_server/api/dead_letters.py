"""What was acknowledged and could not be read or stored: how many there are, and why each is there.

`baserun-server replay-dead-letters` tries them again; what they hold stands in the file of the data folder alone.
"""

import asyncio
from pathlib import Path
from typing import Annotated, Any

from fastapi import Query, Request

from ..ingest.dead_letters import each_letter, projects_of
from . import schemas
from .answers.reader import Ask
from .http.parameters import PageParameters
from .http.times import format_time
from .lists.paging import fingerprint, read_cursor, write_cursor


async def find_dead_letters(
    request: Request, ask: Ask, query: Annotated[PageParameters, Query()]
) -> schemas.DeadLetterPage:
    """Dead letters of the project, the newest first, with those that name no project (damaged bytes of the log)."""
    found = await asyncio.to_thread(_read, request.app.state.settings.dead_letters, ask.project_id)
    belongs_to = fingerprint("dead letters", ask.project_id)
    after = tuple(read_cursor(query.cursor, belongs_to, [int, str])) if query.cursor else None
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
        next_cursor=write_cursor(belongs_to, list(_key(page[-1]))) if len(rest) > len(page) else None,
    )


def _read(path: Path, project_id: str) -> list[dict[str, Any]]:
    """The letters of a project without their records, the newest first; of two with one id the later."""
    found: dict[str, dict[str, Any]] = {}
    for letter in each_letter(path):
        if shown := _shown(letter, project_id):
            found[shown["id"]] = shown
    return sorted(found.values(), key=_key, reverse=True)


def _shown(letter: dict[str, Any], project_id: str) -> dict[str, Any] | None:
    """What a project may know of a letter: all but what it holds.

    Of one that concerns several projects the kind of fault: the rest of the reason may quote what another one sent.
    Damaged bytes may be anybody's, and their reason quotes nothing; any other letter of no project is nobody's to see.
    """
    projects = projects_of(letter)
    if project_id not in projects and not (letter["kind"] in ("bytes", "line") and not projects):
        return None
    reason = letter["reason"] if len(projects) < 2 else letter["reason"].partition(":")[0]
    return {"id": letter["id"], "at_us": letter["at_us"], "kind": letter["kind"], "reason": reason}


def _key(letter: dict[str, Any]) -> tuple[int, str]:
    return letter["at_us"], letter["id"]
