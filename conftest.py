"""How a whole run is shared out: what takes long begins first, so that all workers end together."""

from collections import defaultdict
from typing import Any

import pytest

EACH_ALONE = (
    "sdk/python/tests/test_delivery.py",
    "server/tests/ingest/test_backup.py",
    "server/tests/ingest/test_worker.py",
    "tests/end_to_end/test_kills.py",
    "tests/repository/test_node_suites.py",
    "tests/repository/test_sources.py",
)
"""Files whose tests have next to nothing in common: each may run in a worker of its own. All others stay whole, for the
server or the engine that their tests share."""
TOGETHER = ("sdk/python/tests/", "tests/end_to_end/")
"""Folders whose files share what takes seconds: every client and framework that the Python SDK is tested with is loaded
once, the server of the end-to-end tests is started once."""


def unit_of(test: str) -> str:
    """What a test is handed to a worker with: its file, more than its file, or the test alone."""
    file = test.partition("::")[0]
    if file in EACH_ALONE:
        return test
    return next((folder for folder in TOGETHER if file.startswith(folder)), file)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first, by the seconds of `slow`; within a file and among equals the order stays."""
    seconds: defaultdict[str, float] = defaultdict(float)
    for item in items:
        if mark := item.get_closest_marker("slow"):
            unit = unit_of(item.nodeid)
            seconds[unit] = max(seconds[unit], mark.args[0])
    items.sort(key=lambda item: -seconds[unit_of(item.nodeid)])


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Share out by `unit_of`."""
    from xdist.scheduler import LoadScopeScheduling

    class Scheduling(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return unit_of(nodeid)

    return Scheduling(config, log)
