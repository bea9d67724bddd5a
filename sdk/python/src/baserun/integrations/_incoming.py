"""From an incoming request to its user and session, whichever framework it came through."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, unquote

from baserun import _config
from baserun._guard import guarded, report
from baserun.context._identity import clean_id, clean_user
from baserun.context._propagation import scope_from_headers
from baserun.context._scope import Scope, current
from baserun.errors import InvalidArgument

Source = str | Callable[[Any], Any] | None
"""`header:NAME`, `cookie:NAME`, `query:NAME`, `path:/chats/{session}`, or a function of the `Incoming` request."""


class Incoming:
    """A request as the sources see it; `raw` is the framework's own: ASGI scope, WSGI environ, Django request."""

    __slots__ = ("_cookies", "headers", "path", "query_string", "raw")

    def __init__(self, headers: dict[str, str], path: str, query_string: str, raw: Any) -> None:
        self.headers = headers
        """Under lower-case names."""
        self.path = path
        self.query_string = query_string
        self.raw = raw
        self._cookies: dict[str, str] | None = None

    @property
    def cookies(self) -> dict[str, str]:
        """Return the cookies."""
        if self._cookies is None:
            pairs = (item.partition("=") for item in self.headers.get("cookie", "").split(";"))
            self._cookies = {
                name.strip(): unquote(value.strip().strip('"')) for name, _, value in pairs if name.strip()
            }
        return self._cookies


def reader(source: Source) -> Callable[[Incoming], Any]:
    """Return the function that finds an id in a request."""
    if source is None:
        return lambda _: None
    if callable(source):
        return lambda incoming: source(incoming)
    where, _, name = source.partition(":")
    if where == "header" and name:
        return lambda incoming: incoming.headers.get(name.lower())
    if where == "cookie" and name:
        return lambda incoming: incoming.cookies.get(name)
    if where == "query" and name:
        return lambda incoming: next(iter(parse_qs(incoming.query_string).get(name, ())), None)
    if where == "path" and name:
        return _path_reader(name)
    raise InvalidArgument(
        f"the source of an id is `{source}`\n\n"
        "hint: give `header:NAME`, `cookie:NAME`, `query:NAME`, `path:/chats/{session}` or a function of the request"
    )


def _path_reader(template: str) -> Callable[[Incoming], Any]:
    pattern = re.compile(re.sub(r"\\\{[^}]*\\\}", "([^/]+)", re.escape(template)))
    if pattern.groups != 1:
        raise InvalidArgument(f"the path is `{template}`\n\nhint: it takes one place, such as `/chats/{{session}}`")

    def read(incoming: Incoming) -> Any:
        found = pattern.match(incoming.path)
        return unquote(found.group(1)) if found else None

    return read


class Reader:
    """Finds user and session of requests, by two sources."""

    def __init__(self, user: Source = None, session: Source = None) -> None:
        self._user = reader(user)
        self._session = reader(session)

    def scope(self, incoming: Incoming) -> Scope:
        """Return the scope of a request: what other services sent along, then what the sources say."""
        around = current.get()
        with guarded("incoming request"):
            if _config.state.settings.propagate:
                around = scope_from_headers(incoming.headers, around)
        return identified(around, self._find(self._user, incoming), self._find(self._session, incoming))

    def _find(self, find: Callable[[Incoming], Any], incoming: Incoming) -> Any:
        try:
            return find(incoming)
        except Exception as error:
            report("the function that finds a user or session", error)
            return None


def identified(around: Scope, user: Any, session: Any) -> Scope:
    """Return a scope with another user and session, where they are given.

    Nothing is reported for it: a request that calls no model is none of our business.
    """
    user_id = clean_user(user, _config.state.settings.hash_users) or around.user_id
    session_id = clean_id(session, "session") or around.session_id
    if user_id == around.user_id and session_id == around.session_id:
        return around
    from baserun.recording._session import Session

    entered = Session(session_id, user_id) if session_id else None
    return Scope(session_id, user_id, around.span, around.trace, entered, around.step)
