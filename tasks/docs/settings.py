"""The reference of the server's settings, docs/reference/settings.md: from the settings themselves."""

import ast
from pathlib import Path

from tasks import ROOT

SETTINGS = ROOT / "server" / "src" / "baserun_server" / "settings.py"
PAGE = ROOT / "docs" / "reference" / "settings.md"
UNITS = {"MIB": 1 << 20, "GIB": 1 << 30}


def settings_page(source: Path = SETTINGS) -> str:
    """The page: every setting with its variable, default and meaning, in the order of the source."""
    module = ast.parse(source.read_text(encoding="utf-8"))
    settings = next(node for node in module.body if isinstance(node, ast.ClassDef) and node.name == "Settings")
    functions = {node.name: ast.get_docstring(node) or "" for node in module.body if isinstance(node, ast.FunctionDef)}
    lines = [
        "# Settings of the server",
        "",
        "Each is an environment variable. `baserun serve` has options for some of them; an option wins.",
        "This page is generated from the source by `./dev fix`.",
        "",
    ]
    for field, after in zip(settings.body, settings.body[1:], strict=False):
        if not isinstance(field, ast.AnnAssign) or not isinstance(field.target, ast.Name):
            continue
        text = after.value.value if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant) else ""
        meaning = " ".join(str(text).split())
        lines += [
            f"## `BASERUN_{field.target.id.upper()}`",
            "",
            f"{meaning} Default: {_default(field.value, functions)}.",
            "",
        ]
    return "\n".join(lines)


def _default(value: ast.expr | None, functions: dict[str, str]) -> str:
    """The default as a text of Markdown; of one that is computed, what the function says that it returns."""
    if isinstance(value, ast.Call):
        if value.args:
            return _default(value.args[0], functions)
        given = {keyword.arg: keyword.value for keyword in value.keywords}
        if "default_factory" not in given:
            return _default(given["default"], functions)
        said = functions[ast.unparse(given["default_factory"])].rstrip(".")
        return said[0].lower() + said[1:]
    if value is None or (isinstance(value, ast.Constant) and value.value in ("", None)):
        return "none"
    if isinstance(value, ast.Constant) and isinstance(value.value, bool):
        return f"`{str(value.value).lower()}`"
    if isinstance(value, ast.Constant):
        return f"`{value.value}`"
    number, _, unit = ast.unparse(value).partition(" * ")
    return f"`{int(number) * UNITS[unit]}` ({number} {unit[0]}iB)"
