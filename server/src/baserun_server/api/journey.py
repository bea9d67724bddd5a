"""What happened to a user, in order of time: sessions, and within and between them what one would want to know.

The journey is read from the user's sessions (and the days with traces outside of any session), a page of them at a
time; `limit` counts those. Errors and feedback stand beside their session; between two sessions stand long silences,
returns, and the first use of another release or model. Entries are in order of time, and a page says the same whatever
stood on the page before.
"""

from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import Query

from . import schemas
from .answers import rows
from .answers.identity import user_of
from .answers.people import ids_of, read_user
from .answers.reader import Ask, Reader
from .answers.spans import places_of
from .http.parameters import Id, JourneyParameters
from .http.times import format_time
from .lists.conditions import Conditions, read_window
from .lists.paging import fingerprint, read_cursor, write_cursor

QUIET_US = 24 * 3_600 * 10**6
"""A silence as long as this is an entry."""
AWAY_US = 7 * QUIET_US
"""Who comes back after this long has returned."""
_NOTHING = dict.fromkeys(
    ("session_id", "trace_id", "title", "text_in", "text_out", "turns", "duration_ms", "wait_ms", "cost_usd", "errors")
)


async def get_journey(ask: Ask, user_id: Id, query: Annotated[JourneyParameters, Query()]) -> schemas.JourneyPage:
    """What happened to a user, newest or oldest first."""
    user = await read_user(ask, user_id)
    user_id, user_ids = user["user_id"], ids_of(user)
    window = read_window(query, ask.now_us)
    descending = query.order == "newest"
    belongs_to = fingerprint("journey", ask.project_id, user_id, query.order, query.from_, query.to)
    after = read_cursor(query.cursor, belongs_to, [int, str, int]) if query.cursor else None
    conditions = Conditions()
    if window.from_us is not None:
        conditions.add("end_us >= {from_us:Int64}", from_us=window.from_us)
    if window.to_us is not None:
        conditions.add("at_us <= {to_us:Int64}", to_us=window.to_us)
    if after:
        at_us, session_id, day = after
        sign = "<" if descending else ">"
        # One more than the page on the side that was read before: what an entry is compared with may stand there.
        conditions.add(
            f"(at_us, session_id, day_of_loose) {sign} ({{c_at:Int64}}, {{c_session:String}}, {{c_day:Int64}})",
            c_at=at_us,
            c_session=session_id,
            c_day=day,
        )
    direction = "DESC" if descending else "ASC"
    stops = await ask.rows(
        "journey_stops",
        {**conditions.parameters, "user_ids": user_ids, "limit": query.limit + 1},
        where=conditions.sql,
        order=", ".join(f"{column} {direction}" for column in ("at_us", "session_id", "day_of_loose")),
    )
    page, more = stops[: query.limit], len(stops) > query.limit
    before = await _stop_before(ask, user_ids, page, stops, descending)
    entries = await _entries(ask, user_ids, page, before)
    entries.sort(key=lambda entry: entry.at, reverse=descending)
    last = page[-1] if more else None
    return schemas.JourneyPage(
        items=entries,
        total=None,
        next_cursor=write_cursor(belongs_to, [last["at_us"], last["session_id"], last["day_of_loose"]])
        if last
        else None,
    )


async def _stop_before(
    ask: Reader, user_ids: list[str], page: list[dict[str, Any]], stops: list[dict[str, Any]], descending: bool
) -> dict[str, Any] | None:
    """The stop that comes before all those of the page in time."""
    if not page:
        return None
    if descending and len(stops) > len(page):
        return stops[len(page)]
    first = min(page, key=_place)
    parameters = {
        "user_ids": user_ids,
        "limit": 1,
        "at": first["at_us"],
        "s": first["session_id"],
        "d": first["day_of_loose"],
    }
    found = await ask.rows(
        "journey_stops",
        parameters,
        where="(at_us, session_id, day_of_loose) < ({at:Int64}, {s:String}, {d:Int64})",
        order="at_us DESC, session_id DESC, day_of_loose DESC",
    )
    return found[0] if found else None


async def _entries(
    ask: Reader, user_ids: list[str], page: list[dict[str, Any]], before: dict[str, Any] | None
) -> list[schemas.JourneyEntry]:
    if not page:
        return []
    stops = [*page] if before is None else [*page, before]
    stops.sort(key=_place)
    ids = [stop["session_id"] for stop in stops if stop["session_id"]]
    sessions = {row["session_id"]: row for row in await ask.rows("sessions_by_id", {"ids": ids})} if ids else {}
    entries = [_session_entry(stop, sessions.get(stop["session_id"])) for stop in page]
    entries += await _troubles(ask, user_ids, page, sessions)
    entries += _between(stops, sessions, before is None)
    return entries


def _session_entry(stop: dict[str, Any], session: dict[str, Any] | None) -> schemas.JourneyEntry:
    session = session or {}
    severity = "error" if stop["errors"] else "warning" if stop["feedback_down"] else "none"
    return _entry(
        stop["at_us"],
        "session",
        severity,
        session_id=stop["session_id"] or None,
        title=session.get("name") or None,
        text_in=session.get("first_input") or None,
        text_out=session.get("last_output") or None,
        turns=stop["traces"],
        duration_ms=(stop["end_us"] - stop["at_us"]) / 1_000,
        cost_usd=stop["cost_nano_usd"] / 1e9,
        errors=stop["errors"],
    )


async def _troubles(
    ask: Reader, user_ids: list[str], page: list[dict[str, Any]], sessions: dict[str, dict[str, Any]]
) -> list[schemas.JourneyEntry]:
    """Errors and feedback of the page's sessions, each where it happened."""
    session_ids = sorted({stop["session_id"] for stop in page})
    days = sorted({day for stop in page for day in stop["days"]})
    traces, judgements = await ask.all(
        ask.rows("journey_traces", {"session_ids": session_ids, "days": days, "user_ids": user_ids}),
        ask.rows("scores_of_sessions", {"session_ids": [id_ for id_ in session_ids if id_]}),
    )
    mine = [trace for trace in traces if user_of(trace, sessions.get(trace["session_id"])) in user_ids]
    by_id = {trace["trace_id"]: trace for trace in mine}
    failed = [trace["trace_id"] for trace in mine if trace["errors"]]
    judged = [trace["trace_id"] for trace in mine if trace["feedback_up"] or trace["feedback_down"]]
    failures, scores = await ask.all(_failures(ask, failed), _scores(ask, judged))
    entries = [_error_entry(by_id[span["trace_id"]], span) for span in failures]
    entries += [_feedback_entry(score, by_id.get(trace_id)) for trace_id, score in scores]
    entries += [_feedback_entry(score, None) for score in judgements if score["source"] == "feedback"]
    return entries


async def _failures(ask: Reader, trace_ids: list[str]) -> list[dict[str, Any]]:
    """The innermost failing spans of traces."""
    places = await places_of(ask, trace_ids) if trace_ids else None
    if not places:
        return []
    spans = await ask.rows("spans_failing", {**places, "ids": trace_ids})
    above = {(span["trace_id"], span["parent_span_id"]) for span in spans}
    return [span for span in spans if (span["trace_id"], span["span_id"]) not in above]


async def _scores(ask: Reader, trace_ids: list[str]) -> list[tuple[str, dict[str, Any]]]:
    """Feedback on traces and on calls in them, with the trace."""
    places = await places_of(ask, trace_ids) if trace_ids else None
    if not places:
        return []
    spans = await ask.rows("spans_light", {**places, "ids": trace_ids})
    by_call = {span[name]: span["trace_id"] for span in spans for name in ("response_id", "completion_id")}
    calls = {name: sorted({span[name] for span in spans} - {""}) for name in ("response_id", "completion_id")}
    found = await ask.rows(
        "scores_of_traces",
        {"ids": trace_ids, "response_ids": calls["response_id"], "completion_ids": calls["completion_id"]},
    )
    scores = [score for score in found if score["source"] == "feedback"]
    traces = [s["trace_id"] or by_call.get(s["response_id"]) or by_call.get(s["completion_id"], "") for s in scores]
    return list(zip(traces, scores, strict=True))


def _error_entry(trace: dict[str, Any], span: dict[str, Any]) -> schemas.JourneyEntry:
    return _entry(
        span["end_us"],
        "error",
        "error",
        session_id=trace["session_id"] or None,
        trace_id=trace["trace_id"],
        title=span["status_message"] or span["error_type"] or f"{span['name']} failed",
        text_in=trace["input_preview"] or None,
        text_out=trace["output_preview"] or None,
        wait_ms=(trace["ended_us"] - trace["started_us"]) / 1_000,
    )


def _feedback_entry(score: dict[str, Any], trace: dict[str, Any] | None) -> schemas.JourneyEntry:
    shown = rows.score(score)
    down = score["label"] == "down" or (score["label"] != "up" and score["value"] is not None and score["value"] <= 0.5)
    return _entry(
        score["at_us"],
        "feedback",
        "warning" if down else "notice",
        session_id=(trace["session_id"] if trace else score["session_id"]) or None,
        trace_id=trace["trace_id"] if trace else None,
        title=f"{shown.name}: {shown.label or shown.value}",
        text_in=shown.comment,
        text_out=trace["output_preview"] if trace else None,
    )


def _between(
    stops: list[dict[str, Any]], sessions: dict[str, dict[str, Any]], from_the_beginning: bool
) -> Iterator[schemas.JourneyEntry]:
    """What changed from each stop to the next, and the very first one; stops by time."""
    if from_the_beginning and stops:
        yield _entry(stops[0]["at_us"], "first", "notice", title="first contact")
    for index in range(1, len(stops)):
        earlier, later = stops[index - 1], stops[index]
        quiet_us = later["at_us"] - earlier["end_us"]
        if quiet_us >= QUIET_US:
            yield _entry(earlier["end_us"], "gap", "none", duration_ms=quiet_us / 1_000)
        if quiet_us >= AWAY_US:
            yield _entry(later["at_us"], "return", "notice", duration_ms=quiet_us / 1_000)
        was, is_ = (sessions.get(stop["session_id"], {}) for stop in (earlier, later))
        if is_.get("release") and was.get("release") and is_["release"] != was["release"]:
            yield _entry(later["at_us"], "release", "notice", session_id=later["session_id"], title=is_["release"])
        new_models = [model for model in later["models"] if model not in earlier["models"]]
        if new_models and earlier["models"]:
            yield _entry(later["at_us"], "model", "notice", title=", ".join(new_models))


def _entry(at_us: int, type_: str, severity: str, **properties: Any) -> schemas.JourneyEntry:
    given = {**_NOTHING, **properties, "at": format_time(at_us), "type": type_, "severity": severity}
    return schemas.JourneyEntry.model_validate(given)


def _place(stop: dict[str, Any]) -> tuple[int, str, int]:
    return (stop["at_us"], stop["session_id"], stop["day_of_loose"])
