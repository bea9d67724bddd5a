"""A stranger finds any line of the server in two guesses: small rooms, short files, imports in one order."""

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SERVER = ROOT / "server" / "src" / "baserun_server"
FILES, LINES = 15, 400
OF_LIKE_THINGS = {"ingest/dialects"}
"""Folders whose files are alternatives of each other: whoever looks for one knows its name."""


def modules() -> dict[str, Path]:
    """The modules of the server by name; a package has the name of its folder."""
    found = {}
    for path in sorted(SERVER.rglob("*.py")):
        parts = (SERVER.name, *path.relative_to(SERVER).with_suffix("").parts)
        found[".".join(part for part in parts if part != "__init__")] = path
    return found


def imports(name: str, path: Path, known: dict[str, Path]) -> Iterator[str]:
    """The modules of the server that one imports, inside functions and for types only, too."""
    package = name.split(".") if path.name == "__init__.py" else name.split(".")[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            above = package[: len(package) - node.level + 1]
            base = ".".join([*above, *([node.module] if node.module else [])])
            for alias in node.names:
                yield f"{base}.{alias.name}" if f"{base}.{alias.name}" in known else base


def test_no_module_of_the_server_imports_itself_by_way_of_others():
    known = modules()
    graph = {name: set(imports(name, path, known)) for name, path in known.items()}
    assert graph["baserun_server.app"] >= {"baserun_server.settings", "baserun_server.api.users"}
    circle = None
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        circle = error.args[1]
    assert circle is None


def test_no_folder_of_the_server_holds_too_many_files():
    folders = {path.parent for path in modules().values()}
    sizes = {folder.relative_to(SERVER).as_posix(): len(list(folder.glob("*.py"))) for folder in folders}
    assert {name: size for name, size in sizes.items() if size > FILES and name not in OF_LIKE_THINGS} == {}


def test_no_file_of_the_server_is_too_long_to_be_read_at_once():
    lengths = {
        path.relative_to(SERVER).as_posix(): len(path.read_text(encoding="utf-8").splitlines())
        for path in modules().values()
    }
    assert {name: length for name, length in lengths.items() if length > LINES} == {}
