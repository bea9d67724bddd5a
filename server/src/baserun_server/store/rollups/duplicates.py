"""Which spans of a trace stand for the same LLM call: one of them counts, the others are its duplicates.

Two instrumentations of one client, or a framework above a client, leave two spans of one call. Three rules, in order:

1. An LLM span without usage around LLM spans that have it is only their frame: a duplicate of the earliest of them.
2. An LLM span below another LLM span that has usage is a part of it: a duplicate of the outermost one.
3. Of the rest, those with the same response id are one call: the one with usage counts, else the earliest.
"""

from collections.abc import Iterable, Mapping

import msgspec


class Node(msgspec.Struct):
    """The fields of a span that decide about duplicates."""

    span_id: str
    parent_span_id: str
    is_llm: bool
    has_usage: bool
    response_id: str
    start_us: int


def duplicates(spans: Iterable[Node]) -> dict[str, str]:
    """For each span of a trace that does not count, the one that does.

    Takes time in proportion to the spans, however deep they are nested.
    """
    nodes = {span.span_id: span for span in spans}
    calls = sorted((node for node in nodes.values() if node.is_llm), key=lambda node: (node.start_us, node.span_id))
    above = _calls_above(nodes)
    counting: dict[str, str] = {}
    passed: set[str] = set()
    for call in calls:
        # Whatever is above a call that was passed was passed with it, for an earlier call.
        ancestor = above[call.span_id] if call.has_usage else None
        while ancestor is not None and ancestor not in passed:
            passed.add(ancestor)
            if not nodes[ancestor].has_usage:
                counting.setdefault(ancestor, call.span_id)
            ancestor = above[ancestor]
    outermost = _outermost_with_usage(nodes, above)
    for call in calls:
        around = outermost[call.span_id]
        if around is not None and call.span_id not in counting:
            counting[call.span_id] = around
    first: dict[str, str] = {}
    for call in sorted(calls, key=lambda node: not node.has_usage):
        if call.response_id and call.span_id not in counting:
            winner = first.setdefault(call.response_id, call.span_id)
            if winner != call.span_id:
                counting[call.span_id] = winner
    return {span_id: _last(span_id, counting) for span_id in counting}


def _calls_above(nodes: Mapping[str, Node]) -> dict[str, str | None]:
    """The nearest LLM span above each span; None where there is none, also where parents form a circle."""
    above: dict[str, str | None] = {}
    for span_id in sorted(nodes):  # so that a circle is cut at the same place always
        path: list[str] = []
        at: str = span_id
        while at in nodes and at not in above:
            above[at] = None  # ends a circle
            path.append(at)
            at = nodes[at].parent_span_id
        for below in reversed(path):
            parent = nodes.get(nodes[below].parent_span_id)
            if parent is not None and parent.span_id != below:
                above[below] = parent.span_id if parent.is_llm else above[parent.span_id]
    return above


def _outermost_with_usage(nodes: Mapping[str, Node], above: Mapping[str, str | None]) -> dict[str, str | None]:
    """The outermost LLM span with usage above each span; None where there is none."""
    outermost: dict[str, str | None] = {}
    for span_id in sorted(nodes):
        path: list[str] = []
        at: str | None = span_id
        while at is not None and at not in outermost:
            outermost[at] = None  # ends a circle
            path.append(at)
            at = above[at]
        for below in reversed(path):
            call = above[below]
            if call is not None:
                outermost[below] = outermost[call] or (call if nodes[call].has_usage else None)
    return outermost


def _last(span_id: str, counting: Mapping[str, str]) -> str:
    seen = {span_id}
    while (following := counting.get(span_id)) is not None and following not in seen:
        span_id = following
        seen.add(span_id)
    return span_id
