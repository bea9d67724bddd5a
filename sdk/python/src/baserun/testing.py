"""See what would be sent, in a test: no server, no network, no waiting."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from baserun._config import Recordable, state
from baserun.instrumentation import install
from baserun.recording import _otlp

MAX_CONTENT_BYTES = 10_000_000

_JSON_ATTRIBUTES = (
    "gen_ai.input.messages",
    "gen_ai.output.messages",
    "gen_ai.system_instructions",
    "gen_ai.tool.definitions",
    "gen_ai.tool.call.arguments",
    "gen_ai.tool.call.result",
    "baserun.input",
    "baserun.output",
    "baserun.tag.value",
    "baserun.variable.value",
    "baserun.score.expected",
    "baserun.score.actual",
)


class Captured:
    """What was recorded inside `capture_spans()`, as it would travel: plain dictionaries, attributes as an object.

    Content attributes are the values that their JSON text parses to.
    """

    def __init__(self) -> None:
        self._records: list[Recordable] = []

    @property
    def spans(self) -> list[dict[str, Any]]:
        """Return the spans that have ended so far, in that order."""
        return [as_sent(record) for record in self._written("spans")]

    @property
    def logs(self) -> list[dict[str, Any]]:
        """Return the log records so far: starts and ends of sessions, feedback, logs, traits."""
        return [as_sent(record) for record in self._written("logs")]

    def clear(self) -> None:
        """Forget what was recorded so far."""
        self._records.clear()

    def _written(self, signal: str) -> Iterator[str]:
        settings = state.settings
        for waiting in list(self._records):
            if waiting.signal != signal:  # type: ignore[attr-defined]
                continue
            record = waiting.to_record()
            if record is not None:
                # Written as it would be sent, so that a test sees caps, redaction and types as they are.
                yield str(_otlp.write(record, min(settings.max_content_bytes, MAX_CONTENT_BYTES), settings.redact))


@contextmanager
def capture_spans(instrument: bool = True) -> Iterator[Captured]:
    """Record into memory instead of sending: `with capture_spans() as captured: … captured.spans`.

    Works without `init()`; the settings of an earlier `init()` hold.
    """
    captured = Captured()
    before = state.sink
    state.sink = captured._records.append
    if instrument:
        install()
    try:
        yield captured
    finally:
        state.sink = before


def as_sent(written: str) -> dict[str, Any]:
    """Read a written record back: attributes become an object, content the value of its JSON text."""
    record = json.loads(written)
    record["attributes"] = _plain_attributes(record["attributes"])
    for event in record.get("events", ()):
        event["attributes"] = _plain_attributes(event["attributes"])
    if "body" in record:
        record["body"] = plain_value(record["body"])
    return record


def _plain_attributes(attributes: list[dict[str, Any]]) -> dict[str, Any]:
    plain = {item["key"]: plain_value(item["value"]) for item in attributes}
    for key in _JSON_ATTRIBUTES:
        if isinstance(plain.get(key), str):
            plain[key] = json.loads(plain[key])
    return plain


def plain_value(value: dict[str, Any]) -> Any:
    """Return the plain value of an OTLP value."""
    if "intValue" in value:
        return int(value["intValue"])
    if "doubleValue" in value:
        return float(value["doubleValue"])
    if "arrayValue" in value:
        return [plain_value(item) for item in value["arrayValue"].get("values", [])]
    if "kvlistValue" in value:
        return {item["key"]: plain_value(item["value"]) for item in value["kvlistValue"].get("values", [])}
    return next(iter(value.values()), None)


__all__ = ["Captured", "as_sent", "capture_spans", "plain_value"]
