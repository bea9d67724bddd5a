"""What of a trace counts, told as small trees: which spans are one call, whose usage adds up, what failed by itself."""

from itertools import permutations

import pytest

from baserun_server.store.rollups.duplicates import CALLS, Node, counting


def span(id_, parent="", kind="llm", used=True, at=0, to=100, **more):
    return Node(
        **{"span_id": id_, "parent_span_id": parent, "kind": kind, "has_usage": used, "response_id": "", "start_us": at,
           "end_us": to, **more}
    )  # fmt: skip


def agent(id_="a", **more):
    return span(id_, kind="agent", **more)


def tool(id_, parent="", name="search", **more):
    return span(id_, parent, "tool", False, tool_name=name, **more)


TREES = {
    "a call": ([span("c")], {}, "c"),
    "a framework's call around the client's": ([span("f"), span("c", "f", at=1, to=9)], {"f": "c"}, "c"),
    "a frame without usage": ([span("f", used=False), span("c", "f", at=1)], {"f": "c"}, "c"),
    "a frame around two calls": (
        [span("f"), span("c", "f", at=1, to=2), span("d", "f", at=3, to=4)],
        {"f": "c"},
        "cd",
    ),
    "a request below the call that has the usage": ([span("c"), span("r", "c", used=False)], {"r": "c"}, "c"),
    "a frame, a failed try and the one that went well": (
        [span("f", used=False), span("t", "f", used=False, at=1, failed=True), span("c", "f", at=2)],
        {"f": "c"},
        "c",
    ),
    "a failed call told twice": (
        [span("f", used=False, failed=True), span("c", "f", used=False, failed=True, at=1)],
        {"f": "c"},
        "",
    ),
    "a frame around two failed calls": (
        [span("f", used=False), span("c", "f", used=False, at=1), span("d", "f", used=False, at=2)],
        {"f": "c"},
        "",
    ),
    "an agent that repeats its calls' usage": ([agent(), span("c", "a"), span("d", "a", at=1)], {}, "cd"),
    "an agent that alone has usage": ([agent(), span("c", "a", used=False)], {}, "a"),
    "agents within agents, of which the inner have usage": (
        [agent(), agent("b", parent="a"), agent("d", parent="a")],
        {},
        "bd",
    ),
    "a step below a call that has usage": ([span("c"), span("s", "c", "chain")], {}, "c"),
    "a call around an embedding": ([span("c"), span("e", "c", "embedding")], {}, "ce"),
    "an embedding told twice": ([span("f", kind="embedding"), span("e", "f", "embedding", at=1)], {"f": "e"}, "e"),
    "an answer told in several spans": (
        [span(id_, "a", at=at, response_id="r") for at, id_ in enumerate("cde")],
        {"d": "c", "e": "c"},
        "c",
    ),
    "one answer, of which the later span has the usage": (
        [span("c", used=False, response_id="r"), span("d", at=1, response_id="r")],
        {"c": "d"},
        "d",
    ),
    "two instrumentations side by side": (
        [span("c", scope="x", tells="100/9/hi", model="gpt-4o", at=0, to=9),
         span("d", scope="y", tells="100/9/hi", model="gpt-4o-2024-08-06", at=1, to=8)],
        {"d": "c"},
        "c",
    ),
    "the same, failed": (
        [span("c", used=False, failed=True, scope="x", tells="failed/q", at=0, to=9),
         span("d", used=False, failed=True, scope="y", tells="failed/q", at=1, to=8)],
        {"d": "c"},
        "",
    ),
    "two equal calls of one instrumentation": (
        [span("c", scope="x", tells="1/1/hi", at=0, to=9), span("d", scope="x", tells="1/1/hi", at=1, to=8)],
        {},
        "cd",
    ),
    "two equal calls one after the other": (
        [span("c", scope="x", tells="1/1/hi", at=0, to=9), span("d", scope="y", tells="1/1/hi", at=10, to=18)],
        {},
        "cd",
    ),
    "two answers with ids of their own": (
        [span("c", scope="x", tells="1/1/hi", response_id="r"),
         span("d", scope="y", tells="1/1/hi", response_id="s")],
        {},
        "cd",
    ),
    "client and server of a tool": ([tool("t"), span("h", "t", "other", False), tool("u", "h")], {"u": "t"}, ""),
    "a tool below another tool": ([tool("t"), tool("u", "t", name="fetch")], {}, ""),
    "a tool that an agent below it calls again": (
        [tool("t"), agent(parent="t", used=False), tool("u", "a")],
        {},
        "",
    ),
    "parents in a circle": ([span("c", "d"), span("d", "c", at=1)], {"d": "c"}, "c"),
}  # fmt: skip


@pytest.mark.parametrize("what", TREES)
def test_what_counts_of_a_trace(what):
    spans, duplicates, using = TREES[what]
    for order in permutations(spans):
        found = counting(order)
        if what != "parents in a circle":
            assert found.duplicates == duplicates
            assert found.using == set(using)
        assert len(found.using) == len(using)
        assert len([s for s in spans if s.kind in CALLS and s.span_id not in found.duplicates]) == len(
            [s for s in spans if s.kind in CALLS]
        ) - len([s for s in spans if s.kind in CALLS and s.span_id in duplicates])


FAILURES = {
    "one error in every span around it": (
        [agent(failed=True), span("s", "a", "chain"), span("c", "s", failed=True)],
        "c",
    ),
    "two errors": ([agent(failed=True), span("c", "a", failed=True), span("d", "a", failed=True)], "cd"),
    "a failed tool, told by client and server": ([tool("t", failed=True), tool("u", "t", failed=True)], "t"),
    "a frame that failed after its call": ([span("f", failed=True), span("c", "f")], "f"),
}


@pytest.mark.parametrize("what", FAILURES)
def test_one_error_counts_once_where_it_happened(what):
    spans, failed = FAILURES[what]
    for order in permutations(spans):
        assert set(counting(order).failures) == set(failed)


def test_deep_and_wide_traces_take_time_in_proportion():
    deep = [span(f"{n:05}", f"{n - 1:05}" if n else "", used=n % 2 == 0, at=n, failed=True) for n in range(20_000)]
    wide = [span(f"{n:05}", "root", at=n, to=n + 1, scope="xy"[n % 2], tells="1/1/hi") for n in range(20_000)]

    assert len(counting(deep).using) == 1
    assert len(counting(wide).using) > 9_000
