"""The reference of the API, docs/reference/api/: a page a resource, one of errors, one of shapes.

Everything but the examples follows from the server's OpenAPI document; these were recorded by `tasks/docs/record.py`.
What holds for every address is written by hand in docs/reference/api.md.
"""

import json
from typing import Any, NamedTuple

from tasks.docs.record import EXAMPLES

MADE = "This page is generated from the server's OpenAPI document by `./dev fix`."
CURL = {"GET": "curl", "POST": "curl", "PATCH": "curl -X PATCH", "DELETE": "curl -X DELETE"}
WHEN = {"internal": "The server failed to answer; its output says why."}
"""Of a code whose class says something else."""
EVERYWHERE = """\
Every address may answer 401 and 403 (see [Security](../../../SECURITY.md)), 429 after ten wrong keys within a minute,
and 503 while the store starts or when a query takes too long. 429 and 503 carry `Retry-After`."""
ERASE = ("DELETE", "/api/v1/users/{user_id}")
"""Answers in two ways."""


class Resource(NamedTuple):
    """A page of the reference."""

    file: str
    title: str
    about: str
    paths: tuple[str, ...]
    """Beginnings of the paths that stand on it; the first page that takes a path has it."""


RESOURCES = (
    Resource("users.md", "Users", "The people who use the application.", ("/api/v1/users",)),
    Resource("sessions.md", "Sessions", "Conversations and tasks, turn by turn.", ("/api/v1/sessions",)),
    Resource("traces.md", "Traces and spans", "Units of work, and the steps inside them.", ("/api/v1/traces",)),
    Resource("scores.md", "Scores", "Feedback, checks and evaluations.", ("/api/v1/scores",)),
    Resource(
        "search.md",
        "Search, filters and metrics",
        "Finding things, the fields that lists are filtered by, and numbers over time.",
        ("/api/v1/search", "/api/v1/fields", "/api/v1/facets", "/api/v1/histogram", "/api/v1/metrics"),
    ),
    Resource("erasures.md", "Erasures", "Receipts of people who were erased.", ("/api/v1/erasures",)),
    Resource(
        "server.md",
        "The server",
        "Whether it runs, whether it is ready, and what it could not store.",
        ("/healthz", "/readyz", "/api/v1/me", "/api/v1/dead-letters"),
    ),
)


def pages() -> dict[str, str]:
    """Return the pages by their file names."""
    from baserun_server.app import describe

    document = describe()
    examples = json.loads(EXAMPLES.read_text(encoding="utf-8"))
    made = {resource.file: _resource_page(resource, document, examples) for resource in RESOURCES}
    return made | {"errors.md": _errors_page(examples), "shapes.md": _shapes_page(document)}


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    """Return every operation as method, path and description."""
    return [
        (method.upper(), path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def _resource_page(resource: Resource, document: dict[str, Any], examples: dict[str, Any]) -> str:
    lines = [
        f"# {resource.title}",
        "",
        f"{resource.about} {MADE}",
        "",
        "What holds for every address: [The API](../api.md).",
        "",
    ]
    for method, path, operation in operations(document):
        if any(path == start or path.startswith(start + "/") for start in resource.paths):
            lines += _operation(method, path, operation, examples[operation["operationId"]])
    return "\n".join(lines).rstrip() + "\n"


def _operation(method: str, path: str, operation: dict[str, Any], example: dict[str, Any]) -> list[str]:
    lines = [f"## `{method} {path}`", "", (operation.get("description") or "").strip(), ""]
    parameters = operation.get("parameters", [])
    if parameters:
        rows = [_parameter(parameter) for parameter in parameters]
        lines += ["| parameter | in | type | default | meaning |", "| --- | --- | --- | --- | --- |", *rows, ""]
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    if body:
        lines += [f"Body: {_type(body)}.", ""]
    success, answer = next(
        (int(status), answer) for status, answer in operation["responses"].items() if status.isdigit()
    )
    shape = _type(answer.get("content", {}).get("application/json", {}).get("schema", {}))
    shape += ", or 202 once an erasure was begun" if (method, path) == ERASE else ""
    lines += [f"Returns {success} with {shape}. {_errors(method, path, parameters, body, example)}", ""]
    return lines + _example(example)


def _parameter(parameter: dict[str, Any]) -> str:
    schema = parameter["schema"]
    default = f"`{json.dumps(schema['default'])}`" if schema.get("default") is not None else ""
    meaning = parameter.get("description") or schema.get("description") or _limits(schema)
    if parameter["in"] == "path":
        meaning = "percent-encoded"
    required = "required" if parameter.get("required") and parameter["in"] == "query" else default
    return (
        f"| `{parameter['name']}` | {parameter['in']} | {_cell(_type(schema))} | {_cell(required)} | {_cell(meaning)} |"
    )


def _limits(schema: dict[str, Any]) -> str:
    least, most = schema.get("minimum"), schema.get("maximum")
    return f"{least} to {most}" if least is not None and most is not None else ""


def _errors(method: str, path: str, parameters: list[Any], body: Any, example: dict[str, Any]) -> str:
    """Which errors of its own an operation has, beside those that every address has."""
    own = []
    if parameters or body:
        own.append("400 for a parameter or body that cannot be read")
    if example.get("unknown") == 404:
        own.append("404 for an unknown id")
    if (method, path) == ERASE:
        own.append("409 while `claimed_ids` are undecided, or without a key for the tombstones")
    if body:
        own.append("413 for a body above 1 MiB")
    if path == "/readyz":
        own.append("503 until the store and the worker run")
    return f"[Errors](errors.md): {', '.join(own)}." if own else "It has no [errors](errors.md) of its own."


def _example(example: dict[str, Any]) -> list[str]:
    given = (
        f" -H 'content-type: application/json' \\\n  -d '{json.dumps(example['body'], ensure_ascii=False)}'"
        if example["body"]
        else ""
    )
    path = example["path"].replace(">", "%3E")
    status = f"{example['status']} " if example["status"] != 200 else ""
    called = f'{CURL[example["method"]]} "$BASERUN_URL{path}"{given}'
    answered = json.dumps(example["answer"], indent=2, ensure_ascii=False)
    return [
        "```sh",
        called,
        "```",
        "",
        *([f"Answered with {status.strip()}:", ""] if status else []),
        "```json",
        answered,
        "```",
        "",
    ]


def _errors_page(examples: dict[str, Any]) -> str:
    from baserun_server import errors

    found = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.BaserunError)]
    rows = [
        f"| {kind.status} | `{kind.code}` | {_cell(WHEN.get(kind.code) or (kind.__doc__ or '').strip())} |"
        for kind in sorted(found, key=lambda kind: (kind.status, kind.code))
        if kind not in (errors.DataFolderTaken, errors.Refused)
        and (not kind.__mro__[1] or kind.code != kind.__mro__[1].__dict__.get("code"))
    ]
    lines = [
        "# Errors",
        "",
        "Every error has one form. This page is generated from the server's exceptions by `./dev fix`.",
        "",
        "| field | meaning |",
        "| --- | --- |",
    ]
    lines += ["| `code` | a stable word, for programs |", "| `message` | what happened, with the value in backticks |"]
    lines += [
        "| `hint` | what to do, where there is something |",
        "| `field` | the parameter, header or property that is wrong |",
    ]
    lines += ["| `position` | where in its value, in characters from 0 |", ""]
    lines += ["| status | `code` | when |", "| ---: | --- | --- |", *rows, ""]
    lines += [EVERYWHERE, ""]
    for name, example in examples.items():
        if name.startswith("error "):
            lines += [f"## `{name.removeprefix('error ')}`", "", *_example(example)]
    return "\n".join(lines).rstrip() + "\n"


def _shapes_page(document: dict[str, Any]) -> str:
    lines = ["# Shapes", "", f"Every record of the API, by its name in `/openapi.json`. {MADE}", ""]
    for name, schema in sorted(document["components"]["schemas"].items()):
        lines += [f"## `{name}`", "", *([schema["description"].strip(), ""] if schema.get("description") else [])]
        fields = schema.get("properties", {})
        if not fields:
            lines += [f"{_type(schema)}", ""]
            continue
        lines += ["| field | type | meaning |", "| --- | --- | --- |"]
        lines += [
            f"| `{key}` | {_cell(_type(field))} | {_cell(field.get('description', ''))} |"
            for key, field in fields.items()
        ]
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _type(schema: dict[str, Any]) -> str:
    """A type in words: a link to a shape, its values, or what JSON calls it."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[`{name}`](shapes.md#{name.lower()})"
    for key in ("anyOf", "oneOf", "allOf"):
        if key in schema:
            return " or ".join(dict.fromkeys(_type(option) for option in schema[key]))
    if "const" in schema:
        return f"`{json.dumps(schema['const'])}`"
    if "enum" in schema:
        return ", ".join(f"`{json.dumps(value)}`" for value in schema["enum"])
    kind = schema.get("type", "any value")
    if kind == "array":
        return f"list of {_type(schema.get('items', {}))}"
    if kind == "object" and isinstance(schema.get("additionalProperties"), dict):
        return f"object of {_type(schema['additionalProperties'])}"
    return {"null": "null", "integer": "integer", "number": "number", "string": "text", "boolean": "true or false"}.get(
        kind, kind
    )


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
