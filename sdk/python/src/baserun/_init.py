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
    """Start recording: every supported library that is installed is watched from here on.

    Options (all by keyword, all optional, the same as in the TypeScript SDK):

    - `url`: the server; else BASERUN_URL, else `http://127.0.0.1:4318`.
    - `api_key`: else `baserun.api_key`, else BASERUN_API_KEY.
    - `service_name` (else OTEL_SERVICE_NAME, else the program's name), `environment` (else BASERUN_ENVIRONMENT,
      ENVIRONMENT), `release` (else BASERUN_RELEASE), `resource` (further attributes): of the application.
    - `enabled=False` (or BASERUN_DISABLED=true) records nothing at all.
    - `instrument`: False for none, a list such as `["openai"]` for some; True (default) for all.
    - `threads`: whether threads and thread pools inherit the session of the code that starts them (True).
    - `capture_content=False` (or BASERUN_CAPTURE_CONTENT=false) leaves out what was said; `redact`: a function from
      text to text, or patterns to hide. It runs on a thread of ours, in a backlog also on those that make calls: it
      must be quick and wait for nothing.
    - `hash_users=True` (or BASERUN_HASH_USERS=true) sends users as keyed hashes; the key is `user_hash_key`, else
      BASERUN_USER_HASH_KEY.
    - `sample_rate`: the share of sessions to keep, each whole (1).
    - `propagate`: True sends session and user to other services as W3C baggage; a list of hosts, to those only.
    - `max_content_bytes` (1,000,000): of one attribute; longer content is cut.
    - `max_queue_records` (20,000), `max_queue_bytes` (64,000,000): what may wait to be sent.
    - `spool_directory` (else BASERUN_SPOOL_DIRECTORY), `max_spool_bytes` (256,000,000): keep what waits on disk, so
      that it survives the process.
    - `flush_interval_seconds` (0.25): how long records gather before they are sent.
    - `request_timeout_seconds` (10), `shutdown_timeout_seconds` (2): how long a request and an exit may take.
    - `quiet=True` logs no warnings; `raise_faults=True` (or BASERUN_RAISE_FAULTS=true) raises our faults, for tests.

    Older names still work: `shutdown_timeout` for `shutdown_timeout_seconds`, `baserun_api_key` for `api_key`.

    With a client (`init(OpenAI(), user=…, session=…, name=…, trace_id=…, metadata=…)`) that very client is returned,
    its calls recorded under what was said. Calling it again is harmless; options given then replace the earlier ones.
    Raises a TypeError for an option that does not exist. Never waits for the network.
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
    anew.
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
