"""A page of a session's turns: fetches the traces, what was said in them and what judges them, and reads them.

A page needs two traces before it and one after it as context (`turns.py`), and nothing else, so the first page and the
page around turn 40,000 cost the same.
"""

import asyncio
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any

from .. import schemas
from ..answers import rows
from ..answers.apart import with_contents
from ..answers.identity import user_of
from ..answers.reader import Reader
from ..answers.spans import counting_among, newest, places_of, tell_failures
from ..answers.stored import Messages
from ..http.parameters import TurnParameters
from ..http.times import date_of
from ..lists.paging import fingerprint, read_cursor, write_cursor
from .turns import TURNS_AFTER, TURNS_BEFORE, read_turns
from .work import Work

CONTENTS_READ = 1_000
"""Spans of a page that are read with their content without a look at how much that is; as many as a trace shows."""
CONTENTS_LEAST = 100
"""Of each trace at least, where a page has many large ones."""
TOKENS_READ = 4_000_000
"""Input tokens of a page: about 20 MB of messages."""
BYTES_READ = 32 << 20
"""Content of a page that is read where the looks are needed."""
SPANS_READ = 20_000
"""Spans of a page that are read without content. A turn of more has the numbers of its trace."""
SHORT = 2_000
"""Turns up to which a session is read as a whole: a question more would cost as much as it saves."""

_CALL_IDS = ("response_id", "completion_id")


async def read_page(ask: Reader, session: dict[str, Any], query: TurnParameters) -> schemas.TurnPage:
    """The turns from a cursor, around a number, or from the beginning."""
    belongs_to = fingerprint("turns", ask.project_id, session["session_id"])
    days = await _days(ask, session)
    first, limit = await _place(ask, session, days, query, belongs_to)
    context = min(first, TURNS_BEFORE)
    traces = await _traces(ask, session, days, first - context, context + limit + TURNS_AFTER)
    works = await read_works(ask, session, traces, first - context + 1)
    last = min(len(works), context + limit)
    turns = await asyncio.to_thread(read_turns, works, context, last)
    shown = traces[context:last]
    turns = [_with_totals(*one) for one in zip(turns, shown, works[context:last], strict=True)]
    more = len(traces) > last
    return schemas.TurnPage(
        items=turns,
        total=schemas.Total(value=session["traces"], exact=True),
        previous_cursor=_cursor(belongs_to, "before", shown[0]) if first > 0 and shown else None,
        next_cursor=_cursor(belongs_to, "after", shown[-1]) if more and shown else None,
    )


async def read_works(ask: Reader, session: dict[str, Any], traces: list[dict[str, Any]], first_n: int) -> list[Work]:
    """Traces with their spans, scores and log entries, numbered from `first_n`."""
    if not traces:
        return []
    ids = [trace["trace_id"] for trace in traces]
    places, logs = await ask.all(places_of(ask, ids), ask.rows("log_entries_of_traces", {"ids": ids}))
    spans = await _spans(ask, {**places, "ids": ids}, traces) if places else []
    _, scores = await ask.all(
        with_contents(ask, [span for span in spans if not _is_unread(span)]),
        ask.rows(
            "scores_of_traces",
            {
                "ids": ids,
                "response_ids": sorted({span["response_id"] for span in spans} - {""}),
                "completion_ids": sorted({span["completion_id"] for span in spans} - {""}),
            },
        ),
    )
    return await asyncio.to_thread(_works, session, traces, first_n, spans, scores, logs)


def _works(
    session: dict[str, Any],
    traces: list[dict[str, Any]],
    first_n: int,
    spans: list[dict[str, Any]],
    scores: list[dict[str, Any]],
    logs: list[dict[str, Any]],
) -> list[Work]:
    tell_failures(spans, logs)
    spans_of, logs_of = _grouped(spans), _grouped(logs)
    scores_of = _scores_by_trace(scores, spans)
    messages = Messages()
    works = []
    for n, trace in enumerate(traces, first_n):
        of_trace = spans_of.get(trace["trace_id"], [])
        counts = counting_among(of_trace)
        duplicates = frozenset(counts.duplicates)
        works.append(
            Work(
                n=n,
                trace_id=trace["trace_id"],
                name=trace["name"],
                user_id=user_of(trace, session),
                start_us=trace["started_us"],
                end_us=trace["ended_us"],
                status=trace["status"],
                spans=[rows.span_record(span, messages.read) for span in of_trace],
                duplicates=duplicates,
                using=counts.using,
                failures=frozenset(counts.failures),
                unread=_calls_unread(trace, of_trace, duplicates),
                scores=[rows.score(score) for score in scores_of.get(trace["trace_id"], [])],
                logs=[rows.log_entry(entry) for entry in logs_of.get(trace["trace_id"], [])],
            )
        )
    return works


async def _spans(ask: Reader, place: dict[str, Any], traces: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The spans of traces, by start time; where they are too much for a page, a part of them without content."""
    spans, tokens = (sum(trace[name] for trace in traces) for name in ("spans_total", "input_tokens"))
    if spans <= CONTENTS_READ and tokens <= TOKENS_READ:
        return newest(await ask.rows("spans_spoken", {**place, "span_ids": []}, which="1"))
    each = max(CONTENTS_READ, SPANS_READ // len(traces))
    light = newest(await ask.rows("spans_unspoken", {**place, "limit": each}))
    most, most_bytes = max(CONTENTS_LEAST, CONTENTS_READ // len(traces)), BYTES_READ // len(traces)
    speaking = _grouped(span for span in light if span["content_bytes"])
    wanted = [span["span_id"] for of_trace in speaking.values() for span in _read_of(of_trace, most, most_bytes)]
    which = "span_id IN {span_ids:Array(String)}"
    found = newest(await ask.rows("spans_spoken", {**place, "span_ids": sorted({*wanted})}, which=which))
    read = {(span["trace_id"], span["span_id"]): span for span in found}
    return [read.get((span["trace_id"], span["span_id"]), span) for span in light]


def _is_unread(span: dict[str, Any]) -> bool:
    """Whether a row says that there is content, but not which."""
    return bool(span.get("content_bytes"))


def _read_of(spans: list[dict[str, Any]], most: int, most_bytes: int) -> Iterator[dict[str, Any]]:
    """Choose the spans of a trace whose content is read: the first and the last ones, as far as there is room for both.

    The last call repeats most of what the ones in the middle said.
    """
    if len(spans) <= most and sum(span["content_bytes"] for span in spans) <= most_bytes:
        yield from spans
        return
    waiting, size_bytes = deque(spans), 0
    for count in range(min(most, len(spans))):
        span = waiting.pop() if count % 2 else waiting.popleft()
        size_bytes += span["content_bytes"]
        if count > 1 and size_bytes > most_bytes:
            return
        yield span


def _calls_unread(trace: dict[str, Any], spans: list[dict[str, Any]], duplicates: frozenset[str]) -> int:
    """Count the LLM calls of a trace that are not read: those without content, and those beyond the spans read."""
    calls = [span for span in spans if span["kind"] == "llm" and span["span_id"] not in duplicates]
    beyond = max(0, trace["llm_calls"] - len(calls)) if len(spans) < trace["spans_total"] else 0
    return beyond + sum(map(_is_unread, calls))


def _with_totals(turn: schemas.Turn, trace: dict[str, Any], work: Work) -> schemas.Turn:
    """A turn of more spans than were read has the numbers of its trace."""
    if len(work.spans) >= trace["spans_total"]:
        return turn
    names = ("input_tokens", "output_tokens", "cached_tokens", "reasoning_tokens")
    usage = turn.usage.model_copy(update={name: trace[name] for name in names})
    return turn.model_copy(
        update={
            "llm_calls": trace["llm_calls"],
            "models": trace["models"],
            "usage": usage,
            "cost_usd": trace["cost_nano_usd"] / 1e9,
        }
    )


async def _days(ask: Reader, session: dict[str, Any]) -> dict[str, int]:
    """Count the turns that begin on each day, in order. A short session counts as one day, without a query."""
    if session["traces"] <= SHORT:
        return {}
    places = [(user, session["session_id"]) for user in (*session["users"], "")]
    return {row["day"]: row["traces"] for row in await ask.rows("session_days", {"places": places})}


async def _traces(
    ask: Reader, session: dict[str, Any], days: dict[str, int], offset: int, limit: int
) -> list[dict[str, Any]]:
    """Traces of a session in order of time; of a long one only the days are read on which these begin."""
    wanted = session["days"]
    if days:
        wanted, before = [], 0
        for day, count in days.items():
            if before + count > offset and before < offset + limit:
                wanted.append(day)
            before += count
        offset -= sum(count for day, count in days.items() if wanted and day < wanted[0])
    where = {"session_id": session["session_id"], "days": wanted}
    return await ask.rows("session_traces", {**where, "offset": offset, "limit": limit}) if wanted else []


async def _place(
    ask: Reader, session: dict[str, Any], days: dict[str, int], query: TurnParameters, belongs_to: str
) -> tuple[int, int]:
    """Find how many turns precede the page, and how many it may hold."""
    if query.around:
        return max(0, query.around - 1 - query.limit // 2), query.limit
    if not query.cursor:
        return 0, query.limit
    direction, started_us, trace_id = read_cursor(query.cursor, belongs_to, [str, int, str])
    day = date_of(started_us)
    where = {"session_id": session["session_id"], "days": [day] if day in days else session["days"]}
    (row,) = await ask.rows("session_traces_before", {**where, "started_us": started_us, "trace_id": trace_id})
    before = row["value"] + sum(count for earlier, count in days.items() if day in days and earlier < day)
    if direction == "after":
        return before + 1, query.limit
    return max(0, before - query.limit), min(query.limit, before)


def _cursor(belongs_to: str, direction: str, trace: dict[str, Any]) -> str:
    return write_cursor(belongs_to, [direction, trace["started_us"], trace["trace_id"]])


def _grouped(found: Iterable[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    by_trace: dict[str, list[dict[str, Any]]] = {}
    for row in found:
        by_trace.setdefault(row["trace_id"], []).append(row)
    return by_trace


def _scores_by_trace(scores: list[dict[str, Any]], spans: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Scores by the trace that they concern: by its id, else by an id of one of its calls."""
    traces_of: dict[tuple[str, str], dict[str, None]] = {}
    for span in spans:
        for name in _CALL_IDS:
            if span[name]:
                traces_of.setdefault((name, span[name]), {})[span["trace_id"]] = None
    found: dict[str, list[dict[str, Any]]] = {}
    for score in scores:
        concerned = {score["trace_id"]: None} if score["trace_id"] else {}
        if not concerned:
            for name in _CALL_IDS:
                concerned |= traces_of.get((name, score[name]), {}) if score[name] else {}
        for trace_id in concerned:
            found.setdefault(trace_id, []).append(score)
    return found
