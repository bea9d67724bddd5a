"""Everything about a person taken out of the tables: found, counted, marked, deleted, and seen to be gone.

What is theirs: every trace that one of their ids holds for, or that any of its spans names; their sessions, where
nobody else took part in them (of a session shared with others their traces go, and the rest is computed again without
them); judgements, log entries and events of all these, and their own. The marks come first (`returning.py`), so that
nothing comes back meanwhile, and all of it may be done again: a second time finds less.
"""

import time
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from ...errors import BaserunError, StoreAway
from ...model import LISTS, Batch
from .. import statements
from ..migrate import Cluster
from ..rollups.aliases import Link, ids_of_person
from ..rollups.rollup import RollUp
from ..rollups.rows import HourVersion
from ..touched import Touched
from ..wire import native
from ..wire.transport import Transport
from .mark_keys import MARK_BYTES, NO_KEY, MarkKeys, key_id, mark_of, plain_hash
from .plan import CHUNK, QUARTERS, SESSIONS, TRACES, USERS, WHERE, Plan, chunks, cut, cut_values, either, values_of
from .returning import Ids, Refused, erase_from, ids_of, sessions_beside, spread

PATIENCE = {"max_execution_time": "3600", "mutations_sync": "2", "lightweight_deletes_sync": "2"}


class Erasure:
    """Erases from one store."""

    def __init__(self, transport: Transport, roll_up: RollUp, cluster: Cluster | None, keys: MarkKeys) -> None:
        self.keys = keys
        self._transport = transport
        self._roll_up = roll_up
        self._cluster = cluster
        self._projects: set[str] | None = None
        """Projects with marks; None before the first look."""

    async def plan(self, project_id: str, user_id: str, *, include_aliases: bool = False) -> Plan:
        """Find what would be erased of a user, by the ids that were confirmed to be theirs.

        With `include_aliases` also by those that senders claimed to be.
        """
        confirmed, claimed = await self.ids_of(project_id, user_id)
        plan = Plan(sorted(confirmed | claimed if include_aliases else confirmed))
        if left := sorted(claimed - set(plan.user_ids)):
            known = await self._rows("known_ids", project_id, user_ids=left)
            plan.claimed_ids = sorted(row["user_id"] for row in known)
        own, users = set(plan.user_ids), {"user_ids": plan.user_ids}
        naming = await self._rows("traces_naming", project_id, **users)
        named_ids = sorted({id_ for row in naming for id_ in row["session_ids"]})
        sessions = await self._rows("sessions", project_id, session_ids=named_ids, **users)
        plan.session_ids = sorted(row["session_id"] for row in sessions if own.issuperset(row["users"]))
        plan.shared_ids = sorted(row["session_id"] for row in sessions if not own.issuperset(row["users"]))
        found = {row["trace_id"] for row in naming}
        if sessions:
            places = sorted((day, row["session_id"]) for row in sessions for day in row["days"])
            ids = sorted(row["session_id"] for row in sessions)
            asked = {"places": places, "session_ids": ids, "own_ids": plan.session_ids, **users}
            found |= {row["trace_id"] for row in await self._rows("traces_of_sessions", project_id, **asked)}
        plan.trace_ids = sorted(found)
        spans = 0
        for part in cut(plan.trace_ids):
            (calls,) = await self._rows("calls", project_id, trace_ids=part)
            spans += calls["spans"]
            plan.response_ids += calls["response_ids"]
            plan.completion_ids += calls["completion_ids"]
        plan.counts = {"spans": spans, **await self._count(project_id, plan)}
        plan.rest = await self._rest(project_id, plan)
        # Whoever was only claimed to be the person has a row of their own again.
        plan.rest.user_ids |= claimed - set(plan.user_ids)
        return plan

    async def erase(self, project_id: str, erasure_id: str, plan: Plan) -> dict[str, int]:
        """Mark, delete and compute again; returns what is left, which must be nothing."""
        await self.mark(project_id, erasure_id, plan)
        for table, conditions in WHERE:
            for condition in conditions:
                for parameters in chunks(plan, condition):
                    await self._run("delete", table, {"project_id": project_id, **parameters}, where=condition)
        await self._compute_rest(project_id, plan)
        await self._tell_readers(project_id)
        await self._forget_quarters(project_id)
        left = await self._count(project_id, plan)
        if any(left.values()):
            raise NotErased(f"of erasure `{erasure_id}` there is still something left: {left}")
        return left

    async def mark(self, project_id: str, erasure_id: str, plan: Plan) -> None:
        """Let nothing in any more that is the plan's."""
        kinds = {
            "user": plan.user_ids,
            "session": plan.session_ids,
            "trace": plan.trace_ids,
            "call": [*plan.response_ids, *plan.completion_ids],
        }
        await self._mark(project_id, erasure_id, {(kind, id_) for kind, ids in kinds.items() for id_ in ids})

    async def purge(self) -> None:
        """Begin to take deleted rows off the disk; `unpurged` says what is left."""
        for table in (*(table for table, _ in WHERE), QUARTERS):
            await self._run("purge", table, {}, settings={"mutations_sync": "0"})

    async def unpurged(self, before_us: int) -> list[str]:
        """List what on the engine's disks may still hold something that was deleted before a moment."""
        where = {name: f"system.{name}" for name in ("mutations", "parts", "detached")}
        where["detached"] = "system.detached_parts"
        if self._cluster:
            where = {name: f"clusterAllReplicas('{self._cluster.name}', {table})" for name, table in where.items()}
        mutations = where.pop("mutations")
        # Moments of the engine are whole seconds.
        asked = {"before_s": before_us // 1_000_000 + 1}
        found = await self._transport.rows(statements.render("erasure", "unpurged_parts", where), asked)
        text = statements.render("erasure", "unpurged_mutations", {"mutations": mutations})
        found += await self._transport.rows(text, asked)
        return [f"{row['what']} of `{row['table']}`: `{row['name']}`" for row in found]

    async def known_parts(self) -> list[str]:
        """Folders of the parts of which an embedded engine knows."""
        return [row["path"] for row in await self._transport.rows(statements.render("erasure", "known_parts"), {})]

    async def receipt(self, project_id: str, erasure_id: str, part: str, counts: Mapping[str, int]) -> None:
        """Note that a part of an erasure is done, with what was found; the same part again replaces it."""
        now_us = time.time_ns() // 1_000
        columns = [
            ("project_id", "String", [project_id]),
            ("erasure_id", "String", [erasure_id]),
            ("part", "String", [part]),
            ("counts", "Map(String, UInt64)", [dict(counts)]),
            ("at", "DateTime64(6, 'UTC')", [now_us]),
            ("version", "UInt64", [now_us]),
        ]
        await self._transport.insert("erasures", [name for name, _, _ in columns], native.block(columns), {})
        await self._tell_readers(project_id)

    async def receipts(self) -> list[dict[str, Any]]:
        """Every erasure with the parts that are done."""
        return await self._transport.rows(statements.render("erasure", "all_receipts"), {})

    async def marked(
        self, project_id: str, ids: Collection[tuple[str, str]], unfinished: Collection[str] = ()
    ) -> dict[tuple[str, str], str]:
        """Those of the ids that were erased, with the erasure; of lifted erasures only the `unfinished` ones count."""
        if project_id not in await self._projects_with_marks():
            return {}
        plain = {(kind, id_): plain_hash(project_id, kind, id_) for kind, id_ in ids}
        hashes = {mark_of(key, hash_): named for key in self._keys for named, hash_ in plain.items()}
        found = {}
        for part in cut(sorted(hashes)):
            for row in await self._rows("marks", project_id, hashes=part):
                if not row["is_lifted"] or row["erasure_id"] in unfinished:
                    found[hashes[row["id_hash"]]] = row["erasure_id"]
        return found

    async def lift(self, project_id: str, erasure_id: str) -> None:
        """Keep again what arrives from now on under the ids of an erasure."""
        text = statements.render("erasure", "lift")
        await self._transport.run(text, {"project_id": project_id, "erasure_id": erasure_id})
        await self.receipt(project_id, erasure_id, "lifted", {})

    async def refuse(self, batch: Batch, *, when: str = "") -> list[Refused]:
        """Take out of a batch what is an erased person's, mark what came with it, and note how much it was (once for
        each `when`)."""
        projects = {record.project_id for name in LISTS for record in getattr(batch, name)}
        found = []
        for project_id in sorted(projects & await self._projects_with_marks()):
            marked = await self.marked(project_id, ids_of(batch, project_id))
            if not marked:
                continue
            erasure_id = min(marked.values())
            ids = set(marked)
            beside = sessions_beside(batch, project_id, ids)
            if beside:
                known = await self._rows("known_sessions", project_id, session_ids=sorted(beside))
                ids |= {("session", id_) for id_ in beside - {row["session_id"] for row in known}}
            ids = spread(batch, project_id, ids)
            await self._mark(project_id, erasure_id, ids - marked.keys())
            counts = erase_from(batch, project_id, ids)
            await self.receipt(project_id, erasure_id, f"refused {batch.token}{when}", counts)
            found.append(Refused(project_id, erasure_id, ids, counts))
        return found

    async def _projects_with_marks(self) -> set[str]:
        # Where workers share the store, somebody else may have erased since.
        if self._projects is None or self._roll_up.versions.shared:
            rows = await self._transport.rows(statements.render("erasure", "projects"), {})
            names = {name for row in rows for name in row["key_ids"]}
            if "" in names and self.keys.keys:
                await self._give_marks_a_key()
            if names - {"", *map(key_id, self.keys.known)}:
                # To store what nobody has compared would bring back who was erased; the log keeps it meanwhile.
                raise StoreAway(
                    "this store holds marks of erased people that were made with a key that this server does not have",
                    hint="give every server of the store the same `BASERUN_ERASURE_KEY`, or put back `erasure.keys`",
                )
            self._projects = {row["project_id"] for row in rows}
        return self._projects

    @property
    def _keys(self) -> Sequence[bytes]:
        """By which ids become marks, our own first. A shared store from before there were keys may have none yet: then
        marks are made as they were, until it has one."""
        return self.keys.keys or (NO_KEY,)

    async def _give_marks_a_key(self) -> None:
        """Put keyed marks in the place of those that an earlier version made without a key."""
        key = self._keys[0]
        while rows := await self._transport.rows(statements.render("erasure", "unkeyed_marks"), {"limit": CHUNK}):
            hashes = [row["id_hash"] for row in rows]
            marks = [mark_of(key, hash_.to_bytes(MARK_BYTES, "little")) for hash_ in hashes]
            await self._insert_marks([{**row, "id_hash": mark} for row, mark in zip(rows, marks, strict=True)])
            await self._run("delete_unkeyed_marks", "erased", {"hashes": hashes})
        await self._run("purge", "erased", {}, settings={"mutations_sync": "0"})

    async def _mark(self, project_id: str, erasure_id: str, ids: Ids) -> None:
        if not ids:
            return
        key, now_us = self._keys[0], time.time_ns() // 1_000
        await self._insert_marks(
            [
                {
                    "project_id": project_id,
                    "id_hash": mark_of(key, plain_hash(project_id, kind, id_)),
                    "kind": kind,
                    "erasure_id": erasure_id,
                    "is_lifted": 0,
                    "version": now_us,
                }
                for kind, id_ in sorted(ids)
            ]
        )
        if self._projects is not None:
            self._projects.add(project_id)

    async def _insert_marks(self, rows: list[dict[str, Any]]) -> None:
        """Keep marks that our own key made."""
        types = {"id_hash": "UInt64", "is_lifted": "UInt8", "version": "UInt64"}
        names = ("project_id", "id_hash", "kind", "erasure_id", "is_lifted", "version")
        columns = [(name, types.get(name, "String"), [row[name] for row in rows]) for name in names]
        columns.append(("key_id", "String", [key_id(self._keys[0])] * len(rows)))
        await self._transport.insert("erased", [name for name, _, _ in columns], native.block(columns), {})

    async def ids_of(self, project_id: str, user_id: str) -> tuple[set[str], set[str]]:
        """The ids of a person that were confirmed through the API, and the others that senders claimed to be theirs."""
        links: dict[tuple[str, str], Link] = {}
        known, new = {user_id}, {user_id}
        while new:
            found = [Link(**row) for row in await self._rows("links", project_id, ids=sorted(new))]
            links |= {(link.user_id, link.event_id): link for link in found}
            new = {id_ for link in found for id_ in (link.user_id, link.alias)} - known
            known |= new
        confirmed = ids_of_person((link for link in links.values() if link.confirmed), user_id)
        return confirmed, ids_of_person(links.values(), user_id) - confirmed

    async def _rest(self, project_id: str, plan: Plan) -> Touched:
        """What the facts that go say something about, and what stays of it."""
        rest = Touched(project_id, session_ids=set(plan.shared_ids))
        for table in ("scores", "log_entries"):
            where = either(dict(WHERE)[table])
            text = statements.render("erasure", "judged", {"table": table, "where": where})
            for row in await self._transport.rows(text, {"project_id": project_id, **values_of(plan, where)}, PATIENCE):
                rest.trace_ids |= {row["trace_id"]}
                if not row["trace_id"]:
                    rest.response_ids |= {row["response_id"]}
                    rest.completion_ids |= {row["completion_id"]}
                    rest.session_ids |= {row["session_id"]}
        for part in cut(plan.trace_ids):
            found = await self._rows("cells", project_id, trace_ids=part, user_ids=plan.user_ids)
            rest.cells |= {(row["day"], row["user_id"]) for row in found}
        rest.user_ids |= {row["user_id"] for row in await self._rows("linked", project_id, user_ids=plan.user_ids)}
        mentioning = await self._rows("mentioning", project_id, user_ids=plan.user_ids)
        rest.session_ids |= {row["session_id"] for row in mentioning}
        rest.trace_ids -= {"", *plan.trace_ids}
        rest.session_ids -= {"", *plan.session_ids}
        rest.user_ids -= {"", *plan.user_ids}
        rest.response_ids -= {""}
        rest.completion_ids -= {""}
        return rest

    async def _compute_rest(self, project_id: str, plan: Plan) -> None:
        """What stays, as if the person had never been there; earlier rows of it go."""
        if plan.rest is None:
            return
        asked = {"project_id": project_id, "user_ids": plan.user_ids, "session_ids": sorted(plan.rest.session_ids)}
        if plan.rest.session_ids:
            for table in ("sessions", "session_keys"):
                await self._run("delete_users_of_sessions", table, asked)
        for part in cut(sorted(plan.rest.trace_ids)):
            # Log entries of these traces are gone, and so must be what was made of them; the rest is made again.
            await self._run("delete", "said_apart", {"project_id": project_id, "trace_ids": part}, where=TRACES)
        before = await self._roll_up.versions.next(project_id)
        await self._roll_up.run([plan.rest])
        # What is left of somebody without anything says that it is deleted, and under which id.
        older = "(version <= {version:UInt64} OR is_deleted)"
        for table, condition, ids in (
            ("sessions", SESSIONS, {"session_ids": sorted(plan.rest.session_ids)}),
            ("users", USERS, {"user_ids": sorted(plan.rest.user_ids)}),
        ):
            for parameters in cut_values(ids):
                asked = {"project_id": project_id, "version": before, **parameters}
                await self._run("delete", table, asked, where=f"{condition} AND {older}")

    async def _tell_readers(self, project_id: str) -> None:
        await self._roll_up.insert([HourVersion(project_id)], await self._roll_up.versions.next(project_id))

    async def _forget_quarters(self, project_id: str) -> None:
        asked = {"project_id": project_id, "version": await self._roll_up.versions.next(project_id)}
        where = "project_id = {project_id:String}"
        await self._transport.run(statements.render("rollups", "all_hours_changed", {"where": where}), asked)
        await self._run("delete", QUARTERS, asked, where="1")

    async def _count(self, project_id: str, plan: Plan) -> dict[str, int]:
        """Rows by kind, without those of tables that only locate or repeat other rows; a row may
        fall under two conditions."""
        counts = {}
        for table, conditions in WHERE:
            if table in ("spans", "said_apart", "trace_keys", "session_keys"):
                continue
            where = either(conditions)
            text = statements.render("erasure", "count", {"table": f"{table} FINAL", "where": where})
            asked = {"project_id": project_id, **values_of(plan, where)}
            counts[table] = (await self._transport.rows(text, asked, PATIENCE))[0]["found"]
        return counts

    async def _rows(self, statement: str, project_id: str, **parameters: Any) -> list[dict[str, Any]]:
        text = statements.render("erasure", statement)
        return await self._transport.rows(text, {"project_id": project_id, **parameters}, PATIENCE)

    async def _run(
        self,
        statement: str,
        table: str,
        parameters: Mapping[str, Any],
        *,
        settings: Mapping[str, str] = PATIENCE,
        **parts: str,
    ) -> None:
        """Run a statement that changes the table that holds the rows: on a cluster the local one."""
        places = {"table": f"{table}_local", "on_cluster": self._cluster.clause} if self._cluster else {"table": table}
        await self._transport.run(statements.render("erasure", statement, {**places, **parts}), parameters, settings)


class NotErased(BaserunError):
    """After an erasure something was found that should be gone; it is done again."""
