"""Measure a figure and compare it with its target.

`./dev bench` alone lists the measurements; `./dev bench quick` shows the three that matter first. Each prints one table
(what, asked, measured, peer, ratio) with the machine and the versions, writes it to bench/results/, and exits with 1 if
a target is missed. Arguments after the name go to the measurement: `./dev bench ingest --spans 1000000`. How to write
one: bench/README.md.
"""

import argparse
import ast
import subprocess
import sys

from tasks import ROOT


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Name of the measurement, and its own arguments."""
    parser.add_argument("name", nargs="?", help="a folder of bench/, with - for _")
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help="handed to the measurement (try --help)")


def run(arguments: argparse.Namespace) -> int:
    """Run `python -m bench.NAME`, or list the names."""
    known = {path.parent.name.replace("_", "-"): path for path in sorted(ROOT.glob("bench/*/__main__.py"))}
    if arguments.name is None:
        for name, path in known.items():
            first_line = (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").split("\n")[0]
            print(f"{name:<14} {first_line}")
        return 0
    if arguments.name not in known:
        print(f"error: no measurement `{arguments.name}`\n\nhint: there are {', '.join(known)}", file=sys.stderr)
        return 2
    module = "bench." + arguments.name.replace("-", "_")
    return subprocess.run([sys.executable, "-m", module, *arguments.arguments], cwd=ROOT, check=False).returncode
