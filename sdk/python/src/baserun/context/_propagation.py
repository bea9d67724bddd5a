"""Ids that travel to other services, by W3C baggage and trace context. Opt-in: `init(propagate=True)` or by hand."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping, MutableMapping
from typing import Any
from urllib.parse import quote, unquote

from baserun import _config
from baserun._guard import guarded
from baserun.context._scope import RemoteParent, Scope, current, restored

BAGGAGE = "baggage"
TRACEPARENT = "traceparent"
_TRACEPARENT = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}")
MAX_BAGGAGE_CHARACTERS = 8_192


def inject(headers: MutableMapping[str, str]) -> MutableMapping[str, str]:
    """Add the session, user and trace that hold now to the headers of a request to another service; returns them."""
    with guarded("inject"):
        scope = current.get()
        found = next((name for name in headers if name.lower() == BAGGAGE), BAGGAGE)
        ours = [
            f"{key}={quote(value, safe='')}"
            for key, value in (("session.id", scope.session_id), ("user.id", scope.user_id))
            if value
        ]
        if ours:
            others = [
                item
                for item in (headers.get(found) or "").split(",")
                if item.strip() and item.split("=")[0].strip() not in ("session.id", "user.id")
            ]
            headers[found] = ",".join([*others, *ours])
        if scope.span is not None and not any(name.lower() == TRACEPARENT for name in headers):
            headers[TRACEPARENT] = f"00-{scope.span.trace_id}-{scope.span.span_id}-01"
    return headers


class from_headers:
    """Run a block in the session, user and trace that the headers of a request name, as `inject` wrote them."""

    def __init__(self, headers: Mapping[str, Any] | Iterable[tuple[Any, Any]]) -> None:
        self._scope = scope_from_headers(headers, current.get())
        self._block = restored(self._scope)

    def __enter__(self) -> None:
        self._block.__enter__()

    def __exit__(self, *_: object) -> None:
        self._block.__exit__()


def scope_from_headers(headers: Mapping[str, Any] | Iterable[tuple[Any, Any]], around: Scope) -> Scope:
    """Return the scope that headers name, on top of the one around."""
    read = lower_headers(headers)
    values: dict[str, str] = {}
    for item in read.get(BAGGAGE, "")[:MAX_BAGGAGE_CHARACTERS].split(","):
        key, _, value = item.partition(";")[0].partition("=")
        if value.strip():
            values[key.strip()] = unquote(value.strip())
    parent = _TRACEPARENT.fullmatch(read.get(TRACEPARENT, "").strip())
    span: Any = RemoteParent(parent.group(1), parent.group(2)) if parent else around.span
    return Scope(
        values.get("session.id") or around.session_id,
        values.get("user.id") or around.user_id,
        span,
        around.trace,
        around.session,
        around.step,
    )


def lower_headers(headers: Mapping[str, Any] | Iterable[tuple[Any, Any]]) -> dict[str, str]:
    """Return headers as texts under lower-case names, whether they came as a mapping or as pairs, as text or bytes."""
    pairs = headers.items() if isinstance(headers, Mapping) else headers
    return {_as_text(name).lower(): _as_text(value) for name, value in pairs}


def _as_text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def goes_to(host: str) -> bool:
    """Whether ids are to travel to a host, by what `init(propagate=…)` said: everywhere, or to the hosts named."""
    propagate = _config.state.settings.propagate
    if isinstance(propagate, bool):
        return propagate
    return any(host == wanted or host.endswith("." + wanted.lstrip(".")) for wanted in propagate)


def install_requests(module: Any) -> None:
    """Let `requests` carry the ids."""
    original = module.Session.send
    if hasattr(original, "_baserun"):
        return

    @functools.wraps(original)
    def send(self: Any, request: Any, **kwargs: Any) -> Any:
        if _config.state.settings.propagate:
            with guarded("propagate"):
                from urllib.parse import urlsplit

                if goes_to(urlsplit(request.url).hostname or ""):
                    inject(request.headers)
        return original(self, request, **kwargs)

    send._baserun = True  # type: ignore[attr-defined]
    module.Session.send = send


def install_aiohttp(module: Any) -> None:
    """Let `aiohttp` carry the ids."""
    original = module.ClientSession._request
    if hasattr(original, "_baserun_propagates"):
        return

    @functools.wraps(original)
    async def request(self: Any, method: str, url: Any, **kwargs: Any) -> Any:
        if _config.state.settings.propagate:
            with guarded("propagate"):
                from urllib.parse import urlsplit

                if goes_to(urlsplit(str(url)).hostname or ""):
                    kwargs["headers"] = inject(dict(kwargs.get("headers") or {}))
        return await original(self, method, url, **kwargs)

    request._baserun_propagates = True  # type: ignore[attr-defined]
    module.ClientSession._request = request
