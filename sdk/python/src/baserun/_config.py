"""The one place with global state: what `init()` was told, and the delivery that it started.

Everything else imports this module, so it knows the others by protocols only.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from baserun._guard import warn_once
from baserun.errors import InvalidArgument, NotInitializedException

VERSION = "3.0.0"
DEFAULT_URL = "http://127.0.0.1:4318"

Redact = Callable[[str], str]
"""From a text to the text that is sent in its place."""


@dataclass(frozen=True)
class Settings:
    """What `init()` was told, completed from the environment.

    The fields are the options, and their defaults the defaults: the same as in the TypeScript SDK, in the case of each
    language (`tests/repository/test_options.py`).
    """

    url: str = DEFAULT_URL
    api_key: str | None = None
    service_name: str | None = None
    environment: str | None = None
    release: str | None = None
    resource: dict[str, Any] = field(default_factory=dict)
    enabled: bool = True
    instrument: bool | tuple[str, ...] = True
    threads: bool = True
    capture_content: bool = True
    redact: Redact | None = None
    sample_rate: float = 1.0
    hash_users: bool = False
    user_hash_key: str | None = None
    propagate: bool | tuple[str, ...] = False
    max_content_bytes: int = 1_000_000
    max_queue_records: int = 20_000
    max_queue_bytes: int = 64_000_000
    spool_directory: str | None = None
    max_spool_bytes: int = 256_000_000
    flush_interval_seconds: float = 0.25
    """How long records gather: a call shows within a second, and a busy process is woken rarely."""
    request_timeout_seconds: float = 10.0
    shutdown_timeout_seconds: float = 2.0
    quiet: bool = False
    raise_faults: bool = False


OPTIONS = frozenset(Settings.__dataclass_fields__)
OLDER_NAMES = {"baserun_api_key": "api_key", "shutdown_timeout": "shutdown_timeout_seconds"}
"""Options by the names that they had; they still work."""


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


def read_settings(**given: Any) -> Settings:
    """Complete what was given from the environment, and check it. None and an empty text count as not given."""
    given = {name: value for name, value in given.items() if value is not None and value != ""}
    older = {OLDER_NAMES[name]: given.pop(name) for name in OLDER_NAMES if name in given}
    settings = Settings(**{**_from_environment(), **older, **given})
    if not 0.0 <= settings.sample_rate <= 1.0:
        raise InvalidArgument(f"`sample_rate` is `{settings.sample_rate}`\n\nhint: give a share between 0.0 and 1.0")
    if not re.match(r"https?://[^/]", settings.url):
        raise InvalidArgument(f"the server's address is `{settings.url}`\n\nhint: give one such as `{DEFAULT_URL}`")
    return replace(
        settings,
        redact=_redactor(settings.redact),
        instrument=_names(settings.instrument),
        propagate=_names(settings.propagate),
        spool_directory=os.fspath(settings.spool_directory) if settings.spool_directory else None,
    )


def _from_environment() -> dict[str, Any]:
    """Return the options that the environment names. Keys are read when they are used: they may be set later."""
    get = os.environ.get
    told = {
        "url": get("BASERUN_URL"),
        "environment": get("BASERUN_ENVIRONMENT") or get("ENVIRONMENT"),
        "release": get("BASERUN_RELEASE"),
        "spool_directory": get("BASERUN_SPOOL_DIRECTORY"),
    }
    found: dict[str, Any] = {name: value for name, value in told.items() if value}
    switches = {
        "capture_content": ("BASERUN_CAPTURE_CONTENT", True),
        "hash_users": ("BASERUN_HASH_USERS", True),
        "enabled": ("BASERUN_DISABLED", False),
        "raise_faults": ("BASERUN_RAISE_FAULTS", True),
    }
    for option, (variable, on) in switches.items():
        word = (get(variable) or "").lower()
        if word in _ON or word in _OFF:
            found[option] = on if word in _ON else not on
    return found


_ON = ("1", "true", "yes", "on")
_OFF = ("0", "false", "no", "off")


def _names(given: bool | str | Iterable[str]) -> bool | tuple[str, ...]:
    if isinstance(given, bool):
        return given
    return (given,) if isinstance(given, str) else tuple(given)


def _redactor(redact: Redact | Iterable[str | re.Pattern[str]] | None) -> Redact | None:
    if redact is None or callable(redact):
        return redact
    patterns = [re.compile(pattern) for pattern in ([redact] if isinstance(redact, (str, re.Pattern)) else redact)]

    def redacted(text: str) -> str:
        for pattern in patterns:
            text = pattern.sub("[redacted]", text)
        return text

    return redacted


def is_recording() -> bool:
    """Whether records go anywhere."""
    return state.delivery is not None or state.sink is not None


def record(record: Recordable) -> None:
    """Hand a record to the delivery; without `init()` it goes nowhere."""
    if state.sink is not None:
        state.sink(record)
    elif state.delivery is not None:
        state.delivery.record(record)
    elif not state.settings.enabled:
        pass
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
