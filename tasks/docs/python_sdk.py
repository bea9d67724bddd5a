"""The reference of the Python SDK, docs/reference/python.md: every public name, from its signature and docstring.

Read by griffe without importing anything, so private modules may lie anywhere. Public is what `baserun.__all__` names,
and what the modules define on whose path no name begins with an underscore, except those of `PRIVATE`.
"""

import ast
import json
from typing import Any

import griffe

from tasks import ROOT

SOURCE = ROOT / "sdk" / "python" / "src"
GROUPS = (
    ("Start and stop", ("init", "flush", "aflush", "shutdown", "api_key", "__version__")),
    (
        "Sessions and users",
        (
            "with_session",
            "start_session",
            "astart_session",
            "end_session",
            "aend_session",
            "current_session",
            "Session",
            "EndUser",
            "identify",
            "hash_identifier",
        ),
    ),
    ("Traces", ("trace", "start_trace", "current_trace", "Trace", "thread_wrapper")),
    (
        "Scores and notes",
        ("feedback", "check", "check_equals", "check_includes", "evals", "annotate", "Annotation", "log", "tag",
         "variable", "Tag"),
    ),
    ("Other services and OpenTelemetry", ("inject", "from_headers", "span_processor")),
    ("Errors", ("BaserunError", "InvalidArgument", "NotInitializedException")),
)  # fmt: skip
"""What belongs together, in the order in which an application needs it. Names that stand nowhere are the older ones."""
PRIVATE = ("errors", "instrumentation")
"""Modules that say nothing new: the package exports the errors itself, and goes through `instrumentation` in `init`."""
HEAD = """# Python SDK

Every public name of the package `baserun`. Guides with examples: [Record a Python application](../guides/python.md) and
the pages that it links to. This page is generated from the source by `./dev fix`.
"""


def page() -> str:
    """Return the page."""
    loader = griffe.GriffeLoader(search_paths=[SOURCE], allow_inspection=False)
    package = loader.load("baserun")
    loader.resolve_aliases(external=False)
    assert isinstance(package, griffe.Module)
    public = [str(name) for name in package.exports or ()]
    grouped = {name for _, names in GROUPS for name in names}
    groups = (*GROUPS, ("Older names", tuple(name for name in public if name not in grouped)))
    lines = [HEAD, _text(package).partition("\n")[2].strip(), ""] if "\n" in _text(package) else [HEAD]
    for title, names in groups:
        lines += [f"## {title}", ""]
        for name in names:
            if name in public:
                lines += _describe(f"baserun.{name}", package.members[name])
    for module in sorted(_public_modules(package), key=lambda module: module.path):
        lines += [f"## `{module.path}`", "", _text(module), ""]
        for name, member in _members(module):
            lines += _describe(f"{module.path}.{name}", member, name)
    return "\n".join(lines).rstrip() + "\n"


def _public_modules(package: griffe.Module) -> list[griffe.Module]:
    found = []
    for module in package.modules.values():
        if isinstance(module, griffe.Module) and not module.name.startswith("_") and module.name not in PRIVATE:
            found += [*([module] if _members(module) else []), *_public_modules(module)]
    return found


def _members(module: griffe.Module) -> list[tuple[str, Any]]:
    """What `__all__` names, or where a module has none, what it defines and its docstring shows."""
    if module.exports:
        return [(str(name), module.members[str(name)]) for name in module.exports]
    kinds = (griffe.Class, griffe.Function)
    return [
        (name, found) for name, found in module.members.items() if isinstance(found, kinds) and name in _text(module)
    ]


def _describe(name: str, member: Any, called: str = "") -> list[str]:
    """A name with how it is `called`, what it says, and for a class its members."""
    try:
        target = member.final_target if member.is_alias else member
    except griffe.AliasResolutionError:
        library, _, _ = member.target_path.partition(".")
        return [f"### `{name}`", "", f"The client of `{library}`, imported when it is used and recorded.", ""]
    if isinstance(target, griffe.Class):
        return _describe_class(name, target, called or name)
    if isinstance(target, griffe.Function):
        return [f"### `{name}`", "", *_code(_signatures(called or name, target)), _text(target), ""]
    if name == "baserun.Baserun":
        return _describe_class(name, target.parent.members["_Baserun"], name)
    value = _constant(target)
    shown = f"{name}: {target.annotation}" if target.annotation else name
    return [f"### `{name}`", "", *_code([f"{shown} = {value}" if value else shown]), _text(target), ""]


def _describe_class(name: str, found: griffe.Class, called: str) -> list[str]:
    """A class: how it is called, what it says, its public attributes and methods."""
    bases = [str(base) for base in found.bases]
    is_error = any(base.endswith(("Error", "Exception")) for base in bases)
    is_made = "__init__" in found.members and not is_error
    head = _signatures(called, found) if is_made else [f"class {name}({', '.join(bases)})".replace("()", "")]
    lines = [f"### `{name}`", "", *_code(head), _text(found), ""]
    attributes = [member for member in found.members.values() if isinstance(member, griffe.Attribute)]
    properties = [member for member in attributes if not member.name.startswith("_") and member.docstring]
    if properties:
        lines += [f"- `{member.name}`: {_meaning(member)}" for member in properties] + [""]
    for member in found.members.values():
        if isinstance(member, griffe.Function) and not member.name.startswith("_"):
            own = f"{found.name.lstrip('_')}.{member.name}"
            lines += [f"#### `{name}.{member.name}`", "", *_code(_signatures(own, member)), _text(member), ""]
    return lines


def _signatures(name: str, found: Any) -> list[str]:
    """The ways in which something is called, without `self`; long ones a parameter a line."""
    function = found.members.get("__init__") if isinstance(found, griffe.Class) else found
    overloads = found.overloads if isinstance(found, griffe.Function) and found.overloads else [function]
    return [_signature(name, overload, isinstance(found, griffe.Class)) for overload in overloads]


def _signature(name: str, function: Any, is_class: bool) -> str:
    asynchronous = "await " if "async" in function.labels else ""
    whole = function.signature(return_type=not is_class, name=name)
    inner = [parameter for parameter in function.parameters if parameter.name not in ("self", "cls")]
    for receiver in ("self, ", "cls, ", "self", "cls"):
        whole = whole.replace(f"({receiver}", "(", 1)
    if len(asynchronous + whole) <= 100 or not inner:
        return asynchronous + whole
    rows, starred, slashed = [], False, False
    for parameter in inner:
        kind = parameter.kind
        if kind is griffe.ParameterKind.positional_only:
            slashed = True
        elif slashed:
            rows, slashed = [*rows, "    /,"], False
        if kind is griffe.ParameterKind.keyword_only and not starred:
            rows, starred = [*rows, "    *,"], True
        starred = starred or kind is griffe.ParameterKind.var_positional
        stars = {"var_positional": "*", "var_keyword": "**"}.get(kind.name, "")
        typed = f"{stars}{parameter.name}: {parameter.annotation}" if parameter.annotation else stars + parameter.name
        has_default = parameter.default is not None and not stars
        rows.append(f"    {typed} = {parameter.default}," if has_default else f"    {typed},")
    returns = f" -> {function.returns}" if function.returns and not is_class else ""
    return "\n".join([f"{asynchronous}{name}(", *rows, f"){returns}"])


def _meaning(member: Any) -> str:
    """What an attribute is: the sentence of a property without its verb."""
    text = " ".join(_text(member).split()).removeprefix("Return ")
    return text[0].upper() + text[1:]


def _constant(target: Any) -> str:
    try:
        value = ast.literal_eval(str(target.value))
        return json.dumps(value) if isinstance(value, str) else repr(value)
    except (ValueError, SyntaxError):
        return ""


def _code(lines: list[str]) -> list[str]:
    return ["```python", *lines, "```", ""]


def _text(found: Any) -> str:
    return found.docstring.value.strip() if found.docstring else ""


def environment_variables() -> set[str]:
    """Return the names of our environment variables that the SDK reads, wherever it does."""
    found = set()
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and _is_variable(node.value):
                found.add(node.value)
    return found


def _is_variable(text: str) -> bool:
    return text.startswith("BASERUN_") and text.replace("_", "").isalnum() and text.isupper()
