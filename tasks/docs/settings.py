"""The reference of the server's settings, docs/reference/settings.md: from the settings themselves."""

import ast
from pathlib import Path

from tasks import ROOT

SETTINGS = ROOT / "server" / "src" / "baserun_server" / "settings.py"
PAGE = ROOT / "docs" / "reference" / "settings.md"


def settings_page(source: Path = SETTINGS) -> str:
    """The page: every setting with its variable, default and meaning, in the order of the source."""
    module = ast.parse(source.read_text(encoding="utf-8"))
    settings = next(node for node in module.body if isinstance(node, ast.ClassDef) and node.name == "Settings")
    lines = [
        "# Settings of the server",
        "",
        "Each is an environment variable; `baserun serve --help` names those that are options, too (an option wins).",
        "This page is made from the source by `./dev fix`.",
        "",
    ]
    for field, after in zip(settings.body, settings.body[1:], strict=False):
        if not isinstance(field, ast.AnnAssign) or not isinstance(field.target, ast.Name):
            continue
        text = after.value.value if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant) else ""
        meaning = " ".join(str(text).split())
        lines += [f"## `BASERUN_{field.target.id.upper()}`", "", f"{meaning} Default: `{_default(field.value)}`.", ""]
    return "\n".join(lines)


def _default(value: ast.expr | None) -> str:
    if isinstance(value, ast.Call):
        if value.args:
            return _default(value.args[0])
        given = {keyword.arg: keyword.value for keyword in value.keywords}
        return (
            ast.unparse(given["default_factory"]) + "()" if "default_factory" in given else _default(given["default"])
        )
    if isinstance(value, ast.Constant) and value.value in ("", None):
        return "none"
    return ast.unparse(value) if value is not None else "none"
