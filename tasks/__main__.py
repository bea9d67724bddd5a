"""The command line of `./dev`."""

import argparse
import sys
from typing import NoReturn

from tasks import bench, build, check, clean, demo, docs, fix, serve, test

COMMANDS = (demo, test, check, fix, serve, build, docs, bench, clean)
"""In the order in which a newcomer needs them."""
EXAMPLES = """\
examples:
  ./dev demo                 watch it work; then look at http://127.0.0.1:4318
  ./dev demo --check         the same, compared number by number with what was sent, and over
  ./dev test                 everything that must hold
  ./dev test "resumed"       the tests whose names say so; a folder or a file works too
  ./dev check                format, lint and types, while you write; ./dev fix repairs them
  ./dev serve --port 0       the server alone, on a free port
  ./dev build                both packages, as files to install elsewhere
  ./dev docs --serve         the documents as a site

Each command explains itself: ./dev demo --help
"""


class Parser(argparse.ArgumentParser):
    """Says what is wrong as every program here does."""

    def error(self, message: str) -> NoReturn:
        """The message, a hint, exit code 2."""
        print(f"error: {message}\n\nhint: `{self.prog} --help` shows what there is", file=sys.stderr)
        sys.exit(2)


def main() -> int:
    """Choose the command and run it; the exit code is the command's."""
    parser = Parser(
        prog="./dev",
        description="Everything that is done with this repository. Start with `./dev demo`.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for module in COMMANDS:
        name = module.__name__.rpartition(".")[2]
        text = module.__doc__ or ""
        command = commands.add_parser(
            name,
            help=text.split("\n")[0].rstrip("."),
            description=text,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        module.add_arguments(command)
        command.set_defaults(run=module.run)
    arguments = parser.parse_args()
    try:
        return arguments.run(arguments)
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
