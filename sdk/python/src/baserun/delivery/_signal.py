"""How our two threads are woken, and what they are told."""

from __future__ import annotations

import threading


class Signal:
    """A flag that one thread waits for. Made of one C-level lock, so that setting it inside any other call is safe.

    `threading.Event` is written in Python around a lock: a finaliser that sets it while the same thread is inside it
    would wait for itself for ever.
    """

    __slots__ = ("_lock",)

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lock.acquire()

    def set(self) -> None:
        """Set the flag."""
        try:
            self._lock.release()
        except RuntimeError:
            pass  # set already

    def wait(self, timeout_seconds: float | None) -> bool:
        """Wait until it is set, then clear it; False after the timeout."""
        return self._lock.acquire(timeout=-1 if timeout_seconds is None else timeout_seconds)


class Pace:
    """What both threads look at between two steps."""

    __slots__ = ("hurry", "stopping")

    def __init__(self) -> None:
        self.hurry = False
        """Somebody waits for everything to be sent: no gathering, no long pause."""
        self.stopping = False
