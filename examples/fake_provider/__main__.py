"""Run the fake provider: `python examples/fake_provider [--port N] [--pace X] [--script FILE]`.

Its first line on standard output is `{"url": "http://127.0.0.1:…"}`; it runs until it is terminated.
"""

import argparse
import json
import os
import socket
import sys
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import uvicorn

from fake_provider.app import make_app
from fake_provider.script import read_script


def main() -> None:
    parser = argparse.ArgumentParser(prog="fake_provider", description="A local provider of made-up answers")
    parser.add_argument("--port", type=int, default=0, help="port; 0 takes a free one (default)")
    parser.add_argument("--pace", type=float, default=0, help="1: as slow as a real provider; 0: at once (default)")
    parser.add_argument("--script", type=Path, help="conversations to answer by the book (see script.py)")
    parser.add_argument("--until-stdin-ends", action="store_true", help="end when standard input does: with the parent")
    arguments = parser.parse_args()
    if arguments.until_stdin_ends:
        threading.Thread(target=end_with_stdin, daemon=True).start()

    listener = socket.create_server(("127.0.0.1", arguments.port), backlog=2048)
    script = read_script(arguments.script) if arguments.script else {}
    config = uvicorn.Config(make_app(arguments.pace, script), log_level="critical", access_log=False)
    print(json.dumps({"url": f"http://127.0.0.1:{listener.getsockname()[1]}"}), flush=True)
    uvicorn.Server(config).run(sockets=[listener])


def end_with_stdin() -> None:
    """A parent that is killed cannot end us; its end of the pipe closes all the same."""
    sys.stdin.buffer.read()
    os._exit(0)


if __name__ == "__main__":
    main()
