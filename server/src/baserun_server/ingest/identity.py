"""Who a span says it belongs to: session, end user, and the provider's own end-user field.

Each answer keeps the attribute that gave it. What holds for the trace is decided where its spans are together, in the
roll-up. Never read as a session: `langsmith.trace.session_name` (a project), `mcp.session.id`, `service.instance.id`.
"""

from collections.abc import Mapping
from typing import Any

from ..model import Span
from .values import mapping, text

SESSION_ATTRIBUTES = (
    "session.id",
    "langfuse.session.id",
    "langfuse.trace.session_id",
    "openinference.session.id",
    "traceloop.association.properties.session_id",
    "traceloop.association.properties.sessionId",
    "traceloop.association.properties.session.id",
    "traceloop.association.properties.thread_id",
    "traceloop.association.properties.conversation_id",
    "traceloop.association.properties.chat_id",
    "lmnr.association.properties.session_id",
    "ai.telemetry.metadata.sessionId",
    "ai.telemetry.metadata.session_id",
    "ai.telemetry.metadata.session.id",
    "ai.telemetry.metadata.langfuseSessionId",
    "ai.telemetry.metadata.threadId",
    "ai.telemetry.metadata.conversationId",
    "ai.telemetry.metadata.chatId",
    "ai.settings.context.sessionId",
    "langsmith.metadata.session_id",
    "langsmith.metadata.thread_id",
    "langsmith.metadata.conversation_id",
    "langfuse.trace.metadata.langfuse_session_id",
    "langfuse.observation.metadata.langfuse_session_id",
    "langgraph.thread_id",
    "mlflow.trace.session",
    "gen_ai.session.id",
    "gen_ai.openai.thread.id",
    "openai.agents.group_id",
    "agents.group_id",
    "ag-ui.thread_id",
    "chat.session.id",
    "haystack.session_id",
    "ai.request.headers.helicone-session-id",
)
SESSION_BARE = ("session_id", "conversation_id", "thread_id", "langfuse_session_id", "app.session.id", "sessionId",
                "conversationId", "threadId", "group_id")  # fmt: skip
SESSION_MADE_UP = ("gen_ai.conversation.id",)
"""Attributes in which frameworks put ids of their own making: what the application says by any other name holds."""
USER_ATTRIBUTES = (
    "user.id",
    "langfuse.user.id",
    "langfuse.trace.user_id",
    "enduser.id",
    "enduser.pseudo.id",
    "user.hash",
    "traceloop.association.properties.user_id",
    "traceloop.association.properties.userId",
    "traceloop.association.properties.user.id",
    "lmnr.association.properties.user_id",
    "ai.telemetry.metadata.userId",
    "ai.telemetry.metadata.user_id",
    "ai.telemetry.metadata.user.id",
    "ai.telemetry.metadata.langfuseUserId",
    "ai.settings.context.userId",
    "langsmith.metadata.user_id",
    "langfuse.trace.metadata.langfuse_user_id",
    "langfuse.observation.metadata.langfuse_user_id",
    "mlflow.trace.user",
    "gen_ai.user.id",
    "client.user.id",
    "usr.id",
    "ai.request.headers.helicone-user-id",
)
USER_BARE = ("user_id", "langfuse_user_id", "app.user.id", "userId")
IN_METADATA = (
    ("session_id", "thread_id", "conversation_id", "langfuse_session_id", "sessionId", "threadId", "conversationId"),
    ("user_id", "langfuse_user_id", "userId"),
)
IN_RESOURCE = (("session.id",), ("user.id", "enduser.id"))

PROVIDER_USER_ATTRIBUTES = ("gen_ai.user", "gen_ai.request.user", "llm.user")
REQUEST_ATTRIBUTES = (
    "llm.invocation_parameters",
    "langfuse.observation.model.parameters",
    "mlflow.spanInputs",
    "input.value",
)
"""Attributes that hold the request to the provider as JSON."""
REQUEST_USER_FIELDS = ("safety_identifier", "user", "user_id")


def read_identity(
    attributes: Mapping[str, Any],
    resource: Mapping[str, Any],
    span: Span,
    session_aliases: tuple[str, ...] = (),
    user_aliases: tuple[str, ...] = (),
) -> None:
    """Fill the identity of a span; aliases are the attributes that a server's settings add."""
    span.session_id, span.session_attribute = _find(
        attributes,
        resource,
        SESSION_ATTRIBUTES,
        IN_METADATA[0],
        SESSION_BARE + session_aliases + SESSION_MADE_UP,
        IN_RESOURCE[0],
    )
    span.user_id, span.user_attribute = _find(
        attributes, resource, USER_ATTRIBUTES, IN_METADATA[1], USER_BARE + user_aliases, IN_RESOURCE[1]
    )


def read_provider_user(attributes: Mapping[str, Any], span: Span) -> None:
    """Fill the provider's own end-user field of an LLM call."""
    own = attributes.get("baserun.provider.user")
    if own is not None:
        span.provider_user = text(own)
        span.provider_user_attribute = text(attributes.get("baserun.provider.user_field")) or "baserun.provider.user"
        return
    for key in PROVIDER_USER_ATTRIBUTES:
        value = text(attributes.get(key))
        if value:
            span.provider_user, span.provider_user_attribute = value, key
            return
    for key in REQUEST_ATTRIBUTES:
        request = attributes.get(key)
        if request is None:
            continue
        # A word search spares parsing documents that cannot hold the field.
        if isinstance(request, str) and not ("user" in request or "safety_identifier" in request):
            continue
        found = _in_request(mapping(request))
        if found:
            span.provider_user, field = found
            span.provider_user_attribute = f"{key}:{field}"
            return


def _find(
    attributes: Mapping[str, Any],
    resource: Mapping[str, Any],
    known: tuple[str, ...],
    in_metadata: tuple[str, ...],
    bare: tuple[str, ...],
    in_resource: tuple[str, ...],
) -> tuple[str, str]:
    for key in known:
        if key in attributes:
            value = text(attributes[key])
            if value:
                return value, key
    metadata = attributes.get("metadata")
    if metadata is not None:
        inner = mapping(metadata)
        for key in in_metadata:
            value = text(inner.get(key))
            if value:
                return value, f"metadata:{key}"
    for key in bare:
        if key in attributes:
            value = text(attributes[key])
            if value:
                return value, key
    for key in in_resource:
        value = text(resource.get(key))
        if value:
            return value, f"resource:{key}"
    return "", ""


def _in_request(request: dict[str, Any]) -> tuple[str, str] | None:
    for field in REQUEST_USER_FIELDS:
        value = text(request.get(field))
        if value:
            return value, field
    metadata = request.get("metadata")
    value = text(metadata.get("user_id")) if isinstance(metadata, dict) else ""
    return (value, "metadata.user_id") if value else None
