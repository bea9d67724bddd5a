"""Writes the OpenAPI document without a running server: `python -m baserun_server.api.openapi > openapi.json`."""

import json
import sys

from ..app import describe


def main() -> None:
    """Print the document."""
    sys.stdout.write(json.dumps(describe(), indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
