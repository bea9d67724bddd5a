"""`init()` and its opposite: what an application says once."""

from __future__ import annotations

import atexit
import sys
from collections.abc import Iterable
from typing import Any, TypeVar, overload

from baserun import _config, _guard
from baserun._config import state
from baserun._guard import guarded
from baserun.errors import InvalidArgument, unknown_keyword

T = TypeVar("T")

_OF_CLIENTS = ("name", "user", "session", "trace_id", "metadata", "experiment")
_KEYWORDS = frozenset((*_OF_CLIENTS, *_config.OPTIONS, *_config.OLDER_NAMES))


@overload
def init(client: None = None, /, **options: Any) -> None: ...
@overload
def init(client: bool, /, **options: Any) -> None: ...
@overload
def init(client: T, /, **options: Any) -> T: ...
def init(client: Any = None, /, **options: Any) -> Any:
    """Start recording the calls of every supported library that is installed.

    All options are keywords, all are optional, and the TypeScript SDK takes the same:

    - `url`: address of the server. Default: `BASERUN_URL`, then `http://127.0.0.1:4318`.
    - `api_key`: key for the server. Default: `baserun.api_key`, then `BASERUN_API_KEY`. `baserun_api_key` is an older
      name for it.
    - `service_name`: name of the application. Default: `OTEL_SERVICE_NAME`, then the name of the program.
    - `environment`: such as `production`. Default: `BASERUN_ENVIRONMENT`, then `ENVIRONMENT`, then none.
    - `release`: version of the application. Default: `BASERUN_RELEASE`, then none.
    - `resource`: more OpenTelemetry resource attributes, a dictionary. Default: none.
    - `enabled`: `False` records nothing at all. Default: `True`, or `False` where `BASERUN_DISABLED` is true.
    - `instrument`: which libraries are recorded: `True` (default) for all, `False` for none, or a list such as
      `["openai"]`. `baserun doctor` lists their names.
    - `threads`: whether threads and thread pools inherit the session of the code that starts them. Default: `True`.
    - `capture_content`: whether messages, arguments and results are sent. Default: `BASERUN_CAPTURE_CONTENT`,
      then `True`.
    - `redact`: a function from text to text, or patterns whose matches become `[redacted]`. Default: none. It runs on a
      thread of the SDK, and during a backlog also on threads that make calls, so it must be fast and must not block.
    - `hash_users`: whether user ids are sent as keyed hashes. Default: `BASERUN_HASH_USERS`, then `False`.
    - `user_hash_key`: the key of these hashes. Default: `BASERUN_USER_HASH_KEY`.
    - `sample_rate`: share of the sessions to record, from 0.0 to 1.0; a session is recorded whole or not at all.
      Default: `1.0`.
    - `propagate`: whether session and user travel to other services as W3C baggage: `True`, or a list of hosts.
      Default: `False`.
    - `max_content_bytes`: size at which a single content is cut. Default: `1_000_000`.
    - `max_queue_records`, `max_queue_bytes`: how much may wait to be sent. Default: `20_000` and `64_000_000`.
    - `spool_directory`: folder that keeps unsent records on disk, so that they survive the process. Default:
      `BASERUN_SPOOL_DIRECTORY`, then none.
    - `max_spool_bytes`: size of that folder. Default: `256_000_000`.
    - `flush_interval_seconds`: how long records gather before they are sent. Default: `0.25`.
    - `request_timeout_seconds`: how long one request to the server may take. Default: `10.0`.
    - `shutdown_timeout_seconds`: how long the end of the program may take to send the rest. Default: `2.0`.
      `shutdown_timeout` is an older name for it.
    - `quiet`: whether warnings are left out of the log. Default: `False`.
    - `raise_faults`: whether faults of the SDK are raised, for tests. Default: `BASERUN_RAISE_FAULTS`, then `False`.

    `init(OpenAI(), user=…, session=…, name=…, trace_id=…, metadata=…)` returns that very client, and records its calls
    for this user and session; `experiment` is accepted and ignored. Calling `init()` again is harmless; options given
    then replace the earlier ones.

    Raises a `TypeError` for an option that does not exist. Never waits for the network.
    """
    for keyword in options:
        if keyword not in _KEYWORDS:
            raise unknown_keyword("init", keyword, _KEYWORDS)
    instrument, threads = options.pop("instrument", True), options.pop("threads", True)
    own = {key: options.pop(key) for key in _OF_CLIENTS if key in options}
    if isinstance(client, bool):
        instrument, client = client, None
    if state.delivery is None or options:
        _start(instrument=instrument, threads=threads, **options)
    if not state.settings.enabled:
        return client
    if instrument is not False:
        _instrument(None if instrument is True else instrument, threads)
    if client is None:
        return None
    return _record_client(client, own)


def _record_client(client: Any, own: dict[str, Any]) -> Any:
    from baserun.older._client import is_client, record_client

    if not is_client(client):
        # As before: what is no client that we know comes back as it is; the transport records it all the same.
        return client
    with guarded("init(client)"):
        record_client(client, **own)
    return client


def _start(**options: Any) -> None:
    # Not before: an application that only imports us, or tests with `capture_spans`, delivers nothing.
    from baserun.delivery._delivery import Delivery
    from baserun.delivery._http import Connection

    settings = _config.read_settings(**options)
    _guard.configure(settings.quiet, settings.raise_faults)
    agent = f"baserun-python/{_config.VERSION}"
    connection = Connection(settings.url, _config.current_api_key, agent, settings.request_timeout_seconds)
    before = state.delivery
    state.settings = settings
    state.delivery = Delivery(settings, connection, shutdown) if settings.enabled else None
    if before is None:
        atexit.unregister(_at_exit)
        atexit.register(_at_exit)
    else:
        before.shutdown(settings.shutdown_timeout_seconds)


def _instrument(only: Iterable[str] | None, threads: bool) -> None:
    from baserun import instrumentation
    from baserun.context import _threads

    if threads:
        with guarded("threads"):
            _threads.install()
    if only is not None:
        only = [only] if isinstance(only, str) else list(only)
        known = instrumentation.library_names()
        for name in only:
            if name not in known:
                raise InvalidArgument(
                    f"`instrument` names `{name}`\n\nhint: known are {', '.join(f'`{library}`' for library in known)}"
                )
    instrumentation.install(only)


def flush(timeout: float = 5.0) -> bool:
    """Send everything recorded until now; wait at most `timeout` seconds. Returns whether all of it has arrived."""
    delivery = state.delivery
    if delivery is None:
        return True
    with guarded("flush"):
        return delivery.flush(timeout)
    return False


async def aflush(timeout: float = 5.0) -> bool:
    """Send everything recorded until now; the awaitable twin of `flush`, which lets other tasks run meanwhile."""
    import asyncio

    return await asyncio.to_thread(flush, timeout)


def shutdown(timeout: float | None = None) -> bool:
    """Send what there is, then stop recording; waits at most `timeout` seconds (else `init(shutdown_timeout=…)`).

    Streams that are still open are recorded as far as they got. Returns whether everything has arrived. `init()` starts
    recording again.
    """
    delivery = state.delivery
    if delivery is None:
        return True
    with guarded("open streams"):
        exchanges = sys.modules.get("baserun.instrumentation._exchange")
        if exchanges is not None:
            exchanges.finish_open()
    with guarded("shutdown"):
        done = delivery.shutdown(state.settings.shutdown_timeout_seconds if timeout is None else timeout)
        state.delivery = None
        return done
    return False


def _at_exit() -> None:
    shutdown()
