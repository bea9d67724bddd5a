"""The singleton of the first generation, as its samples used it."""

from __future__ import annotations

from typing import Any

from baserun._config import is_recording
from baserun._init import init
from baserun.older._names import finish
from baserun.recording._trace import Trace, current_trace


class _Baserun:
    """What `baserun.Baserun` could do that concerned tracing; everything is a module function now."""

    @property
    def initialized(self) -> bool:
        """Whether `init()` was called."""
        return is_recording()

    def init(self, instrument: bool = True, **options: Any) -> None:
        """Start recording: `baserun.init()`."""
        init(instrument, **options)

    def current_run(self) -> Trace | None:
        """Return the trace that the code runs in: `baserun.current_trace()`."""
        return current_trace()

    def finish(self, timeout: float = 2.0) -> bool:
        """Send everything: `baserun.flush()`."""
        return finish(timeout)


Baserun = _Baserun()
