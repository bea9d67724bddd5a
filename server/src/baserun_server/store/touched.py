"""What a batch may have changed: the keys whose roll-ups are recomputed after it."""

from collections.abc import Iterable, Sequence

import msgspec

from ..model import Batch, Span
from .facts.preview import fill_previews
from .facts.rows import batch_id, version_of


class Touched(msgspec.Struct):
    """Keys of one project; sets of ids as the records name them."""

    project_id: str
    trace_ids: set[str] = msgspec.field(default_factory=set)
    session_ids: set[str] = msgspec.field(default_factory=set)
    user_ids: set[str] = msgspec.field(default_factory=set)
    response_ids: set[str] = msgspec.field(default_factory=set)
    """Calls that were judged or tagged by the provider's id, their trace being unknown to the sender."""
    completion_ids: set[str] = msgspec.field(default_factory=set)
    cells: set[tuple[str, str]] = msgspec.field(default_factory=set)
    """Days (ISO) and users whose traces without a session are fewer now."""
    fresh: dict[str, "Fresh"] = msgspec.field(default_factory=dict)
    """Spans of traces that only one of the batches brought: where no other ever did, they need not be read again."""


class Fresh(msgspec.Struct):
    """The spans of a trace that a batch brought."""

    batch_id: int
    spans: dict[str, Span] = msgspec.field(default_factory=dict)

    def take(self, span: Span) -> None:
        """Keep the newest version of each span."""
        known = self.spans.get(span.span_id)
        if known is None or version_of(span) > version_of(known):
            self.spans[span.span_id] = span


def touched_by(batch: Batch) -> list[Touched]:
    """The keys that a batch touched, one record a project."""
    found: dict[str, Touched] = {}
    number = batch_id(batch.token)

    def of(project_id: str) -> Touched:
        if project_id not in found:
            found[project_id] = Touched(project_id)
        return found[project_id]

    for span in batch.spans:
        fill_previews(span)
        fresh = of(span.project_id).fresh
        if span.trace_id not in fresh:
            fresh[span.trace_id] = Fresh(number)
        fresh[span.trace_id].take(span)
    for touched in found.values():
        touched.trace_ids.update(touched.fresh)
    for event in batch.session_events:
        of(event.project_id).session_ids.add(event.session_id)
    for event in batch.user_events:
        of(event.project_id).user_ids.update({event.user_id, event.alias} - {""})
    for record in (*batch.scores, *batch.logs):
        touched = of(record.project_id)
        if record.trace_id:
            touched.trace_ids.add(record.trace_id)
        elif record.response_id:
            touched.response_ids.add(record.response_id)
        elif record.completion_id:
            touched.completion_ids.add(record.completion_id)
        elif record.session_id:
            touched.session_ids.add(record.session_id)
        elif record.user_id:
            touched.user_ids.add(record.user_id)
    return list(found.values())


IDS = ("trace_ids", "session_ids", "user_ids", "response_ids", "completion_ids")


def groups(touched: Iterable[Touched], size: int) -> list[Touched]:
    """The same keys with those of equal projects joined, and cut into groups of at most `size` ids of a kind."""
    joined: dict[str, Touched] = {}
    for part in touched:
        whole = joined.setdefault(part.project_id, Touched(part.project_id))
        for trace_id, fresh in part.fresh.items():
            known = whole.fresh.get(trace_id)
            if trace_id not in whole.trace_ids:
                whole.fresh[trace_id] = fresh
            elif known is not None and known.batch_id != fresh.batch_id:
                del whole.fresh[trace_id]
        for name in (*IDS, "cells"):
            getattr(whole, name).update(getattr(part, name))
    return [group for whole in joined.values() for group in _cut(whole, size)]


def _cut(whole: Touched, size: int) -> list[Touched]:
    ordered: dict[str, Sequence[str]] = {name: sorted(getattr(whole, name)) for name in IDS}
    longest = max(len(whole.cells) > 0, *map(len, ordered.values()))
    parts = [Touched(whole.project_id) for _ in range(0, longest, size)]
    for number, part in enumerate(parts):
        for name in IDS:
            setattr(part, name, set(ordered[name][number * size : (number + 1) * size]))
        part.cells = whole.cells if number == 0 else set()
        part.fresh = {trace_id: whole.fresh[trace_id] for trace_id in part.trace_ids if trace_id in whole.fresh}
    return parts
