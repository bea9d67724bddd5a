"""The reference of the commands, docs/reference/commands.md: `baserun`, `baserun-server` and `./dev`.

From what the commands say of themselves: the texts and options that `--help` shows.
"""

import ast
import re
from enum import Enum
from importlib import import_module
from inspect import signature
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from typer.models import ArgumentInfo, OptionInfo

from tasks import ROOT

HEAD = """# Commands

This page is generated from what `--help` says, by `./dev fix`.

| program | comes with | does |
| --- | --- | --- |
| `baserun` | the SDK (`baserun`) | `baserun doctor`; passes every other command to `baserun-server` |
| `baserun-server` | the server (`baserun-server`) | the commands of the server, below |
| `./dev` | this repository | everything that is done with the sources |
"""


def page() -> str:
    """Return the page."""
    lines = [HEAD, "## `baserun`", "", _after_title(_docstring("sdk/python/src/baserun/__main__.py")), ""]
    lines += ["## `baserun-server`", ""]
    for command in import_module("baserun_server.__main__").commands.registered_commands:
        lines += _describe(command)
    lines += ["## `./dev`", "", "`./dev --help` lists the commands, `./dev COMMAND --help` explains one.", ""]
    for module in import_module("tasks.__main__").COMMANDS:
        lines += _describe_task(module)
    return "\n".join(lines).rstrip() + "\n"


def _describe(command: Any) -> list[str]:
    """A command of the server: how it is called, what it says, its arguments and options."""
    name = command.name or command.callback.__name__.replace("_", "-")
    hints = get_type_hints(command.callback, include_extras=True)
    defaults = {key: parameter.default for key, parameter in signature(command.callback).parameters.items()}
    arguments, options = [], []
    for key, hint in hints.items():
        if get_origin(hint) is not Annotated:
            continue
        kind, info = get_args(hint)[:2]
        if isinstance(info, ArgumentInfo):
            arguments.append((str(info.metavar), info.help or ""))
        else:
            options.append(_option(key, kind, info, defaults[key]))
    called = " ".join(
        ["baserun-server", name, *(["[OPTIONS]"] if options else []), *(metavar for metavar, _ in arguments)]
    )
    lines = [f"### `baserun-server {name}`", "", "```text", called, "```", "", _text(command.help or ""), ""]
    return lines + _table("argument or option", arguments + options)


def _option(key: str, kind: Any, info: OptionInfo, default: Any) -> tuple[str, str]:
    name = (info.param_decls or ("--" + key.replace("_", "-"),))[0]
    kinds = [member for member in get_args(kind) or (kind,) if member is not type(None)]
    choices = "|".join(choice.value for choice in kinds[0]) if issubclass(kinds[0], Enum) else ""
    value = choices or {str: "TEXT", int: "NUMBER", Path: "PATH"}[kinds[0]]
    shown = f" Default: `{getattr(default, 'value', default)}`." if default is not None else ""
    return f"{name} {value}", (info.help or "") + shown


def _text(text: str) -> str:
    """The text of a command as Markdown: what stands in lines of its own (after `\\b`) becomes a block of code."""
    first, *blocks = text.strip().split("\b\n")
    shown = [first.strip()]
    for block in blocks:
        title, _, rest = block.partition("\n") if block.startswith("Examples:") else ("", "", block)
        shown += [*([title] if title else []), "```text\n" + _dedented(rest) + "\n```"]
    return "\n\n".join(shown)


def _dedented(text: str) -> str:
    lines = [line for line in text.rstrip().split("\n") if line.strip()]
    margin = min(len(line) - len(line.lstrip()) for line in lines)
    return "\n".join(line[margin:] for line in lines)


class _Arguments:
    """Takes what a command of `./dev` adds to its parser, whose own layout differs between versions of Python."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, str]] = []

    def add_argument(self, *names: str, **options: Any) -> None:
        """Note an argument."""
        name = names[-1]
        takes = name.startswith("-") and options.get("action") is None
        value = name.lstrip("-").upper().replace("-", "_")
        self.rows.append((f"{name} {value}" if takes else name, str(options.get("help", ""))))


def _describe_task(module: Any) -> list[str]:
    name = module.__name__.rpartition(".")[2]
    taken = _Arguments()
    module.add_arguments(taken)
    return [f"### `./dev {name}`", "", (module.__doc__ or "").strip(), "", *_table("argument or option", taken.rows)]


def _table(head: str, rows: list[tuple[str, str]]) -> list[str]:
    if not rows:
        return []
    cells = [(f"`{name}`", text.replace("|", "\\|")) for name, text in rows]
    return [
        f"| {head} | meaning |",
        "| --- | --- |",
        *(f"| {name.replace('|', chr(92) + '|')} | {text} |" for name, text in cells),
        "",
    ]


def _docstring(path: str) -> str:
    return ast.get_docstring(ast.parse((ROOT / path).read_text(encoding="utf-8"))) or ""


def _after_title(text: str) -> str:
    return re.sub(r"^The command line: ", "", text)
