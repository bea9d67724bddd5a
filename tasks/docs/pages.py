"""Every document that is generated, with the function that makes it: `python -m tasks.docs.pages [--check]`.

`./dev fix` writes them, `./dev check` compares them with what the sources say now.
"""

import sys
from collections.abc import Callable
from pathlib import Path

from tasks import ROOT, capacity
from tasks.docs import api, commands, python_sdk, settings, typescript_sdk

REFERENCE = ROOT / "docs" / "reference"
SOURCES: tuple[Callable[[], dict[Path, str]], ...] = (
    lambda: {settings.PAGE: settings.settings_page()},
    lambda: {capacity.PAGE: capacity.capacity_page()},
    lambda: {REFERENCE / "python.md": python_sdk.page()},
    lambda: {REFERENCE / "typescript.md": typescript_sdk.page()},
    lambda: {REFERENCE / "commands.md": commands.page()},
    lambda: {REFERENCE / "api" / name: text for name, text in api.pages().items()},
)
"""Each returns the text of its pages by their paths."""


def generated() -> dict[Path, str]:
    """Return the text of every generated page."""
    return {path: text for source in SOURCES for path, text in source().items()}


def write() -> None:
    """Write every generated page that has changed, and remove those that are no longer made."""
    pages = generated()
    for path, text in pages.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
    for path in _left_over(pages):
        path.unlink()


def stale() -> list[Path]:
    """Return the generated pages that differ from what the sources say."""
    pages = generated()
    changed = [path for path, text in pages.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    return changed + _left_over(pages)


def _left_over(pages: dict[Path, str]) -> list[Path]:
    return [path for path in sorted((REFERENCE / "api").glob("*.md")) if path not in pages]


def main() -> int:
    """Write the pages, or with `--check` name those that are out of date."""
    if "--check" not in sys.argv:
        write()
        return 0
    found = stale()
    for path in found:
        print(f"`{path.relative_to(ROOT)}` is out of date")
    if found:
        print("\nhint: ./dev fix")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
