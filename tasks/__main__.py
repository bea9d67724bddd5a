"""The command line of `./dev`."""

import argparse
import sys

from tasks import bench, check, clean, demo, fix, serve, test

COMMANDS = (demo, test, check, serve, bench, fix, clean)
"""In the order in which a newcomer needs them."""


def main() -> int:
    """Choose the command and run it; the exit code is the command's."""
    parser = argparse.ArgumentParser(
        prog="./dev", description="Everything that is done with this repository.", epilog="Start with `./dev demo`."
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
