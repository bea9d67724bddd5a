"""Who may read what we write: nobody but the user that the server runs as. The one home of that rule.

    become_private()    every program calls it first: what it creates from then on is private, whatever the shell said
    own_folder(path)    a data folder is taken: it must be ours, and what is in it is made private
    make_folder(path)   a folder within it
    open_private(path)  a file within it; never through a symbolic link
    replace_file(path)  a file written as a whole: after a crash it is the old one or the new one

The data folder itself may be a link to where there is room; a link within it is refused, because whoever could put it
there could make us write or read elsewhere.
"""

import contextlib
import os
import stat
from pathlib import Path
from typing import IO, Any

from .errors import BaserunError

FOLDER_MODE = 0o700
FILE_MODE = 0o600
UMASK = 0o077
KEPT = ("log", "engine", "erasures", "jobs", "lock", "dead-letters.jsonl", "dead-letters.old", "dead-letters.lock",
         "redaction.key", "engine.sock")  # fmt: skip
"""What we ourselves keep in a data folder."""
REPAIRED = 20_000
"""Files and folders whose modes are looked at when a folder is taken: 0.2 s. The folder's own mode is what keeps others
out; those within it are a second fence."""


def become_private() -> None:
    """Let nobody else read what this process creates from now on."""
    os.umask(UMASK)


def own_folder(folder: Path) -> None:
    """Make a data folder, or make sure that the one that is there is ours alone; raises `BaserunError`."""
    folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    state = folder.stat()
    if _is_mounted_for_us(state):
        # Its mode is not ours to change. What is in it is private, and only our group may put something else there.
        _refuse_links(folder)
        restrict_below(folder)
        return
    if state.st_uid != os.geteuid():
        raise BaserunError(
            f"the data folder `{folder}` belongs to the user with id `{state.st_uid}`, and this runs as"
            f" `{os.geteuid()}`",
            hint=f"run as that user, give another folder with `--data`, or: `chown -R {os.geteuid()} {folder}`",
        )
    _refuse_links(folder)
    if not _restrict(folder, state, FOLDER_MODE):
        raise BaserunError(
            f"other users may enter the data folder `{folder}` (mode `{stat.S_IMODE(state.st_mode):04o}`), and that"
            " cannot be changed",
            hint=f"`chmod 700 {folder}`, on a file system that keeps modes",
        )
    restrict_below(folder)


def _is_mounted_for_us(state: os.stat_result) -> bool:
    """Whether a folder is root's and for our group alone to write, as Kubernetes mounts a volume (`fsGroup`)."""
    is_for_our_group = state.st_gid == os.getegid() and state.st_mode & stat.S_IWGRP
    return os.geteuid() != 0 and state.st_uid == 0 and bool(is_for_our_group) and not state.st_mode & stat.S_IWOTH


def make_folder(folder: Path) -> None:
    """Make a folder that is ours alone, with those above it, or restrict the one that is there."""
    folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    _restrict(folder, folder.stat(), FOLDER_MODE)


def open_private(path: Path, mode: str) -> IO[Any]:
    """Open a file for writing (`w`, `wb`, `ab`), created for this user alone; a symbolic link is not followed."""
    flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
    flags |= os.O_APPEND if "a" in mode else os.O_TRUNC
    file = os.open(path, flags, FILE_MODE)
    return os.fdopen(file, mode, encoding=None if "b" in mode else "utf-8")


def replace_file(path: Path, data: bytes, *, is_synced: bool = True) -> None:
    """Write a file beside the one that is there and put it in its place; on the disk when it returns.

    Without `is_synced` only the death of the process is survived, not that of the machine.
    """
    new = path.with_name(f"{path.name}.new")
    with open_private(new, "wb") as file:
        file.write(data)
        if is_synced:
            file.flush()
            os.fsync(file.fileno())
    new.replace(path)


def own_socket_folder(socket: Path, data: Path) -> None:
    """Make the folder of a socket, or make sure that it is ours alone; raises `BaserunError`.

    Whoever could lay another socket in its place would receive every query, and could answer it.
    """
    folder = socket.parent
    if folder == data:
        return
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=FOLDER_MODE)
    state, above = folder.lstat(), folder.parent.stat()
    is_ours = stat.S_ISDIR(state.st_mode) and state.st_uid == os.geteuid() and _restrict(folder, state, FOLDER_MODE)
    is_kept = above.st_uid in (0, os.geteuid()) and (not above.st_mode & 0o022 or above.st_mode & stat.S_ISVTX)
    if not (is_ours and is_kept):
        raise BaserunError(
            f"others could put a socket of theirs in the place of the engine's: `{folder}` is not ours alone",
            hint=f"remove `{folder}`, or give a data folder with a shorter path with `--data`, which holds the socket",
        )


def _refuse_links(folder: Path) -> None:
    for name in KEPT:
        path = folder / name
        if path.is_symlink():
            raise BaserunError(
                f"`{path}` is a symbolic link, which could lead what people said elsewhere",
                hint=f"move what it leads to into `{folder}`; the data folder itself may be a link",
            )


def restrict_below(folder: Path) -> None:
    """Restrict what is in a folder, the first so many files of it; what is another user's stays as it is."""
    left = REPAIRED
    waiting = [folder]
    while waiting and left > 0:
        with os.scandir(waiting.pop()) as entries:
            for entry in entries:
                left -= 1
                if entry.is_symlink():
                    continue
                is_folder = entry.is_dir(follow_symlinks=False)
                _restrict(Path(entry.path), entry.stat(follow_symlinks=False), FOLDER_MODE if is_folder else FILE_MODE)
                if is_folder:
                    waiting.append(Path(entry.path))


def _restrict(path: Path, state: os.stat_result, mode: int) -> bool:
    """Take from others what they may do with a file; whether they may do nothing with it now."""
    allowed = stat.S_IMODE(state.st_mode)
    if not allowed & UMASK:
        return True
    try:
        # A socket keeps its own; a file that was executable or read-only to us stays so.
        path.chmod(allowed & ~UMASK | (mode & 0o600))
    except OSError:
        return False
    return not stat.S_IMODE(path.stat().st_mode) & UMASK
