"""Log records: what our SDKs say beside spans, content that other SDKs send apart from its span, and plain logs.

A record that holds the content of an LLM call becomes a log entry of kind `content`, whose body is
`{"input_messages"?, "output_messages"?, "tool_definitions"?}`. An entry is never copied into a span, whether the two
arrive together or days apart: whoever shows a span looks its entries up by project, trace and span
(`api/answers/contents.py`), and so do the roll-ups, for previews and search (`store/rollups/`). One rule then holds for
every order of arrival, and a request that is sent again replaces its own entries.
"""

from collections.abc import Mapping
from typing import Any

from ..model import Batch, Log, Score, SessionEvent, Span, UserEvent
from .dialects.genai import CONTENT_EVENTS, details_messages, event_messages
from .identity import read_identity
from .normalise import LAST_NS, Aliases, clamp_bounds, escaped, fingerprint, is_cancelled, is_hex, made_id, unit_of
from .otlp.sent import SentLog
from .values import number, parsed, text

EXCEPTION_EVENTS = frozenset(("exception", "gen_ai.client.operation.exception", "gen_ai.exception"))
DETAILS_EVENT = "gen_ai.client.inference.operation.details"
SOURCES = ("feedback", "check", "evaluation")
SCORE_EXTRAS = ("baserun.score.expected", "baserun.score.actual")
LOG_KINDS = {
    "baserun.log": "log",
    "baserun.tag": "tag",
    "baserun.variable": "variable",
    "baserun.trace.update": "update",
    "baserun.sdk.loss": "loss",
}


class _Common:
    """What every record has."""

    def __init__(self, sent: SentLog, number: int, project_id: str, received_us: int, aliases: Aliases) -> None:
        self.number = number
        self.project_id = project_id
        self.received_us = received_us
        earliest_us, latest_us = clamp_bounds(received_us)
        time_ns = min(sent.time_ns * unit_of(sent.time_ns), LAST_NS)
        at_us = time_ns // 1000
        self.at_us = min(max(at_us, earliest_us), latest_us) if at_us > 0 else received_us
        self.at_ns = time_ns % 1000 if self.at_us == at_us else 0
        self.event_id = text(sent.attributes.get("baserun.event.id")) or fingerprint(sent, 16)
        self.trace_id = _record_id(sent.trace_id, 16)
        self.span_id = _record_id(sent.span_id, 8)
        who = Span(project_id=project_id, trace_id="", span_id="", start_us=0, end_us=0, received_us=0)
        read_identity(sent.attributes, sent.resource, who, aliases.session, aliases.user)
        self.session_id, self.user_id = who.session_id, who.user_id
        self.response_id = text(sent.attributes.get("gen_ai.response.id"))
        self.completion_id = text(sent.attributes.get("baserun.completion.id"))


def read_record(
    sent: SentLog,
    number: int,
    project_id: str,
    received_us: int,
    aliases: Aliases,
    batch: Batch,
    confirmed: bool = False,
) -> None:
    """Put what a record says where it belongs in the batch.

    `number` is its place in the request; `confirmed` is what came through the API.
    """
    common = _Common(sent, number, project_id, received_us, aliases)
    name = sent.event_name or text(sent.attributes.get("event.name"))
    if name in ("session.start", "session.end", "session.assign") and common.session_id:
        batch.session_events.append(_session_event(name, sent, common))
    elif name == "baserun.user.identify" and common.user_id:
        batch.user_events.append(_user_event(sent, common, confirmed))
    elif name == "gen_ai.evaluation.result":
        batch.scores.append(_score(sent, common))
    elif name == DETAILS_EVENT or name in CONTENT_EVENTS:
        batch.logs.append(_content(name, sent, common))
    elif name in EXCEPTION_EVENTS and common.trace_id and common.span_id and _is_failure(sent.attributes):
        batch.logs.append(_failure(name, sent, common))
    else:
        batch.logs.append(_log(name, sent, common))


def _session_event(name: str, sent: SentLog, common: _Common) -> SessionEvent:
    return SessionEvent(
        project_id=common.project_id,
        event_id=common.event_id,
        kind=name.partition(".")[2],
        session_id=common.session_id,
        user_id=common.user_id,
        name=text(sent.attributes.get("baserun.session.name")),
        outcome=text(sent.attributes.get("baserun.session.outcome")),
        metadata=_under(sent.attributes, "baserun.metadata."),
        at_us=common.at_us,
        received_us=common.received_us,
    )


def _user_event(sent: SentLog, common: _Common, confirmed: bool) -> UserEvent:
    return UserEvent(
        project_id=common.project_id,
        event_id=common.event_id,
        user_id=common.user_id,
        traits=_under(sent.attributes, "baserun.trait."),
        alias=text(sent.attributes.get("baserun.user.alias")),
        unlinks=sent.attributes.get("baserun.user.unlinks") is True,
        confirmed=confirmed,
        at_us=common.at_us,
        received_us=common.received_us,
    )


def _score(sent: SentLog, common: _Common) -> Score:
    attributes = sent.attributes
    source = text(attributes.get("baserun.score.source"))
    metadata = _under(attributes, "baserun.metadata.")
    for key in SCORE_EXTRAS:
        if key in attributes:
            metadata[key.rpartition(".")[2]] = parsed(attributes[key], numbers=True)
    return Score(
        project_id=common.project_id,
        score_id=common.event_id,
        name=text(attributes.get("gen_ai.evaluation.name")) or "unnamed",
        value=number(attributes.get("gen_ai.evaluation.score.value")),
        label=text(attributes.get("gen_ai.evaluation.score.label")),
        comment=text(attributes.get("gen_ai.evaluation.explanation")),
        source=source if source in SOURCES else "evaluation",
        trace_id=common.trace_id,
        span_id=common.span_id,
        session_id=common.session_id,
        user_id=common.user_id,
        response_id=common.response_id,
        completion_id=common.completion_id,
        metadata=metadata,
        at_us=common.at_us,
        received_us=common.received_us,
    )


def _content(name: str, sent: SentLog, common: _Common) -> Log:
    body = sent.body if isinstance(sent.body, dict) else {}
    held = {**sent.attributes, **body}
    tools: list[Any] = []
    if name == DETAILS_EVENT:
        took_in, gave_out, tools = details_messages(held)
    else:
        if not isinstance(sent.body, dict) and sent.body is not None:
            held["content"] = sent.body
        took_in, gave_out = event_messages(name, held)
    content = {"input_messages": took_in, "output_messages": gave_out, "tool_definitions": tools}
    log = _log(name, sent, common)
    log.kind = "content"
    log.body = {key: value for key, value in content.items() if value}
    log.metadata = {}
    return log


def _is_failure(attributes: Mapping[str, Any]) -> bool:
    return escaped(attributes) and not is_cancelled(text(attributes.get("exception.type")))


def _failure(name: str, sent: SentLog, common: _Common) -> Log:
    """An exception that a span is told to have failed with, apart from the span."""
    log = _log(name, sent, common)
    log.kind = "failure"
    said = {key: text(sent.attributes.get(f"exception.{key}")) for key in ("type", "message", "stacktrace")}
    log.body = {key: value for key, value in said.items() if value}
    return log


def _log(name: str, sent: SentLog, common: _Common) -> Log:
    attributes = sent.attributes
    kind = LOG_KINDS.get(name, "log")
    body = sent.body
    metadata = _under(attributes, "baserun.metadata.")
    title = name
    if kind in ("tag", "variable"):
        title = text(attributes.get(f"baserun.{kind}.key"))
        body = parsed(attributes.get(f"baserun.{kind}.value"), numbers=True)
    elif name == "baserun.log":
        title = text(attributes.get("baserun.log.name"))
    elif kind == "update":
        body = parsed(attributes.get("baserun.output"), numbers=True)
    elif kind == "loss":
        body = {key.rpartition(".")[2]: value for key, value in attributes.items() if key.startswith("baserun.loss.")}
    else:
        # A plain log record of the application: everything that it carries is its own.
        metadata = {**attributes, **({"severity": sent.severity} if sent.severity else {})}
    return Log(
        project_id=common.project_id,
        log_id=common.event_id,
        kind=kind,
        name=title or sent.severity or "log",
        body=body,
        trace_id=common.trace_id,
        span_id=common.span_id,
        session_id=common.session_id,
        user_id=common.user_id,
        response_id=common.response_id,
        completion_id=common.completion_id,
        metadata=metadata,
        at_us=common.at_us,
        at_ns=common.at_ns,
        number=common.number,
        received_us=common.received_us,
    )


def _under(attributes: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    return {
        key[len(prefix) :]: parsed(value, numbers=True) for key, value in attributes.items() if key.startswith(prefix)
    }


def _record_id(given: str, size_bytes: int) -> str:
    if len(given) == size_bytes * 2 and is_hex(given) and given.strip("0"):
        return given
    return made_id(given, size_bytes)
