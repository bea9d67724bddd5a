"""What is changed through the API goes the way of everything else: into the write-ahead log, as an OTLP log record.

It is durable when the answer is sent, replayed after a crash, and readable as soon as the worker has passed it.
"""

import math
from typing import Any
from uuid import uuid4

import orjson

from ...errors import BadParameter
from ...ingest.log import Entry
from ...ingest.log.writing import Log
from .. import schemas
from ..answers.reader import Reader

UNLINKS_MOST = 20_000
"""Links that one change of a user's aliases takes back: about 10 MB in the log."""


async def change_session(log: Log, ask: Reader, session_id: str, change: schemas.SessionPatch) -> str:
    """Keep an assignment, a name, an end; answers the id of the last of them."""
    records = []
    common = {"session.id": session_id}
    if change.user_id is not None:
        records.append(_record(ask, "session.assign", {**common, "user.id": change.user_id}))
    if change.name is not None:
        records.append(_record(ask, "session.start", {**common, "baserun.session.name": change.name}))
    if change.ended or change.outcome is not None:
        outcome = {"baserun.session.outcome": change.outcome} if change.outcome is not None else {}
        records.append(_record(ask, "session.end", {**common, **outcome}))
    await _append(log, ask, records)
    return records[-1][0]


async def change_user(log: Log, ask: Reader, user: dict[str, Any], change: schemas.UserPatch) -> str:
    """Keep traits and links; answers the id of the last of them."""
    user_id, records = user["user_id"], []
    if change.traits is not None:
        traits = {f"baserun.trait.{name}": _scalar(value) for name, value in change.traits.items()}
        records.append(_record(ask, "baserun.user.identify", {"user.id": user_id, **traits}))
    if change.aliases is not None:
        if user_id in change.aliases:
            raise BadParameter(f"`{user_id}` is the user's own id", hint="leave it out", field="aliases")
        # One that an application linked is said again: through the API, by somebody who may read, it is confirmed.
        confirmed, _ = await ask.store.erasure.ids_of(ask.project_id, user_id)
        for alias in sorted(set(change.aliases) - (set(user["aliases"]) & confirmed)):
            link = {"user.id": user_id, "baserun.user.alias": alias}
            records.append(_record(ask, "baserun.user.identify", link))
        taken_back = set(user["aliases"]) - set(change.aliases)
        # Each is taken back from every other id, so that many times many would be written.
        most = max(1, UNLINKS_MOST // max(1, len(user["aliases"])))
        if len(taken_back) > most:
            raise BadParameter(
                f"`aliases` takes back {len(taken_back):,} ids at once, and may take back {most:,} of this user's",
                hint="leave fewer out, and send the rest with a further request",
                field="aliases",
            )
        for alias in sorted(taken_back):
            # The alias may have come by way of another one: whichever leads to it no longer does.
            for holder in sorted({user_id, *user["aliases"]} - {alias}):
                link = {"user.id": holder, "baserun.user.alias": alias, "baserun.user.unlinks": True}
                records.append(_record(ask, "baserun.user.identify", link))
    if not records:
        raise BadParameter("everything is so already", hint="send other traits or aliases")
    await _append(log, ask, records)
    return records[-1][0]


async def add_score(log: Log, ask: Reader, score: schemas.NewScore) -> str:
    """Keep a judgement; answers its id."""
    if not (score.trace_id or score.session_id or score.user_id):
        raise BadParameter("the score judges nothing", hint="give `trace_id`, `session_id` or `user_id`")
    if score.span_id and not score.trace_id:
        raise BadParameter("a span is named without its trace", hint="give `trace_id` too", field="span_id")
    if score.value is None and score.label is None and score.comment is None:
        raise BadParameter("the score says nothing", hint="give `value`, `label` or `comment`")
    if score.value is not None and not math.isfinite(score.value):
        raise BadParameter(f"`{score.value}` is no number to score with", field="value")
    attributes = {
        "gen_ai.evaluation.name": score.name,
        "gen_ai.evaluation.score.value": score.value,
        "gen_ai.evaluation.score.label": score.label,
        "gen_ai.evaluation.explanation": score.comment,
        "baserun.score.source": score.source,
        "session.id": score.session_id,
        "user.id": score.user_id,
        **{f"baserun.metadata.{key}": _scalar(value) for key, value in score.metadata.items()},
    }
    record = _record(ask, "gen_ai.evaluation.result", attributes, score.score_id)
    record[1].update(traceId=score.trace_id or "", spanId=score.span_id or "")
    await _append(log, ask, [record])
    return record[0]


def _record(
    ask: Reader, event_name: str, attributes: dict[str, Any], event_id: str | None = None
) -> tuple[str, dict[str, Any]]:
    """The id and the OTLP/JSON form of a log record."""
    event_id = event_id or uuid4().hex
    given = {"baserun.event.id": event_id, **attributes}
    time_ns = str(ask.now_us * 1_000)
    return event_id, {
        "timeUnixNano": time_ns,
        "observedTimeUnixNano": time_ns,
        "eventName": event_name,
        "severityNumber": 9,
        "attributes": [{"key": key, "value": _any_value(value)} for key, value in given.items() if value is not None],
    }


async def _append(log: Log, ask: Reader, records: list[tuple[str, dict[str, Any]]]) -> None:
    scope = {"scope": {"name": "baserun.api"}, "logRecords": [record for _, record in records]}
    body = orjson.dumps({"resourceLogs": [{"resource": {"attributes": []}, "scopeLogs": [scope]}]})
    await log.append(Entry(ask.project_id, ask.now_us, "logs", "application/json", "", body, "api"))


def _any_value(value: Any) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, (int, float)):
        return {"doubleValue": value}
    return {"stringValue": str(value)}


def _scalar(value: Any) -> Any:
    return value if isinstance(value, (str, bool, int, float)) else orjson.dumps(value).decode()
