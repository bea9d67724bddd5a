"""Sessions: what holds a user's interaction together, started, resumed and ended at any time and in any process."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from datetime import datetime, timezone
from types import TracebackType
from typing import Any, TypeVar, cast

from baserun._config import is_recording, record, state
from baserun._guard import guarded
from baserun.context._generators import run_async_generator, run_generator
from baserun.context._identity import clean_id, clean_user, original_of
from baserun.context._ids import new_uuid
from baserun.context._scope import NOWHERE, Scope, current, leave
from baserun.errors import unknown_keyword
from baserun.recording import _attributes as names
from baserun.recording._content import metadata_attributes
from baserun.recording._span import LogRecord

F = TypeVar("F", bound=Callable[..., Any])


class EndUser:
    """The person behind a session; `id` and `identifier` are the same text."""

    __slots__ = ("id", "identifier")

    def __init__(self, identifier: str) -> None:
        self.id = identifier
        self.identifier = identifier

    def __repr__(self) -> str:
        return f"EndUser({self.identifier!r})"


class Session:
    """A session. `id` is known before anything is sent: store it, pass it as `session_identifier` to go on later."""

    def __init__(
        self,
        identifier: str,
        user_identifier: str | None,
        name: str | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        self.id = identifier
        """The session's id; the same as `identifier`."""
        self.user_identifier = user_identifier
        """The user as sent: hashed, where `init(hash_users=True)` asked for it."""
        self.name = name
        self.metadata = dict(metadata or {})
        self.start_timestamp: datetime | None = datetime.now(timezone.utc)
        self.completion_timestamp: datetime | None = None
        self._ended_outcome: str | None = None

    @property
    def identifier(self) -> str:
        """Return the session's id."""
        return self.id

    @property
    def end_user(self) -> EndUser | None:
        """Return the session's user, or None where it has none."""
        return EndUser(self.user_identifier) if self.user_identifier else None

    def end(self, outcome: str | None = None, completion_timestamp: datetime | None = None) -> None:
        """Say that the session is over. Optional, undone by later activity; a second call without news says nothing.

        `outcome` is free text; `completed`, `failed` and `abandoned` are understood by the pages.
        """
        if self.completion_timestamp is not None and outcome in (None, self._ended_outcome):
            return
        self.completion_timestamp = completion_timestamp or datetime.now(timezone.utc)
        self._ended_outcome = outcome
        with guarded("session.end"):
            emit_end(self.id, self.user_identifier, outcome, completion_timestamp)

    def __repr__(self) -> str:
        return f"Session({self.id!r}, user_identifier={self.user_identifier!r})"


_KEYWORDS = (
    "user_identifier",
    "session_identifier",
    "name",
    "metadata",
    "auto_end",
    "identifier",
    "session_id",
    "user",
)


class with_session:
    """Everything that happens inside belongs to this session and user: `with`, `async with`, or a decorator.

    `user_identifier` is who the user is to the application (best a hash); `session_identifier` resumes an earlier
    session or names a new one, else an id is made. Either may be left out; inside another session, what is left out is
    inherited if only a user or nothing is given. `name` and `metadata` describe the session. With `auto_end=True`
    leaving the block ends the session; without, it simply rests until it is resumed. Yields a `Session`.

    The older spellings `identifier` (user) and `session_id` are understood too. As a decorator each call of the
    function is a session of its own, or resumes the one named.
    """

    def __init__(
        self,
        user_identifier: Any = None,
        session_identifier: Any = None,
        auto_end: bool = False,
        *,
        name: str | None = None,
        metadata: dict[str, Any] | None = None,
        **older: Any,
    ) -> None:
        for keyword in older:
            if keyword not in _KEYWORDS:
                raise unknown_keyword("with_session", keyword, _KEYWORDS)
        if user_identifier is None:
            user_identifier = older.get("identifier", older.get("user"))
        if session_identifier is None:
            session_identifier = older.get("session_id")
        self._user = user_identifier
        self._session_identifier = session_identifier
        self._auto_end = auto_end
        self._name = name
        self._metadata = metadata
        self._entered: list[tuple[Scope, Scope, Session]] = []

    def __enter__(self) -> Session:
        before = current.get()
        session = open_session(self._user, self._session_identifier, self._name, self._metadata)
        scope = scope_of(session, before)
        self._entered.append((scope, before, session))
        current.set(scope)
        return session

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        scope, before, session = self._entered.pop()
        leave(scope, before)
        if self._auto_end:
            session.end("failed" if kind is not None and issubclass(kind, Exception) else None)

    async def __aenter__(self) -> Session:
        return self.__enter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.__exit__(kind, error, traceback)

    def _again(self) -> with_session:
        return with_session(
            self._user, self._session_identifier, self._auto_end, name=self._name, metadata=self._metadata
        )

    def __call__(self, function: F) -> F:
        """Decorate a function: each call runs in the session."""
        if inspect.isasyncgenfunction(function):

            @functools.wraps(function)
            def stream_async(*args: Any, **kwargs: Any) -> Any:
                return run_async_generator(function(*args, **kwargs), self._again(), current.get())

            return stream_async  # type: ignore[return-value]
        if inspect.isgeneratorfunction(function):

            @functools.wraps(function)
            def stream(*args: Any, **kwargs: Any) -> Any:
                return run_generator(function(*args, **kwargs), self._again(), current.get())

            return stream  # type: ignore[return-value]
        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def run_async(*args: Any, **kwargs: Any) -> Any:
                with self._again():
                    return await function(*args, **kwargs)

            return run_async  # type: ignore[return-value]

        @functools.wraps(function)
        def run(*args: Any, **kwargs: Any) -> Any:
            with self._again():
                return function(*args, **kwargs)

        return run  # type: ignore[return-value]


def open_session(
    user: Any, session_identifier: Any, name: str | None = None, metadata: dict[str, Any] | None = None
) -> Session:
    """Make a session and report its start. A user that is left out is the surrounding one's."""
    around = current.get()
    user_id = clean_user(user, state.settings.hash_users) or around.user_id
    session_id = clean_id(session_identifier, "session")
    session = Session(session_id or new_uuid(), user_id, name, metadata)
    if is_recording():
        with guarded("with_session"):
            attributes: dict[str, Any] = {}
            original = original_of(session_identifier, session_id) or (
                original_of(user, user_id) if not state.settings.hash_users else None
            )
            if original:
                attributes[names.ID_ORIGINAL] = original
            if name:
                attributes[names.SESSION_NAME] = str(name)
            attributes.update(metadata_attributes(metadata))
            record(LogRecord("session.start", attributes, Scope(session.id, user_id)))
    return session


def scope_of(session: Session, around: Scope) -> Scope:
    """Return the scope inside a session. The trace that runs already takes the session on, if it has none yet."""
    trace = around.trace
    if trace is not None and not trace.end_ns:
        if trace.session_id is None:
            trace.session_id = session.id
        if trace.user_id is None:
            trace.user_id = session.user_identifier
    return Scope(session.id, session.user_identifier, around.span, around.trace, session, around.step)


def emit_end(
    session_id: str, user_id: str | None, outcome: str | None = None, completion_timestamp: datetime | None = None
) -> None:
    """Report the end of a session."""
    if not is_recording():
        return
    ended = LogRecord(
        "session.end", {names.SESSION_OUTCOME: str(outcome)} if outcome else {}, Scope(session_id, user_id)
    )
    if completion_timestamp is not None:
        ended.time_ns = int(completion_timestamp.timestamp() * 1e9)
    record(ended)


def current_session() -> Session | None:
    """Return the session that holds for the code that runs now, or None."""
    return cast("Session | None", current.get().session)


def start_session(
    user_identifier: Any = None,
    start_timestamp: datetime | None = None,
    session_identifier: Any = None,
    *,
    identifier: Any = None,
    name: str | None = None,
    metadata: dict[str, Any] | None = None,
) -> Session:
    """Start or resume a session with no block around it: it holds for the code that runs from here in this context.

    `end_session` ends it and goes back to what held before. `identifier` is an older spelling of `session_identifier`.
    """
    before = current.get()
    session = open_session(user_identifier, session_identifier or identifier, name, metadata)
    if start_timestamp is not None:
        session.start_timestamp = start_timestamp
    scope = scope_of(session, before)
    session._before = (scope, before)  # type: ignore[attr-defined]
    current.set(scope)
    return session


def end_session(
    session: Session | str | None = None, completion_timestamp: datetime | None = None, outcome: str | None = None
) -> None:
    """End a session: the object, its id, or the one that holds now. Where it holds now, it no longer does."""
    around = current.get()
    target = session if session is not None else around.session
    if target is None:
        return
    if isinstance(target, Session):
        target.end(outcome, completion_timestamp)
        ended_id = target.id
    else:
        ended_id = str(target)
        with guarded("end_session"):
            emit_end(ended_id, around.user_id if around.session_id == ended_id else None, outcome, completion_timestamp)
    if around.session_id == ended_id and around.session is not None:
        entered = getattr(around.session, "_before", None)
        before = entered[1] if entered else NOWHERE
        if around.span is not before.span:
            before = Scope(before.session_id, before.user_id, around.span, around.trace, before.session, around.step)
        current.set(before)


async def astart_session(*args: Any, **kwargs: Any) -> Session:
    """Start or resume a session; the awaitable twin of `start_session`."""
    return start_session(*args, **kwargs)


async def aend_session(*args: Any, **kwargs: Any) -> None:
    """End a session; the awaitable twin of `end_session`."""
    end_session(*args, **kwargs)
