import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpcore
import pytest

from baserun_server.store.clickhouse import ClickHouseStore
from baserun_server.store.erasure.mark_keys import MarkKeys
from baserun_server.store.migrate import Cluster


class EngineProcess:
    """A real engine process that can really be killed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.socket = folder / "engine.sock"
        self.address = f"clickhouse+unix://{self.socket}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "baserun_server.store.engine", "--data", str(self.folder / "data")]
        self.process = subprocess.Popen([*command, "--socket", str(self.socket)])
        with httpcore.ConnectionPool(uds=str(self.socket)) as pool:
            for _ in range(300):
                try:
                    if pool.request("GET", "http://engine/ping").status == 200:
                        return
                except (httpcore.NetworkError, httpcore.RemoteProtocolError):
                    time.sleep(0.1)
        raise AssertionError("the engine did not start in 30 s")

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        assert self.process is not None
        self.process.terminate()
        return self.process.wait(30)


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EngineProcess]:
    engine = EngineProcess(tmp_path_factory.mktemp("engine"))
    engine.start()
    yield engine
    engine.stop()


@pytest.fixture
def engine_of_its_own(tmp_path: Path) -> Iterator[EngineProcess]:
    engine = EngineProcess(tmp_path)
    engine.start()
    yield engine
    engine.kill()


def store_at(address: str, *, shared: bool = False) -> ClickHouseStore:
    """A store there; on the cluster that BASERUN_TEST_CLICKHOUSE_CLUSTER names, where the address is a server's."""
    name = "" if address.startswith("clickhouse+unix:") else os.environ.get("BASERUN_TEST_CLICKHOUSE_CLUSTER", "")
    keys = MarkKeys.fixed(b"k" * 32)
    return ClickHouseStore(address, cluster=Cluster(name) if name else None, shared=shared, keys=keys)


@pytest.fixture(scope="session", params=["embedded", pytest.param("server", marks=pytest.mark.cluster)])
def address(request: pytest.FixtureRequest) -> str:
    """Of the embedded engine, and of a real ClickHouse where one was named."""
    if request.param == "embedded":
        return request.getfixturevalue("engine").address
    address = os.environ.get("BASERUN_TEST_CLICKHOUSE_URL")
    if not address:
        pytest.skip("BASERUN_TEST_CLICKHOUSE_URL is not set")
    return address
