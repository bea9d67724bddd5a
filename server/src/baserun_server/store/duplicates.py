"""Which spans of a trace stand for the same LLM call: one of them counts, the others are its duplicates.

Two instrumentations of one client, or a framework above a client, leave two spans of one call. Three rules, in order:

1. An LLM span without usage around LLM spans that have it is only their frame: a duplicate of the earliest of them.
2. An LLM span below another LLM span that has usage is a part of it: a duplicate of the outermost one.
3. Of the rest, those with the same response id are one call: the one with usage counts, else the earliest.
"""

from collections.abc import Iterable, Mapping

import msgspec


class Node(msgspec.Struct):
    """What is needed of a span."""

    span_id: str
    parent_span_id: str
    is_llm: bool
    has_usage: bool
    response_id: str
    start_us: int


def duplicates(spans: Iterable[Node]) -> dict[str, str]:
    """For each span of a trace that does not count, the one that does."""
    nodes = {span.span_id: span for span in spans}
    calls = sorted((node for node in nodes.values() if node.is_llm), key=lambda node: (node.start_us, node.span_id))
    around = {call.span_id: _llm_ancestors(call, nodes) for call in calls}
    counting: dict[str, str] = {}
    for call in calls:
        if call.has_usage:
            for ancestor in around[call.span_id]:
                if not nodes[ancestor].has_usage:
                    counting.setdefault(ancestor, call.span_id)
    for call in calls:
        outermost = [ancestor for ancestor in around[call.span_id] if nodes[ancestor].has_usage]
        if outermost and call.span_id not in counting:
            counting[call.span_id] = outermost[-1]
    first: dict[str, str] = {}
    for call in sorted(calls, key=lambda node: not node.has_usage):
        if call.response_id and call.span_id not in counting:
            winner = first.setdefault(call.response_id, call.span_id)
            if winner != call.span_id:
                counting[call.span_id] = winner
    return {span_id: _last(span_id, counting) for span_id in counting}


def _llm_ancestors(call: Node, nodes: Mapping[str, Node]) -> list[str]:
    """LLM spans above a call, the nearest first."""
    found, seen, parent = [], {call.span_id}, nodes.get(call.parent_span_id)
    while parent is not None and parent.span_id not in seen:
        seen.add(parent.span_id)
        if parent.is_llm:
            found.append(parent.span_id)
        parent = nodes.get(parent.parent_span_id)
    return found


def _last(span_id: str, counting: Mapping[str, str]) -> str:
    seen = {span_id}
    while (following := counting.get(span_id)) is not None and following not in seen:
        span_id = following
        seen.add(span_id)
    return span_id
