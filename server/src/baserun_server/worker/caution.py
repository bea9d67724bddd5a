"""How carefully the worker continues after it died: one bad entry must not end it for ever.

Most faults of what arrives are exceptions, and cost a dead letter. This is for the others: memory that the system does
not give, a crash inside a library, a computation that does not end. The worker notes where it is before it reads. When
it finds, at its start, that it died there twice without having come further, it goes on in small batches, ever
smaller when it dies again, until an entry stands alone; and when that one ends it again, the entry is set aside unread.

    died twice → 64 entries a batch → 8 → 1 → the entry becomes a dead letter → 8 → 64 → as many as ever

After `CALM_BYTES` of the log without a death it goes on as ever. A kill from outside looks the same, and costs nothing
but speed: an entry is set aside only after it was alone three times.
"""

import contextlib
import signal
import threading
from pathlib import Path

import msgspec

from ..ingest.log import Position
from ..private import replace_file

DEATHS_BEFORE_CAUTION = 2
FIRST_BOUND, SHRINK = 64, 8
DEATHS_ALONE = 3
"""Times that an entry ends the worker by itself before it is set aside."""
CALM_BYTES = 64 << 20
"""Somewhat more than a batch may have of the log, so that all of the batch under which it died has been passed."""
CPU_SECONDS = 120.0
"""Computing time after which an entry counts as one that does not end. The largest that is accepted takes about 10."""


class State(msgspec.Struct):
    """The note, as it is saved."""

    at: Position | None = None
    """Where the worker is; None where it stopped in order."""
    deaths: int = 0
    """Times in a row that it died without having come further."""
    entries: int = 0
    """Most entries of a batch; 0 is no bound."""
    batches: int = 0
    """Batches of that size until all of the larger batch that it died over has been passed."""
    calm_bytes: int = 0
    """What is still to be passed until the bound is lifted."""


class Caution:
    """The note of one log; made once at the start of a worker."""

    def __init__(self, folder: Path, done: Position) -> None:
        self._path = folder / "caution.json"
        self._lock = threading.Lock()
        self._state = _load(self._path)
        self.skips = False
        """Whether the next entry is to be set aside unread."""
        self._noted = False
        died = self._state.at is not None and self._state.at >= done
        self._state.at = None
        if died:
            self._count_death()

    @property
    def entries(self) -> int:
        """Most entries of the next batch; 0 where there is no bound."""
        return self._state.entries

    @property
    def deaths(self) -> int:
        """Times that the worker died since it last came further."""
        return self._state.deaths

    def begin(self, at: Position) -> None:
        """Note that reading or storing begins at a place; once a batch."""
        with self._lock:
            if self._state.at != at:
                self._state.at = at
                self._save()

    def moved(self, passed_bytes: int) -> None:
        """Note that the cursor has moved."""
        with self._lock:
            state = self._state
            state.deaths = 0
            if state.entries:
                state.batches -= 1
                state.calm_bytes -= passed_bytes
                if self.skips or (state.batches <= 0 and state.entries < FIRST_BOUND):
                    # It was found, or it was not in there.
                    state.entries, state.batches = min(state.entries * SHRINK, FIRST_BOUND), SHRINK
                if state.calm_bytes <= 0:
                    state.entries = 0
                self._save()
            self.skips = False

    def lift(self) -> None:
        """Note that all of the log has been passed."""
        self.moved(CALM_BYTES)

    def rest(self) -> None:
        """Note that nothing is under way, or that the worker stops in order."""
        with self._lock:
            if self._state.at is not None or self._noted:
                self._state.at = None
                self._save()

    def _count_death(self) -> None:
        state = self._state
        state.deaths += 1
        if state.entries > 1:
            state.entries, state.deaths, state.batches = max(state.entries // SHRINK, 1), 0, SHRINK
        elif state.entries == 1:
            self.skips = state.deaths >= DEATHS_ALONE
        elif state.deaths >= DEATHS_BEFORE_CAUTION:
            state.entries, state.deaths, state.calm_bytes = FIRST_BOUND, 0, CALM_BYTES
        self._save()

    def _save(self) -> None:
        # Not synced: what this is for is the end of a process, not of the machine.
        self._noted = True
        with contextlib.suppress(OSError):
            replace_file(self._path, msgspec.json.encode(self._state), is_synced=False)


def _load(path: Path) -> State:
    try:
        return msgspec.json.decode(path.read_bytes(), type=State)
    except (OSError, msgspec.MsgspecError):
        return State()


@contextlib.contextmanager
def cpu_bound(enabled: bool, seconds: float = CPU_SECONDS):
    """End the process, by SIGPROF, where what is done inside takes more than so much computing time.

    A signal of the system's, because a regular expression or a parser that does not end lets no other thread run.
    """
    if not enabled or not hasattr(signal, "setitimer"):
        yield
        return
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
