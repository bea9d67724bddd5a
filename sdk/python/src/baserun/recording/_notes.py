"""What an application notes besides its calls: log entries, tags, prompt variables.

Each concerns the trace around it, or the one that `trace_id` names, or the answer that `completion_id` names.
"""

from __future__ import annotations

from typing import Any

from baserun._config import record
from baserun._guard import guarded
from baserun.context._ids import new_uuid
from baserun.context._scope import Scope, current
from baserun.recording import _attributes as names
from baserun.recording._content import metadata_attributes, snapshot
from baserun.recording._span import LogRecord
from baserun.recording._trace import wire_trace_id


class Tag:
    """What was noted: returned by `tag`, `log`, `variable` and, on clients, `feedback`."""

    __slots__ = ("id", "key", "metadata", "tag_type", "value")

    def __init__(self, tag_type: str, key: str, value: Any, metadata: dict[str, Any] | None) -> None:
        self.id = new_uuid()
        self.tag_type = tag_type
        self.key = key
        self.value = value
        self.metadata = dict(metadata or {})

    def __repr__(self) -> str:
        return f"Tag({self.tag_type!r}, {self.key!r}, {self.value!r})"


def log(
    name: Any = None,
    payload: Any = None,
    trace_id: str | None = None,
    *,
    message: Any = None,
    metadata: dict[str, Any] | None = None,
    completion_id: str | None = None,
) -> Tag:
    """Log something: `log("retrieved", {"documents": 3})`, or about an earlier trace, `log("message", trace_id=…)`.

    The payload is any value. With `trace_id` and no payload the first argument is the message, as in SDK 2.x.
    """
    if message is not None:
        name, payload = (name or "log"), message
    elif payload is None:
        name, payload = "log", name
    return note("log", str(name), payload, metadata, trace_id=trace_id, completion_id=completion_id)


def tag(
    key: str,
    value: Any = None,
    trace_id: str | None = None,
    completion_id: str | None = None,
    metadata: dict[str, Any] | None = None,
    tag_type: str = "custom",
) -> Tag:
    """Tag the trace around, or the trace or answer named, with any value: `tag("topic", "refunds")`."""
    return note(tag_type, key, value, metadata, trace_id=trace_id, completion_id=completion_id)


def variable(
    key: str,
    value: Any = None,
    trace_id: str | None = None,
    completion_id: str | None = None,
    metadata: dict[str, Any] | None = None,
) -> Tag:
    """Note a prompt variable of the trace around, or of the trace or answer named: `variable("city", "Rome")`."""
    return note("variable", key, value, metadata, trace_id=trace_id, completion_id=completion_id)


def note(
    kind: str,
    key: str,
    value: Any,
    metadata: dict[str, Any] | None = None,
    *,
    trace_id: str | None = None,
    completion_id: str | None = None,
    response_id: str | None = None,
    scope: Scope | None = None,
) -> Tag:
    """Record a log entry, a variable, or else a tag."""
    noted = Tag(kind, str(key), value, metadata)
    with guarded(kind):
        attributes: dict[str, Any] = {names.EVENT_ID: noted.id}
        if completion_id:
            # Whose id it is, ours or the provider's, is not known: either may be given.
            attributes[names.COMPLETION_ID] = str(completion_id)
            attributes[names.RESPONSE_ID] = str(completion_id)
        if response_id:
            attributes[names.RESPONSE_ID] = str(response_id)
        content: dict[str, Any] = {}
        body: Any = None
        if kind == "log":
            event_name = "baserun.log"
            attributes[names.LOG_NAME] = noted.key
            body = snapshot(value)
        elif kind == "variable":
            event_name = "baserun.variable"
            attributes[names.VARIABLE_KEY] = noted.key
            content[names.VARIABLE_VALUE] = snapshot(value)
        else:
            event_name = "baserun.tag"
            attributes[names.TAG_KEY] = noted.key
            content[names.TAG_VALUE] = snapshot(value)
        attributes.update(metadata_attributes(metadata))
        around = scope or current.get()
        record(LogRecord(event_name, attributes, around, content, body, wire_trace_id(trace_id)))
    return noted
