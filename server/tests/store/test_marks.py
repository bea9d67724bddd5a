"""Marks of the erased: nobody without the store's key can tell whose they are, and earlier stores' marks go on."""

import asyncio
import time
from hashlib import blake2b
from pathlib import Path

import pytest
from server.tests.folders import files_in, read_all

from baserun_server.errors import BaserunError, Conflict, StoreAway
from baserun_server.model import Batch
from baserun_server.store.clickhouse import ClickHouseStore
from baserun_server.store.erasure.erasure import Erasure
from baserun_server.store.erasure.mark_keys import MarkKeys, key_id, mark_of, plain_hash, read_keys, write_keys
from baserun_server.store.erasure.plan import Plan

from .conftest import EngineProcess, store_at
from .test_rollups import new_project
from .test_store import make_span

KEY = b"k" * 32
EARLIER = """
CREATE TABLE erased (
    project_id LowCardinality(String),
    id_hash UInt64,
    kind LowCardinality(String),
    erasure_id String CODEC(ZSTD(1)),
    is_lifted UInt8,
    version UInt64
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (project_id, id_hash)
SETTINGS index_granularity = 1024, fsync_after_insert = 1
"""
"""The table as an earlier version made it."""


def earlier_hash(project_id: str, kind: str, id_: str) -> int:
    """What an earlier version kept of an id."""
    return int.from_bytes(blake2b(f"{project_id}\0{kind}\0{id_}".encode(), digest_size=8).digest(), "little")


def of_ada(project_id: str, token: str) -> Batch:
    return Batch(f"{project_id}:{token}", spans=[make_span(project_id, 1, user_id="ada")])


async def hashes_of(store: ClickHouseStore, project_id: str) -> set[int]:
    rows = await store.ask("SELECT id_hash FROM erased WHERE project_id = {p:String}", {"p": project_id})
    return {row["id_hash"] for row in rows}


def test_the_marks_of_an_earlier_store_go_on_and_get_a_key(engine_of_its_own: EngineProcess):
    async def check() -> None:
        store = store_at(engine_of_its_own.address)
        await store.run(EARLIER)
        ada, bob = earlier_hash("p", "user", "ada"), earlier_hash("p", "user", "bob")
        eve = earlier_hash("q", "user", "eve")
        await store.run(
            "INSERT INTO erased VALUES"
            f" ('p', {ada}, 'user', 'e1', 0, 1), ('p', {bob}, 'user', 'e2', 0, 1), ('p', {bob}, 'user', 'e2', 1, 2),"
            f" ('q', {eve}, 'user', 'e3', 0, 1)"
        )
        await store.migrate()
        batch = Batch("t", spans=[make_span("p", n, user_id=name) for n, name in enumerate(("ada", "bob", "eve"), 1)])
        [refused] = await store.erasure.refuse(batch)
        assert (refused.erasure_id, refused.counts) == ("e1", {"spans": 1})
        assert [span.user_id for span in batch.spans] == ["bob", "eve"], "an erasure that was lifted stays lifted"
        assert not {ada, bob, eve} & (await hashes_of(store, "p") | await hashes_of(store, "q"))
        other = Batch("u", spans=[make_span("q", 1, user_id="eve")])
        assert await store.erasure.refuse(other)
        await store.close()

    asyncio.run(check())


def test_a_shared_store_that_has_no_key_yet_keeps_out_whom_it_kept_out_before(engine_of_its_own: EngineProcess):
    async def check() -> None:
        store = store_at(engine_of_its_own.address)
        store.erasure.keys = MarkKeys(None)
        await store.run(EARLIER)
        await store.run(f"INSERT INTO erased VALUES ('p', {earlier_hash('p', 'user', 'ada')}, 'user', 'e1', 0, 1)")
        await store.migrate()
        assert await store.erasure.refuse(of_ada("p", "1"))
        rest_of_the_trace = Batch("2", spans=[make_span("p", 1, span_id="f" * 16)])
        assert await store.erasure.refuse(rest_of_the_trace)
        keyed = store_at(engine_of_its_own.address)
        assert await keyed.erasure.refuse(Batch("3", spans=[make_span("p", 1, span_id="e" * 16)]))
        await store.close()
        await keyed.close()

    asyncio.run(check())


async def test_without_the_key_an_id_cannot_be_tried_against_the_marks(address: str):
    project_id = new_project()
    store = store_at(address)
    await store.migrate()
    await store.erasure.mark(project_id, "e1", Plan(["ada"], ["a" * 32], ["s"], response_ids=["r"]))
    found = await hashes_of(store, project_id)
    ids = [("user", "ada"), ("trace", "a" * 32), ("session", "s"), ("call", "r")]
    assert found == {mark_of(KEY, plain_hash(project_id, kind, id_)) for kind, id_ in ids}
    assert not found & {earlier_hash(project_id, kind, id_) for kind, id_ in ids}
    assert not found & {mark_of(b"x" * 32, plain_hash(project_id, kind, id_)) for kind, id_ in ids}
    await store.close()


async def test_a_server_without_the_key_of_the_marks_stores_nothing(engine_of_its_own: EngineProcess):
    ours, theirs = store_at(engine_of_its_own.address), ClickHouseStore(engine_of_its_own.address, shared=True)
    theirs.erasure.keys = MarkKeys.fixed(b"x" * 32)
    await ours.migrate()
    await ours.erasure.mark("p", "e1", Plan(["ada"]))
    with pytest.raises(StoreAway, match="a key that this server does not have"):
        await theirs.erasure.refuse(of_ada("p", "1"))
    theirs.erasure.keys = MarkKeys.fixed(b"x" * 32, KEY)
    assert await theirs.erasure.refuse(of_ada("p", "1"))
    await ours.close()
    await theirs.close()


def test_a_store_of_our_own_makes_its_key_once_and_keeps_it_to_itself(tmp_path: Path):
    path = tmp_path / "erasure.keys"
    first, second = MarkKeys(path), MarkKeys(path)
    assert (first.known, path.exists()) == ((), False)
    assert first.keys == second.keys == read_keys(path)
    assert (len(first.keys), len(first.keys[0])) == (1, 32)
    assert path.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in tmp_path.iterdir()] == ["erasure.keys"]
    second.add([KEY])
    assert MarkKeys(path).keys == (*first.keys, KEY)


def test_a_shared_store_takes_its_keys_from_the_setting(tmp_path: Path):
    path, foreign = tmp_path / "erasure.keys", b"\x01" * 32
    with pytest.raises(Conflict, match="no key"):
        MarkKeys(path, makes_file=False).need()
    with pytest.raises(BaserunError, match="`5` characters"):
        MarkKeys(path, "short")
    keys = MarkKeys(path, f"{'a' * 40}, {foreign.hex()}", makes_file=False)
    assert (len(keys.keys), keys.keys[1]) == (2, foreign)
    keys.add([foreign])
    with pytest.raises(Conflict, match="a key that this store does not have"):
        keys.add([KEY])
    assert not path.exists()


def test_a_damaged_file_of_keys_is_named_and_never_replaced(tmp_path: Path):
    path = tmp_path / "erasure.keys"
    for damaged in ("not hexadecimal", ""):
        path.write_text(damaged)
        with pytest.raises(BaserunError, match=r"erasure\.keys"):
            _ = MarkKeys(path).keys
        assert path.read_text() == damaged
    write_keys(path, [KEY])
    assert MarkKeys(path).keys == (KEY,)


def test_the_name_of_a_key_says_nothing_of_it():
    assert KEY.hex()[:8] not in key_id(KEY)
    assert key_id(KEY) != key_id(b"x" * 32)


def test_the_disk_is_not_called_clean_before_it_is(engine_of_its_own: EngineProcess):
    """What stands in the way is named: deleted rows, the record of the deletion, the parts from before."""

    async def check() -> None:
        store = store_at(engine_of_its_own.address)
        await store.migrate()
        batch = Batch("1", spans=[make_span("p", n, user_id=user) for n, user in enumerate(("ada", "bob"), 1)])
        await store.write(batch)
        await store.erasure.erase("p", "e1", Plan(["ada"], ["0" * 31 + "1"]))
        now_us = time.time_ns() // 1_000
        left = await store.erasure.unpurged(now_us)
        assert [one for one in left if one.startswith("a mutation of `spans`")]
        assert [one for one in left if one.startswith("a part with deleted rows of `spans`")]
        assert [one for one in left if one.startswith("a replaced part of `spans`")]
        await store.erasure.purge()
        await gone(store.erasure, now_us)
        mutations = [path for path in files_in(engine_of_its_own.folder) if path.match("mutation_*.txt")]
        assert [text for _, text in read_all(mutations) if b" IN " in text] == []
        await store.run("ALTER TABLE spans DETACH PARTITION ID '202611'")
        left = await store.erasure.unpurged(time.time_ns() // 1_000)
        assert [one for one in left if one.startswith("a detached part of `spans`")]
        await store.close()

    asyncio.run(check())


async def gone(erasure: Erasure, before_us: int) -> None:
    left = []
    for _ in range(600):
        left = await erasure.unpurged(before_us)
        if not left:
            return
        await asyncio.sleep(0.1)
    raise AssertionError(left)
