"""New ids for traces, spans and events."""

from __future__ import annotations

import os
import random

# A source of our own: an application that seeds `random` must not make our ids repeat.
_random = random.Random()  # noqa: S311 - ids, not secrets


def new_trace_id() -> str:
    """Make a trace id: 32 hex digits."""
    return "%032x" % (_random.getrandbits(128) or 1)


def new_span_id() -> str:
    """Make a span id: 16 hex digits."""
    return "%016x" % (_random.getrandbits(64) or 1)


def new_uuid() -> str:
    """Make a random UUID (version 4) in its usual spelling."""
    digits = "%032x" % ((_random.getrandbits(128) & ~(0xF << 76) & ~(0x3 << 62)) | (0x4 << 76) | (0x2 << 62))
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_random.seed)
