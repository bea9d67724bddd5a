"""A worker that some requests end, as a crash inside a library, a want of memory or an endless computation would.

    python -m server.tests.ingest.fatal_worker STORE_ADDRESS DATA_FOLDER

Such a fault cannot be made with a request that we know: those that we know are fixed. So the pipeline here ends the
process where a body holds one of the words below; everything around it is the worker as it is.
"""

import asyncio
import ctypes
import functools
import os
import signal
import sys
from pathlib import Path

from baserun_server.ingest.pipeline import Pipeline
from baserun_server.processes.folder_lock import FolderLock
from baserun_server.settings import Settings
from baserun_server.store.clickhouse import ClickHouseStore
from baserun_server.worker import caution, reading
from baserun_server.worker.loop import Worker

CRASHES, KILLED, ENDLESS = b"CRASHES", b"KILLED", b"ENDLESS"


class Fatal(Pipeline):
    """Ends where it reads one of the words."""

    def read(self, record, batch):
        body = record.entry.body
        if CRASHES in body:
            ctypes.string_at(0)
        if KILLED in body:
            os.kill(os.getpid(), signal.SIGKILL)
        while ENDLESS in body:
            pass
        return super().read(record, batch)


async def work(address: str, folder: Path) -> None:
    settings = Settings(data_dir=folder)
    store = ClickHouseStore(address)
    worker = Worker(settings, store, Fatal(*Pipeline.of(settings)), bound_cpu=True)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, worker.stop)
    await worker.run()
    await store.close()


if __name__ == "__main__":
    # A second instead of two minutes.
    reading.cpu_bound = functools.partial(caution.cpu_bound, seconds=1.0)
    lock = FolderLock(Path(sys.argv[2]) / "log")
    asyncio.run(work(sys.argv[1], Path(sys.argv[2])))
