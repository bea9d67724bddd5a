"""The reference of the TypeScript SDK, docs/reference/typescript.md: made by the compiler, in Node.

The work is in `sdk/typescript/scripts/reference.mjs`, which says why it is not TypeDoc.
"""

import subprocess

from tasks import ROOT
from tasks.node import build_ui, install_workspaces, npm

SCRIPT = ROOT / "sdk" / "typescript" / "scripts" / "reference.mjs"


def page() -> str:
    """Return the page."""
    install_workspaces()
    environment = build_ui.environment(npm())
    done = subprocess.run(
        ["node", str(SCRIPT)], cwd=ROOT, env=environment, capture_output=True, text=True, encoding="utf-8", check=False
    )
    if done.returncode:
        raise RuntimeError(f"`{SCRIPT.name}` failed:\n{done.stderr[-4000:]}")
    return done.stdout.rstrip() + "\n"
