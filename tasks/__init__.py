"""What `./dev` can do: one file a command, each with `add_arguments(parser)` and `run(arguments) -> exit code`."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
