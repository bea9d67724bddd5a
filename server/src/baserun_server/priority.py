"""Which of our processes goes first where they all want the processor: whoever acknowledges, then the engine, which
answers pages, then the worker, whose work can wait a moment.
"""

import contextlib
import os
from pathlib import Path

ENGINE, WORKER = 3, 6
"""Mild: beside a busy program of normal priority the worker still gets a fifth of a processor that both want."""


def give_way(nice: int) -> None:
    """Let processes with a smaller number go before this one."""
    with contextlib.suppress(OSError, AttributeError):
        os.nice(nice)
    # Linux shares the processor out by session first, and within it by process. Below the front each of ours has a
    # session of its own; started by hand it has that of the terminal, which is none of our business.
    with contextlib.suppress(OSError):
        if os.getsid(0) == os.getpid():
            Path("/proc/self/autogroup").write_text(str(nice))
