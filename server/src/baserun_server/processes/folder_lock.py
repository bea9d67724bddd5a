"""The lock on a data folder: one process writes to it at a time."""

import fcntl
import os
from pathlib import Path

from ..errors import DataFolderTaken
from ..private import FILE_MODE, own_folder


class FolderLock:
    """The one right to write to a data folder, held until the process ends."""

    def __init__(self, folder: Path) -> None:
        own_folder(folder)
        self._file = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, FILE_MODE)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            holder = os.pread(self._file, 32, 0).decode().strip()
            os.close(self._file)
            raise DataFolderTaken(
                f"the data folder `{folder}` is in use by the server with process id `{holder or 'unknown'}`",
                hint="stop that server, or give this one a folder of its own with `--data`",
            ) from None
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, str(os.getpid()).encode(), 0)

    def release(self) -> None:
        """Give the folder back."""
        os.close(self._file)
