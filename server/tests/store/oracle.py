"""What the roll-ups must be, computed the plainest way: everything from all records at once, in memory."""

import math
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import orjson

from baserun_server.model import Batch, Score, Span
from baserun_server.store.facts.preview import input_preview, output_preview

DAY_US = 86_400_000_000
SUMS = ["traces", "spans_total", "llm_calls", "input_tokens", "output_tokens", "cached_tokens", "reasoning_tokens"]
SUMS += ["cost_nano_usd", "unpriced_calls", "errors", "tool_calls", "feedback_up", "feedback_down"]

SETS = ["models", "providers", "tags", "environments", "releases"]

Row = dict[str, Any]


def totals(batches: list[Batch]) -> dict[str, dict[tuple[str, ...], Row]]:
    """Rows of every roll-up by key, of one project."""
    spans = newest([span for batch in batches for span in batch.spans], "trace_id", "span_id")
    scores = newest([score for batch in batches for score in batch.scores], "score_id")
    events = newest([event for batch in batches for event in batch.session_events], "session_id", "event_id")
    traits = newest([event for batch in batches for event in batch.user_events], "user_id", "event_id")
    updates = newest([log for batch in batches for log in batch.logs if log.kind == "update"], "log_id")
    traces = {}
    for trace_id in {span.trace_id for span in spans}:
        own = sorted(
            (s for s in spans if s.trace_id == trace_id), key=lambda s: (s.parent_span_id != "", s.start_us, s.span_id)
        )
        traces[trace_id,] = trace(
            own, [s for s in scores if judges(s, own)], [u for u in updates if u.trace_id == trace_id]
        )
    on_sessions = [s for s in scores if s.session_id and not (s.trace_id or s.response_id or s.completion_id)]
    on_users = [s for s in scores if s.user_id and not (s.trace_id or s.response_id or s.completion_id or s.session_id)]
    ids = (
        {row["session_id"] for row in traces.values()}
        | {e.session_id for e in events if e.kind != "assign"}
        | {s.session_id for s in on_sessions}
    )
    sessions = {
        (session_id,): session(
            session_id,
            sorted(
                (t for t in traces.values() if t["session_id"] == session_id),
                key=lambda t: (t["started_at"], t["trace_id"]),
            ),
            sorted((e for e in events if e.session_id == session_id), key=lambda e: (e.at_us, e.event_id)),
            [s for s in on_sessions if s.session_id == session_id],
        )
        for session_id in ids - {""}
    }
    activity = activities(traces, sessions, [e for e in events if e.kind != "assign"], on_sessions)
    owner = owners(traits)
    users = {
        (user_id,): user(
            [row for (one, _, _), row in activity.items() if owner(one) == user_id],
            sorted((e for e in traits if owner(e.user_id) == user_id), key=lambda e: (e.at_us, e.event_id, e.user_id)),
            [s for s in on_users if owner(s.user_id) == user_id],
            sorted({a for e in traits for a in (e.alias, e.user_id) if a and a != user_id and owner(a) == user_id}),
        )
        for user_id in (
            {owner(key[0]) for key in activity}
            | {owner(e.user_id) for e in traits}
            | {owner(s.user_id) for s in on_users}
        )
        - {""}
    }
    return {"traces": traces, "sessions": sessions, "activity": activity, "users": users}


def newest(records: list[Any], *key: str) -> list[Any]:
    """Of the records with the same key the one received last."""
    kept: dict[tuple[str, ...], Any] = {}
    for record in sorted(records, key=lambda record: record.received_us):
        kept[tuple(getattr(record, name) for name in key)] = record
    return list(kept.values())


def trace(own: list[Span], scores: list[Score], updates: list[Any]) -> Row:
    """A trace from its spans, the root first."""
    same, using, errors = counting(own)
    calls = [s for s in own if s.span_id in using or (s.kind in ("llm", "embedding") and s.span_id not in same)]
    llm_calls = [call for call in calls if call.kind == "llm"]
    by_start = sorted(own, key=lambda span: (span.kind != "llm", span.start_us, span.span_id))
    by_end = sorted(own, key=lambda span: (span.kind == "llm", span.end_us, span.span_id), reverse=True)
    named = [(s.session_id, "application", s.span_id, s.session_attribute) for s in own]
    sessions = said(sorted(named, key=lambda claim: claim[3] == "gen_ai.conversation.id"))
    app_users = said([(s.user_id, "application", s.span_id, s.user_attribute) for s in own])
    provider_users = said([(s.provider_user, "provider", s.span_id, s.provider_user_attribute) for s in own])
    first_at = min(span.start_us for span in own)
    updates = sorted(updates, key=lambda update: (update.at_us, update.log_id))
    outputs = [update.body for update in updates if update.body]
    metadata = first(span.metadata for span in own) or {}
    for update in updates:
        metadata = {**metadata, **update.metadata}
    return {
        "trace_id": own[0].trace_id,
        "day": first_at // DAY_US,
        "session_id": sessions[0][0] if sessions else "",
        "user_id": [*app_users, *provider_users, ("",)][0][0],
        "app_user": app_users[0][0] if app_users else "",
        "provider_user": provider_users[0][0] if provider_users else "",
        "sessions_said": sessions,
        "users_said": app_users + [one for one in provider_users if one[0] not in {other[0] for other in app_users}],
        "name": first(span.trace_name for span in own) or own[0].name,
        "started_at": first_at,
        "ended_at": max(span.end_us for span in own),
        "status": own[0].status if own[0].status != "unset" else "error" if errors else "unset",
        "traces": 1,
        "spans_total": len(own),
        "llm_calls": len(llm_calls),
        "input_tokens": sum(call.input_tokens or 0 for call in calls),
        "output_tokens": sum(call.output_tokens or 0 for call in calls),
        "cached_tokens": sum(call.cached_tokens or 0 for call in calls),
        "reasoning_tokens": sum(call.reasoning_tokens or 0 for call in calls),
        "cost_nano_usd": sum(call.cost_nano_usd or 0 for call in calls),
        "unpriced_calls": sum(call.cost_nano_usd is None for call in calls),
        "errors": errors,
        "tool_calls": sum(span.kind == "tool" and span.span_id not in same for span in own),
        "model_us": sum(span.end_us - span.start_us for span in own if span.kind == "llm"),
        "tool_us": sum(span.end_us - span.start_us for span in own if span.kind == "tool"),
        "feedback_up": sum(map(is_up, scores)),
        "feedback_down": sum(map(is_down, scores)),
        "latency": count(bucket(call.end_us - call.start_us) for call in llm_calls),
        "models": sorted({call.model for call in calls} - {""}),
        "providers": sorted({call.provider for call in calls} - {""}),
        "tags": sorted({tag for span in own for tag in span.tags}),
        "environment": first(span.environment for span in own),
        "release": first(span.release for span in own),
        "metadata": texts(metadata),
        "input_preview": first(map(input_preview, by_start)),
        "output_preview": outputs[-1] if outputs else first(map(output_preview, by_end)),
    }


def counting(own: list[Span]) -> tuple[dict[str, str], set[str], int]:
    """Spans that do not count with those that do, spans whose usage counts, and how many failed by themselves."""
    by_id = {span.span_id: span for span in own}
    same: dict[str, str] = {}

    def above(span: Span) -> list[Span]:
        found, parent = [], by_id.get(span.parent_span_id)
        while parent is not None and parent is not span and parent not in found:
            found.append(parent)
            parent = by_id.get(parent.parent_span_id)
        return found

    def usage(span: Span) -> bool:
        return span.input_tokens is not None or span.output_tokens is not None

    calls = sorted((s for s in own if s.kind in ("llm", "embedding")), key=lambda s: (s.start_us, s.span_id))
    below = {c.span_id: [o for o in calls if o.kind == c.kind and c in above(o)] for c in calls}
    used = [c for c in calls if usage(c) and not any(map(usage, below[c.span_id]))]
    bare = [c for c in calls if not usage(c) and not below[c.span_id]]
    for call in calls:
        inner = [c for c in used if c in below[call.span_id]] or [c for c in bare if c in below[call.span_id]]
        around = [a for a in above(call) if a in used and a.kind == call.kind]
        if call not in used and (inner or around):
            same[call.span_id] = (inner or around)[0].span_id
    first: dict[str, str] = {}
    for call in sorted(calls, key=lambda call: not usage(call)):
        if (
            call.span_id not in same
            and call.response_id
            and first.setdefault(call.response_id, call.span_id) != call.span_id
        ):
            same[call.span_id] = first[call.response_id]
    kept: list[Span] = []
    for call in sorted(calls, key=lambda s: (s.start_us, -s.end_us, s.span_id)):
        if call.span_id not in same and call.scope:
            around = [other for other in kept if is_same_moment(call, other)]
            if around:
                same[call.span_id] = around[0].span_id
            else:
                kept.append(call)
    runs: dict[str, Span] = {}
    for span in sorted(own, key=lambda span: len(above(span))):
        if span.kind == "tool":
            runs[span.span_id] = span
            for ancestor in above(span):
                if ancestor.kind in ("llm", "embedding", "agent"):
                    break
                if ancestor.kind == "tool":
                    run = runs[ancestor.span_id]
                    if span.tool_name and span.tool_name == run.tool_name:
                        runs[span.span_id], same[span.span_id] = run, run.span_id
                    break
    for span_id in same:
        while same[span_id] in same:
            same[span_id] = same[same[span_id]]
    using = {call.span_id for call in calls if usage(call) and call.span_id not in same}
    for span in own:
        if span.kind not in ("llm", "embedding") and usage(span):
            inside = any(a.kind in ("llm", "embedding") and usage(a) for a in above(span))
            if not inside and not any(usage(other) and span in above(other) for other in own):
                using.add(span.span_id)
    failed = [span for span in own if span.status == "error"]
    innermost = [span for span in failed if not any(span in above(other) for other in failed)]
    keepers = [by_id[same.get(span.span_id, span.span_id)] for span in innermost]
    return same, using, len({k.span_id if k in failed else s.span_id for s, k in zip(innermost, keepers, strict=True)})


def is_same_moment(call: Span, other: Span) -> bool:
    """Whether another instrumentation saw the same call."""

    def tells(span: Span) -> Any:
        answered = output_preview(span)
        if answered and (span.input_tokens is not None or span.output_tokens is not None):
            return span.input_tokens, span.output_tokens, answered
        return input_preview(span) if span.status == "error" else None

    return (
        call.kind == other.kind
        and call.scope != other.scope
        and bool(tells(call))
        and tells(call) == tells(other)
        and other.start_us <= call.start_us <= call.end_us <= other.end_us
        and (not call.response_id or not other.response_id or call.response_id == other.response_id)
        and (call.model.startswith(other.model) or other.model.startswith(call.model))
    )


def session(session_id: str, traces: list[Row], events: list[Any], scores: list[Score]) -> Row:
    """A session from its traces, events and scores, each in order of time."""
    said_events = [event for event in events if event.kind != "assign"]
    starts = [event.at_us for event in events if event.kind == "start"]
    ends = [event for event in events if event.kind == "end"]
    assigned = [event.user_id for event in events if event.kind == "assign"]
    row = {
        "session_id": session_id,
        "assigned_user": assigned[-1] if assigned else "",
        "app_user": first(event.user_id for event in said_events) or first(t["app_user"] for t in traces),
        "provider_user": first(t["provider_user"] for t in traces),
        "name": last(event.name for event in events),
        "outcome": ends[-1].outcome if ends else "",
        "metadata": texts({key: value for event in events for key, value in event.metadata.items()}),
        "ended_at": max((event.at_us for event in ends), default=None),
        "latency": merged(t["latency"] for t in traces),
        "first_input": first(t["input_preview"] for t in traces),
        "last_output": last(t["output_preview"] for t in traces),
        "environment": last(t["environment"] for t in traces),
        "release": last(t["release"] for t in traces),
    }
    for name in SUMS:
        row[name] = sum(t[name] for t in traces)
    for name in ("models", "providers", "tags"):
        row[name] = sorted({one for t in traces for one in t[name]})
    row["feedback_up"] += sum(map(is_up, scores))
    row["feedback_down"] += sum(map(is_down, scores))
    begun = [*(t["started_at"] for t in traces), *starts]
    active = [*(t["ended_at"] for t in traces), *starts]
    marks = [event.at_us for event in ends[-1:]] or [score.at_us for score in scores]
    row["started_at"] = min(begun or marks)
    row["last_activity"] = max(active or marks)
    row["user_id"] = row["assigned_user"] or row["app_user"] or row["provider_user"]
    row["users"] = sorted({row["user_id"], *(effective(t, row) for t in traces)} - {""})
    return row


def effective(trace: Row, session: Row) -> str:
    """The user of a trace in a session."""
    return (
        session["assigned_user"]
        or trace["app_user"]
        or session["app_user"]
        or trace["provider_user"]
        or session["provider_user"]
    )


def activities(
    traces: dict[Any, Row], sessions: dict[Any, Row], events: list[Any], scores: list[Score]
) -> dict[Any, Row]:
    """Rows by user, session and day."""
    parts: defaultdict[tuple[str, str, int], list[Row]] = defaultdict(list)
    for row in traces.values():
        if row["session_id"]:
            owner = sessions[row["session_id"],]
            derived = not (owner["assigned_user"] or row["app_user"] or owner["app_user"])
            parts[effective(row, owner), row["session_id"], row["day"]].append({**row, "derived": derived})
        elif row["user_id"]:
            parts[row["user_id"], "", row["day"]].append({**row, "derived": not row["app_user"]})
    for mark in (*events, *scores):
        owner = sessions[mark.session_id,]
        judged = isinstance(mark, Score)
        part = dict.fromkeys(SUMS, 0) | {
            "feedback_up": int(judged and is_up(mark)),
            "feedback_down": int(judged and is_down(mark)),
            "started_at": mark.at_us,
            "ended_at": mark.at_us,
            "latency": {},
            "models": [],
            "providers": [],
            "tags": [],
            "environment": "",
            "release": "",
            "derived": not (owner["assigned_user"] or owner["app_user"]),
        }
        parts[owner["user_id"], mark.session_id, mark.at_us // DAY_US].append(part)
    return {
        key: {
            "user_id": key[0],
            "session_id": key[1],
            "first_at": min(row["started_at"] for row in rows),
            "last_at": max(row["ended_at"] for row in rows),
            **{name: sum(row[name] for row in rows) for name in SUMS},
            "latency": merged(row["latency"] for row in rows),
            **{name: sorted({one for row in rows for one in row[name]}) for name in ("models", "providers", "tags")},
            "environments": sorted({row["environment"] for row in rows} - {""}),
            "releases": sorted({row["release"] for row in rows} - {""}),
            "derived": all(row["derived"] for row in rows),
        }
        for key, rows in parts.items()
    }


def owners(events: list[Any]) -> Callable[[str], str]:
    """Whose an id is: the claims that hold, without the oldest of each circle."""
    said = sorted((e for e in events if e.alias), key=lambda e: (e.at_us, e.event_id, e.user_id, e.alias))
    standing = [e for n, e in enumerate(said) if not any(same_ids(e, later) for later in said[n + 1 :])]
    claims = [event for event in standing if not event.unlinks]
    holding = [e for n, e in enumerate(claims) if not any(e.alias == later.alias for later in claims[n + 1 :])]

    def path(id_: str) -> list[Any]:
        """The claims from an id onwards, until none leads on or it comes round."""
        found: list[Any] = []
        while step := next((claim for claim in holding if claim.alias == id_ and claim not in found), None):
            found.append(step)
            id_ = step.user_id
        return found

    while circle := next((p for claim in holding if (p := path(claim.alias))[-1].user_id == claim.alias), None):
        holding.remove(min(circle, key=said.index))
    return lambda id_: [id_, *(claim.user_id for claim in path(id_))][-1]


def same_ids(one: Any, other: Any) -> bool:
    """Whether two events speak of the same user and alias."""
    return (one.user_id, one.alias) == (other.user_id, other.alias)


def user(parts: list[Row], events: list[Any], scores: list[Score], aliases: list[str]) -> Row:
    """A user from activity, traits and scores."""
    return {
        "traits": texts({key: value for event in events for key, value in event.traits.items()}),
        "aliases": aliases,
        "first_seen": min([row["first_at"] for row in parts] + [mark.at_us for mark in (*events, *scores)]),
        "last_seen": max([row["last_at"] for row in parts] + [mark.at_us for mark in (*events, *scores)]),
        "sessions": len({row["session_id"] for row in parts} - {""}),
        **{name: sum(row[name] for row in parts) for name in SUMS},
        "feedback_up": sum(row["feedback_up"] for row in parts) + sum(map(is_up, scores)),
        "feedback_down": sum(row["feedback_down"] for row in parts) + sum(map(is_down, scores)),
        "latency": merged(row["latency"] for row in parts),
        **{name: sorted({one for row in parts for one in row[name]}) for name in SETS},
        "derived": bool(parts) and all(row["derived"] for row in parts) and not events,
    }


def judges(score: Score, own: list[Span]) -> bool:
    """Whether a score concerns this trace."""
    if score.trace_id:
        return score.trace_id == own[0].trace_id
    if score.response_id:
        return score.response_id in {span.response_id for span in own}
    return bool(score.completion_id) and score.completion_id in {span.completion_id for span in own}


def is_up(score: Score) -> bool:
    """A thumb up."""
    liked = score.label == "up" or (score.label != "down" and score.value is not None and score.value > 0.5)
    return score.source == "feedback" and liked


def is_down(score: Score) -> bool:
    """A thumb down."""
    disliked = score.label == "down" or (score.label != "up" and score.value is not None and score.value <= 0.5)
    return score.source == "feedback" and disliked


def said(claims: list[tuple[str, str, str, str]]) -> list[tuple[str, str, str, str]]:
    """Of each value the first claim."""
    kept: dict[str, tuple[str, str, str, str]] = {}
    for claim in claims:
        if claim[0]:
            kept.setdefault(claim[0], claim)
    return list(kept.values())


def bucket(duration_us: int) -> int:
    """Of the latency histogram."""
    return math.ceil(math.log(max(1.0, duration_us / 1000)) / math.log(1.05))


def first(values: Any) -> Any:
    """The first that is not empty, else the empty string."""
    return next((value for value in values if value), "")


def last(values: Any) -> Any:
    """The last that is not empty, else the empty string."""
    return first(reversed(list(values)))


def count(values: Any) -> dict[int, int]:
    """How often each value occurs."""
    return merged({value: 1} for value in values)


def merged(maps: Any) -> dict[int, int]:
    """Sums by key."""
    result: defaultdict[int, int] = defaultdict(int)
    for one in maps:
        for key, value in one.items():
            result[key] += value
    return dict(result)


def texts(values: dict[str, Any]) -> dict[str, str]:
    """JSON text of each value."""
    return {key: orjson.dumps(value).decode() for key, value in values.items()}
