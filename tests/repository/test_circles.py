"""No circle of imports, no crowded folder, no endless file: what keeps every source findable.

An import counts wherever it stands: at the top, in a function, under `TYPE_CHECKING`, or as `import type`. A circle
that only types close is a circle for the reader all the same: none of its files can be understood before the others.
"""

from __future__ import annotations

import ast
import json
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = {
    "server": ROOT / "server" / "src" / "baserun_server",
    "sdk/python": ROOT / "sdk" / "python" / "src" / "baserun",
    "sdk/typescript": ROOT / "sdk" / "typescript" / "src",
    "ui": ROOT / "ui" / "src",
}
SOURCES = (".py", ".ts", ".tsx", ".mts")
"""What counts as source: SQL statements are a list of like things, found by their names."""

GENERATED = {"ui/src/api/schema.d.ts", "sdk/typescript/src/_version.ts"}
"""Written by a program: nobody looks for a line in them."""

MAX_FILES_IN_A_FOLDER = 15
CROWDED = {
    "server/src/baserun_server/ingest/dialects": "one file a convention of tracing: its name finds it",
}
"""Folders with more files than that, each with its reason: lists of like things."""

MAX_LINES = 400
REASON = "long because"
"""What the docstring of a file with more lines than that has to say, and go on."""

ROOMS = ("context", "recording", "delivery", "older", "instrumentation", "integrations")
"""The rooms of both SDKs from the ground up: a file imports from its own room and from those before it."""
AGAINST_THE_ORDER = {
    (
        "context/_propagation.ts",
        "recording/_session.ts",
    ): "headers name a session, and `currentSession()` gives it back",
}

_FROM = re.compile(
    r"""(?:\b(?:import|export)\b[^'";]*?\bfrom\s*|\bimport\s*\(\s*(?:/\*.*?\*/\s*)*|^\s*import\s*)(["'])([^"'\n]+)\1""",
    re.MULTILINE,
)
_COMMENT = re.compile(r"^\s*//.*$|/\*.*?\*/", re.MULTILINE | re.DOTALL)


@cache
def sources(package: Path) -> tuple[Path, ...]:
    paths = (path for path in package.rglob("*") if path.suffix in SOURCES and "node_modules" not in path.parts)
    return tuple(sorted(paths))


def python_imports(path: Path, package: Path) -> set[Path]:
    """Modules of the package that a module imports anywhere; a name of a package's own counts as its `__init__`."""
    here = [package.name, *path.relative_to(package).with_suffix("").parts]
    found: set[Path] = set()

    def add(*dotted: str) -> bool:
        if dotted[0] != package.name:
            return False
        place = package.joinpath(*dotted[1:])
        for candidate in (place.with_suffix(".py") if len(dotted) > 1 else place, place / "__init__.py"):
            if candidate.is_file():
                found.add(candidate)
                return True
        return False

    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                add(*alias.name.split("."))
        elif isinstance(node, ast.ImportFrom):
            base = here[: len(here) - node.level] if node.level else []
            module = [*base, *(node.module.split(".") if node.module else [])]
            for alias in node.names:
                if not add(*module, alias.name):
                    add(*module)
    return found - {path}


def typescript_imports(path: Path, package: Path) -> set[Path]:
    """Files of the package that a file imports or exports from, types included."""
    text = _COMMENT.sub("", path.read_text(encoding="utf-8"))
    found: set[Path] = set()
    for match in _FROM.finditer(text):
        name = match[2]
        if name.startswith("#"):
            found |= by_condition(name, package)
        elif name.startswith((".", "@/")):
            place = package / name[2:] if name.startswith("@/") else (path.parent / name).resolve()
            stem = place.with_suffix("") if place.suffix in (".js", ".mjs", ".jsx") else place
            candidates = [
                place,
                *(stem.parent / f"{stem.name}{ending}" for ending in (".ts", ".tsx", ".mts")),
                *(stem / f"index{ending}" for ending in (".ts", ".tsx")),
            ]
            found |= {one for one in candidates[1:] if one.is_file()} or {
                one for one in candidates[:1] if one.is_file()
            }
    return found.intersection(sources(package)) - {path}


def by_condition(name: str, package: Path) -> set[Path]:
    """All that a name of package.json's `imports` stands for: one file a platform."""
    targets = json.loads((package.parent / "package.json").read_text(encoding="utf-8"))["imports"][name]
    return {package / target.replace("./dist/esm/", "").replace(".js", ".ts") for target in targets.values()}


def graph(package: Path) -> dict[Path, set[Path]]:
    return {
        path: (python_imports if path.suffix == ".py" else typescript_imports)(path, package)
        for path in sources(package)
    }


def circles(edges: dict[Path, set[Path]]) -> list[list[Path]]:
    """Groups of files each of which leads to each other (Tarjan's strongly connected components), largest first."""
    numbers: dict[Path, int] = {}
    lowest: dict[Path, int] = {}
    stack: list[Path] = []
    groups: list[list[Path]] = []

    def visit(node: Path) -> None:
        numbers[node] = lowest[node] = len(numbers)
        stack.append(node)
        for other in sorted(edges[node]):
            if other not in numbers:
                visit(other)
                lowest[node] = min(lowest[node], lowest[other])
            elif other in stack:
                lowest[node] = min(lowest[node], numbers[other])
        if lowest[node] == numbers[node]:
            at = stack.index(node)
            if len(stack) - at > 1:
                groups.append(sorted(stack[at:]))
            del stack[at:]

    for node in edges:
        if node not in numbers:
            visit(node)
    return sorted(groups, key=len, reverse=True)


def crowded(package: Path) -> Iterator[str]:
    counts = Counter(path.parent.relative_to(ROOT).as_posix() for path in sources(package) if not is_generated(path))
    for folder, count in sorted(counts.items()):
        if count > MAX_FILES_IN_A_FOLDER and folder not in CROWDED:
            yield f"{folder} has {count} files"


def long(package: Path) -> Iterator[str]:
    for path in sources(package):
        text = path.read_text(encoding="utf-8")
        count = text.count("\n")
        if count > MAX_LINES and not is_generated(path) and REASON not in docstring(text):
            yield f"{path.relative_to(ROOT).as_posix()} has {count} lines"


def docstring(text: str) -> str:
    """The comment with which a file begins, in lower case."""
    found = re.match(r"""\s*(?:\"{3}(.*?)\"{3}|/\*\*(.*?)\*/)""", text, re.DOTALL)
    return (found[1] or found[2]).lower() if found else ""


def is_generated(path: Path) -> bool:
    return path.relative_to(ROOT).as_posix() in GENERATED


@pytest.mark.parametrize("package", PACKAGES)
def test_no_circle_of_imports_ties_files_together(package: str):
    found = circles(graph(PACKAGES[package]))
    assert [[path.relative_to(PACKAGES[package]).as_posix() for path in group] for group in found] == []


def test_an_import_counts_wherever_it_stands(tmp_path: Path):
    python = {
        "a.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from pack.room.b import B\n",
        "room/b.py": "def later():\n    from .. import c\n",
        "room/__init__.py": "",
        "c.py": "import pack.a\nimport pack.d\n",
        "d.py": "from pack.room import nothing\n",
    }
    typescript = {
        "a.ts": 'import type { B } from "./room/b.js"\n// import "./d.js"\n',
        "room/b.ts": 'export { c } from "../c.js"\nexport * from "./index.js"\n',
        "room/index.ts": "",
        "c.ts": 'const later = () => import(/* lazily */ "./a.js")\nimport "./d.js"\n',
        "d.ts": 'import {\n  nothing,\n} from "./room"\n',
    }
    for files in (python, typescript):
        package = tmp_path / ("python" if files is python else "typescript") / "pack"
        for name, text in files.items():
            (package / name).parent.mkdir(parents=True, exist_ok=True)
            (package / name).write_text(text, encoding="utf-8")
        edges = graph(package)
        ending = ".py" if files is python else ".ts"

        (circle,) = circles(edges)
        assert [path.relative_to(package).as_posix() for path in circle] == [
            f"a{ending}",
            f"c{ending}",
            f"room/b{ending}",
        ]
        (imported,) = edges[package / f"d{ending}"]
        assert imported.parent.name == "room"


@pytest.mark.parametrize("package", ["sdk/python", "sdk/typescript"])
def test_a_room_of_an_sdk_imports_nothing_above_it(package: str):
    def room(path: Path) -> int | None:
        name = path.relative_to(PACKAGES[package]).parts[0]
        return ROOMS.index(name) if name in ROOMS else None

    against = {
        (path.relative_to(PACKAGES[package]).as_posix(), other.relative_to(PACKAGES[package]).as_posix())
        for path, imported in graph(PACKAGES[package]).items()
        for other in imported
        if (here := room(path)) is not None and (there := room(other)) is not None and there > here
    }
    assert against - set(AGAINST_THE_ORDER) == set()


@pytest.mark.parametrize("package", PACKAGES)
def test_a_folder_holds_no_more_files_than_one_takes_in_at_a_glance(package: str):
    assert list(crowded(PACKAGES[package])) == []


@pytest.mark.parametrize("package", PACKAGES)
def test_a_file_is_no_longer_than_can_be_read_in_one_go(package: str):
    assert list(long(PACKAGES[package])) == []
