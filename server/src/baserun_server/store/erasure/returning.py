"""Records of an erased person that return: they are recognised by the marks of their ids, and refused.

A mark is a keyed hash of an id (`mark_keys.py`), not the id: the list of the erased must not be a list of people. A
trace belongs to everyone whom any of its spans names, so a span of an erased user takes the spans of its trace along,
and the trace is marked as well: the rest of it may arrive later and say nothing of whose it is. A session that only
ever named erased users is marked, too; new traces in it are kept if they name somebody else.
"""

from typing import Any

import msgspec

from ...model import LISTS, Batch, Log, Score, Span

Ids = set[tuple[str, str]]
"""Kind (`user`, `session`, `trace`; `call` for the provider's id of one or ours) and id."""


class Refused(msgspec.Struct):
    """What of a project's records in a batch is an erased person's."""

    project_id: str
    erasure_id: str
    ids: Ids = set()
    """Marked before, or marked because of what was found."""
    counts: dict[str, int] = {}


def ids_of(batch: Batch, project_id: str) -> Ids:
    """Every id of users, sessions and traces that the records of a project name."""
    records = (*batch.spans, *batch.session_events, *batch.user_events, *batch.scores, *batch.logs)
    return {named for record in records if record.project_id == project_id for named in _named(record)}


def sessions_beside(batch: Batch, project_id: str, marked: Ids) -> set[str]:
    """Sessions that records name in one breath with a marked user, and none with another one."""
    theirs: set[str] = set()
    others: set[str] = set()
    for record in (*batch.spans, *batch.session_events):
        if record.project_id == project_id and record.session_id:
            users = _users(record)
            if users & marked:
                theirs.add(record.session_id)
            elif users:
                others.add(record.session_id)
    return theirs - others


def spread(batch: Batch, project_id: str, marked: Ids) -> Ids:
    """The marked ids with the traces of the batch that are theirs, and the calls in those.

    A trace of a marked session is theirs unless it names somebody else: others may come to a session later.
    """
    spans = [span for span in batch.spans if span.project_id == project_id]
    with_others = {span.trace_id for span in spans if _users(span) - marked}
    traces = {
        ("trace", span.trace_id)
        for span in spans
        if not (_users(span) | {("trace", span.trace_id)}).isdisjoint(marked)
        or (("session", span.session_id) in marked and span.trace_id not in with_others)
    }
    calls = {
        ("call", id_)
        for span in spans
        if ("trace", span.trace_id) in marked | traces
        for id_ in (span.response_id, span.completion_id)
        if id_
    }
    return marked | traces | calls


def erase_from(batch: Batch, project_id: str, marked: Ids) -> dict[str, int]:
    """Remove the records of marked ids from a batch; how many of each kind."""

    def is_marked(record: Any) -> bool:
        if record.project_id != project_id:
            return False
        if isinstance(record, Span):
            return ("trace", record.trace_id) in marked
        return not _named(record).isdisjoint(marked)

    counts = {}
    for name in LISTS:
        records = getattr(batch, name)
        kept = [record for record in records if not is_marked(record)]
        if len(kept) < len(records):
            counts[name] = len(records) - len(kept)
            setattr(batch, name, kept)
    return counts


def _users(record: Any) -> Ids:
    """The users whom a record names."""
    names = ("user_id", "provider_user", "alias")
    return {("user", id_) for name in names if (id_ := getattr(record, name, ""))}


def _named(record: Any) -> Ids:
    """Every id that a record names; judgements without a trace name a call."""
    found = {*_users(record)}
    found |= {(kind, id_) for kind in ("trace", "session") if (id_ := getattr(record, f"{kind}_id", ""))}
    if isinstance(record, (Score, Log)) and not record.trace_id:
        found |= {("call", id_) for id_ in (record.response_id, record.completion_id) if id_}
    return found
