"""What a batch may have changed: the keys whose roll-ups are recomputed after it."""

import msgspec

from ..model import Batch


class Touched(msgspec.Struct):
    """Keys of one project; sets of ids as the records name them."""

    project_id: str
    trace_ids: set[str] = msgspec.field(default_factory=set)
    session_ids: set[str] = msgspec.field(default_factory=set)
    user_ids: set[str] = msgspec.field(default_factory=set)
    response_ids: set[str] = msgspec.field(default_factory=set)
    """Calls that were judged or tagged by the provider's id, their trace being unknown to the sender."""
    completion_ids: set[str] = msgspec.field(default_factory=set)


def touched_by(batch: Batch) -> list[Touched]:
    """The keys that a batch touched, one record a project."""
    found: dict[str, Touched] = {}

    def of(project_id: str) -> Touched:
        if project_id not in found:
            found[project_id] = Touched(project_id)
        return found[project_id]

    for span in batch.spans:
        of(span.project_id).trace_ids.add(span.trace_id)
    for event in batch.session_events:
        of(event.project_id).session_ids.add(event.session_id)
    for event in batch.user_events:
        of(event.project_id).user_ids.add(event.user_id)
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


def groups(touched: list[Touched], traces: int) -> list[Touched]:
    """The same keys with those of equal projects joined, and cut into groups of at most so many ids of a kind."""
    joined: dict[str, Touched] = {}
    for part in touched:
        whole = joined.setdefault(part.project_id, Touched(part.project_id))
        for name in KINDS:
            getattr(whole, name).update(getattr(part, name))
    return [group for whole in joined.values() for group in _cut(whole, traces)]


KINDS = ("trace_ids", "session_ids", "user_ids", "response_ids", "completion_ids")


def _cut(whole: Touched, size: int) -> list[Touched]:
    ordered = {name: sorted(getattr(whole, name)) for name in KINDS}
    longest = max(map(len, ordered.values()))
    return [
        Touched(whole.project_id, *(set(ordered[name][start : start + size]) for name in KINDS))
        for start in range(0, longest, size)
    ]
