"""A span as sent into a span of ours: mended ids and times, what every dialect shares, then the dialects.

Nothing is refused here. What cannot be right is replaced by the nearest thing that can, the original is kept among the
attributes, and the span is marked.
"""

import base64
import binascii
from collections.abc import Mapping
from functools import lru_cache
from hashlib import blake2b
from typing import Any, NamedTuple

import orjson

from ..model import Event, Span
from .bounds import is_usual
from .dialects import dialects_of
from .dialects.genai import CONTENT_EVENTS
from .dialects.words import mark
from .identity import read_identity, read_provider_user
from .otlp.sent import SentSpan
from .usage.reading import read_usage
from .values import first, mapping, number, text, texts

DAY_US = 86_400_000_000
CLAMP_DAYS = 30
HEX_DIGITS = "0123456789abcdef"
NO_TRACE, NO_SPAN = "0" * 32, "0" * 16
UNIMPORTANT_EVENTS = frozenset(("gen_ai.content.completion.chunk", "llm.content.completion.chunk"))
STATUSES = ("unset", "ok", "error")
NO_CALL = frozenset(("raw_copy", "tool_request", "no_call", "call_in_two_spans"))
"""Marks of spans that repeat a call, or only look like one."""

UNITS = ((10**9, 10**9), (10**12, 10**6), (10**15, 1_000))
"""The least that a time of this century is in seconds, milli- and microseconds, and the unit's nanoseconds."""
HTTP_STATUS = ("http.response.status_code", "http.status_code")
CANCELLED = frozenset(("cancelled", "canceled", "cancellederror", "cancellederror()", "cancelederror", "aborterror",
                       "generatorexit", "generatorexit()", "cancel", "aborted", "apiuseraborterror", "abort_error",
                       "the operation was aborted", "this operation was aborted", "request was aborted."))  # fmt: skip
"""How languages and clients say that a caller gave up."""

TRACE_NAME = ("baserun.trace.name", "langfuse.trace.name", "langsmith.trace.name", "ai.telemetry.functionId")
ENVIRONMENT = ("langfuse.environment", "deployment.environment.name", "deployment.environment")
RELEASE = ("langfuse.release", "service.version", "langfuse.version")
SERVICE = ("openinference.project.name", "langsmith.trace.session_name", "service.name")
TAGS = (
    "baserun.tags",
    "langfuse.trace.tags",
    "tag.tags",
    "lmnr.association.properties.tags",
    "langsmith.span.tags",
    "logfire.tags",
    "ai.telemetry.metadata.tags",
    "traceloop.association.properties.tags",
)
METADATA_PREFIXES = (
    "baserun.metadata.",
    "langfuse.trace.metadata.",
    "langfuse.observation.metadata.",
    "traceloop.association.properties.",
    "ai.telemetry.metadata.",
    "ai.settings.context.",
    "langsmith.metadata.",
    "lmnr.association.properties.metadata.",
)
NOT_METADATA = ("ls_", "lc_", "LANGSMITH_", "LANGCHAIN_")


class Aliases(NamedTuple):
    """Attributes that the settings add to those that name a session or a user."""

    session: tuple[str, ...] = ()
    user: tuple[str, ...] = ()


NO_ALIASES = Aliases()


def normalise(sent: SentSpan, project_id: str, received_us: int, aliases: Aliases = NO_ALIASES) -> Span:
    """One span, read as completely as it can be."""
    attributes = sent.attributes
    unit_mended = _mend_units(sent)
    span = Span(
        project_id=project_id,
        trace_id=sent.trace_id,
        span_id=sent.span_id,
        parent_span_id=sent.parent_span_id,
        kind="",
        name=sent.name,
        scope=sent.scope["name"],
        start_us=sent.start_ns // 1000,
        end_us=sent.end_ns // 1000,
        status=STATUSES[sent.status_code] if 0 <= sent.status_code <= 2 else "unset",
        status_message=sent.status_message,
        received_us=received_us,
        attributes=dict(attributes),
    )
    _mend_ids(sent, span)
    if unit_mended:
        mark(span, "clock_unit_mended")
    _mend_times(span, received_us)
    read_identity(attributes, sent.resource, span, aliases.session, aliases.user)
    for dialect in dialects_of(sent):
        dialect.read(sent, span)
    _settle(sent, span)
    _read_shared(attributes, sent.resource, span)
    _read_error(sent, span)
    if sent.events:
        _keep_events(sent, span)
    span.attributes["resource"] = sent.resource
    span.attributes["scope"] = sent.scope
    return span


# --- ids and times ---------------------------------------------------------------------------------------------------


def is_hex(text_: str) -> bool:
    """Whether a text is of hexadecimal digits alone, in lower case."""
    return not text_.strip(HEX_DIGITS)


def _mend_ids(sent: SentSpan, span: Span) -> None:
    if len(span.trace_id) != 32 or not is_hex(span.trace_id) or span.trace_id == NO_TRACE:
        span.trace_id = made_id(span.trace_id, 16) or fingerprint(sent, 16)
        _id_made(span, "trace_id", sent.trace_id)
    if len(span.span_id) != 16 or not is_hex(span.span_id) or span.span_id == NO_SPAN:
        span.span_id = made_id(span.span_id, 8) or fingerprint(sent, 8)
        _id_made(span, "span_id", sent.span_id)
    parent = span.parent_span_id
    if parent and (len(parent) != 16 or not is_hex(parent) or parent == NO_SPAN):
        span.parent_span_id = made_id(parent, 8)
        if span.parent_span_id:
            _id_made(span, "parent_span_id", parent)


def made_id(given: str, size_bytes: int) -> str:
    """An id of ours for one of another form, the same wherever it is named; empty for one that says nothing.

    Upper-case hex, hex with dashes and base64 are the same id in another writing; anything else is hashed.
    """
    lowered = given.lower().replace("-", "")
    if not lowered.strip("0"):
        return ""
    if len(lowered) == size_bytes * 2 and is_hex(lowered):
        return lowered
    try:
        raw = base64.b64decode(given, validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) == size_bytes:
        return raw.hex()
    return blake2b(given.encode("utf-8", "replace"), digest_size=size_bytes).hexdigest()


def fingerprint(sent: Any, size_bytes: int) -> str:
    """An id made from all that was sent, so that the same record sent again has the same one."""
    content = [getattr(sent, field) for field in sent.__struct_fields__]
    data = orjson.dumps(content, default=str, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)
    return blake2b(data, digest_size=size_bytes).hexdigest()


def _id_made(span: Span, field: str, original: str) -> None:
    mark(span, "id_made")
    if original:
        span.attributes[f"baserun.sent.{field}"] = original


def _mend_units(sent: SentSpan) -> bool:
    """Take seconds, milli- and microseconds for what they are where nanoseconds should stand; their magnitudes are far
    from each other."""
    scale = unit_of(sent.start_ns or sent.end_ns)
    if scale == 1:
        return False
    sent.start_ns, sent.end_ns = min(sent.start_ns * scale, LAST_NS), min(sent.end_ns * scale, LAST_NS)
    for event in sent.events:
        event.time_ns = min(event.time_ns * unit_of(event.time_ns), LAST_NS)
    return True


LAST_NS = 2**63 - 1
"""The latest time that 64 bits hold; every later one is clamped anyway."""


def unit_of(time: int) -> int:
    """How many nanoseconds the unit of a time since the epoch has; 1 where it may be nanoseconds or nothing."""
    return next((scale for least, scale in UNITS if least <= time < least * 100), 1)


def _mend_times(span: Span, received_us: int) -> None:
    start_us, end_us = span.start_us, span.end_us
    if start_us <= 0:
        span.start_us = end_us if end_us > 0 else received_us
        mark(span, "start_missing")
    if end_us <= 0:
        span.end_us = span.start_us
        mark(span, "end_missing")
    earliest_us, latest_us = clamp_bounds(received_us)
    if span.start_us < earliest_us or span.end_us > latest_us or span.start_us > latest_us:
        _clamp(span, earliest_us, latest_us)
        mark(span, "clock_clamped")
        span.attributes["baserun.sent.start_us"] = start_us
        span.attributes["baserun.sent.end_us"] = end_us
    if span.end_us < span.start_us:
        span.attributes["baserun.sent.end_us"] = end_us
        span.end_us = span.start_us
        mark(span, "ended_before_start")


def clamp_bounds(received_us: int) -> tuple[int, int]:
    """The earliest and the latest time that is believed: 30 days around the day of arrival.

    Counted from midnight, so that a request that is sent again a little later is clamped to the same time.
    """
    midnight_us = received_us // DAY_US * DAY_US
    return midnight_us - CLAMP_DAYS * DAY_US, midnight_us + (CLAMP_DAYS + 1) * DAY_US


def _clamp(span: Span, earliest_us: int, latest_us: int) -> None:
    duration_us = max(span.end_us - span.start_us, 0)
    if span.start_us < earliest_us and span.end_us < earliest_us:
        # A clock that is wrong as a whole still measures how long something took.
        span.start_us, span.end_us = earliest_us, min(earliest_us + duration_us, latest_us)
    elif span.start_us > latest_us and span.end_us > latest_us:
        span.start_us, span.end_us = max(latest_us - duration_us, earliest_us), latest_us
    else:
        span.start_us = min(max(span.start_us, earliest_us), latest_us)
        span.end_us = min(max(span.end_us, earliest_us), latest_us)


# --- what all dialects share -----------------------------------------------------------------------------------------


def _settle(sent: SentSpan, span: Span) -> None:
    if NO_CALL.isdisjoint(span.marks):
        read_usage(sent, span)
    if not span.kind:
        looks_like_a_call = span.model or span.model_requested
        says_something = span.input_tokens is not None or span.output_messages or span.input_messages
        span.kind = "llm" if looks_like_a_call and says_something else "other"
    if not span.model:
        span.model = span.model_requested
    if not NO_CALL.isdisjoint(span.marks):
        span.cost_reported_nano_usd = None
    elif span.kind in ("llm", "embedding"):
        read_provider_user(sent.attributes, span)
        return
    if span.input_messages and span.input is None:
        span.input = span.input_messages
    if span.output_messages and span.output is None:
        span.output = span.output_messages
    span.input_messages, span.output_messages = [], []


def _read_shared(attributes: Mapping[str, Any], resource: Mapping[str, Any], span: Span) -> None:
    keys = tuple(attributes)
    shared = shared_among(keys) if is_usual(keys) else shared_among.__wrapped__(keys)
    if shared.trace_name and not span.trace_name:
        span.trace_name = text(attributes[shared.trace_name[0]])
    span.environment = text(first(attributes, shared.environment)) or text(first(resource, ENVIRONMENT[1:]))
    span.release = text(first(attributes, shared.release)) or text(first(resource, RELEASE))
    span.service = text(first(attributes, shared.service)) or text(first(resource, SERVICE))
    for key in shared.tags:
        span.tags = list(dict.fromkeys((*span.tags, *texts(attributes[key]))))
    for key, name in shared.metadata:
        span.metadata.setdefault(name, attributes[key])
    if "metadata" in attributes:
        for name, value in mapping(attributes["metadata"]).items():
            if not str(name).startswith(NOT_METADATA):
                span.metadata.setdefault(str(name), value)


class Shared(NamedTuple):
    """Those of some attributes' names that every dialect shares, in the order in which they are tried."""

    trace_name: tuple[str, ...]
    environment: tuple[str, ...]
    release: tuple[str, ...]
    service: tuple[str, ...]
    tags: tuple[str, ...]
    metadata: tuple[tuple[str, str], ...]
    """Names as attribute and as metadata."""


@lru_cache(1_024)
def shared_among(keys: tuple[str, ...]) -> Shared:
    """Found once for all spans with the same attributes: of the forty names that are looked for, few are ever there."""

    def among(names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(name for name in names if name in keys)

    return Shared(
        trace_name=among(TRACE_NAME),
        environment=among(ENVIRONMENT),
        release=among(RELEASE),
        service=among(SERVICE),
        tags=among(TAGS),
        metadata=tuple((key, name) for key in keys if (name := metadata_name(key))),
    )


def metadata_name(key: str) -> str:
    """What an attribute is called as metadata, empty where it is none."""
    for prefix in METADATA_PREFIXES:
        if key.startswith(prefix) and not key.startswith(NOT_METADATA, len(prefix)):
            return key[len(prefix) :]
    return ""


def _read_error(sent: SentSpan, span: Span) -> None:
    attributes = sent.attributes
    span.error_type = span.error_type or text(attributes.get("error.type"))
    for event in sent.events:
        if event.name == "exception":
            if span.status == "ok" or not escaped(event.attributes):
                continue
            span.status = "error"
            span.error_type = span.error_type or text(event.attributes.get("exception.type"))
            span.status_message = span.status_message or text(event.attributes.get("exception.message"))
    if span.status == "unset":
        http_status = number(first(attributes, HTTP_STATUS))
        if span.error_type or (http_status is not None and http_status >= 400) or "error" in span.finish_reasons:
            span.status = "error"
    if span.status == "error" and is_cancelled(span.error_type or span.status_message):
        # Who asked has gone away: nothing failed.
        span.status = "unset"
        mark(span, "cancelled")
    if span.status == "error" and not span.status_message:
        span.status_message = text(first(attributes, ("exception.message", "error.message")))


def escaped(attributes: Mapping[str, Any]) -> bool:
    """Whether an exception left what it was recorded on; one that was caught is no error of that."""
    said = attributes.get("exception.escaped")
    return not (said is False or (isinstance(said, str) and said.lower() == "false"))


def is_cancelled(words: str) -> bool:
    """Whether the type of an error, or a message in place of one, says that the caller gave up."""
    if not words or len(words) > 200:
        return False
    return words.rpartition(".")[2].rpartition(":")[2].strip().lower() in CANCELLED


def _keep_events(sent: SentSpan, span: Span) -> None:
    read_already = bool(span.input_messages or span.output_messages or span.input or span.output)
    for event in sent.events:
        if event.name in UNIMPORTANT_EVENTS or (read_already and event.name in CONTENT_EVENTS):
            continue
        at_us = event.time_ns // 1000 if event.time_ns > 0 else span.start_us
        span.events.append(Event(event.name, at_us, event.attributes))
