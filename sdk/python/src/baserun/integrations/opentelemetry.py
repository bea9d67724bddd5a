"""For applications that configure OpenTelemetry themselves: `provider.add_span_processor(baserun.span_processor())`.

Without it the two live side by side and know nothing of each other. With it, the application's spans carry session and
user and are sent to Baserun as well, and model calls that we record become children of the span that they happen in.
Nothing of ours ever enters the application's own provider or its exporters.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from baserun import _config
from baserun._guard import guarded
from baserun.context import _scope
from baserun.context._scope import RemoteParent, current
from baserun.recording import _attributes as names
from baserun.recording._span import Span


def span_processor(keep: Callable[[Any], bool] | None = None) -> Any:
    """Return a span processor for the application's own `TracerProvider`.

    `keep` decides which of the finished spans go to Baserun; by default all do. Needs `opentelemetry-sdk`.
    """
    from opentelemetry.sdk.trace import SpanProcessor

    class BaserunSpanProcessor(SpanProcessor):
        """Stamps session and user on spans as they start, and hands them to Baserun as they end."""

        def on_start(self, span: Any, parent_context: Any = None) -> None:
            with guarded("span_processor.on_start"):
                stamp(span)

        def on_end(self, span: Any) -> None:
            with guarded("span_processor.on_end"):
                if keep is None or keep(span):
                    _config.record(to_span(span))

        def shutdown(self) -> None:
            return None

        def force_flush(self, timeout_millis: int = 30_000) -> bool:
            from baserun._init import flush

            return flush(timeout_millis / 1_000)

    join()
    return BaserunSpanProcessor()


def join() -> None:
    """Let what we record belong to the OpenTelemetry span that it happens in."""
    if current_span not in _scope.foreign_spans:
        _scope.foreign_spans.append(current_span)


def current_span() -> RemoteParent | None:
    """Return the span of OpenTelemetry that the code runs in, or None."""
    trace = sys.modules.get("opentelemetry.trace")
    if trace is None:
        return None
    context = trace.get_current_span().get_span_context()
    return RemoteParent(f"{context.trace_id:032x}", f"{context.span_id:016x}") if context.is_valid else None


def stamp(span: Any) -> None:
    """Put the session and user that hold now on a span of OpenTelemetry, where it has none."""
    scope = current.get()
    attributes = getattr(span, "attributes", None) or {}
    if scope.session_id and names.SESSION_ID not in attributes:
        span.set_attribute(names.SESSION_ID, scope.session_id)
    if scope.user_id and names.USER_ID not in attributes:
        span.set_attribute(names.USER_ID, scope.user_id)


def to_span(finished: Any) -> Span:
    """Read a finished span of OpenTelemetry into one of ours, attributes as they are."""
    span = Span.__new__(Span)
    context = finished.get_span_context()
    span.trace_id, span.span_id = f"{context.trace_id:032x}", f"{context.span_id:016x}"
    span.parent_span_id = f"{finished.parent.span_id:016x}" if finished.parent is not None else None
    span.name = finished.name
    span.kind = finished.kind.value + 1
    span.start_ns, span.end_ns = finished.start_time or 0, finished.end_time or 0
    span.attributes = dict(finished.attributes or {})
    # Written as our own field: on the wire once, whichever of the two has put it there.
    session_id, user_id = span.attributes.pop(names.SESSION_ID, None), span.attributes.pop(names.USER_ID, None)
    span.session_id, span.user_id = session_id and str(session_id), user_id and str(user_id)
    span.attributes.setdefault(
        "otel.scope.name", finished.instrumentation_scope.name if finished.instrumentation_scope else ""
    )
    span.content = {}
    span.events = [(event.timestamp, event.name, dict(event.attributes or {})) for event in finished.events]
    span.status = finished.status.status_code.value
    span.status_message = finished.status.description or ""
    return span
