"""A copy of a running server is whole, whatever it is doing and whoever is killed."""

import json
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from server.tests.ingest.running import RunningServer
from server.tests.ingest.test_worker import SPANS, a_request, check_totals


def command(name: str, *words: object) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-m", "baserun_server", name, *map(str, words)]
    return subprocess.run(line, capture_output=True, text=True, timeout=120, check=False)


def send(server: RunningServer, start: int, end: int) -> None:
    for number in range(start, end):
        assert server.post(a_request(number, time.time_ns())) == 200


@pytest.mark.slow(20)
def test_a_backup_under_load_holds_all_that_was_acknowledged_before_and_counts_nothing_twice(tmp_path: Path):
    with RunningServer(tmp_path / "data", BASERUN_BATCH_INTERVAL_MS="50", BASERUN_LOG_KEEP_BYTES="0") as server:
        send(server, 0, 30)
        load = threading.Thread(target=send, args=(server, 30, 90))
        load.start()
        time.sleep(0.3)
        made = command("backup", tmp_path / "copy", "--data", server.data)
        load.join()
        assert made.returncode == 0, made.stderr
        # Nothing that the server does afterwards reaches the copy.
        server.kill_all()

    restored = command("restore", tmp_path / "copy", "--data", tmp_path / "again")
    assert restored.returncode == 0, restored.stderr
    assert "as many as in the backup" in restored.stdout
    assert int(restored.stdout.split()[0]) > 0
    with RunningServer(tmp_path / "again") as server:
        server.wait_stored()
        [[spans]] = server.rows("SELECT count() FROM spans FINAL")
        assert 30 * SPANS <= int(spans) <= 90 * SPANS
        check_totals(server, int(spans) // SPANS)


@pytest.mark.slow(15)
def test_a_killed_server_is_backed_up_with_what_it_had_not_stored_yet(tmp_path: Path):
    server = RunningServer(tmp_path / "data", BASERUN_BATCH_INTERVAL_MS="60000")
    server.start()
    send(server, 0, 1)
    server.wait_stored()
    send(server, 1, 8)
    server.kill_all()

    until = time.monotonic() + 30
    while (made := command("backup", tmp_path / "copy", "--data", tmp_path / "data")).returncode and (
        time.monotonic() < until
    ):
        time.sleep(0.5)
    assert made.returncode == 0, made.stderr
    assert json.loads((tmp_path / "copy" / "backup.json").read_text())["log_bytes"] > 0
    command("restore", tmp_path / "copy", "--data", tmp_path / "again")

    with RunningServer(tmp_path / "again") as server:
        server.wait_stored()
        check_totals(server, 8)


def test_a_folder_that_is_no_backup_or_not_empty_is_refused_in_one_sentence(tmp_path: Path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").write_text("mine")

    no_backup = command("restore", tmp_path / "full", "--data", tmp_path / "data")
    assert no_backup.returncode == 2
    assert no_backup.stderr.startswith(f"error: `{tmp_path / 'full'}` is no whole backup")
    assert not (tmp_path / "data").exists()

    (tmp_path / "full" / "backup.json").write_text('{"baserun": "3", "made_us": 1, "tables": {}}')
    not_empty = command("restore", tmp_path / "full", "--data", tmp_path / "full")
    assert not_empty.returncode == 2
    assert "is not empty" in not_empty.stderr
    assert {path.name for path in (tmp_path / "full").iterdir()} == {"file", "backup.json"}
