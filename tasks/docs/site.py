"""The site of the documents: what goes into it, the environment that builds it, building and showing.

The site is the repository's own Markdown: README.md and every document that can be reached from it by links, laid out
as in the repository, so that a link is right in both places or wrong in both.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path

from tasks import ROOT
from tasks.steps import say

HOME = ROOT / ".dev" / "docs"
PAGES = HOME / "pages"
"""What the site is built from: copies of the documents and of the files that they link to."""
ENVIRONMENT = HOME / "environment"
CONFIGURATION = Path(__file__).with_name("site.yml")
LINK = re.compile(r"\]\(([^)\s#]+)(?:#[^)\s]*)?\)|(?:src|href)=\"([^\"#]+)\"")
POLL_SECONDS = 1.0


def build(out: str | None = None) -> int:
    """Build the site; the exit code is 1 where a link or an anchor leads nowhere."""
    lay_out()
    code = make()
    if code == 0 and out:
        shutil.copytree(HOME / "site", Path(out).resolve(), dirs_exist_ok=True)
    if code == 0:
        print(f"the site is in {Path(out).resolve() if out else HOME / 'site'}")
    return code


def make() -> int:
    """Make the site of the pages that are laid out."""
    shutil.rmtree(HOME / "site", ignore_errors=True)
    done = subprocess.run(
        [*_zensical(), "build", "--strict", "--clean"], cwd=HOME, capture_output=True, text=True, check=False
    )
    if done.returncode:
        # Under `--strict` it ends with a traceback of its own, which says nothing more.
        print((done.stdout + done.stderr).partition("Traceback")[0].strip(), file=sys.stderr)
        return done.returncode
    return 0


def serve(port: int) -> int:
    """Show the site until Ctrl-C; a changed document is copied, and the program beneath builds it again."""
    lay_out()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    process = subprocess.Popen([*_zensical(), "serve", "--dev-addr", f"127.0.0.1:{port}"], cwd=HOME)
    print(f"the site is at http://127.0.0.1:{port}/ until Ctrl-C", flush=True)
    try:
        while process.poll() is None:
            time.sleep(POLL_SECONDS)
            lay_out()
        return process.returncode
    finally:
        process.terminate()
        process.wait()


def lay_out() -> None:
    """Copy the documents and what they link to into `PAGES`; what has not changed stays as it is."""
    wanted = reachable()
    for path in sorted(PAGES.rglob("*"), reverse=True):
        if path.is_file() and path.relative_to(PAGES) not in wanted:
            path.unlink()
    for path in wanted:
        target = PAGES / path
        content = (ROOT / path).read_bytes()
        if not target.exists() or target.read_bytes() != content:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)


def reachable() -> set[Path]:
    """Return the files that can be reached from README.md by links, as paths in the repository."""
    found, waiting = set(), [Path("README.md")]
    while waiting:
        path = waiting.pop()
        if path in found or not (ROOT / path).is_file():
            continue
        found.add(path)
        if path.suffix == ".md":
            text = re.sub(r"```.*?```|`[^`\n]*`", "", (ROOT / path).read_text(encoding="utf-8"), flags=re.DOTALL)
            targets = (link[1] or link[2] for link in LINK.finditer(text))
            waiting += [_in_repository(path, target) for target in targets if not re.match(r"[a-z]+:", target)]
    return found


def _in_repository(document: Path, target: str) -> Path:
    return (ROOT / document.parent / target).resolve().relative_to(ROOT)


def _zensical() -> list[str]:
    """How to call the program that builds the site; installed where its locked versions changed."""
    uv = os.environ.get("DEV_UV") or shutil.which("uv") or "uv"
    requirements = HOME / "requirements.txt"
    HOME.mkdir(parents=True, exist_ok=True)
    export = [
        uv,
        "export",
        "--quiet",
        "--frozen",
        "--no-header",
        "--only-group",
        "docs",
        "--output-file",
        str(requirements),
    ]
    subprocess.run(export, cwd=ROOT, check=True)
    stamp, mark = ENVIRONMENT / ".stamp", sha256(requirements.read_bytes() + sys.version.encode()).hexdigest()
    if not stamp.exists() or stamp.read_text() != mark:
        say("installing what builds the site (once)")
        subprocess.run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(ENVIRONMENT)], check=True)
        install = [uv, "pip", "sync", "--quiet", "--python", str(ENVIRONMENT / "bin" / "python"), str(requirements)]
        subprocess.run(install, check=True, env=os.environ | _index(uv))
        stamp.write_text(mark)
    # Paths in the configuration are relative to it, so it lies beside the pages.
    shutil.copyfile(CONFIGURATION, HOME / "mkdocs.yml")
    return [str(ENVIRONMENT / "bin" / "zensical")]


def _index(uv: str) -> dict[str, str]:
    """Where pip has an index of its own, take the locked versions from there, as `./dev` does."""
    python = Path(uv).with_name("python")
    asked = [str(python if python.exists() else sys.executable), "-m", "pip", "config", "get", "global.index-url"]
    found = (
        os.environ.get("PIP_INDEX_URL")
        or subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()
    )
    return {"UV_DEFAULT_INDEX": found} if found and "UV_DEFAULT_INDEX" not in os.environ else {}
