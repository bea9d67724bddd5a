"""Build the documents into a site under .dev/docs/site, which needs nothing from the network to be read.

Concepts, guides, reference and decisions, the same Markdown files that a code host shows. A link that leads nowhere
stops it. With `--serve` it is shown on this machine until Ctrl-C, and built again when a document changes.

The program that builds it (Zensical) is installed at the first call, into an environment of its own.
"""

import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where the site goes, or where it is shown."""
    parser.add_argument("--serve", action="store_true", help="show it on this machine, and follow changes")
    parser.add_argument("--port", type=int, default=8008, help="port to show it on (default 8008)")
    parser.add_argument("--out", default=None, help="folder to build into (default .dev/docs/site)")


def run(arguments: argparse.Namespace) -> int:
    """Build or show the site."""
    # Imported here, so that `./dev --help` needs none of it.
    from tasks.docs import site

    if arguments.serve:
        return site.serve(arguments.port)
    return site.build(arguments.out)
