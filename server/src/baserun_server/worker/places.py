"""Where a data folder can hold data of a person, how an erasure removes it, and how that is verified.

The tables have a list of their own (`store/erasure/`). A test starts a server and fails for every file and folder
that has no row here.
"""

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import NamedTuple

NOTHING = "holds nothing of people"


class Place(NamedTuple):
    """A file or folder, by its path in the data folder."""

    path: str
    """A pattern; it covers everything below a folder."""
    cleaned: str
    verified: str = ""
    """Empty if it holds nothing of people."""


PLACES = (
    Place(
        "log/*.log",
        "written again without the person's records (`ingest/erase.py`), the file that is being written once it is"
        " closed; what is refused later likewise",
        "no file up to the one that was newest at the request is left to be looked through (`worker/erasing.py`)",
    ),
    Place("log/*.log.new", "replaces its file, or is removed when the log is opened", "as `log/*.log`"),
    Place("dead-letters.jsonl", "letters about the person go, and those that nobody can read", "as `log/*.log`"),
    Place("dead-letters.old", "as `dead-letters.jsonl`", "as `log/*.log`"),
    Place("dead-letters.*.new", "replaces its file", "as `log/*.log`"),
    Place("erasures", "a request is removed when the tables are done", "the folder holds no file of the erasure"),
    Place(
        "engine/clickhouse/store",
        "rows are deleted, parts are written without them, replaced parts and the records of deletions are removed",
        "no part or record from before that moment is left (`Erasure.unpurged`), nor a folder that the engine does not"
        " know (`strays`)",
    ),
    Place("engine/clickhouse/shadow", "a backup moves away what it has frozen", "`strays`"),
    Place("engine/clickhouse/tmp", "the engine removes what a query has left", "`strays`"),
    Place("engine/clickhouse/data", NOTHING),
    Place("engine/clickhouse/metadata", NOTHING),
    Place("engine/clickhouse/metadata_dropped", NOTHING),
    Place("engine/clickhouse/*", NOTHING),
    Place("engine/engine.lock", NOTHING),
    Place("engine/engine.xml", NOTHING),
    Place("log/cursor.json", NOTHING),
    Place("log/cursor.json.new", NOTHING),
    Place("log/caution.json", NOTHING),
    Place("log/caution.json.new", NOTHING),
    Place("log/erased.json", NOTHING),
    Place("log/erased.json.new", NOTHING),
    Place("log/id", NOTHING),
    Place("log/lock", NOTHING),
    Place("log/roll", NOTHING),
    Place("dead-letters.lock", NOTHING),
    Place("erasure.keys", NOTHING),
    Place("engine.sock", NOTHING),
    Place("jobs", NOTHING),
    Place("lock", NOTHING),
)
PART_LEVELS = 3
"""Three letters, the table's id, the part."""
NO_PARTS = {"detached", "deduplication_logs", "moving"}
"""Folders of a table that are no parts; detached ones are checked by `Erasure.unpurged`."""


def strays(engine: Path, known: Collection[str], before_s: float) -> list[str]:
    """Folders of the engine from before a moment that may hold rows, and that are none of the `known` parts."""
    root = engine / "clickhouse"
    # The engine may name the folder in another way than we do; beneath it the names are its own.
    parts = {Path(path).parts[-PART_LEVELS:] for path in known}
    return sorted(
        f"a folder that the engine does not know: `{path.relative_to(engine)}`"
        for path in _folders(root)
        if path.parts[-PART_LEVELS:] not in parts and _is_older(path, before_s)
    )


def _folders(root: Path) -> Iterator[Path]:
    yield from (path for path in root.glob("store/*/*/*") if path.is_dir() and path.name not in NO_PARTS)
    for name in ("shadow", "tmp"):
        yield from (path for path in (root / name).rglob("*") if path.is_file() and path.name != "increment.txt")


def _is_older(path: Path, moment_s: float) -> bool:
    try:
        return path.stat().st_mtime <= moment_s
    except FileNotFoundError:
        return False
