"""MCP: a tool that is called on a server becomes a step, and what the server does for it can belong to it.

Client and server are two programs. Session, user and trace travel between them in the `_meta` of a request, as W3C
trace context and baggage, where `init(propagate=True)` says so: on the one side to send them, on the other to follow.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any

from baserun import _config
from baserun._guard import guarded
from baserun.context._propagation import from_headers, inject
from baserun.recording._content import snapshot
from baserun.recording._trace import Trace, start_trace

MARK = "_baserun_wrapped"


def client(module: Any) -> None:
    """Record the tools that a client calls: `mcp.client.session`."""

    def recorded(original: Any) -> Any:
        @functools.wraps(original)
        async def call_tool(self: Any, name: str, arguments: Any = None, *args: Any, **kwargs: Any) -> Any:
            if not _config.is_recording():
                return await original(self, name, arguments, *args, **kwargs)
            step = start_trace(str(name), kind="tool")
            if _config.state.settings.capture_content:
                step.inputs = snapshot(arguments or {})
            with step as running:
                if _config.state.settings.propagate is True:
                    kwargs["meta"] = inject(dict(kwargs.get("meta") or {}))
                result = await original(self, name, arguments, *args, **kwargs)
                with guarded("mcp.result"):
                    _note_result(running, result)
                return result

        return call_tool

    _wrap(module.ClientSession, "call_tool", recorded)


def server(module: Any) -> None:
    """Let a server's work belong to the call that asked for it: `mcp.server._otel`, of version 2."""

    def following(original: Any) -> Any:
        @functools.wraps(original)
        async def call(self: Any, context: Any, call_next: Any) -> Any:
            with _from_meta(context.meta):
                return await original(self, context, call_next)

        return call

    _wrap(module.OpenTelemetryMiddleware, "__call__", following)


def older_server(module: Any) -> None:
    """Do the same for version 1: `mcp.server.lowlevel.server`."""

    def following(original: Any) -> Any:
        @functools.wraps(original)
        async def handle_request(self: Any, message: Any, *args: Any, **kwargs: Any) -> Any:
            with _from_meta(getattr(message.request_meta, "model_extra", None)):
                return await original(self, message, *args, **kwargs)

        return handle_request

    _wrap(module.Server, "_handle_request", following)


def _wrap(owner: Any, name: str, make: Callable[[Any], Any]) -> None:
    original = getattr(owner, name, None)
    if original is not None and not hasattr(original, MARK):
        wrapped = make(original)
        setattr(wrapped, MARK, True)
        setattr(owner, name, wrapped)


def _from_meta(meta: Any) -> from_headers:
    follows = _config.state.settings.propagate is True and isinstance(meta, Mapping)
    return from_headers(meta if follows else {})


def _note_result(step: Trace, result: Any) -> None:
    content = getattr(result, "content", None)
    structured = getattr(result, "structured_content", None) or getattr(result, "structuredContent", None)
    step.result = structured if structured is not None else snapshot(content)
    if getattr(result, "is_error", False) or getattr(result, "isError", False):
        step.error = " ".join(str(part.text) for part in content or () if hasattr(part, "text")) or "tool_error"
