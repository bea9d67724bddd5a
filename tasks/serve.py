"""Run the server alone, on its embedded engine, with the pages built from this checkout.

Its data is in .dev/data/serve unless `--data` names another folder. Every other setting is an environment variable
(docs/reference/settings.md), as for `baserun serve` of the installed package.
"""

import argparse
import os
import signal
import subprocess
import sys
from types import FrameType

from tasks import ROOT
from tasks.node import build_pages


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Those of `baserun serve`; the common ones are named here."""
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1)")
    parser.add_argument("--port", type=int, default=4318, help="port (default 4318; 0 takes a free one)")
    parser.add_argument("--data", default=str(ROOT / ".dev" / "data" / "serve"), help="data folder")


def run(arguments: argparse.Namespace) -> int:
    """Build the pages, then serve until Ctrl-C, or until this process is ended in whatever way."""
    build_pages()
    command = [sys.executable, "-m", "baserun_server", "serve", "--host", arguments.host]
    command += ["--port", str(arguments.port), "--data", arguments.data]
    # The server holds the other end of this pipe, and stops when it is closed: also when this process is killed.
    process = subprocess.Popen(command, stdin=subprocess.PIPE, env={**os.environ, "BASERUN_LIFELINE": "stdin"})

    def pass_on(number: int, _: FrameType | None) -> None:
        # Ctrl-C in a terminal has reached the server already; being asked twice does it no harm.
        process.send_signal(signal.SIGTERM)

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, pass_on)
    return process.wait()
