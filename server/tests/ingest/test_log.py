"""The write-ahead log: what was acknowledged is read back, whatever happened to the files."""

import asyncio
import errno
import os
import subprocess
import sys
import time
import zlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from baserun_server.errors import DataFolderTaken, LogBroken, LogFull
from baserun_server.ingest.log import Damage, Entry, Position, Record
from baserun_server.ingest.log.cursor import Cursor, load_cursor, save_cursor
from baserun_server.ingest.log.files import drop_before, segment_path, segments
from baserun_server.ingest.log.records import HEADER, MAGIC, read
from baserun_server.ingest.log.writing import Log
from baserun_server.processes.folder_lock import FolderLock

pytestmark = pytest.mark.slow(18)

START = Position(0, 0)
bodies = st.lists(st.binary(max_size=300), min_size=1, max_size=12)
relaxed = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def an_entry(body: bytes) -> Entry:
    return Entry("default", 1_795_000_000_000_000, "traces", "application/x-protobuf", "gzip", body)


async def write(folder: Path, some: list[bytes], **options) -> None:
    log = Log(folder, **options)
    for body in some:
        await log.append(an_entry(body))
    await log.close()


def read_bodies(folder: Path, start: Position = START) -> list[bytes]:
    return [item.entry.body for item in read(folder, start) if isinstance(item, Record)]


def fresh(tmp_path: Path) -> Path:
    folder = tmp_path / f"log-{time.monotonic_ns()}"
    folder.mkdir()
    return folder


@relaxed
@given(some=bodies, segment_bytes=st.integers(1, 2_000))
def test_what_was_appended_is_read_in_order(tmp_path, some, segment_bytes):
    folder = fresh(tmp_path)
    asyncio.run(write(folder, some, segment_bytes=segment_bytes))

    items = list(read(folder, START))

    assert [item.entry for item in items if isinstance(item, Record)] == [an_entry(body) for body in some]
    assert all(isinstance(item, Record) for item in items)


@relaxed
@given(some=bodies, at=st.integers(0, 11), segment_bytes=st.integers(1, 2_000))
def test_reading_goes_on_from_the_end_of_any_record(tmp_path, some, at, segment_bytes):
    folder = fresh(tmp_path)
    asyncio.run(write(folder, some, segment_bytes=segment_bytes))
    ends = [START, *(item.end for item in read(folder, START))]
    at = min(at, len(some))

    assert read_bodies(folder, ends[at]) == some[at:]


@relaxed
@given(some=bodies, cut=st.floats(0, 1))
def test_a_log_that_was_cut_anywhere_keeps_every_whole_record(tmp_path, some, cut):
    folder = fresh(tmp_path)
    asyncio.run(write(folder, some))
    path = segment_path(folder, 1)
    ends = [item.end.offset for item in read(folder, START)]
    length = round(path.stat().st_size * cut)
    os.truncate(path, length)
    whole = [body for body, end in zip(some, ends, strict=True) if end <= length]

    assert read_bodies(folder) == whole

    asyncio.run(write(folder, [b"after the crash"]))
    items = list(read(folder, START))
    assert [item.entry.body for item in items if isinstance(item, Record)] == [*whole, b"after the crash"]
    lost = length - ([0, *ends][len(whole)])
    damages = [item for item in items if isinstance(item, Damage)]
    assert sum(len(damage.data) for damage in damages) == lost


@relaxed
@given(some=bodies, at=st.floats(0, 1, exclude_max=True), flip=st.integers(1, 255))
def test_a_damaged_byte_costs_no_more_than_its_own_record(tmp_path, some, at, flip):
    folder = fresh(tmp_path)
    asyncio.run(write(folder, some))
    asyncio.run(write(folder, [b"later"]))
    path = segment_path(folder, 1)
    data = bytearray(path.read_bytes())
    place = int(len(data) * at)
    ends = [item.end.offset for item in read(folder, START)]
    hit = next(number for number, end in enumerate(ends) if place < end)
    data[place] ^= flip
    path.write_bytes(data)

    items = list(read(folder, START))

    survivors = some[:hit] + some[hit + 1 :] + [b"later"]
    assert [item.entry.body for item in items if isinstance(item, Record)] == survivors
    assert [item for item in items if isinstance(item, Damage)]


def test_a_body_that_looks_like_a_record_is_not_taken_for_one(tmp_path):
    inner = HEADER.pack(MAGIC, 3, zlib.crc32(b"abc")) + b"abc"
    asyncio.run(write(tmp_path, [inner, b"next"]))

    assert read_bodies(tmp_path) == [inner, b"next"]


def test_a_record_that_is_still_being_written_is_waited_for(tmp_path):
    asyncio.run(write(tmp_path, [b"one", b"two"]))
    path = segment_path(tmp_path, 1)
    whole = path.read_bytes()
    path.write_bytes(whole[:-1])

    first = list(read(tmp_path, START))
    path.write_bytes(whole)

    assert [item.entry.body for item in first] == [b"one"]
    assert read_bodies(tmp_path, first[-1].end) == [b"two"]


async def test_requests_that_come_together_share_a_sync(tmp_path, monkeypatch):
    synced = []
    sync = os.fdatasync
    monkeypatch.setattr(os, "fdatasync", lambda file: (synced.append(file), sync(file)))
    log = Log(tmp_path)

    await asyncio.gather(*(log.append(an_entry(bytes([number]))) for number in range(100)))

    assert len(synced) < 20
    assert sorted(read_bodies(tmp_path)) == [bytes([number]) for number in range(100)]
    await log.close()


async def test_durability_off_leaves_syncing_to_the_system(tmp_path, monkeypatch):
    synced = []
    monkeypatch.setattr(os, "fdatasync", synced.append)
    log = Log(tmp_path, durability="off")

    await log.append(an_entry(b"a"))

    assert synced == []
    assert read_bodies(tmp_path) == [b"a"]
    await log.close()


async def test_durability_200ms_syncs_a_moment_after_the_answer(tmp_path, monkeypatch):
    synced = asyncio.Event()
    loop = asyncio.get_running_loop()
    monkeypatch.setattr(os, "fdatasync", lambda _: loop.call_soon_threadsafe(synced.set))
    log = Log(tmp_path, durability="200ms")

    await log.append(an_entry(b"a"))
    assert not synced.is_set()

    await asyncio.wait_for(synced.wait(), 10)
    await log.close()


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS, errno.EDQUOT, errno.EIO])
async def test_a_disk_that_refuses_is_reported_and_loses_nothing_before_or_after(tmp_path, monkeypatch, code):
    log = Log(tmp_path)
    await log.append(an_entry(b"before"))
    write_really = os.write

    def full(file, data):
        write_really(file, data[: len(data) // 2])
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(LogBroken, match=os.strerror(code)):
        await log.append(an_entry(b"x" * 1000))
    monkeypatch.undo()
    await log.append(an_entry(b"after"))

    assert read_bodies(tmp_path) == [b"before", b"after"]
    await log.close()


async def test_a_failed_sync_is_no_acknowledgement_and_ends_the_file(tmp_path, monkeypatch):
    log = Log(tmp_path)
    await log.append(an_entry(b"before"))

    def broken(_):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fdatasync", broken)
    with pytest.raises(LogBroken):
        await log.append(an_entry(b"doubtful"))
    monkeypatch.undo()
    await log.append(an_entry(b"after"))

    assert len(segments(tmp_path)) == 2
    assert {b"before", b"after"} <= set(read_bodies(tmp_path))
    await log.close()


async def test_a_log_takes_no_more_than_its_limit_until_the_worker_has_caught_up(tmp_path):
    log = Log(tmp_path, limit_bytes=1_000)
    await log.append(an_entry(b"x" * 2_000))
    await asyncio.sleep(0.25)

    with pytest.raises(LogFull):
        await log.append(an_entry(b"y"))

    end = list(read(tmp_path, START))[-1].end
    save_cursor(tmp_path, Cursor(done=end))
    await asyncio.sleep(0.25)
    await log.append(an_entry(b"y"))
    await log.close()


async def test_a_client_that_goes_away_does_not_hold_up_the_others(tmp_path):
    log = Log(tmp_path)
    gone = asyncio.create_task(log.append(an_entry(b"gone")))
    await asyncio.sleep(0)
    gone.cancel()

    await log.append(an_entry(b"stays"))

    assert b"stays" in read_bodies(tmp_path)
    await log.close()


def test_finished_files_are_kept_up_to_a_size_and_an_age(tmp_path):
    asyncio.run(write(tmp_path, [b"x" * 1_000] * 5, segment_bytes=1))
    at_end = Position(5, 0)
    now = segment_path(tmp_path, 1).stat().st_mtime

    assert drop_before(tmp_path, at_end, keep_bytes=10_000, keep_seconds=60, now=now) == []
    assert drop_before(tmp_path, at_end, keep_bytes=2_500, keep_seconds=60, now=now) == [1, 2]
    assert drop_before(tmp_path, at_end, keep_bytes=10_000, keep_seconds=60, now=now + 100) == [3, 4]
    assert segments(tmp_path) == [5]


def test_nothing_unfinished_is_ever_dropped(tmp_path):
    asyncio.run(write(tmp_path, [b"x"] * 3, segment_bytes=1))

    assert drop_before(tmp_path, Position(1, 10), keep_bytes=0, keep_seconds=0, now=time.time() + 1e9) == []
    assert len(read_bodies(tmp_path)) == 3


def test_the_cursor_survives_and_without_one_everything_kept_is_read_again(tmp_path):
    asyncio.run(write(tmp_path, [b"a", b"b"], segment_bytes=1))
    assert load_cursor(tmp_path) == Cursor(done=Position(1, 0))

    cursor = Cursor(done=Position(1, 5), batch_end=Position(2, 7))
    save_cursor(tmp_path, cursor)
    assert load_cursor(tmp_path) == cursor

    (tmp_path / "cursor.json").write_bytes(b'{"done":[1,')
    assert load_cursor(tmp_path) == Cursor(done=Position(1, 0))


def test_files_are_numbered_on_after_a_cursor_whose_file_is_gone(tmp_path):
    save_cursor(tmp_path, Cursor(done=Position(7, 100)))

    asyncio.run(write(tmp_path, [b"a"]))

    assert segments(tmp_path) == [8]


def test_a_second_server_on_the_same_folder_is_told_who_has_it(tmp_path):
    lock = FolderLock(tmp_path)

    with pytest.raises(DataFolderTaken, match=f"process id `{os.getpid()}`"):
        FolderLock(tmp_path)

    lock.release()
    FolderLock(tmp_path).release()


WRITER = """
import asyncio, sys
from pathlib import Path
from baserun_server.ingest.log import Entry
from baserun_server.ingest.log.writing import Log

async def main():
    log = Log(Path(sys.argv[1]), segment_bytes=50_000)
    number = 0
    async def client(name):
        nonlocal number
        while True:
            number += 1
            mine = number
            await log.append(Entry("default", 1, "traces", "", "", b"%d " % mine + b"x" * (mine % 997)))
            print(mine, flush=True)
    await asyncio.gather(*(client(n) for n in range(8)))

asyncio.run(main())
"""


@pytest.mark.parametrize("round_", range(4))
def test_a_killed_writer_has_lost_nothing_that_it_acknowledged(tmp_path, round_):
    process = subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    acknowledged = [int(process.stdout.readline()) for _ in range(50 + 170 * round_)]
    process.kill()
    acknowledged += [int(line) for line in process.stdout.read().splitlines(keepends=True) if line.endswith("\n")]
    process.wait()

    kept = {int(body.split()[0]) for body in read_bodies(tmp_path)}

    assert set(acknowledged) <= kept
