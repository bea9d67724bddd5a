"""What lies in the engine's folder from before a moment, and is none of its parts, is seen."""

import os
from pathlib import Path

from baserun_server.worker.places import strays

TABLE = "store/abc/abc00000-0000-0000-0000-000000000000"


def made(path: Path, at_s: int) -> Path:
    path.mkdir(parents=True)
    os.utime(path, (at_s, at_s))
    return path


def test_old_folders_that_the_engine_does_not_know_are_strays(tmp_path):
    table = tmp_path / "clickhouse" / TABLE
    known = made(table / "all_1_1_0", 100)
    made(table / "tmp_mut_all_1_1_0_2", 100)
    made(table / "tmp_insert_new", 300)
    made(table / "detached", 100)
    made(table / "deduplication_logs", 100)
    frozen = made(tmp_path / "clickhouse" / "shadow" / "backup", 100) / "data.bin"
    frozen.write_bytes(b"x")
    os.utime(frozen, (100, 100))

    found = strays(tmp_path, [f"/elsewhere/clickhouse/{TABLE}/{known.name}/"], 200)
    assert found == [
        "a folder that the engine does not know: `clickhouse/shadow/backup/data.bin`",
        f"a folder that the engine does not know: `clickhouse/{TABLE}/tmp_mut_all_1_1_0_2`",
    ]
