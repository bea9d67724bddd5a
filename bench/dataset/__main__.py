"""Make a dataset (or find it on disk) and say what it holds."""

import argparse
import json

from .files import dataset


def main() -> None:
    """Make it and print its totals."""
    parser = argparse.ArgumentParser(prog="python -m bench.dataset", description=__doc__)
    parser.add_argument("--spans", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--dialect", choices=["own", "openinference"], default="own")
    arguments = parser.parse_args()
    made = dataset(arguments.spans, arguments.seed, arguments.dialect)
    totals = made.totals
    print(made.folder)
    print(json.dumps(totals, indent=1))
    print(f"bytes a span: {totals['bytes'] / totals['spans']:,.0f}; spans/s when it was made: ", end="")
    print(f"{totals['spans'] / made.manifest['seconds']:,.0f}")


if __name__ == "__main__":
    main()
