"""Folders that a running server writes to."""

import os
from collections.abc import Iterator
from pathlib import Path


def files_in(folder: Path) -> list[Path]:
    """All files of a folder and below it; what goes away while we look, as at a merge, is passed over."""
    return [Path(inside, name) for inside, _, names in os.walk(folder) for name in names]


def folders_in(folder: Path) -> list[Path]:
    """All folders below one, in the same way."""
    return [Path(inside, name) for inside, names, _ in os.walk(folder) for name in names]


def read_all(paths: list[Path]) -> Iterator[tuple[Path, bytes]]:
    """Files and what they hold, without those that are gone, and without pipes and sockets."""
    for path in paths:
        try:
            if path.is_file():
                yield path, path.read_bytes()
        except FileNotFoundError:
            continue
