"""What needs Node and no Python package, while uv prepares the Python environment: `./dev` runs it beside.

Only the standard library is at hand. Where there is no Node on the PATH nothing happens, and nothing is final: the
command itself does again whatever failed here, with Node out of the environment, and says what is wrong.
"""

import sys
from contextlib import suppress

from tasks.node import build_pages, build_typescript_sdk, build_ui, install_workspaces

if __name__ == "__main__" and build_ui.find_npm():
    with suppress(SystemExit):
        install_workspaces()
        build_pages()
        if "test" in sys.argv:
            build_typescript_sdk()
    sys.exit(0)
