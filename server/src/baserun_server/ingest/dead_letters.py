"""The file of what could not be read or stored: nothing that was acknowledged disappears without a trace.

One JSON object a line: `id` (the place in the log; the same after a replay), `reason`, `at_us`, `kind` and `record`.
Text that is no JSON stands in base64.
"""

import base64
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from .pipeline import DeadLetter

LIMIT_BYTES = 256 << 20
"""Above this the file is put aside as `….old`, in place of the one that was put aside before."""


def keep_dead_letters(path: Path, letters: Iterable[DeadLetter], now_us: int) -> int:
    """Append letters, on the disk when it returns; returns how many."""
    lines = [_line(letter, now_us) for letter in letters]
    if not lines:
        return 0
    if path.exists() and path.stat().st_size > LIMIT_BYTES:
        path.replace(path.with_suffix(".old"))
    with path.open("ab") as file:
        file.write(b"".join(line + b"\n" for line in lines))
        file.flush()
        os.fsync(file.fileno())
    return len(lines)


def _line(letter: DeadLetter, now_us: int) -> bytes:
    document = {
        "id": letter.position,
        "reason": letter.reason,
        "at_us": now_us,
        "kind": type(letter.record).__name__.lower(),
        "record": letter.record,
    }
    # The record is here because something about it is strange: whatever it holds, it must be written down.
    try:
        document["record"] = msgspec.to_builtins(letter.record)
    except (TypeError, ValueError, RecursionError):
        document["record"] = repr(letter.record)
    return json.dumps(document, default=_plain, skipkeys=True).encode()


def _plain(value: Any) -> Any:
    return base64.b64encode(value).decode() if isinstance(value, bytes) else repr(value)
