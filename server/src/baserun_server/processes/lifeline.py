"""A child process that does not outlive its parent, however the parent ends.

The parent holds the write end of the child's standard input and never writes to it; the system closes it when the
parent dies, by SIGKILL too, on every platform.
"""

import os
import signal
import sys
import threading
import time

VARIABLE = "BASERUN_LIFELINE"
"""Set to `stdin` by the supervisor; without it a program runs by itself, from a terminal for instance."""
GRACE_SECONDS = 6.0
"""Somewhat more than the server takes to stop in order."""


def hold_lifeline() -> None:
    """Ask this process to stop when its parent has gone, and end it where it does not."""
    if os.environ.get(VARIABLE) == "stdin":
        threading.Thread(target=_watch, name="lifeline", daemon=True).start()


def _watch() -> None:
    while os.read(sys.stdin.fileno(), 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE_SECONDS)
    os._exit(1)
