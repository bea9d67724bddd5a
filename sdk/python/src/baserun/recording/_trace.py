"""Traces: units of the application's work. A trace inside a trace is a step of it."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Any, cast

from baserun._config import is_recording, record, state
from baserun._guard import guarded
from baserun.context._identity import clean_id, clean_user
from baserun.context._scope import NOWHERE, Scope, current, leave
from baserun.errors import InvalidArgument
from baserun.recording import _attributes as names
from baserun.recording._content import metadata_attributes, short_repr, snapshot
from baserun.recording._span import ERROR, INTERNAL, LogRecord, Span

KINDS = ("chain", "agent", "tool", "retrieval", "llm", "embedding", "other")


class Trace:
    """A trace, or a step in one, while it runs: assign `result`, `error`, `metadata`, `name` as it goes."""

    __slots__ = ("_metadata", "_result", "_span", "error", "is_root", "tags")

    def __init__(self, span: Span, is_root: bool, metadata: dict[str, Any] | None = None) -> None:
        self._span = span
        self._metadata: dict[str, Any] = dict(metadata or {})
        self._result: Any = None
        self.error: Any = None
        """What went wrong, where the application says so itself; an exception is noted by itself."""
        self.is_root = is_root
        self.tags: list[str] = []

    @property
    def id(self) -> str:
        """Return the trace's id, 32 hex digits."""
        return self._span.trace_id

    trace_id = id
    run_id = id

    @property
    def span_id(self) -> str:
        """Return the id of this step, 16 hex digits."""
        return self._span.span_id

    @property
    def name(self) -> str:
        """Return the name; it can be assigned."""
        return self._span.name

    @name.setter
    def name(self, value: str) -> None:
        self._span.name = str(value)

    @property
    def result(self) -> Any:
        """Return what came of it; it can be assigned, also after the trace has ended."""
        return self._result

    @result.setter
    def result(self, value: Any) -> None:
        self._result = value
        if self._span.end_ns:
            self._update({names.OUTPUT: value}, {})

    output = result

    @property
    def metadata(self) -> dict[str, Any]:
        """Return the metadata: change the dictionary or assign another; after the end only an assignment counts."""
        return self._metadata

    @metadata.setter
    def metadata(self, value: dict[str, Any] | None) -> None:
        self._metadata = dict(value or {})
        if self._span.end_ns:
            self._update({}, metadata_attributes(self._metadata))

    @property
    def session_id(self) -> str | None:
        """Return the session that it belongs to, if any."""
        return self._span.session_id

    @property
    def user_id(self) -> str | None:
        """Return the user that it belongs to, if any."""
        return self._span.user_id

    @property
    def environment(self) -> str | None:
        """Return the environment that `init()` was told."""
        return state.settings.environment

    def end(self, error: BaseException | None = None) -> None:
        """End it now. Done by the block or function around it; needed only with `start_trace(end_on_exit=False)`."""
        with guarded("trace.end"):
            end_trace(self, error)

    def tag(self, *values: str) -> None:
        """Add tags."""
        self.tags.extend(str(value) for value in values)

    def _update(self, content: dict[str, Any], attributes: dict[str, Any]) -> None:
        with guarded("trace.update"):
            kept = {key: snapshot(value) for key, value in content.items()} if state.settings.capture_content else {}
            span = self._span
            where = Scope(span.session_id, span.user_id)
            made = LogRecord("baserun.trace.update", attributes, where, kept, None, span.trace_id, span.span_id)
            record(made)

    def __repr__(self) -> str:
        return f"Trace({self.name!r}, id={self.id!r})"


class start_trace:
    """Run a block as a trace, or as a step of the trace that it stands in: `with start_trace("answer", topic="x")`.

    Without a name the calling function's is used. Every further keyword is metadata. With `end_on_exit=False` the trace
    goes on after the block until `end()`. `kind` is `chain`, `agent`, `tool`, `retrieval` or `other`. `user`, `session`
    and `trace_id` set who and where, for this trace only; the `trace_id` of an earlier one continues it. Yields a
    `Trace`.
    """

    def __init__(
        self,
        name: str | None = None,
        end_on_exit: bool = True,
        *,
        kind: str = "chain",
        user: Any = None,
        session: Any = None,
        trace_id: str | None = None,
        metadata: dict[str, Any] | None = None,
        **more_metadata: Any,
    ) -> None:
        if kind not in KINDS:
            raise InvalidArgument(
                f"`kind` is `{kind}`\n\nhint: give one of {', '.join(f'`{known}`' for known in KINDS)}"
            )
        if name is None:
            name = sys._getframe(1).f_code.co_name
        self._name = name if name != "<module>" else "trace"
        self._kind = kind
        self._end_on_exit = end_on_exit
        self._user = user
        self._session = session
        self._trace_id = trace_id
        self._metadata = {**(metadata or {}), **more_metadata}
        self._scope = NOWHERE
        self._before = NOWHERE
        self.trace: Trace | None = None
        self.inputs: Any = None

    def __enter__(self) -> Trace:
        self._before = around = current.get()
        trace, scope = begin_trace(
            self._name, self._kind, around, self._metadata, self._user, self._session, self._trace_id
        )
        self.trace = trace
        self._scope = scope
        if self.inputs is not None:
            trace._span.content[names.INPUT] = self.inputs
        current.set(scope)
        return trace

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        leave(self._scope, self._before)
        if self.trace is None:
            return
        if self._end_on_exit or error is not None:
            self.trace.end(error)

    async def __aenter__(self) -> Trace:
        return self.__enter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.__exit__(kind, error, traceback)


def begin_trace(
    name: str,
    kind: str,
    around: Scope,
    metadata: dict[str, Any] | None = None,
    user: Any = None,
    session: Any = None,
    trace_id: str | None = None,
) -> tuple[Trace, Scope]:
    """Begin a trace in a scope, and return it with the scope inside it."""
    span = Span(name, INTERNAL, around, wire_trace_id(trace_id))
    span.attributes[names.SPAN_KIND] = kind
    if user is not None:
        span.user_id = clean_user(user, state.settings.hash_users) or span.user_id
    if session is not None:
        span.session_id = clean_id(session, "session") or span.session_id
    is_root = span.parent_span_id is None
    trace = Trace(span, is_root, metadata)
    return trace, Scope(span.session_id, span.user_id, span, span if is_root else around.trace, around.session, trace)


def wire_trace_id(trace_id: str | None) -> str | None:
    """Return a trace id of ours as it is; a UUID loses its dashes; any other text becomes an id by its hash."""
    if not trace_id:
        return None
    digits = str(trace_id).replace("-", "").lower()
    if len(digits) == 32 and all(digit in "0123456789abcdef" for digit in digits):
        return digits
    from hashlib import sha256

    return sha256(str(trace_id).encode("utf-8", "replace")).hexdigest()[:32]


def end_trace(trace: Trace, error: BaseException | None = None) -> None:
    """End a trace and record it; a second end says nothing."""
    span = trace._span
    if span.end_ns:
        return
    span.end_ns = time.time_ns()
    if trace._metadata:
        span.attributes.update(metadata_attributes(trace._metadata))
    if trace.tags:
        span.attributes[names.TAGS] = list(trace.tags)
    if not state.settings.capture_content:
        span.content = {}
    elif trace._result is not None:
        result = trace._result
        span.content[names.OUTPUT] = result.joined() if type(result) is Yielded else snapshot(result)
    if span.attributes[names.SPAN_KIND] == "tool":
        _name_as_tool(span)
    _note_error(span, error if error is not None else trace.error)
    if is_recording():
        record(span)


class Yielded(list):  # type: ignore[type-arg]
    """The values that a generator has given so far."""

    def joined(self) -> Any:
        """Return texts as one text, anything else as the list that it is."""
        return "".join(self) if all(isinstance(value, str) for value in self) else list(self)


def _name_as_tool(span: Span) -> None:
    span.attributes[names.OPERATION] = "execute_tool"
    span.attributes[names.TOOL_NAME] = span.name
    if names.INPUT in span.content:
        span.content[names.TOOL_ARGUMENTS] = span.content.pop(names.INPUT)
    if names.OUTPUT in span.content:
        span.content[names.TOOL_RESULT] = span.content.pop(names.OUTPUT)


def _note_error(span: Span, error: Any) -> None:
    if error is None or isinstance(error, GeneratorExit):
        return
    if isinstance(error, BaseException):
        kind = type(error)
        if kind.__name__ == "CancelledError":
            span.attributes[names.ERROR_TYPE] = "cancelled"
            return
        span.status = ERROR
        span.status_message = _message(error)
        span.attributes[names.ERROR_TYPE] = kind.__name__
        span.events.append((span.end_ns, "exception", _exception_attributes(error)))
        return
    span.status = ERROR
    span.status_message = error if isinstance(error, str) else short_repr(error)
    span.attributes[names.ERROR_TYPE] = "error"


def _message(error: BaseException) -> str:
    try:
        return str(error)[:4_096] or type(error).__name__
    except Exception:
        return type(error).__name__


def _exception_attributes(error: BaseException) -> dict[str, Any]:
    import traceback

    text = "".join(traceback.format_exception(type(error), error, error.__traceback__, limit=-20))
    return {
        "exception.type": f"{type(error).__module__}.{type(error).__qualname__}",
        "exception.message": _message(error),
        "exception.stacktrace": text[-16_384:],
    }


def current_trace() -> Trace | None:
    """Return the trace, or the step of one, that the running code is in, or None: to assign `result` or `metadata`."""
    return cast("Trace | None", current.get().step)
