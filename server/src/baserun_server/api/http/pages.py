"""The web pages: the built files of `static/`, and the one page behind every address that the UI routes itself."""

from pathlib import Path

from fastapi import Request
from starlette.responses import FileResponse, PlainTextResponse, Response

from ...errors import NotFound
from .parameters import shorten

STATIC = Path(__file__).parents[2] / "static"
FOR_EVER = "public, max-age=31536000, immutable"
ALWAYS_ASK = "no-cache"
NOT_BUILT = """\
Baserun is running. The web pages are not part of this build.

The API answers under /api/v1 (see /openapi.json); OpenTelemetry is taken at /v1/traces and /v1/logs.

hint: in a checkout, `./dev serve` builds the pages; a published wheel holds them.
"""


async def get_page(request: Request) -> Response:
    """A file of the UI, or its one page; a missing file is not a page."""
    path = request.path_params["path"]
    if path.startswith(("api/", "v1/")):
        raise NotFound(f"there is nothing at `/{shorten(path)}`", hint="see `/openapi.json`")
    if found := _file_of(path):
        hashed = path.startswith("assets/")
        return FileResponse(found, headers={"cache-control": FOR_EVER if hashed else ALWAYS_ASK})
    if path.startswith("assets/"):
        raise NotFound(f"there is no file `/{shorten(path)}`", hint="reload the page: the server has a newer build")
    index = STATIC / "index.html"
    if not index.is_file():
        return PlainTextResponse(NOT_BUILT, headers={"cache-control": ALWAYS_ASK})
    return FileResponse(index, headers={"cache-control": ALWAYS_ASK})


def _file_of(path: str) -> Path | None:
    """The file of the UI at a path, where there is one."""
    try:
        found = (STATIC / path).resolve()
        is_ours = found.is_relative_to(STATIC) and found.is_file() and not found.name.startswith(".")
    except (OSError, ValueError):  # a name that no file can have: NUL, half a surrogate pair, too long
        return None
    return found if is_ours else None
