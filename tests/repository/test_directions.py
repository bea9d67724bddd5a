"""Imports go one way, as ARCHITECTURE.md draws it."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SERVER = ROOT / "server" / "src" / "baserun_server"
SDK = ROOT / "sdk" / "python" / "src" / "baserun"


def imported(path: Path, package: Path) -> set[str]:
    """Absolute names of what a module imports; relative imports are resolved."""
    names = set()
    here = [package.name, *path.relative_to(package).with_suffix("").parts]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = here[: len(here) - node.level] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            names |= {module} | {f"{module}.{alias.name}" for alias in node.names}
    return names


def breaches(folder: Path, package: Path, forbidden: tuple[str, ...]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in ([folder] if folder.is_file() else folder.rglob("*.py"))
        for name in sorted(imported(path, package))
        if any(name == word or name.startswith(word + ".") for word in forbidden)
    ]


@pytest.mark.parametrize(
    ("part", "forbidden"),
    [
        ("model.py", ("baserun_server",)),
        ("ingest", ("baserun_server.store", "baserun_server.api", "baserun_server.app")),
        ("store", ("baserun_server.ingest", "baserun_server.api", "baserun_server.app")),
        ("worker", ("baserun_server.api", "baserun_server.app")),
        ("worker/reading.py", ("baserun_server.worker.loop", "baserun_server.worker.__main__")),
    ],
)
def test_a_part_of_the_server_imports_nothing_above_it(part: str, forbidden: tuple[str, ...]):
    assert not breaches(SERVER / part, SERVER, forbidden)


def test_the_front_never_loads_the_engine():
    everything_but_the_engine = [path for path in SERVER.rglob("*.py") if path.parent.name != "engine"]
    assert not [one for path in everything_but_the_engine for one in breaches(path, SERVER, ("chdb",))]


def test_the_sdk_and_the_server_do_not_know_each_other_but_for_the_command_line():
    assert not breaches(SERVER, SERVER, ("baserun",))
    inside = [path for path in SDK.rglob("*.py") if path != SDK / "__main__.py"]
    assert not [one for path in inside for one in breaches(path, SDK, ("baserun_server",))]
