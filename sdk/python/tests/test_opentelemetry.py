"""Beside OpenTelemetry: nothing of ours in the application's own tracing, unless it asks for it."""

import subprocess
import sys

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

import baserun
from baserun.context import _scope


@pytest.fixture
def application():
    """An application's own tracing: (tracer, provider, what its own exporter got)."""
    before = list(_scope.foreign_spans)
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    yield provider.get_tracer("app"), provider, exporter
    _scope.foreign_spans[:] = before


def test_the_applications_own_tracing_sees_nothing_of_ours(captured, application):
    tracer, _, exporter = application
    theirs, again = tracer.start_as_current_span("theirs"), tracer.start_as_current_span("theirs again")
    with theirs, baserun.with_session("ada", "s-1"), baserun.start_trace("ours"), again:
        pass

    assert [span.name for span in exporter.get_finished_spans()] == ["theirs again", "theirs"]
    inner, outer = exporter.get_finished_spans()
    assert inner.parent.span_id == outer.context.span_id
    assert [span["name"] for span in captured.spans] == ["ours"]
    assert "parentSpanId" not in captured.spans[0]


def test_init_neither_imports_opentelemetry_nor_sets_a_provider():
    program = (
        "import sys, baserun; baserun.init()\n"
        "assert not [name for name in sys.modules if name.startswith('opentelemetry')], sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)


def test_with_our_span_processor_their_spans_carry_session_and_user_and_ours_join_them(captured, application):
    tracer, provider, exporter = application
    provider.add_span_processor(baserun.span_processor())
    with (
        baserun.with_session("ada", "s-1"),
        tracer.start_as_current_span("request"),
        baserun.start_trace("ours"),
        tracer.start_as_current_span("query") as query,
    ):
        query.set_attribute("rows", 3)

    by_name = {span["name"]: span for span in captured.spans}
    assert set(by_name) == {"request", "ours", "query"}
    assert by_name["ours"]["traceId"] == by_name["request"]["traceId"]
    assert by_name["ours"]["parentSpanId"] == by_name["request"]["spanId"]
    assert by_name["query"]["attributes"]["rows"] == 3
    for span in by_name.values():
        assert span["attributes"]["session.id"] == "s-1"
        assert span["attributes"]["user.id"] == "ada"
    assert "ours" not in {span.name for span in exporter.get_finished_spans()}
