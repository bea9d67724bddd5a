"""The site of the documents is built as people build it: strictly, and with nothing from elsewhere."""

import os
import re
import shutil
from pathlib import Path

import pytest
import yaml
from tasks import ROOT
from tasks.docs import site

pytestmark = [
    pytest.mark.slow(12),
    pytest.mark.timeout(300),
    pytest.mark.skipif(not (os.environ.get("DEV_UV") or shutil.which("uv")), reason="uv is not on the PATH"),
]


@pytest.fixture
def _a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site, "HOME", tmp_path)
    monkeypatch.setattr(site, "PAGES", tmp_path / "pages")


def pages_in_navigation() -> set[str]:
    text = re.sub(r"!!python\S+", "", site.CONFIGURATION.read_text(encoding="utf-8"))

    def each(entry) -> list[str]:
        if isinstance(entry, str):
            return [entry]
        return [page for part in (entry.values() if isinstance(entry, dict) else entry) for page in each(part)]

    return set(each(yaml.safe_load(text)["nav"]))


def test_every_document_of_the_site_is_in_its_navigation_and_none_of_docs_is_left_out():
    pages = {path.as_posix() for path in site.reachable() if path.suffix == ".md" and "results" not in path.parts}
    assert pages == pages_in_navigation()
    assert {path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").rglob("*.md")} <= pages


@pytest.mark.usefixtures("_a_folder_of_its_own")
def test_the_site_is_built_without_a_broken_link_and_loads_nothing_from_elsewhere(tmp_path: Path):
    assert site.build(str(tmp_path / "out")) == 0
    page = (tmp_path / "out" / "docs" / "guides" / "python.html").read_text(encoding="utf-8")
    loaded = re.findall(r"<(?:script|img|link rel=\"stylesheet\")[^>]*?(?:src|href)=\"([^\"]+)\"", page)
    assert loaded
    assert not [address for address in loaded if "//" in address]


@pytest.mark.usefixtures("_a_folder_of_its_own")
@pytest.mark.parametrize("link", ["[a page](nowhere.md)", "[a heading](README.md#nowhere)"])
def test_a_link_that_leads_nowhere_stops_the_site(link: str):
    site.lay_out()
    with (site.PAGES / "docs" / "README.md").open("a", encoding="utf-8") as page:
        page.write(f"\n{link}\n")
    assert site.make() == 1
