"""One run over a group of keys: the levels in their order, each on what the one before found."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from ...model import Span
from .. import statements
from ..touched import Touched
from .activity import ActivityRow, Happening, activity_rows, feedback_happening
from .aliases import Link, owners_of
from .keys import (
    DAY_S,
    EVERYTHING,
    HOUR_S,
    ActivityKey,
    JudgedCall,
    Newer,
    Place,
    Presence,
    SessionKeys,
    SpanPlace,
    TraceKey,
    day_of_iso,
    iso_of_day,
)
from .rows import ComingTrace, HourVersion, SessionKeysRow
from .sessions import Event, SessionRow, Slice, session_row
from .sums import Feedback
from .tables import T, Tables
from .traces import Content, Failure, SpanFacts, TraceRow, Update, add_contents, trace_row
from .users import Identification, UserRow, UserSum, user_row

CONTENTS_GROUP = 1_000
"""Traces whose messages are read at once where these came apart from the spans: at 10 KB a call some ten megabytes."""


class Group:
    """One run: the levels in their order, each on what the one before found.

    Where workers share the store, each level begins with a version of its own (`versions.py`). Rows whose key has
    changed are looked for after a newer version was announced; a worker that finds, after writing, a version newer
    than its own takes its rows back. So whichever of two comes last sees the other.
    """

    def __init__(self, roll_up: Tables, group: Touched) -> None:
        self._insert_any = roll_up.insert
        self._read_any = roll_up.read
        self._versions = roll_up.versions
        self._shared = roll_up.versions.shared
        self._group = group
        self._project_id = group.project_id
        self._version = 0
        """Of the level at hand."""
        self._has = EVERYTHING
        self._moving: list[Place] = []
        """Traces of more than one batch: their spans must be read, and their rows may have had other keys."""

    async def _next_level(self) -> None:
        self._version = await self._versions.next(self._project_id)

    async def _insert(self, rows: Sequence[Any]) -> None:
        await self._insert_any(rows, self._version)

    async def _read(self, statement: str, type_: type[T], **parameters: Any) -> list[T]:
        return await self._read_any(statement, type_, project_id=self._project_id, **parameters)

    async def run(self) -> None:
        """Compute the group, level by level."""
        await self._next_level()
        if not self._shared:
            # What comes from another worker a moment later must not be overlooked by the levels after this one.
            (self._has,) = await self._read("presence", Presence)
        places = await self._read("trace_keys", Place, trace_ids=sorted(self._group.trace_ids))
        await self._look_into([place for place in places if place.is_wide])
        self._moving = [place for place in places if not self._came_at_once(place)]
        traces = await self._traces(places)
        if self._shared:
            await self._announce_session_keys(places)
        await self._next_level()
        known = await self._session_keys(places)
        slices = await self._session_slices(places, known)
        happenings = await self._events_and_feedback(known)
        sessions = await self._sessions(known, slices, *happenings)
        await self._activity(traces, sessions, slices, *happenings)
        await self._next_level()
        await self._users(traces, sessions)
        await self._next_level()
        await self._insert(self._changed(places, known, sessions))

    async def _look_into(self, wide: list[Place]) -> None:
        """Find out where the spans of wide traces lie, at the cost of reading the project's spans of that time."""
        if not wide:
            return
        between = {"first_hour": min(p.first_hour for p in wide), "last_hour": max(p.last_hour for p in wide)}
        ids = sorted(place.trace_id for place in wide)
        found = _by(await self._read("span_places", SpanPlace, trace_ids=ids, **between), "trace_id")
        for place in wide:
            place.known = [(one.hour, one.session_id) for one in found[place.trace_id]]

    def _came_at_once(self, place: Place) -> bool:
        """Whether the batch at hand brought all spans of a trace, and nobody else has computed it."""
        fresh = self._group.fresh.get(place.trace_id)
        return fresh is not None and not place.reckoned and place.first_batch == place.last_batch == fresh.batch_id

    def _changed(
        self, places: Sequence[Place], known: dict[str, SessionKeys], sessions: dict[str, SessionRow]
    ) -> list[HourVersion]:
        """The hours of which something else is visible than before: where traces begin, and all hours of a session that
        says something else about the user of its traces."""
        hours = {hour for place in places for hour in place.hours}
        for id_, keys in known.items():
            row = sessions[id_]
            if keys.said not in (None, (row.assigned_user, row.app_user, row.provider_user)):
                hours |= {day * DAY_S + hour * HOUR_S for day in keys.days for hour in range(24)}
        return [HourVersion(self._project_id, hour) for hour in sorted(hours) or [0]]

    async def _traces(self, places: Sequence[Place]) -> list[TraceRow]:
        if self._shared:
            await self._insert([_coming(self._project_id, place, self._version) for place in self._moving])
        moving = {place.trace_id for place in self._moving}
        spans: defaultdict[str, list[Span | SpanFacts]] = defaultdict(list)
        for place in places:
            if place.trace_id not in moving:
                found = self._group.fresh[place.trace_id].spans.values()
                spans[place.trace_id] = list(found)
        if moving:
            pairs = sorted({pair for place in self._moving for pair in place.pairs})
            keys = [(statements.moment_text(hour), session_id) for hour, session_id in pairs]
            for span in await self._read("spans", SpanFacts, places=keys, trace_ids=sorted(moving)):
                spans[span.trace_id].append(span)
        if self._has.contents:
            await self._add_contents(spans, moving)
        judged = _by_id(await self._judged_traces(spans))
        updates: defaultdict[str, list[Update]] = defaultdict(list)
        if self._has.updates:
            for update in await self._read("updates", Update, trace_ids=sorted(spans)):
                updates[update.trace_id].append(update)
        failed: defaultdict[str, set[str]] = defaultdict(set)
        if self._has.failures:
            for failure in await self._read("failures", Failure, trace_ids=sorted(spans)):
                failed[failure.trace_id].add(failure.span_id)
        rows = [
            trace_row(self._project_id, own, judged[trace_id], updates[trace_id], failed[trace_id])
            for trace_id, own in spans.items()
        ]
        await self._insert(rows + await self._left_traces(rows))
        if self._shared:
            await self._take_back(rows, "trace_id", "trace_versions", trace_ids=sorted(spans))
        return rows

    async def _take_back(self, rows: Iterable[Any], id_name: str, statement: str, **ids: list[str]) -> None:
        """Tombstones for those of our rows that another worker has computed with a greater version, just below it."""
        newer = {one.id: one.version for one in await self._read(statement, Newer, version=self._version, **ids)}
        left: defaultdict[int, list[Any]] = defaultdict(list)
        for row in rows:
            if getattr(row, id_name) in newer:
                left[newer[getattr(row, id_name)] - 1].append(msgspec.structs.replace(row, is_deleted=True))
        for version, lost in left.items():
            await self._insert_any(lost, version)

    async def _add_contents(self, spans: Mapping[str, list[Span | SpanFacts]], moving: set[str]) -> None:
        """Take in the messages of LLM calls that were sent apart from these: their previews, and what was said.

        Looked at are traces with a call that has no messages, and those of several batches, where one may have had none
        before.
        """
        calls = {(span.trace_id, span.span_id): span for own in spans.values() for span in own if span.kind == "llm"}
        silent = {id_ for (id_, _), span in calls.items() if not (span.input_preview and span.output_preview)}
        ids = sorted(silent | moving)
        for start in range(0, len(ids), CONTENTS_GROUP):
            said: defaultdict[tuple[str, str], list[Content]] = defaultdict(list)
            for content in await self._read("contents", Content, trace_ids=ids[start : start + CONTENTS_GROUP]):
                said[content.trace_id, content.span_id].append(content)
            await self._insert(
                [add_contents(self._project_id, calls[key], own) for key, own in said.items() if key in calls]
            )

    async def _judged_traces(self, spans: dict[str, list[Span | SpanFacts]]) -> list[Feedback]:
        if not self._has.scores:
            return []
        judged = await self._read("judged_traces", Feedback, trace_ids=sorted(spans))
        if self._has.scores_of_calls:
            responses: defaultdict[str, set[str]] = defaultdict(set)
            completions: defaultdict[str, set[str]] = defaultdict(set)
            for span in (span for own in spans.values() for span in own):
                responses[span.response_id].add(span.trace_id)
                completions[span.completion_id].add(span.trace_id)
            ids = {"response_ids": sorted(responses), "completion_ids": sorted(completions)}
            for call in await self._read("judged_calls", JudgedCall, **ids):
                holders = responses[call.response_id] if call.response_id else completions[call.completion_id]
                judged += [Feedback(trace_id, call.up, call.down) for trace_id in holders]
        return judged

    async def _left_traces(self, rows: Iterable[TraceRow]) -> list[TraceRow]:
        """Tombstones of rows under keys that their traces have left."""
        if not self._moving:
            return []
        kept = {TraceKey(row.day, row.session_id, row.user_id, row.trace_id) for row in rows}
        days = {
            (iso_of_day(day), id_) for place in self._moving for day in place.days for id_ in {*place.session_ids, ""}
        }
        users = {"", *(user_id for place in self._moving for user_id in place.user_ids)}
        ids = sorted(place.trace_id for place in self._moving)
        found = await self._read("trace_rows", TraceKey, places=sorted(days), user_ids=sorted(users), trace_ids=ids)
        return [
            TraceRow(project_id=self._project_id, **msgspec.structs.asdict(key), is_deleted=True)
            for key in found
            if key not in kept
        ]

    async def _session_keys(self, places: Sequence[Place]) -> dict[str, SessionKeys]:
        ids = {*self._group.session_ids, *(id_ for place in places for id_ in place.session_ids)} - {""}
        if not ids:
            return {}
        known = {id_: SessionKeys(id_) for id_ in sorted(ids)}
        known |= {
            keys.session_id: keys for keys in await self._read("session_keys", SessionKeys, session_ids=sorted(ids))
        }
        days = {id_: set(keys.days) for id_, keys in known.items()}
        for place in places:
            for session_id in place.session_ids:
                if session_id:
                    days[session_id].update(place.days)
        for id_, keys in known.items():
            keys.days = sorted(days[id_])
        return known

    async def _announce_session_keys(self, places: Sequence[Place]) -> None:
        found: dict[str, SessionKeysRow] = {}
        for place in places:
            for session_id in set(place.session_ids) - {""}:
                row = found.setdefault(session_id, SessionKeysRow(self._project_id, session_id, set(), set()))
                row.days.update(place.days)
                row.user_keys.update(place.user_ids)
        await self._insert(list(found.values()))

    async def _session_slices(self, places: Sequence[Place], known: dict[str, SessionKeys]) -> list[Slice]:
        days = sorted({(iso_of_day(day), keys.session_id) for keys in known.values() for day in keys.days})
        return await self._read("session_slices", Slice, places=days) if days else []

    async def _events_and_feedback(self, known: dict[str, SessionKeys]) -> tuple[list[Event], list[Feedback]]:
        events, judged, ids = [], [], sorted(known)
        if ids and self._has.session_events:
            events = await self._read("session_events", Event, session_ids=ids)
        if ids and self._has.scores:
            judged = await self._read("judged_sessions", Feedback, session_ids=ids)
        return events, judged

    async def _sessions(
        self,
        known: dict[str, SessionKeys],
        slices: Iterable[Slice],
        events: Iterable[Event],
        judged: Iterable[Feedback],
    ) -> dict[str, SessionRow]:
        own_slices, own_events, own_judged = _by(slices, "session_id"), _by(events, "session_id"), _by_id(judged)
        rows = {
            id_: session_row(
                self._project_id, id_, own_slices[id_], own_events[id_], own_judged[id_], keys.days, keys.user_keys
            )
            for id_, keys in known.items()
        }
        if self._shared:
            users = [
                SessionKeysRow(self._project_id, id_, set(), set(row.user_keys) - set(known[id_].user_keys))
                for id_, row in rows.items()
            ]
            await self._insert([row for row in users if row.user_keys])
        await self._insert(list(rows.values()))
        if self._shared and rows:
            for keys in await self._read("session_keys", SessionKeys, session_ids=sorted(rows)):
                rows[keys.session_id].user_keys = sorted({*rows[keys.session_id].user_keys, *keys.user_keys})
        return rows

    async def _activity(
        self,
        traces: Iterable[TraceRow],
        sessions: dict[str, SessionRow],
        slices: Iterable[Slice],
        events: Iterable[Event],
        judged: Iterable[Feedback],
    ) -> None:
        cells = {(iso_of_day(row.day), row.user_id) for row in traces if not row.session_id and row.user_id}
        cells |= self._group.cells
        for place in self._moving:
            if "" in place.session_ids:
                cells |= {(iso_of_day(day), user_id) for day in place.days for user_id in place.user_ids}
        alone = await self._read("user_slices", Slice, cells=sorted(cells)) if cells else []
        happenings = [
            *(
                Happening(session_id=e.session_id, first_us=e.at_us, last_us=e.at_us)
                for e in events
                if e.kind != "assign"
            ),
            *(feedback_happening(one) for one in judged),
        ]
        rows = activity_rows(self._project_id, [*slices, *alone], happenings, sessions)
        await self._insert(rows + await self._left_activity(rows, sessions, cells))
        if self._shared and sessions:
            of_sessions = [row for row in rows if row.session_id]
            await self._take_back(of_sessions, "session_id", "session_versions", session_ids=sorted(sessions))

    async def _left_activity(
        self, rows: Iterable[ActivityRow], sessions: dict[str, SessionRow], cells: set[tuple[str, str]]
    ) -> list[ActivityRow]:
        """Tombstones of rows that the sessions, and the users without a session, no longer have.

        A session can have lost a row only if a trace of it came in several batches, or it has events or ever had more
        than one user.
        """
        restless = {id_ for place in self._moving for id_ in place.session_ids} | self._group.session_ids
        restless |= {id_ for id_, session in sessions.items() if len(session.user_keys) > 1 or self._shared}
        places = {(user_id, id_) for id_ in restless & sessions.keys() for user_id in sessions[id_].user_keys}
        places |= {(user_id, "") for _, user_id in cells}
        if not places:
            return []
        kept = {ActivityKey(row.user_id, row.session_id, row.day) for row in rows}
        found = await self._read("activity_rows", ActivityKey, places=sorted(places), cells=sorted(cells))
        if self._shared:
            # A worker with a smaller version may be about to write here.
            found += [ActivityKey(user_id, "", day_of_iso(day)) for day, user_id in cells]
        return [
            ActivityRow(project_id=self._project_id, **msgspec.structs.asdict(key), is_deleted=True)
            for key in sorted({*found}, key=lambda key: (key.user_id, key.session_id, key.day))
            if key not in kept
        ]

    async def _users(self, traces: Iterable[TraceRow], sessions: dict[str, SessionRow]) -> None:
        ids = {
            *self._group.user_ids,
            *(user_id for _, user_id in self._group.cells),
            *(row.user_id for row in traces),
            *(user_id for place in self._moving for user_id in place.user_ids),
            *(user_id for session in sessions.values() for user_id in session.user_keys),
        } - {""}
        if not ids:
            return
        owners = await self._owners(ids)
        everybody = sorted(owners)
        known_as = {"user_ids": everybody, "owners": [owners[id_] for id_ in everybody]}
        sums = {one.owner: one for one in await self._read("user_sums", UserSum, **known_as)}
        identified: defaultdict[str, list[Identification]] = defaultdict(list)
        if self._has.user_events:
            for one in await self._read("user_events", Identification, user_ids=everybody):
                identified[owners[one.user_id]].append(one)
        judged: defaultdict[str, list[Feedback]] = defaultdict(list)
        if self._has.scores:
            for feedback in await self._read("judged_users", Feedback, user_ids=everybody):
                judged[owners[feedback.id]].append(feedback)
        aliases: defaultdict[str, list[str]] = defaultdict(list)
        for id_ in everybody:
            if owners[id_] != id_:
                aliases[owners[id_]].append(id_)
        await self._insert(
            [
                user_row(self._project_id, id_, aliases[id_], sums.get(id_), identified[id_], judged[id_])
                if owners[id_] == id_
                else UserRow(project_id=self._project_id, user_id=id_, is_deleted=True)
                for id_ in everybody
            ]
        )

    async def _owners(self, ids: set[str]) -> dict[str, str]:
        """Find whose these ids are, and all ids that were ever said to be the same person's: what one of them loses,
        another has."""
        links: dict[tuple[str, str], Link] = {}
        everybody, new = set(ids), set(ids) if self._has.user_events else set()
        while new:
            found = await self._read("links", Link, ids=sorted(new))
            links |= {(link.user_id, link.event_id): link for link in found}
            new = {id_ for link in found for id_ in (link.user_id, link.alias)} - everybody
            everybody |= new
        owners = owners_of(links.values())
        return {id_: owners.get(id_, id_) for id_ in everybody}


def _by(records: Iterable[T], field: str) -> defaultdict[str, list[T]]:
    found: defaultdict[str, list[T]] = defaultdict(list)
    for record in records:
        found[getattr(record, field)].append(record)
    return found


def _by_id(judged: Iterable[Feedback]) -> defaultdict[str, list[Feedback]]:
    return _by(judged, "id")


def _coming(project_id: str, place: Place, version: int) -> ComingTrace:
    return ComingTrace(
        project_id, place.trace_id, place.first_hour, place.last_hour, place.first_batch, place.last_batch, version
    )
