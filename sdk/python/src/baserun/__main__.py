"""The command line: `baserun serve` hands over to the server package."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line; everything but what belongs to this package is the server's."""
    try:
        from baserun_server.__main__ import main as server_main
    except ImportError:
        print("the server is not installed here\n\nhint: pip install 'baserun[server]'", file=sys.stderr)
        raise SystemExit(2) from None
    server_main()


if __name__ == "__main__":
    main()
