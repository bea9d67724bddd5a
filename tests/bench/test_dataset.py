"""The load of the benches is real OTLP and its totals are exact."""

import collections

import pytest
from bench.dataset.dialects import OpenInference, Own
from bench.dataset.world import LOGS, SPANS, World
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

START_US = 1_790_000_000_000_000


def spans_of(requests):
    for kind, count, body in requests:
        if kind == SPANS:
            (resource,) = ExportTraceServiceRequest.FromString(body).resource_spans
            (scope,) = resource.scope_spans
            assert len(scope.spans) == count
            yield from scope.spans


def attributes(message):
    return {pair.key: pair.value for pair in message.attributes}


@pytest.fixture(scope="module")
def world_and_requests():
    world = World(5_000, 1, START_US, 29, text_bytes=1 << 20)
    return world, list(world.requests())


def test_the_same_seed_gives_the_same_bytes(world_and_requests):
    assert list(World(5_000, 1, START_US, 29, text_bytes=1 << 20).requests()) == world_and_requests[1]


def test_every_span_is_sent_once_and_the_totals_are_what_the_requests_hold(world_and_requests):
    world, requests = world_and_requests
    seen, counted = set(), collections.defaultdict(collections.Counter)
    traces = collections.defaultdict(set)
    for span in spans_of(requests):
        seen.add((span.trace_id, span.span_id))
        values = attributes(span)
        counts = counted[values["user.id"].string_value.encode()]
        traces[values["user.id"].string_value.encode()].add(span.trace_id)
        counts["spans"] += 1
        counts["llm_calls"] += values["baserun.span.kind"].string_value == "llm"
        counts["errors"] += span.status.code == 2
        counts["input_tokens"] += (
            values["gen_ai.usage.input_tokens"].int_value if "gen_ai.usage.input_tokens" in values else 0
        )
    assert len(seen) == 5_000
    for user, (spans, made, llm_calls, tokens_in, _, errors, *_) in world.users.items():
        counts = counted[user]
        assert (spans, made) == (counts["spans"], len(traces[user]))
        assert (llm_calls, tokens_in, errors) == (counts["llm_calls"], counts["input_tokens"], counts["errors"])


def test_log_records_start_sessions_and_judge_traces(world_and_requests):
    world, requests = world_and_requests
    names, events = collections.Counter(), set()
    for kind, count, body in requests:
        if kind == LOGS:
            records = ExportLogsServiceRequest.FromString(body).resource_logs[0].scope_logs[0].log_records
            assert len(records) == count
            names.update(record.event_name for record in records)
            events.update(attributes(record)["baserun.event.id"].string_value for record in records)
    sessions = sum(counts[8] for counts in world.users.values())
    judged = sum(counts[6] + counts[7] for counts in world.users.values())
    assert names["session.start"] == sessions
    assert names["gen_ai.evaluation.result"] == judged > 0
    assert len(events) == sum(names.values()) == world.records


def test_requests_hold_100_to_500_spans_of_2500_bytes(world_and_requests):
    _, requests = world_and_requests
    sizes = [count for kind, count, _ in requests if kind == SPANS]
    assert max(sizes) < 500
    assert sum(size >= 100 for size in sizes) >= len(sizes) - 16
    assert 2_000 < sum(len(body) for _, _, body in requests) / 5_000 < 3_000


def test_both_dialects_tell_the_same_story():
    worlds = [World(2_000, 7, START_US, 29, dialect, 1 << 20) for dialect in (Own, OpenInference)]
    own, other = (list(spans_of(world.requests())) for world in worlds)
    assert [span.span_id for span in own] == [span.span_id for span in other]
    assert worlds[0].users == worlds[1].users
