"""`ETag` and 304: an answer stays true as long as the project's data does.

The tag is made of the data's version, the server's version and the minute, for a few answers change with the time
alone (a session turns idle, `now-7d` moves).
"""

import hashlib

from fastapi import Request, Response

from ... import __version__
from ..answers.reader import Ask

MINUTE_US = 60_000_000


class NotModified(Exception):
    """The client's copy is still valid."""

    def __init__(self, etag: str) -> None:
        super().__init__(etag)
        self.etag = etag


async def answer_if_changed(request: Request, response: Response, ask: Ask) -> None:
    """Set the `ETag`; raises `NotModified` where the client's copy carries the same."""
    version = await ask.data_version()
    text = f"{__version__} {ask.project_id} {version} {ask.now_us // MINUTE_US}"
    etag = f'W/"{hashlib.blake2b(text.encode(), digest_size=9).hexdigest()}"'
    known = {tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")}
    if etag.removeprefix("W/") in known or "*" in known:
        raise NotModified(etag)
    response.headers["etag"] = etag
    response.headers["cache-control"] = "private, no-cache"
