"""Flask and every other WSGI application.

app.wsgi_app = BaserunMiddleware(app.wsgi_app, user="header:x-user-id", session="cookie:session_id")
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from baserun.context._scope import Scope, current, restored
from baserun.integrations._incoming import Incoming, Reader, Source


class BaserunMiddleware:
    """Everything that a request does belongs to the user and session that it names, streamed answers included."""

    def __init__(self, app: Any, user: Source = None, session: Source = None) -> None:
        self.app = app
        self._reader = Reader(user, session)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Serve a request."""
        headers = {
            name[5:].replace("_", "-").lower(): value for name, value in environ.items() if name.startswith("HTTP_")
        }
        incoming = Incoming(headers, environ.get("PATH_INFO", ""), environ.get("QUERY_STRING", ""), environ)
        scope = self._reader.scope(incoming)
        with restored(scope):
            answer = self.app(environ, start_response)
        # A list is there already; anything else may still run code of the application while it is sent.
        return answer if isinstance(answer, (list, tuple)) else Streamed(answer, scope)


class Streamed:
    """An answer whose pieces are made in the scope of its request, whichever thread asks for them."""

    def __init__(self, pieces: Iterable[bytes], scope: Scope) -> None:
        self._pieces = pieces
        self._iterator: Iterator[bytes] | None = None
        self._scope = scope

    def __iter__(self) -> Streamed:
        return self

    def __next__(self) -> bytes:
        before = current.get()
        current.set(self._scope)
        try:
            if self._iterator is None:
                self._iterator = iter(self._pieces)
            return next(self._iterator)
        finally:
            self._scope = current.get()
            current.set(before)

    def close(self) -> None:
        """Close the answer, as WSGI asks."""
        close = getattr(self._pieces, "close", None)
        if close is not None:
            with restored(self._scope):
                close()
