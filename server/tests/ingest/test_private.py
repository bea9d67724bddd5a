"""What people said is the server's own: nobody else on the machine reads it, and a link leads it nowhere."""

import contextlib
import os
import re
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import orjson
import pytest
from server.tests.folders import files_in, folders_in
from server.tests.ingest import otlp_forms as forms
from server.tests.ingest.running import RunningServer
from server.tests.ingest.test_redact import SECRET, logs_full_of_secrets, spans_full_of_secrets

from baserun_server import private
from baserun_server.errors import BaserunError
from baserun_server.processes.folder_lock import FolderLock
from baserun_server.settings import Settings

SOURCES = Path(private.__file__).parent
ENTRY_POINTS = {
    "__main__.py": "everything",
    "worker/__main__.py": "main",
    "worker/reading.py": "main",
    "store/engine/__main__.py": "main",
    "api/openapi.py": "",
}
"""Programs, and the function that makes each private; one that writes nothing but its output needs none."""


def open_to_others(folder: Path) -> list[str]:
    """What of a folder others may read, write or enter; a socket that is theirs to see is none of theirs to use."""
    found = []
    for path in (folder, *folders_in(folder), *files_in(folder)):
        with contextlib.suppress(FileNotFoundError):
            if not path.is_symlink() and path.lstat().st_mode & 0o077:
                found.append(str(path))
    return found


def test_every_program_of_the_server_is_in_the_table():
    programs = {
        str(path.relative_to(SOURCES))
        for path in SOURCES.rglob("*.py")
        if 'if __name__ == "__main__"' in path.read_text()
    }
    assert programs == set(ENTRY_POINTS)


@pytest.mark.parametrize(("program", "function"), [item for item in ENTRY_POINTS.items() if item[1]])
def test_every_program_sets_its_own_umask(program, function):
    body = re.search(rf"^def {function}\(.*?(?=^def |^@|\Z)", (SOURCES / program).read_text(), re.MULTILINE | re.DOTALL)
    assert body is not None
    assert "become_private()" in body[0]


@pytest.mark.slow(20)
def test_a_folder_that_was_open_to_others_is_private_with_all_that_comes_into_it(tmp_path):
    data, secret = tmp_path / "data", SECRET
    (data / "log").mkdir(parents=True)
    (data / "jobs").mkdir()
    (data / "jobs" / "old.txt").write_text("old")
    for path in (data, data / "log", data / "jobs"):
        path.chmod(0o777)
    (data / "jobs" / "old.txt").chmod(0o666)
    umask = ("sh", "-c", 'umask 000; exec "$@"', "sh")

    with RunningServer(data, within=umask, BASERUN_REDACT_BEFORE_LOG="*") as server:
        traces, logs = forms.traces_request(*spans_full_of_secrets()), forms.logs_request(*logs_full_of_secrets())
        assert server.post(forms.protobuf(traces)) == 200
        assert server.post(orjson.dumps(logs), "/v1/logs", "application/json") == 200
        score = {"session_id": "s", "name": "helpful", "comment": f"key {secret}", "label": secret}
        assert server.http.post(f"{server.address}/api/v1/scores", json=score).status_code == 202
        server.wait_stored()

        assert open_to_others(data) == []
        assert data.joinpath("engine.sock").lstat().st_mode & 0o077 == 0
        # Nothing of the log holds it, nothing that the API answers, no column of any table.
        assert all(secret.encode() not in path.read_bytes() for path in (data / "log").iterdir())
        for address in ("users", "sessions", "traces", "scores", "fields", "facets?field=model", "dead-letters"):
            answer = server.http.get(f"{server.address}/api/v1/{address}")
            assert secret not in answer.text
        [trace] = server.get("/api/v1/traces")["items"]
        assert secret not in server.http.get(f"{server.address}/api/v1/traces/{trace['trace_id']}").text
        tables = [name for [name] in server.rows("SELECT name FROM system.tables WHERE database = currentDatabase()")]
        assert "spans" in tables
        for table in tables:
            assert secret not in str(server.rows(f"SELECT * FROM {table}"))

        for command in (["export", str(tmp_path / "out")], ["backup", str(tmp_path / "copy")]):
            run = [*umask, sys.executable, "-m", "baserun_server", *command, "--data", str(data)]
            subprocess.run(run, check=True, capture_output=True)
    assert open_to_others(tmp_path / "out") == []
    assert open_to_others(tmp_path / "copy") == []


@pytest.mark.parametrize("name", private.KEPT)
def test_a_link_within_the_data_folder_is_refused(tmp_path, name):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / name).symlink_to(tmp_path / "elsewhere")

    with pytest.raises(BaserunError, match="symbolic link"):
        FolderLock(tmp_path / "data")

    assert not (tmp_path / "elsewhere").exists()


def test_the_data_folder_itself_may_be_a_link(tmp_path):
    (tmp_path / "disk").mkdir(mode=0o755)
    (tmp_path / "data").symlink_to(tmp_path / "disk")

    FolderLock(tmp_path / "data").release()

    assert stat.S_IMODE((tmp_path / "disk").stat().st_mode) == 0o700


def test_a_file_is_never_written_through_a_link(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(OSError, match="symbolic"):
        private.open_private(tmp_path / "link", "wb")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_folder_of_another_user_is_refused(tmp_path):
    os.chown(tmp_path, 12345, -1)

    with pytest.raises(BaserunError, match="belongs to the user with id `12345`"):
        private.own_folder(tmp_path)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
@pytest.mark.parametrize(("mode", "taken"), [(0o2775, True), (0o2770, True), (0o2777, False), (0o2755, False)], ids=oct)
def test_a_volume_that_is_mounted_for_our_group_is_taken_and_what_is_in_it_is_private(mode, taken):
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        volume = Path(name)
        (volume / "log").mkdir(mode=0o755)
        os.chown(volume / "log", 12345, 12345)
        os.chown(volume, 0, 12345)
        volume.chmod(mode)
        os.setegid(12345)
        os.seteuid(12345)
        try:
            private.own_folder(volume)
            was_taken = True
        except BaserunError:
            was_taken = False
        finally:
            os.seteuid(0)
            os.setegid(0)

        assert was_taken == taken
        assert stat.S_IMODE((volume / "log").stat().st_mode) == (0o700 if taken else 0o755)


def test_a_socket_outside_of_the_data_folder_lies_in_a_folder_of_its_own(tmp_path):
    settings = Settings(data_dir=tmp_path / ("long" * 30))
    socket = settings.engine_socket

    assert socket.parent != settings.data_dir
    assert socket.parent.parent != settings.data_dir.parent
    assert len(os.fsencode(socket)) < 104


def test_a_folder_for_the_socket_that_somebody_else_made_is_refused(tmp_path):
    ours, linked, open_ = (tmp_path / name / "engine.sock" for name in ("ours", "linked", "open"))
    (tmp_path / "elsewhere").mkdir()
    linked.parent.symlink_to(tmp_path / "elsewhere")
    open_.parent.mkdir(mode=0o777)
    open_.parent.chmod(0o777)

    private.own_socket_folder(ours, tmp_path / "data")
    private.own_socket_folder(open_, tmp_path / "data")
    assert [stat.S_IMODE(socket.parent.stat().st_mode) for socket in (ours, open_)] == [0o700, 0o700]
    with pytest.raises(BaserunError, match="not ours alone"):
        private.own_socket_folder(linked, tmp_path / "data")
    tmp_path.chmod(0o777)
    with pytest.raises(BaserunError, match="not ours alone"):
        private.own_socket_folder(ours, tmp_path / "data")


def test_a_pattern_that_cannot_be_used_is_refused_at_the_start(tmp_path):
    run = [sys.executable, "-m", "baserun_server", "serve", "--port", "0", "--data", str(tmp_path / "data")]

    ended = subprocess.run(
        run, env=os.environ | {"BASERUN_REDACT_PATTERNS": r"(?<=a)b"}, capture_output=True, text=True, check=False
    )

    assert ended.returncode == 2
    assert "error: a pattern of `BASERUN_REDACT_PATTERNS` cannot be used: `(?<=a)b`" in ended.stderr
    assert "hint:" in ended.stderr
