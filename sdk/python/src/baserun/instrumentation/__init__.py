"""Automatic recording: which libraries are watched, and how. `init()` goes through the list once."""

from __future__ import annotations

from collections.abc import Iterable

from baserun import _propagation
from baserun.instrumentation import _stainless, _transport
from baserun.instrumentation._imports import Install, no_longer, when_imported

LIBRARIES: tuple[tuple[str, str, Install], ...] = (
    ("httpx", "httpx", _transport.install),
    ("httpx", "httpx2", _transport.install),
    ("httpx", "requests.sessions", _propagation.install_requests),
    ("httpx", "aiohttp.client", _propagation.install_aiohttp),
    ("openai", "openai._base_client", _stainless.installer("openai")),
)
"""The name under which `init(instrument=[…])` asks for it, the module to wait for, and what to do with it."""

installed: set[str] = set()
"""Modules that are watched, or will be once they are imported."""


def install(only: Iterable[str] | None = None) -> None:
    """Watch the libraries: those already imported now, the others when they are."""
    chosen = None if only is None else {*only, "httpx"}
    for library, module_name, install_module in LIBRARIES:
        if module_name not in installed and (chosen is None or library in chosen):
            installed.add(module_name)
            when_imported(module_name, install_module)


def library_names() -> list[str]:
    """Return the names that `init(instrument=[…])` understands."""
    return sorted({library for library, _, _ in LIBRARIES} - {"httpx"})


__all__ = ["install", "installed", "library_names", "no_longer"]
