"""Frameworks, by the ecosystem's own instrumentations, which speak OpenTelemetry's API: here is the other end of it.

They get a tracer of ours instead of a provider of the OpenTelemetry SDK. What they trace becomes spans of ours, the
session or conversation that the framework knows becomes the session, and a model call that our transport has recorded
inside one of their spans is not counted a second time. The application's own tracing sees none of it: to it, the
span that runs is the one of its own that ran before.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from importlib.util import find_spec
from typing import Any

from opentelemetry import trace as api
from opentelemetry.trace import INVALID_SPAN_CONTEXT, SpanKind, StatusCode

from baserun import _config
from baserun._guard import guarded
from baserun.context import _scope
from baserun.context._identity import clean_id, clean_user
from baserun.context._scope import current
from baserun.recording import _attributes as names
from baserun.recording._content import redacted
from baserun.recording._span import ERROR, RECORD_OVERHEAD_BYTES, Span

KINDS = {
    "LLM": "llm",
    "TOOL": "tool",
    "AGENT": "agent",
    "CHAIN": "chain",
    "RETRIEVER": "retrieval",
    "EMBEDDING": "embedding",
}
_OPERATIONS = {"chat": "LLM", "text_completion": "LLM", "generate_content": "LLM", "embeddings": "EMBEDDING",
               "execute_tool": "TOOL", "invoke_agent": "AGENT"}  # fmt: skip
_CONTENT = {
    "input.value": names.INPUT,
    "output.value": names.OUTPUT,
    "final_result": names.OUTPUT,
    names.TOOL_ARGUMENTS: names.TOOL_ARGUMENTS,
    names.TOOL_RESULT: names.TOOL_RESULT,
    names.INPUT_MESSAGES: names.INPUT_MESSAGES,
    names.OUTPUT_MESSAGES: names.OUTPUT_MESSAGES,
    names.SYSTEM_INSTRUCTIONS: names.SYSTEM_INSTRUCTIONS,
    names.TOOL_DEFINITIONS: names.TOOL_DEFINITIONS,
}
"""Their names of what was said, and ours."""
_MODEL_PREFIXES = (
    "llm.",
    "gen_ai.operation",
    "gen_ai.usage",
    "gen_ai.request",
    "gen_ai.response",
    "embedding.",
)
"""Of a step that stands for a model call recorded inside it: the call has them."""
_REPEATED = ("input.mime_type", "output.mime_type", "pydantic_ai.all_messages", "logfire.msg", "logfire.json_schema",
             "model_request_parameters")  # fmt: skip
"""What says again what other attributes, or the steps inside, say."""
_WORDLESS = ("gen_ai.agent.", "gen_ai.operation.", "gen_ai.provider.", "gen_ai.request.", "gen_ai.response.",
             "gen_ai.tool.name", "gen_ai.tool.call.id", "llm.model_name", "llm.provider", "llm.system",
             "embedding.model_name", "graph.node.", "agent.name", "tool.name", "openinference.", "error.",
             "server.")  # fmt: skip
"""The attributes of text in which nobody speaks: they stay with `capture_content=False`, and unredacted."""

innermost: ContextVar[BridgeSpan | None] = ContextVar("baserun_framework_span", default=None)


class BridgeSpan(api.Span):
    """A span of a framework's instrumentation, written into one of ours on our thread."""

    signal = "spans"

    def __init__(self, name: str, context: Any, kind: SpanKind, attributes: Any, start_time: int | None) -> None:
        scope = current.get()
        parent = _bridge_span(api.get_current_span(context)) if context is not None else innermost_running()
        around = scope if parent is None else _scope.Scope(scope.session_id, scope.user_id, parent.span, scope.trace)
        self.span = Span(name, kind.value + 1, around)
        if start_time:
            self.span.start_ns = start_time
        self.parent = parent
        self._outer = _outer_context()
        self._attributes: dict[str, Any] = dict(attributes or {})
        self.holds_call = False
        """Whether a model call was recorded inside it, at any depth."""
        innermost.set(self)

    def get_span_context(self) -> Any:
        """Return the context of the application's own span around: that is what it may see."""
        return self._outer

    def set_attributes(self, attributes: Any) -> None:
        """Set attributes."""
        self._attributes.update(attributes)

    def set_attribute(self, key: str, value: Any) -> None:
        """Set an attribute."""
        self._attributes[key] = value

    def add_event(self, name: str, attributes: Any = None, timestamp: int | None = None) -> None:
        """Note an event."""
        self.span.events.append((timestamp or time.time_ns(), name, dict(attributes or {})))

    def update_name(self, name: str) -> None:
        """Change the name."""
        self.span.name = name

    def is_recording(self) -> bool:
        """Whether it goes on."""
        return not self.span.end_ns

    def set_status(self, status: Any, description: str | None = None) -> None:
        """Say how it went."""
        code = getattr(status, "status_code", status)
        if code is StatusCode.ERROR:
            self.span.status = ERROR
            self.span.status_message = getattr(status, "description", description) or description or ""

    def record_exception(
        self, exception: BaseException, attributes: Any = None, timestamp: int | None = None, escaped: bool = False
    ) -> None:
        """Note an exception."""
        told = {"exception.type": type(exception).__name__, "exception.message": str(exception)[:4_096]}
        self.span.attributes[names.ERROR_TYPE] = type(exception).__name__
        self.add_event("exception", {**told, **(attributes or {})}, timestamp)

    def end(self, end_time: int | None = None) -> None:
        """End it and hand it over."""
        span = self.span
        if span.end_ns:
            return
        span.end_ns = end_time or time.time_ns()
        if innermost.get() is self:
            innermost.set(self.parent)
        with guarded("framework span"):
            recent = _scope.recent_parents
            self.holds_call = span.span_id in recent
            if self.holds_call and self.parent is not None:
                recent.append(self.parent.span.span_id)
            if _config.is_recording():
                _config.record(self)

    @property
    def size_bytes(self) -> int:
        """Return about how much memory it holds."""
        return RECORD_OVERHEAD_BYTES + sum(
            len(value) if isinstance(value, str) else 32 for value in self._attributes.values()
        )

    def drop_content(self) -> None:
        """Let go of the content; the structure stays."""
        self._attributes = {key: value for key, value in self._attributes.items() if _is_wordless(key, value)}
        self.span.attributes[names.CONTENT_DROPPED] = True

    def to_record(self) -> Span:
        """Turn the conventions of the instrumentations into ours; those of a model call stay as they are."""
        span, told = self.span, dict(self._attributes)
        settings = _config.state.settings
        session = told.pop("session.id", None) or told.pop("gen_ai.conversation.id", None)
        span.session_id = span.session_id or clean_id(session, "session")
        span.user_id = span.user_id or clean_user(told.pop("user.id", None), settings.hash_users)
        kind = told.pop("openinference.span.kind", None) or _OPERATIONS.get(told.get("gen_ai.operation.name", ""))
        if not settings.capture_content:
            told = {key: value for key, value in told.items() if _is_wordless(key, value)}
        if settings.redact is not None:
            told = {
                key: value if _is_wordless(key, value) else redacted(value, settings.redact)
                for key, value in told.items()
            }
        if kind in ("LLM", "EMBEDDING") and not self.holds_call:
            is_ours = "gen_ai.operation.name" in told
            span.attributes.update(told if is_ours else {"openinference.span.kind": kind, **told})
        else:
            self._write_step(str(kind), told)
        return span

    def _write_step(self, kind: str, told: dict[str, Any]) -> None:
        span = self.span
        stands_for_call = kind in ("LLM", "EMBEDDING")
        span.attributes[names.SPAN_KIND] = "chain" if stands_for_call else KINDS.get(kind, "other")
        for theirs, ours in _CONTENT.items():
            value = told.pop(theirs, None)
            if value is not None and not stands_for_call:
                span.content[ours] = _parsed(value)
        if kind == "TOOL":
            span.attributes[names.OPERATION] = "execute_tool"
            span.attributes[names.TOOL_NAME] = told.pop("tool.name", None) or told.get(names.TOOL_NAME) or span.name
            for general, of_tools in ((names.INPUT, names.TOOL_ARGUMENTS), (names.OUTPUT, names.TOOL_RESULT)):
                if general in span.content:
                    span.content.setdefault(of_tools, span.content.pop(general))
        for key, value in told.items():
            if key not in _REPEATED and not (stands_for_call and key.startswith(_MODEL_PREFIXES)):
                span.attributes[key] = value


def _is_wordless(key: str, value: Any) -> bool:
    """Whether an attribute is no text of somebody's: a number, a name of a model, a kind."""
    return isinstance(value, (bool, int, float)) or key.startswith(_WORDLESS)


def _parsed(value: Any) -> Any:
    """Read what an instrumentation has written as JSON text, so that it is not written as text in JSON."""
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


class BridgeTracer(api.Tracer):
    """Makes spans of ours for whoever asks OpenTelemetry's API for them."""

    id_generator = None

    def start_span(
        self,
        name: str,
        context: Any = None,
        kind: SpanKind = SpanKind.INTERNAL,
        attributes: Any = None,
        links: Any = None,
        start_time: int | None = None,
        record_exception: bool = True,
        set_status_on_exception: bool = True,
    ) -> api.Span:
        """Begin a span."""
        return BridgeSpan(name, context, kind, attributes, start_time)

    @contextmanager
    def start_as_current_span(  # type: ignore[override]
        self, name: str, context: Any = None, *args: Any, end_on_exit: bool = True, **kwargs: Any
    ) -> Iterator[api.Span]:
        """Begin a span that is the running one inside the block."""
        span = BridgeTracer.start_span(self, name, context, *args, **kwargs)
        with api.use_span(span, end_on_exit):
            yield span


class BridgeProvider(api.TracerProvider):
    """Gives the tracer above to everybody."""

    def get_tracer(self, *_: Any, **__: Any) -> api.Tracer:
        """Return the tracer."""
        return BridgeTracer()


def innermost_running() -> BridgeSpan | None:
    """Return the framework's span that the code runs in, or None."""
    span = _bridge_span(api.get_current_span()) or innermost.get()
    while span is not None and span.span.end_ns:
        span = span.parent
    return span


def _bridge_span(span: Any) -> BridgeSpan | None:
    wrapped = getattr(span, "__wrapped__", span)
    return wrapped if isinstance(wrapped, BridgeSpan) else None


def _outer_context() -> Any:
    span = api.get_current_span()
    return span.get_span_context() if span is not None else INVALID_SPAN_CONTEXT


def running_span() -> Span | None:
    """Return the span of ours that stands for the framework's one that the code runs in, or None."""
    running = innermost_running()
    return running.span if running is not None else None


def _connect() -> BridgeProvider:
    if running_span not in _scope.foreign_spans:
        # Before the application's own: a framework's span is the nearer one.
        _scope.foreign_spans.insert(0, running_span)
    return BridgeProvider()


_instrumented: set[str] = set()


def with_instrumentation(module_name: str, class_name: str) -> Any:
    """Return what instruments a framework by one of the ecosystem's packages, where that is installed."""

    def install(_: Any) -> None:
        if module_name in _instrumented or find_spec(module_name) is None:
            return
        _instrumented.add(module_name)
        module = __import__(module_name, fromlist=[class_name])
        instrumentor = getattr(module, class_name)()
        instrumentor.instrument(tracer_provider=_connect(), skip_dep_check=True)
        tracer: Any = getattr(instrumentor, "_tracer", None)
        if hasattr(tracer, "run_inline"):
            # In the context of the call, where the model's client will run: else the call would have no parent.
            tracer.run_inline = True

    return install


def pydantic_ai(module: Any) -> None:
    """Turn on the instrumentation that Pydantic AI has itself."""
    from pydantic_ai.models.instrumented import InstrumentationSettings  # type: ignore[import-not-found]

    sys.modules["pydantic_ai"].Agent.instrument_all(InstrumentationSettings(tracer_provider=_connect()))
