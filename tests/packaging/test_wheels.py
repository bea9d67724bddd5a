"""The two packages as people install them: built, put into an empty environment, and used from there."""

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zipfile
from pathlib import Path

import pytest
from tasks import build

ROOT = Path(__file__).resolve().parents[2]
UV = os.environ.get("DEV_UV") or shutil.which("uv")

pytestmark = [
    pytest.mark.slow(14),
    pytest.mark.timeout(300),
    pytest.mark.skipif(UV is None, reason="uv is not on the PATH; ./dev brings it along"),
]


def uv(*arguments: str, folder: Path = ROOT) -> str:
    environment = {
        name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "UV_PROJECT_ENVIRONMENT")
    }
    done = subprocess.run(
        [str(UV), *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("wheels")
    assert build.run(argparse.Namespace(out=str(folder))) == 0
    assert len(list(folder.glob("baserun-*.tgz"))) == 1
    return {path.name.split("-")[0]: path for path in folder.glob("*.whl")}


def python_of(environment: Path) -> str:
    return str(environment / "bin" / "python")


@pytest.fixture
def environment(tmp_path: Path) -> Path:
    uv("venv", "--quiet", "--python", sys.executable, str(tmp_path / "environment"))
    return tmp_path / "environment"


def test_the_sdk_alone_brings_nothing_else_and_starts_quickly_without_the_server(
    wheels: dict[str, Path], environment: Path
):
    uv("pip", "install", "--quiet", "--python", python_of(environment), str(wheels["baserun"]))
    installed = json.loads(uv("pip", "list", "--format", "json", "--python", python_of(environment)))
    assert [package["name"] for package in installed] == ["baserun"]
    code = (
        "import baserun, sys\n"
        "baserun.init(url='http://127.0.0.1:9')\n"
        "with baserun.with_session(user_identifier='u') as session:\n"
        "    print(session.id)\n"
    )
    done = subprocess.run([python_of(environment), "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.strip()) >= 8
    served = subprocess.run(
        [str(environment / "bin" / "baserun"), "serve"], capture_output=True, text=True, check=False
    )
    assert (served.returncode, "hint: pip install 'baserun[server]'" in served.stderr) == (2, True)


def test_the_wheels_hold_what_they_should_and_nothing_else(wheels: dict[str, Path]):
    def names(wheel: str) -> set[str]:
        return {name for name in zipfile.ZipFile(wheels[wheel]).namelist() if ".dist-info/" not in name}

    sdk, server = names("baserun"), names("baserun_server")
    assert all(name.startswith("baserun/") and name.endswith((".py", "py.typed")) for name in sdk), sdk
    assert all(name.startswith("baserun_server/") for name in server)
    assert not [
        name for name in server if name.endswith((".map", ".ts", ".tsx")) or name.split("/")[-1].startswith("test_")
    ]
    if (ROOT / "ui" / "index.html").exists():
        assert "baserun_server/static/index.html" in server
    in_source = {
        "baserun_server/" + path.relative_to(ROOT / "server/src/baserun_server").as_posix()
        for path in (ROOT / "server/src/baserun_server").rglob("*")
        if path.suffix in (".py", ".sql", ".json")
    }
    assert in_source <= server


def test_both_wheels_in_an_empty_environment_serve_pages_and_api(
    wheels: dict[str, Path], environment: Path, tmp_path: Path
):
    # The same exact versions as everywhere in this repository, and none of what the lock leaves out.
    locked = tmp_path / "locked.txt"
    uv("export", "--quiet", "--frozen", "--no-dev", "--no-emit-workspace", "--no-hashes", "--output-file", str(locked))
    uv("pip", "install", "--quiet", "--python", python_of(environment), "--overrides", str(overrides(tmp_path)),
       "--constraints", str(locked), *map(str, wheels.values()))  # fmt: skip
    command = [str(environment / "bin" / "baserun"), "serve", "--port", "0", "--data", str(tmp_path / "data")]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=tmp_path)
    try:
        assert server.stdout is not None
        address = next(word for word in server.stdout.readline().split() if word.startswith("http"))
        page = fetch(address + "/")
        if (ROOT / "ui" / "index.html").exists():
            assert '<div id="root"' in page
            script = next(word for word in page.split('"') if word.startswith("/assets/") and word.endswith(".js"))
            assert len(fetch(address + script)) > 1000
        assert json.loads(fetch(address + "/api/v1/users"))["items"] == []
        assert "/api/v1/sessions" in json.loads(fetch(address + "/openapi.json"))["paths"]
    finally:
        server.terminate()
        server.wait(timeout=20)


def overrides(folder: Path) -> Path:
    """The engine declares two large packages that it never imports; see pyproject.toml of the workspace."""
    path = folder / "overrides.txt"
    path.write_text("pandas ; sys_platform == 'never'\npyarrow ; sys_platform == 'never'\n", encoding="utf-8")
    return path


def fetch(address: str) -> str:
    until = time.monotonic() + 30
    while True:
        try:
            with urllib.request.urlopen(address, timeout=10) as answer:
                return answer.read().decode()
        except urllib.error.HTTPError as error:
            if error.code != 503 or time.monotonic() > until:
                raise
            time.sleep(0.2)
