"""The command line: `baserun doctor` checks this installation; every other command belongs to the server package.

`baserun doctor` prints the version, the libraries that `init()` would record and the frameworks that have a middleware,
the address and whether there is a key, and then sends an empty request to that address. It reads the same environment
variables as `init()`, but not the options that your program passes to it. It exits with 0 if the server accepts the
request, and with 1 and a hint if not.
"""

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
