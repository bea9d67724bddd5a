"""The one place with global state: what `init()` was told, and the delivery that it started.

Everything else imports this module, so it knows the others by protocols only.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

from baserun._guard import warn_once
from baserun.errors import InvalidArgument, NotInitializedException

VERSION = "3.0.0"
DEFAULT_URL = "http://127.0.0.1:4318"

Redact = Callable[[str], str]
"""From a text to the text that is sent in its place."""


@dataclass(frozen=True)
class Settings:
    """What `init()` was told, completed from the environment."""

    url: str = DEFAULT_URL
    api_key: str | None = None
    service_name: str | None = None
    environment: str | None = None
    release: str | None = None
    capture_content: bool = True
    redact: Redact | None = None
    sample_rate: float = 1.0
    hash_users: bool = False
    propagate: bool | tuple[str, ...] = False
    max_content_bytes: int = 1_000_000
    max_queue_records: int = 20_000
    max_queue_bytes: int = 64_000_000
    spool_directory: str | None = None
    max_spool_bytes: int = 256_000_000
    shutdown_timeout_seconds: float = 2.0
    resource: dict[str, Any] = field(default_factory=dict)


class Recordable(Protocol):
    """What can be recorded: a span, a log record, or an exchange with a provider that becomes a span on our thread."""

    @property
    def size_bytes(self) -> int:
        """Return about how much memory it holds."""
        ...

    def drop_content(self) -> None:
        """Let go of the content; the structure stays."""
        ...

    def to_record(self) -> Any:
        """Return the `Span` or `LogRecord` that is written on the wire, or None if there is nothing worth it."""
        ...


class Deliverer(Protocol):
    """What takes records and sends them: `delivery._delivery.Delivery`."""

    def record(self, record: Recordable) -> None:
        """Take a record; never waits, never raises."""
        ...

    def flush(self, timeout_seconds: float) -> bool:
        """Send everything recorded until now; say whether all of it has arrived."""
        ...

    def shutdown(self, timeout_seconds: float) -> bool:
        """Send what there is, then stop; say whether all of it has arrived."""
        ...

    def after_fork(self) -> None:
        """Start afresh in a forked child."""
        ...


class _State:
    """What this process records with. `delivery` is None until `init()`, and again after `shutdown()`."""

    settings: Settings = Settings()
    delivery: Deliverer | None = None
    sink: Callable[[Recordable], None] | None = None
    """Takes records instead of the delivery: `baserun.testing` sets it."""


state = _State()


def read_settings(
    *,
    url: str | None = None,
    api_key: str | None = None,
    environment: str | None = None,
    redact: Redact | Iterable[str | re.Pattern[str]] | None = None,
    sample_rate: float = 1.0,
    propagate: bool | str | Iterable[str] = False,
    spool_directory: str | os.PathLike[str] | None = None,
    **others: Any,
) -> Settings:
    """Complete what was given from the environment, and check it."""
    if not 0.0 <= sample_rate <= 1.0:
        raise InvalidArgument(f"`sample_rate` is `{sample_rate}`\n\nhint: give a share between 0.0 and 1.0")
    chosen_url = url or os.environ.get("BASERUN_URL") or DEFAULT_URL
    if not re.match(r"https?://[^/]", chosen_url):
        raise InvalidArgument(f"the server's address is `{chosen_url}`\n\nhint: give one such as `{DEFAULT_URL}`")
    spool = spool_directory or os.environ.get("BASERUN_SPOOL_DIRECTORY")
    return Settings(
        url=chosen_url,
        api_key=api_key,
        environment=environment or os.environ.get("BASERUN_ENVIRONMENT") or os.environ.get("ENVIRONMENT"),
        redact=_redactor(redact),
        sample_rate=sample_rate,
        propagate=propagate if isinstance(propagate, bool) else _hosts(propagate),
        spool_directory=os.fspath(spool) if spool else None,
        **others,
    )


def _hosts(propagate: str | Iterable[str]) -> tuple[str, ...]:
    return (propagate,) if isinstance(propagate, str) else tuple(propagate)


def _redactor(redact: Redact | Iterable[str | re.Pattern[str]] | None) -> Redact | None:
    if redact is None or callable(redact):
        return redact
    patterns = [re.compile(pattern) for pattern in ([redact] if isinstance(redact, (str, re.Pattern)) else redact)]

    def replace(text: str) -> str:
        for pattern in patterns:
            text = pattern.sub("[redacted]", text)
        return text

    return replace


def is_recording() -> bool:
    """Whether records go anywhere."""
    return state.delivery is not None or state.sink is not None


def record(record: Recordable) -> None:
    """Hand a record to the delivery; without `init()` it goes nowhere."""
    if state.sink is not None:
        state.sink(record)
    elif state.delivery is not None:
        state.delivery.record(record)
    elif os.environ.get("BASERUN_RAISE_UNINITIALIZED"):
        raise NotInitializedException("a call came before `baserun.init()`\n\nhint: call `baserun.init()` first")
    else:
        warn_once("uninitialised", "Nothing is recorded before `baserun.init()`\n\nhint: call it once at the start")


def current_api_key() -> str | None:
    """Return the key that holds now: given to `init()`, else `baserun.api_key`, else BASERUN_API_KEY."""
    if state.settings.api_key:
        return state.settings.api_key
    module = sys.modules.get("baserun")
    return getattr(module, "api_key", None) or os.environ.get("BASERUN_API_KEY")


def resource(settings: Settings) -> dict[str, Any]:
    """Return what is true of the whole process."""
    values: dict[str, Any] = {
        "service.name": settings.service_name or os.environ.get("OTEL_SERVICE_NAME") or _program_name(),
        "telemetry.sdk.name": "baserun",
        "telemetry.sdk.language": "python",
        "telemetry.sdk.version": VERSION,
        "process.pid": os.getpid(),
    }
    if settings.environment:
        values["deployment.environment.name"] = settings.environment
    if settings.release:
        values["service.version"] = settings.release
    values.update(settings.resource)
    return values


def _program_name() -> str:
    main = sys.modules.get("__main__")
    spec = getattr(main, "__spec__", None)
    if spec is not None and spec.name:
        return spec.name.removesuffix(".__main__")
    name = os.path.basename(sys.argv[0]) if sys.argv and sys.argv[0] else ""
    return name.removesuffix(".py") or "python"


def after_fork() -> None:
    """Start afresh in a forked child."""
    if state.delivery is not None:
        state.delivery.after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=after_fork)
