"""Whether the Python SDK's suites of concurrency, forks and faults pass many times in a row, in a process each."""

import argparse
import subprocess
import sys

from bench.table import ROOT, Figure, report

SUITES = ("test_delivery.py", "test_sessions.py", "test_incoming.py", "test_opentelemetry.py")


def main() -> int:
    """Run them again and again; what failed is printed as it fails."""
    parser = argparse.ArgumentParser(prog="./dev bench steady", description=__doc__)
    parser.add_argument("--times", type=int, default=20, help="how often in a row (default 20)")
    times = parser.parse_args().times
    command = [sys.executable, "-m", "pytest", "-q", *(f"sdk/python/tests/{suite}" for suite in SUITES)]
    passed = 0
    for number in range(1, times + 1):
        ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        passed += ran.returncode == 0
        print(f"{number} of {times}: {ran.stdout.strip().splitlines()[-1]}", file=sys.stderr, flush=True)
        if ran.returncode:
            print(ran.stdout[-8_000:], file=sys.stderr, flush=True)
    figure = Figure("passes of the concurrency, fork and fault suites", unit="passes", measured=passed, at_least=times)
    return report("steady", [figure], packages=["baserun", "openai"])


if __name__ == "__main__":
    sys.exit(main())
