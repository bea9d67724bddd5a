"""What of a trace counts: which spans stand for the same call or tool, whose usage adds up, and what failed.

Two instrumentations of one client, or a framework above a client, leave several spans of one call. In this order:

1. Usage counts at the deepest spans that have it. A call with usage around calls of its kind that have it is their
   frame, and so is a call without usage around any: a duplicate of the earliest of them. What has no usage below a call
   that has is a part of it.
2. Of the rest, those with the same response id are one call: the one with usage counts, else the earliest.
3. Of the rest, those of different scopes that lie within each other in time and tell the same (model, usage and
   answer; where both failed, the question) are one call: the longest counts.
4. A span that is no call (an agent, a workflow) lends its usage only where nothing below and no call above it has any.
5. A tool below the same tool, without a call or an agent between, is one run of it, as client and server tell it.

Takes time in proportion to the spans, however deep they are nested.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec

CALLS = ("llm", "embedding")
ENDS_A_TOOL = ("llm", "embedding", "agent")


class Node(msgspec.Struct):
    """The fields of a span that decide about duplicates."""

    span_id: str
    parent_span_id: str
    kind: str
    has_usage: bool
    response_id: str
    start_us: int
    end_us: int = 0
    failed: bool = False
    scope: str = ""
    model: str = ""
    tells: str = ""
    """Usage and answer of a call; of a failed one without them, what it was asked. Empty where that is not known."""
    tool_name: str = ""
    tool_call_id: str = ""


class Counting(NamedTuple):
    """What of a trace counts."""

    duplicates: dict[str, str]
    """For each span that does not count, the one that does."""
    using: frozenset[str]
    """Spans whose usage adds up."""
    failures: list[str]
    """Spans that failed by themselves: one failure fails every span around it."""


def tells(input_tokens: int | None, output_tokens: int | None, asked: str, answered: str, failed: bool) -> str:
    """What a call tells, by which it is known again in another trace or scope."""
    if answered and (input_tokens is not None or output_tokens is not None):
        return f"{input_tokens}/{output_tokens}/{answered}"
    return f"failed/{asked}" if failed and asked else ""


def duplicates(spans: Iterable[Node]) -> dict[str, str]:
    """For each span of a trace that does not count, the one that does."""
    return counting(spans).duplicates


def counting(spans: Iterable[Node]) -> Counting:
    """What of a trace counts."""
    nodes = {span.span_id: span for span in spans}
    parents = _parents(nodes)
    calls = sorted(
        (node for node in nodes.values() if node.kind in CALLS), key=lambda node: (node.start_us, node.span_id)
    )
    same = _frames_and_parts(nodes, parents) if len(calls) > 1 else {}
    _add_same_answers(calls, same)
    _add_same_moments(calls, same)
    _add_tools(nodes, parents, same)
    found = {span_id: _last(span_id, same) for span_id in same}
    return Counting(found, _using(nodes, parents, found), _failures(nodes, parents, found))


def _parents(nodes: Mapping[str, Node]) -> dict[str, str | None]:
    """The parent of each span that is there, parents first; None where there is none. A circle is cut, at the same
    place always."""
    parents: dict[str, str | None] = {}
    for span_id in sorted(nodes):
        path: list[str] = []
        on_path: set[str] = set()
        at = span_id
        while at in nodes and at not in parents and at not in on_path:
            on_path.add(at)
            path.append(at)
            at = nodes[at].parent_span_id
        for below in reversed(path):
            parent = nodes[below].parent_span_id
            parents[below] = parent if parent in parents and parent != below else None
    return parents


def _frames_and_parts(nodes: Mapping[str, Node], parents: dict[str, str | None]) -> dict[str, str]:
    same: dict[str, str] = {}
    with_usage: dict[tuple[str, str], Node] = {}
    """By span and kind, the earliest call with usage that counts below it …"""
    without: dict[tuple[str, str], Node] = {}
    """… and the earliest without."""
    for span_id in reversed(parents):
        node, parent = nodes[span_id], parents[span_id]
        for kind in CALLS:
            used, other = with_usage.get((span_id, kind)), without.get((span_id, kind))
            if node.kind == kind:
                if used is not None:
                    same[span_id] = used.span_id
                elif node.has_usage:
                    used = node
                elif other is not None:
                    same[span_id] = other.span_id
                else:
                    other = node
            if parent is not None:
                _keep_first(with_usage, (parent, kind), used)
                _keep_first(without, (parent, kind), other)
    above: dict[tuple[str, str], str | None] = {}
    for span_id, parent in parents.items():
        node = nodes[span_id]
        for kind in CALLS:
            around = above.get((parent, kind)) if parent is not None else None
            if node.kind == kind and span_id not in same:
                if node.has_usage:
                    around = span_id
                elif around is not None:
                    same[span_id] = around
            above[span_id, kind] = around
    return same


def _keep_first(found: dict[tuple[str, str], Node], key: tuple[str, str], node: Node | None) -> None:
    if node is not None:
        known = found.get(key)
        if known is None or (node.start_us, node.span_id) < (known.start_us, known.span_id):
            found[key] = node


def _add_same_answers(calls: Sequence[Node], same: dict[str, str]) -> None:
    first: dict[str, str] = {}
    for call in sorted(calls, key=lambda node: not node.has_usage):
        if call.response_id and call.span_id not in same:
            winner = first.setdefault(call.response_id, call.span_id)
            if winner != call.span_id:
                same[call.span_id] = winner


def _add_same_moments(calls: Sequence[Node], same: dict[str, str]) -> None:
    groups: defaultdict[str, list[Node]] = defaultdict(list)
    for call in calls:
        if call.tells and call.scope and call.span_id not in same:
            groups[call.tells].append(call)
    for group in groups.values():
        open_calls: list[Node] = []
        for call in sorted(group, key=lambda node: (node.start_us, -node.end_us, node.span_id)):
            open_calls = [around for around in open_calls if around.end_us >= call.start_us][-8:]
            around = next((other for other in open_calls if is_within(call, other)), None)
            if around is None:
                open_calls.append(call)
            else:
                same[call.span_id] = around.span_id


def is_within(call: Node, around: Node) -> bool:
    """Whether a call is another that tells the same, as another instrumentation saw it."""
    return (
        call.kind == around.kind
        and call.end_us <= around.end_us
        and call.scope != around.scope
        and not (call.response_id and around.response_id and call.response_id != around.response_id)
        and (call.model.startswith(around.model) or around.model.startswith(call.model))
    )


def _add_tools(nodes: Mapping[str, Node], parents: dict[str, str | None], same: dict[str, str]) -> None:
    above: dict[str, str | None] = {}
    """The run of a tool that each span belongs to."""
    for span_id, parent in parents.items():
        node = nodes[span_id]
        around = above.get(parent) if parent is not None else None
        if node.kind == "tool":
            if around is not None and _is_same_tool(node, nodes[around]):
                same[span_id] = around
            else:
                around = span_id
        elif node.kind in ENDS_A_TOOL:
            around = None
        above[span_id] = around


def _is_same_tool(inner: Node, outer: Node) -> bool:
    if inner.tool_call_id and outer.tool_call_id and inner.tool_call_id != outer.tool_call_id:
        return False
    return bool(inner.tool_name) and inner.tool_name == outer.tool_name


def _using(nodes: Mapping[str, Node], parents: dict[str, str | None], same: Mapping[str, str]) -> frozenset[str]:
    using = {
        span_id for span_id, node in nodes.items() if node.has_usage and node.kind in CALLS and span_id not in same
    }
    others = [span_id for span_id, node in nodes.items() if node.has_usage and node.kind not in CALLS]
    if not others:
        return frozenset(using)
    # Below and above: whatever call has usage, whether it counts here or for another span.
    below: set[str] = set()
    for span_id in reversed(parents):
        parent, node = parents[span_id], nodes[span_id]
        if node.has_usage and node.kind not in CALLS and span_id not in below:
            using.add(span_id)
        if parent is not None and (span_id in below or node.has_usage):
            below.add(parent)
    inside: set[str] = set()
    for span_id, parent in parents.items():
        if parent is not None and (parent in inside or (nodes[parent].has_usage and nodes[parent].kind in CALLS)):
            inside.add(span_id)
            if nodes[span_id].kind not in CALLS:
                using.discard(span_id)
    return frozenset(using)


def _failures(nodes: Mapping[str, Node], parents: dict[str, str | None], same: Mapping[str, str]) -> list[str]:
    failed_below: set[str] = set()
    found: dict[str, None] = {}
    for span_id in reversed(parents):
        parent, node = parents[span_id], nodes[span_id]
        if parent is not None and (node.failed or span_id in failed_below):
            failed_below.add(parent)
        if node.failed and span_id not in failed_below:
            keeper = same.get(span_id, span_id)
            found[keeper if nodes[keeper].failed else span_id] = None
    return list(found)


def _last(span_id: str, same: Mapping[str, str]) -> str:
    seen = {span_id}
    while (following := same.get(span_id)) is not None and following not in seen:
        span_id = following
        seen.add(span_id)
    return span_id
