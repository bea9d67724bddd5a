"""`baserun doctor`: what would be recorded here, where it would go, whether it arrives, and what to do if not."""

from __future__ import annotations

import os
import platform
import sys
from importlib.metadata import PackageNotFoundError, version

from baserun import _config
from baserun.delivery._http import Connection
from baserun.delivery._sender import compress
from baserun.errors import BaserunError
from baserun.instrumentation import library_names

FRAMEWORKS = ("fastapi", "starlette", "litestar", "flask", "django", "celery")


def examine() -> int:
    """Print what was found; 0 if records would arrive, 1 if not."""
    print(f"baserun {_config.VERSION} · python {platform.python_version()} · {sys.prefix}")
    print("\nRecorded by itself, as soon as `baserun.init()` was called:")
    for name in library_names():
        found = _version(name)
        print(f"  {'✓' if found else '·'} {name:<14} {found or 'not installed'}")
    installed = [name for name in FRAMEWORKS if _version(name)]
    if installed:
        print(f"\nMiddleware for user and session: {', '.join(installed)} (docs/guides/incoming-requests.md)")
    try:
        settings = _config.read_settings()
    except BaserunError as error:
        print(f"\n✗ {error}")
        return 1
    key = _config.current_api_key()
    print(f"\nSent to {settings.url}/v1/traces ({'BASERUN_URL' if os.environ.get('BASERUN_URL') else 'default'})")
    print(f"With {'the key from BASERUN_API_KEY' if key else 'no key (a server on this machine needs none)'}")
    if settings.spool_directory:
        print(f"Kept on disk until it has arrived, in {settings.spool_directory}")
    return _try_to_send(settings.url)


def _try_to_send(url: str) -> int:
    connection = Connection(url, _config.current_api_key, f"baserun-python/{_config.VERSION} doctor", timeout_seconds=5)
    outcome = connection.post("/v1/traces", compress(b'{"resourceSpans":[]}'))
    connection.close()
    if outcome.accepted:
        print("✓ The server takes it.")
        return 0
    print(f"✗ It does not arrive: {outcome.what}\n\nhint: {outcome.hint}")
    return 1


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
