"""Clients with a name, a user and a session of their own: `init(OpenAI(), user=…)` and `baserun.OpenAI(user=…)`.

The client stays what it is: the same object with the same settings, an instance of its own class still, for its class
becomes a subclass of it. What it returns is not touched.
"""

from __future__ import annotations

import functools
import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from baserun._config import record, state
from baserun._guard import guarded
from baserun.context._identity import clean_id, clean_user
from baserun.context._ids import new_uuid
from baserun.context._scope import Scope
from baserun.recording import _attributes as names
from baserun.recording._content import metadata_attributes, snapshot
from baserun.recording._feedback import record_score, score_of
from baserun.recording._notes import Tag, note
from baserun.recording._span import LogRecord
from baserun.recording._trace import wire_trace_id

_OWN = ("name", "user", "session", "trace_id", "metadata", "result", "output", "experiment")
_EXTRAS = ("name", "variables", "template", "session", "metadata", "completion_id", "trace_id")

_extras: ContextVar[dict[str, Any] | None] = ContextVar("baserun_call_extras", default=None)


class RecordedClient:
    """What a recorded client can do besides. The attributes may be changed at any time and hold from the next call.

    A client that several requests share has one user for all of them: there use `with_session`, which holds before
    what the client says.
    """

    _baserun_base: Any
    """The provider's class that it is a subclass of."""
    name: str | None
    """Name of the client's trace."""
    user: Any
    """User of its calls, where no `with_session` around says another."""
    session: Any
    """Session of its calls, where no `with_session` around says another."""
    metadata: dict[str, Any]
    """Sent with each call."""
    tags: list[Tag]
    """What was noted through this client."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        own = {key: kwargs.pop(key) for key in _OWN if key in kwargs}
        self._baserun_base.__init__(self, *args, **kwargs)
        bind(self, **own)

    @property
    def trace_id(self) -> str:
        """Return the trace of the client's calls; another can be assigned."""
        return self.__dict__["_baserun_trace_id"]

    @trace_id.setter
    def trace_id(self, value: str) -> None:
        self.__dict__["_baserun_trace_id"] = str(value)
        self.__dict__["_baserun_trace_given"] = True

    @property
    def result(self) -> Any:
        """Return what came of the client's trace; assign it, it is sent at once."""
        return self.__dict__.get("_baserun_result")

    @result.setter
    def result(self, value: Any) -> None:
        self.__dict__["_baserun_result"] = value
        if value is not None:
            self._update({names.OUTPUT: snapshot(value)})

    output = result

    @property
    def error(self) -> Any:
        """Return what the application said went wrong; assign it, it is sent at once."""
        return self.__dict__.get("_baserun_error")

    @error.setter
    def error(self, value: Any) -> None:
        self.__dict__["_baserun_error"] = value
        if value is not None:
            self._update({}, {f"{names.METADATA}error": str(value)})

    def tag(self, key: str, value: Any = None, metadata: dict[str, Any] | None = None, tag_type: str = "custom") -> Tag:
        """Tag the client's trace."""
        return self._note(tag_type, key, value, metadata)

    def log(self, message: Any, name: Any = None, metadata: dict[str, Any] | None = None) -> Tag:
        """Log something in the client's trace."""
        if isinstance(name, dict):
            name, metadata = None, name
        return self._note("log", name or "log", message, metadata)

    def variable(self, key: str, value: Any = None, metadata: dict[str, Any] | None = None) -> Tag:
        """Note a prompt variable in the client's trace."""
        return self._note("variable", key, value, metadata)

    def feedback(self, name: Any = None, score: Any = None, metadata: dict[str, Any] | None = None, **more: Any) -> Tag:
        """Record what a person thought of the client's trace: `feedback("helpful", 0.9)` or `feedback(0.9)`."""
        if isinstance(name, (int, float)) and score is None:
            name, score = None, name
        value, label = score_of(more.get("thumbsup"), more.get("stars"), score)
        noted = Tag("feedback", str(name or "General Feedback"), value, metadata)
        record_score(
            noted.key,
            value,
            label,
            "feedback",
            scope=scope_of(self),
            metadata=metadata,
            trace_id=wire_trace_id(self.trace_id),
        )
        self.tags.append(noted)
        return noted

    def eval(self, name: str, score: Any = None, metadata: dict[str, Any] | None = None) -> None:
        """Record a check on the client's trace."""
        value = None if score is None else float(score)
        label = None if value is None else "pass" if value >= 0.5 else "fail"
        record_score(
            name, value, label, "check", scope=scope_of(self), metadata=metadata, trace_id=wire_trace_id(self.trace_id)
        )

    def submit_to_baserun(self) -> None:
        """Do nothing: everything is sent by itself."""

    def copy(self, **kwargs: Any) -> Any:
        """Copy the client; the copy is recorded under the same name, user, session and trace."""
        copied = self._baserun_base.copy(self, **kwargs)
        copied.name, copied.user, copied.session = self.name, self.user, self.session
        copied.metadata = dict(self.metadata)
        for key in ("_baserun_trace_id", "_baserun_trace_given"):
            copied.__dict__[key] = self.__dict__[key]
        return copied

    with_options = copy

    def _note(self, kind: str, key: str, value: Any, metadata: dict[str, Any] | None) -> Tag:
        noted = note(kind, key, value, metadata, trace_id=self.trace_id, scope=scope_of(self))
        self.tags.append(noted)
        return noted

    def _update(self, content: dict[str, Any], attributes: dict[str, Any] | None = None) -> None:
        with guarded("client.update"):
            made = LogRecord(
                "baserun.trace.update",
                attributes or {},
                scope_of(self),
                content if state.settings.capture_content else {},
                trace_id=wire_trace_id(self.trace_id),
            )
            record(made)


def recorded_class(client_class: type) -> type:
    """Return the subclass of a client's class that is recorded under its own name, user and session."""
    return client_class if hasattr(client_class, "_baserun_base") else _recorded_class(client_class)


@functools.cache
def _recorded_class(client_class: type) -> type:
    # Its methods are put into the one class rather than inherited: an object can only change to a class of one base.
    members = {name: member for name, member in vars(RecordedClient).items() if name not in _OF_EVERY_CLASS}
    members |= {"__module__": client_class.__module__, "_baserun_base": client_class}
    return type(client_class.__name__, (client_class,), members)


_OF_EVERY_CLASS = ("__dict__", "__weakref__", "__module__", "__annotations__")


def provider_class(module_name: str, class_name: str) -> type:
    """Return the recorded class of a provider's client; ImportError where the provider's package is not installed."""
    return recorded_class(getattr(importlib.import_module(module_name), class_name))


def record_client(client: Any, **own: Any) -> Any:
    """Make a client a recorded one, in place."""
    if not hasattr(client, "_baserun_base"):
        client.__class__ = recorded_class(type(client))
        bind(client, **own)
        return client
    for key, value in own.items():
        if value is not None and key != "experiment":
            setattr(client, key, value)
    return client


def is_client(value: Any) -> bool:
    """Whether a value is a provider's client that can be recorded under its own name, user and session."""
    return hasattr(value, "_baserun_base") or (
        hasattr(type(value), "copy") and any(hasattr(type(value), resource) for resource in ("chat", "messages"))
    )


def bind(
    client: Any,
    name: str | None = None,
    user: Any = None,
    session: Any = None,
    trace_id: str | None = None,
    metadata: dict[str, Any] | None = None,
    result: Any = None,
    output: Any = None,
    experiment: Any = None,
) -> None:
    """Give a client its name, user, session and trace, and let its calls take the extra arguments of SDK 2.x."""
    client.name, client.user, client.session = name, user, session
    client.metadata = dict(metadata or {})
    client.tags = []
    client.__dict__["_baserun_trace_id"] = str(trace_id or new_uuid())
    client.__dict__["_baserun_trace_given"] = trace_id is not None
    for owner in (_resource(client, "chat", "completions"), _resource(client, "messages")):
        if owner is not None and "create" not in owner.__dict__:
            for method in ("create", "stream", "parse"):
                original = getattr(owner, method, None)
                if original is not None:
                    owner.__dict__[method] = _taking_extras(original)
    if result is not None or output is not None:
        client.result = result if result is not None else output


def _resource(client: Any, *path: str) -> Any:
    found = client
    for step in path:
        found = getattr(found, step, None)
    return found


def _taking_extras(original: Any) -> Any:
    """Wrap a method so that what is ours among its arguments is noted and what is the provider's goes on to it."""

    @functools.wraps(original)
    def create(*args: Any, **kwargs: Any) -> Any:
        extras = {key: kwargs.pop(key) for key in _EXTRAS if key in kwargs and not _is_providers(key, kwargs[key])}
        if not extras:
            return original(*args, **kwargs)
        with _held(extras):
            made = original(*args, **kwargs)
        # A coroutine runs later: what it is to note must hold then.
        return _awaited(made, extras) if hasattr(made, "__await__") else made

    return create


def _is_providers(key: str, value: Any) -> bool:
    # `metadata` is also an argument of the providers: theirs holds texts only, and Anthropic's is the user.
    return key == "metadata" and isinstance(value, dict) and (not value or set(value) == {"user_id"})


async def _awaited(coroutine: Any, extras: dict[str, Any]) -> Any:
    with _held(extras):
        return await coroutine


@contextmanager
def _held(extras: dict[str, Any]) -> Iterator[None]:
    token = _extras.set(extras)
    try:
        yield
    finally:
        _extras.reset(token)


def scope_of(client: Any) -> Scope:
    """Return whose the client's calls are."""
    return Scope(clean_id(client.session, "session"), clean_user(client.user, state.settings.hash_users))


def apply_client(client: RecordedClient, exchange: Any) -> None:
    """Give a call what its client and its extra arguments say of it."""
    extras = _extras.get() or {}
    around: Scope = exchange.scope
    own = scope_of(client)
    session_id = clean_id(extras.get("session"), "session") or around.session_id or own.session_id
    exchange.scope = Scope(session_id, around.user_id or own.user_id, around.span, around.trace, around.session)
    given = extras.get("trace_id") or (client.trace_id if client.__dict__["_baserun_trace_given"] else None)
    if given or around.span is None:
        exchange.trace_id = wire_trace_id(given or client.trace_id)
        exchange.parent_span_id = None
    attributes = metadata_attributes({**client.metadata, **(extras.get("metadata") or {})})
    if client.name:
        attributes[names.TRACE_NAME] = client.name
    if extras.get("name"):
        attributes[f"{names.METADATA}name"] = str(extras["name"])
    if extras.get("template"):
        attributes[names.TEMPLATE] = str(extras["template"])
    if extras.get("completion_id"):
        attributes[names.COMPLETION_ID] = str(extras["completion_id"])
    attributes.update(metadata_attributes(extras.get("variables"), names.VARIABLE))
    exchange.attributes = attributes
