"""Stored facts as OTLP/JSON, so that any other product can read them, and this one reads back what it wrote.

A span keeps the attributes with which it was sent. What the server took out of them (messages, tools, inputs and
outputs) and what it found in unusual places stands under the names of the GenAI conventions, and under `baserun.*`
where those have none (`contract/attributes.json`); those names are read first, so reading it again finds the same.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import orjson

Row = Mapping[str, Any]

JSON_COLUMNS = ("input_messages", "output_messages", "tool_definitions", "parameters", "input", "output",
                "tool_arguments", "tool_result", "metadata", "events", "attributes", "body", "traits")  # fmt: skip
STATUSES = {"unset": 0, "ok": 1, "error": 2}
COUNTS = {
    "input_tokens": "gen_ai.usage.input_tokens",
    "output_tokens": "gen_ai.usage.output_tokens",
    "cached_tokens": "gen_ai.usage.cache_read.input_tokens",
    "cache_write_tokens": "gen_ai.usage.cache_write.input_tokens",
    "reasoning_tokens": "gen_ai.usage.reasoning.output_tokens",
}
WORDS = {
    "provider": "gen_ai.provider.name",
    "model": "gen_ai.response.model",
    "model_requested": "gen_ai.request.model",
    "response_id": "gen_ai.response.id",
    "tool_name": "gen_ai.tool.name",
    "tool_call_id": "gen_ai.tool.call.id",
    "error_type": "error.type",
    "trace_name": "baserun.trace.name",
    "completion_id": "baserun.completion.id",
}
CONTENT = {
    "input_messages": "gen_ai.input.messages",
    "output_messages": "gen_ai.output.messages",
    "tool_definitions": "gen_ai.tool.definitions",
    "tool_arguments": "gen_ai.tool.call.arguments",
    "tool_result": "gen_ai.tool.call.result",
    "input": "baserun.input",
    "output": "baserun.output",
}


def traces_document(rows: Iterable[Row]) -> dict[str, Any]:
    """Spans as an OTLP request; those of one resource and scope stand together."""
    groups: dict[bytes, dict[str, Any]] = {}
    for row in rows:
        held = _read(row)
        attributes = held.get("attributes") or {}
        resource, scope = attributes.pop("resource", {}), attributes.pop("scope", {})
        key = orjson.dumps([resource, scope])
        if key not in groups:
            name, version = scope.pop("name", ""), scope.pop("version", "")
            groups[key] = {
                "resource": {"attributes": _pairs(resource)},
                "scopeSpans": [{"scope": {"name": name, "version": version, "attributes": _pairs(scope)}, "spans": []}],
            }
        groups[key]["scopeSpans"][0]["spans"].append(_span(row, held, attributes))
    return {"resourceSpans": list(groups.values())}


def logs_document(table: str, rows: Iterable[Row]) -> dict[str, Any]:
    """Records of another table of facts as an OTLP request."""
    records = [_log_record(table, row) for row in rows]
    scope_logs = {"scope": {"name": "baserun.export"}, "logRecords": records}
    return {"resourceLogs": [{"resource": {"attributes": []}, "scopeLogs": [scope_logs]}]}


def _span(row: Row, held: Row, attributes: dict[str, Any]) -> dict[str, Any]:
    said: dict[str, Any] = {"baserun.span.kind": row["kind"]}
    said |= {key: row[column] for column, key in WORDS.items() if row[column]}
    said |= {key: row[column] for column, key in COUNTS.items() if row[column] is not None}
    # As written: text that holds JSON is kept as it was sent, spaces included.
    said |= {
        key: _json(held[column]) if isinstance(held[column], str) else row[column]
        for column, key in CONTENT.items()
        if column in held
    }
    said |= {f"gen_ai.request.{name}": value for name, value in (held.get("parameters") or {}).items()}
    if row["provider_user"]:
        said["baserun.provider.user"] = row["provider_user"]
        said["baserun.provider.user_field"] = row["provider_user_attribute"]
    if row["streaming"]:
        said["gen_ai.request.stream"] = True
    if row["time_to_first_token_us"] is not None:
        said["gen_ai.response.time_to_first_chunk"] = row["time_to_first_token_us"] / 1e6
    if row["finish_reasons"]:
        said["gen_ai.response.finish_reasons"] = row["finish_reasons"]
    if row["cost_source"] == "reported":
        said["gen_ai.usage.cost"] = row["cost_nano_usd"] / 1e9
    for column, key in (("session_id", "session.id"), ("user_id", "user.id")):
        if row[column]:
            said.setdefault(key, row[column])
    said |= {f"baserun.metadata.{name}": value for name, value in (held.get("metadata") or {}).items()}
    if row["tags"]:
        said["baserun.tags"] = row["tags"]
    return {
        "traceId": row["trace_id"],
        "spanId": row["span_id"],
        "parentSpanId": row["parent_span_id"],
        "name": row["name"],
        "kind": 3 if row["kind"] in ("llm", "embedding") else 1,
        "startTimeUnixNano": f"{row['start_us']}000",
        "endTimeUnixNano": f"{row['end_us']}000",
        "status": {"code": STATUSES.get(row["status"], 0), "message": row["status_message"]},
        "attributes": _pairs({**attributes, **said}),
        "events": [
            {"name": event["name"], "timeUnixNano": f"{event['at_us']}000", "attributes": _pairs(event["attributes"])}
            for event in held.get("events") or []
        ],
    }


def _log_record(table: str, row: Row) -> dict[str, Any]:
    held = _read(row)
    name, said, body = _said(table, row, held)
    said = {"session.id": row.get("session_id"), "user.id": row.get("user_id"), **said}
    said |= {f"baserun.metadata.{key}": _kept(value) for key, value in (held.get("metadata") or {}).items()}
    record = {
        "timeUnixNano": f"{row['at_us']}{row.get('at_ns', 0):03d}",
        "observedTimeUnixNano": f"{row['received_us']}000",
        "eventName": name,
        "attributes": _pairs({key: value for key, value in said.items() if value not in (None, "")}),
    }
    if body is not None:
        record["body"] = _value(body)
    if row.get("trace_id"):
        record |= {"traceId": row["trace_id"], "spanId": row["span_id"]}
    return record


def _said(table: str, row: Row, held: Row) -> tuple[str, dict[str, Any], Any]:
    """The event's name, its attributes, its body."""
    if table == "session_events":
        said = {"baserun.session.name": row["name"], "baserun.session.outcome": row["outcome"]}
        return f"session.{row['kind']}", {**said, "baserun.event.id": row["event_id"]}, None
    if table == "user_events":
        traits = {f"baserun.trait.{key}": _kept(value) for key, value in (held.get("traits") or {}).items()}
        said = {"baserun.user.alias": row["alias"], "baserun.event.id": row["event_id"]}
        if row["unlinks"]:
            said["baserun.user.unlinks"] = True
        return "baserun.user.identify", {**traits, **said}, None
    call = {"gen_ai.response.id": row["response_id"], "baserun.completion.id": row["completion_id"]}
    if table == "scores":
        said = {
            "gen_ai.evaluation.name": row["name"],
            "gen_ai.evaluation.score.value": row["value"],
            "gen_ai.evaluation.score.label": row["label"],
            "gen_ai.evaluation.explanation": row["comment"],
            "baserun.score.source": row["source"],
            "baserun.event.id": row["score_id"],
        }
        return "gen_ai.evaluation.result", {**call, **said}, None
    return _log_entry(row, held, {**call, "baserun.event.id": row["log_id"]})


def _log_entry(row: Row, held: Row, said: dict[str, Any]) -> tuple[str, dict[str, Any], Any]:
    kind, body = row["kind"], held.get("body")
    if kind in ("tag", "variable"):
        return (
            f"baserun.{kind}",
            {**said, f"baserun.{kind}.key": row["name"], f"baserun.{kind}.value": _json(body)},
            None,
        )
    if kind == "update":
        return "baserun.trace.update", {**said, "baserun.output": _json(body)}, None
    if kind == "loss":
        lost = {f"baserun.loss.{key}": value for key, value in (body or {}).items()}
        return "baserun.sdk.loss", {**said, **lost}, None
    if kind == "failure":
        return row["name"], {**said, **{f"exception.{key}": value for key, value in (body or {}).items()}}, None
    if kind == "content":
        content = {CONTENT[key]: _json(value) for key, value in (body or {}).items() if key in CONTENT}
        return "gen_ai.client.inference.operation.details", {**said, **content}, None
    return "baserun.log", {**said, "baserun.log.name": row["name"]}, body


def _read(row: Row) -> dict[str, Any]:
    """The columns that hold JSON, read; those that hold nothing are left out."""
    return {column: orjson.loads(row[column]) for column in JSON_COLUMNS if row.get(column)}


def _json(value: Any) -> str:
    """A value so that reading it as JSON gives it back; text that no reader would take for JSON stays as it is."""
    if isinstance(value, str) and value[:1].isalpha() and value not in ("true", "false", "null"):
        return value
    return orjson.dumps(value).decode()


def _kept(value: Any) -> Any:
    """A value of metadata or a trait, which are read as JSON where they are text."""
    return _json(value) if isinstance(value, str) else value


def _pairs(values: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{"key": key, "value": _value(value)} for key, value in values.items() if value is not None]


def _value(value: Any) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    if isinstance(value, float):
        return {"doubleValue": value}
    if isinstance(value, list):
        return {"arrayValue": {"values": [_value(item) for item in value]}}
    if isinstance(value, dict):
        return {"kvlistValue": {"values": _pairs(value)}}
    return {"stringValue": str(value)}
