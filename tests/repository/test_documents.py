"""What the documents say of the repository is true."""

import json
import re
import subprocess
from pathlib import Path

import pytest
from tasks.capacity import capacity_page
from tasks.docs.settings import settings_page

from baserun_server import limits

ROOT = Path(__file__).resolve().parents[2]
LISTED = subprocess.run(
    ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
    cwd=ROOT,
    capture_output=True,
    text=True,
    check=False,
)
FILES = [ROOT / name for name in LISTED.stdout.splitlines() if (ROOT / name).is_file()]
DOCUMENTS = [path for path in FILES if path.suffix == ".md"]
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)|(?:src|href)=\"([^\"]+)\"")


def tomls(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def versions() -> dict[str, str]:
    def python(path: str) -> str:
        found = re.search(r'^version = "(.+)"', tomls(path), re.MULTILINE)
        assert found
        return found[1]

    return {
        "sdk/python": python("sdk/python/pyproject.toml"),
        "server": python("server/pyproject.toml"),
        "sdk/typescript": json.loads(tomls("sdk/typescript/package.json"))["version"],
        "ui": json.loads(tomls("ui/package.json"))["version"],
    }


def slugs(text: str) -> set[str]:
    """The anchors of a document's headings, as the usual renderers make them."""
    heads = re.findall(r"^#+ +(.+)$", re.sub(r"```.*?```", "", text, flags=re.DOTALL), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower().replace("`", "")).strip().replace(" ", "-") for head in heads}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_of_a_document_leads_somewhere(document: Path):
    text = document.read_text(encoding="utf-8")
    text = re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.DOTALL)
    for found in LINK.finditer(text):
        target = next(group for group in found.groups() if group)
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        file = (document.parent / path).resolve() if path else document
        assert file.exists(), f"`{target}` is not there"
        if anchor and file.suffix == ".md":
            assert anchor in slugs(file.read_text(encoding="utf-8")), f"`{target}` has no such heading"


def test_all_parts_have_one_version_and_the_changelog_begins_with_it():
    assert len(set(versions().values())) == 1, versions()
    entries = re.findall(r"^## \[?([^\]\s]+)", tomls("CHANGELOG.md"), re.MULTILINE)
    assert next(entry for entry in entries if entry != "Unreleased") == versions()["server"]


def test_every_decision_is_in_the_index():
    index = tomls("docs/decisions/README.md")
    for path in (ROOT / "docs" / "decisions").glob("[0-9]*.md"):
        assert f"({path.name})" in index, f"{path.name} is not in the index"


def test_every_document_under_docs_is_reached_from_the_index():
    index = tomls("docs/README.md")
    folders = [path for path in FILES if path.parent.parent == ROOT / "docs" and path.suffix == ".md"]
    for path in folders:
        inside = path.relative_to(ROOT / "docs").as_posix()
        assert inside in index or path.parent.name == "decisions", f"docs/{inside} is not in docs/README.md"


def test_the_page_of_settings_is_made_from_the_settings():
    assert tomls("docs/reference/settings.md") == settings_page(), "run ./dev fix"


def test_the_page_of_scale_is_reckoned_from_its_inputs():
    assert tomls("docs/concepts/scale.md") == capacity_page(), "run ./dev fix"


def dependencies() -> set[str]:
    names: set[str] = set()
    for path in ("pyproject.toml", "sdk/python/pyproject.toml", "server/pyproject.toml"):
        lists = re.findall(
            r"^(?:dependencies|requires|dev|clients|frameworks|docs) = \[(.*?)\]$",
            tomls(path),
            re.MULTILINE | re.DOTALL,
        )
        names |= {name for found in lists for name in re.findall(r'"([A-Za-z0-9_.\-]+)', found)}
    for path in ("package.json", "ui/package.json", "sdk/typescript/package.json", "tests/browser/package.json"):
        package = json.loads(tomls(path))
        for kind in ("dependencies", "devDependencies"):
            names |= set(package.get(kind, {}))
    return names - {"baserun", "baserun-server"}


def test_every_dependency_is_named_with_its_reason_in_the_architecture():
    text = tomls("ARCHITECTURE.md")
    missing = sorted(name for name in dependencies() if f"`{name}`" not in text)
    assert not missing, f"not in ARCHITECTURE.md: {', '.join(missing)}"


def test_the_node_lock_file_holds_every_platform_package():
    """Newest versions are not always whole: `npm ci` fails elsewhere where one of these is missing."""
    packages = json.loads(tomls("package-lock.json"))["packages"]
    missing = [
        f"{name} → {optional}"
        for name, package in packages.items()
        for optional in package.get("optionalDependencies", {})
        if not any(
            known == f"node_modules/{optional}" or known.endswith(f"/node_modules/{optional}") for known in packages
        )
    ]
    assert not missing


def test_lock_files_hold_no_mirror():
    """A lock file made behind a mirror would send everybody else there."""
    hosts = set(re.findall(r"https?://([^/\"\s]+)", tomls("uv.lock")))
    assert all(re.fullmatch(r"[a-z]+(\.[a-z]+)?\.org", host) for host in hosts), hosts
    packages = json.loads(tomls("package-lock.json"))["packages"]
    assert not [name for name, package in packages.items() if package.get("resolved", "").startswith("http")]


def test_no_file_speaks_of_the_machine_that_it_was_written_on():
    own = [str(ROOT) + "/", str(Path.home()) + "/", "/" + "Users/"]
    patterns = re.compile("|".join([*map(re.escape, own), r"/" + r"home/[a-z]+/"]))
    for path in FILES:
        if path.suffix in (".png", ".woff2", ".ico", ".gz", ".lock") or path.name == "package-lock.json":
            continue
        found = patterns.search(path.read_text(encoding="utf-8", errors="replace"))
        assert not found, f"{path.relative_to(ROOT)} names `{found and found[0]}`"


def test_nothing_is_left_for_later():
    word = re.compile(r"\b(" + "TO" + "DO|FIX" + "ME|X" + r"XX)\b")
    for path in FILES:
        if path.suffix in (".py", ".ts", ".tsx", ".css", ".sql", ".sh", ".toml") and "dialogues" not in path.parts:
            assert not word.search(path.read_text(encoding="utf-8")), (
                f"{path.relative_to(ROOT)} leaves something for later"
            )


def promises() -> list[str]:
    """What SECURITY.md promises, a point each."""
    text = (ROOT / "SECURITY.md").read_text(encoding="utf-8").partition("## What Baserun promises")[2]
    return [
        " ".join(point.split()) for point in re.findall(r"^- (.*?)(?=^- |^#|^\n\S|\Z)", text, re.MULTILINE | re.DOTALL)
    ]


@pytest.mark.parametrize("promise", promises(), ids=lambda promise: promise[:40])
def test_every_promise_about_security_names_tests_that_exist(promise: str):
    named = re.findall(r"`(test_\w+(?:\.py)?|\w+\.browser\.ts)`", promise)
    assert named, "no test is named"
    tests = "\n".join(path.read_text(encoding="utf-8") for path in FILES if path.name.startswith("test_"))
    for name in named:
        is_file = name.endswith((".py", ".ts"))
        assert any(path.name == name for path in FILES) if is_file else f"def {name}(" in tests, name


def test_the_guide_names_every_limit_of_structure():
    """Of the limits that requests and records have; that of the API's bodies stands with the connections."""
    guide = (ROOT / "docs" / "guides" / "server.md").read_text(encoding="utf-8")
    numbers = {name: value for name, value in vars(limits).items() if name.isupper() and name != "API_BODY_BYTES"}
    assert len(numbers) > 8
    for name, value in numbers.items():
        assert f"| {value:,} |" in guide, name
