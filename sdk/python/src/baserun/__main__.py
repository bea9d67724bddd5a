"""The command line: `baserun doctor` looks at this installation; everything else is the server package's."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line."""
    if sys.argv[1:2] == ["doctor"]:
        from baserun._doctor import examine

        raise SystemExit(examine())
    try:
        from baserun_server.__main__ import main as server_main
    except ImportError:
        print("the server is not installed here\n\nhint: pip install 'baserun[server]'", file=sys.stderr)
        raise SystemExit(2) from None
    server_main()


if __name__ == "__main__":
    main()
