"""The worker process: `python -m baserun_server.worker`."""

import asyncio
import gc
import logging
import signal
import sys

from ..errors import DataFolderTaken
from ..ingest.pipeline import Pipeline
from ..private import become_private
from ..processes.folder_lock import FolderLock
from ..processes.lifeline import hold_lifeline
from ..settings import Settings
from ..store.clickhouse import ClickHouseStore
from .loop import Worker
from .read_ahead import ReadAhead

logger = logging.getLogger("baserun.worker")

SWITCH_SECONDS = 0.0005


async def work(settings: Settings) -> None:
    """Run a worker until SIGTERM or SIGINT."""
    store = ClickHouseStore.of(settings)
    # Read there or here, a redacted id must have the same hash.
    read_ahead = ReadAhead(secrets={"redact_hash_key": settings.redact_hash_key.get_secret_value()})
    worker = Worker(settings, store, Pipeline.of(settings), read_ahead, bound_cpu=True)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, worker.stop)
    try:
        await worker.run()
    finally:
        read_ahead.close()
        await store.close()


def main() -> int:
    """Run the worker process; 2 where another worker has the log."""
    become_private()
    hold_lifeline()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    logging.getLogger("httpcore").setLevel(logging.WARNING)
    # Records hold no reference cycles, and there are millions of objects in a batch: looking for cycles while one is
    # read and rolled up costs a quarter of the time. the loop looks for them when no batch is there.
    gc.disable()
    # Reading holds the interpreter; a statement for the store that has become due must not wait 5 ms for it each time.
    sys.setswitchinterval(SWITCH_SECONDS)
    settings = Settings()
    try:
        lock = FolderLock(settings.log_dir)
    except DataFolderTaken as taken:
        logger.error("%s", taken.message)
        return 2
    try:
        asyncio.run(work(settings))
    finally:
        lock.release()
    return 0


if __name__ == "__main__":
    sys.exit(main())
