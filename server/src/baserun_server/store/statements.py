"""The SQL: one statement a file under `sql/`, known here by name.

`schema` creates the tables, `rollups` computes totals, `queries` reads for the API, `conditions` go into the WHERE of
lists. Values are parameters, typed in the text (`{user_id:String}`). `${name}` is a place for a fragment of our own: a
file of `fragments`, a table's engine prefix, or what the filter compiler made.
"""

import re
from collections.abc import Mapping
from datetime import datetime, timezone
from functools import cache
from pathlib import Path
from string import Template

from .rollups.sums import OF_TRACE

SQL = Path(__file__).parent / "sql"

TABLES = (
    "spans",
    "trace_keys",
    "scores",
    "log_entries",
    "session_events",
    "user_events",
    "traces",
    "sessions",
    "activity",
    "users",
    "said_apart",
    "session_keys",
    "hour_versions",
    "quarter_hours",
    "quarter_hours_reckoned",
    "tickets",
    "erased",
    "erasures",
)
"""Facts first, then roll-ups, then what changed when, what workers say to each other, and who was erased."""

ON_EVERY_TABLE = {
    # Parts that a merge or a mutation has replaced are off the disk within some twenty seconds, also of a table at rest
    # (whose clean-up backs off to five minutes by default) …
    "old_parts_lifetime": "5",
    "cleanup_delay_period": "2",
    "cleanup_delay_period_random_add": "1",
    "max_cleanup_delay_period": "10",
    # … so what replaces them must be on the disk by then: the engine itself leaves that to the system.
    "min_rows_to_fsync_after_merge": "1",
    # A deletion names ids. Its record goes once another mutation has followed it (0 would keep all of them).
    "finished_mutations_to_keep": "1",
}
"""Settings of all tables: how soon what was deleted leaves the disk."""

PLACE = re.compile(r"\$\{(\w+)\}")
COMMENT = re.compile(r"^--.*\n", re.MULTILINE)
FRAGMENTS = ("conditions", "fragments")
"""Folders of what is no statement by itself, and is put into one without its comment."""
REPEATED = {
    "number": OF_TRACE,
    "shown_number": {name: number for name, number in OF_TRACE.items() if number.is_shown},
    "traced_number": {name: number for name, number in OF_TRACE.items() if not number.is_feedback},
    "feedback_number": {name: number for name, number in OF_TRACE.items() if number.is_feedback},
}
"""Places in a fragment that stand for one number after the other (`rollups/sums.py`)."""
DECLARATION = re.compile(r"(\w+) (.+)")
SHARD_LINE = "-- shard by: "


@cache
def text(kind: str, name: str) -> Template:
    """The statement `sql/<kind>/<name>.sql`."""
    path = SQL / kind / f"{name}.sql"
    if not path.is_file():
        raise LookupError(f"no statement `{kind}/{name}`\nhint: statements are the files of `{SQL / kind}`")
    return Template(path.read_text())


@cache
def without_comment(kind: str, name: str) -> Template:
    """The text of a fragment without its comment."""
    return Template(COMMENT.sub("", text(kind, name).template).strip())


def create_table(name: str, *, engine: str = "", on_cluster: str = "", distributed: str = "") -> list[str]:
    """The statements that create a table, from its one file and three knobs.

    `engine` is the prefix of the table engine (`Replicated` or nothing), `on_cluster` the clause `ON CLUSTER …`, and
    `distributed` a cluster's name: then each shard keeps its rows in `<name>_local`, and `<name>` is their union.
    """
    template = text("schema", name)
    local = f"{name}_local" if distributed else name
    common = "".join(f", {setting} = {value}" for setting, value in ON_EVERY_TABLE.items())
    knobs = {"table": local, "engine": engine, "on_cluster": on_cluster}
    statements = [render("schema", name, knobs).rstrip() + common]
    if distributed:
        key = next(line for line in template.template.splitlines() if line.startswith(SHARD_LINE))[len(SHARD_LINE) :]
        statements.append(
            f"CREATE TABLE IF NOT EXISTS {name} {on_cluster} AS {local}"
            f" ENGINE = Distributed('{distributed}', currentDatabase(), {local}, {key})"
        )
    return statements


def columns(name: str) -> dict[str, str]:
    """Columns of a table as its file declares them: the text after each name, in order."""
    return {found[1]: found[2] for found in _declared(name) if found[1] != "INDEX"}


def indexes(name: str) -> dict[str, str]:
    """Skip indexes of a table, as its file declares them."""
    parts = (found[2].partition(" ") for found in _declared(name) if found[1] == "INDEX")
    return {index: declaration for index, _, declaration in parts}


def settings(name: str) -> dict[str, str]:
    """Settings of a table, as its file declares them, with those of every table."""
    line = text("schema", name).template.rpartition("\nSETTINGS ")[2].strip()
    parts = (setting.partition(" = ") for setting in line.split(", "))
    return {setting: value for setting, _, value in parts} | ON_EVERY_TABLE


def _declared(name: str) -> list[re.Match[str]]:
    body = render("schema", name).partition("(\n")[2].partition("\n)\nENGINE")[0]
    lines = (line.partition("--")[0].strip().removesuffix(",") for line in body.splitlines())
    return [found for line in lines if (found := DECLARATION.fullmatch(line))]


def render(kind: str, name: str, given: Mapping[str, str] = {}) -> str:
    """The text of a statement with fragments in their places: those given, else those of the files `sql/fragments`.

    A place for which there is neither is left empty.
    """
    template = without_comment(kind, name) if kind in FRAGMENTS else text(kind, name)
    places = {place: fragment(place) for place in PLACE.findall(template.template)}
    if unknown := given.keys() - places:
        raise LookupError(f"statement `{kind}/{name}` has no place for {sorted(unknown)}")
    return template.substitute({**places, **given})


@cache
def fragment(name: str) -> str:
    """The fragment `sql/fragments/<name>.sql`; empty where there is none.

    One with a place for a number, such as `sum(n.${number})`, is repeated for each of those numbers.
    """
    if not (SQL / "fragments" / f"{name}.sql").is_file():
        return ""
    places = PLACE.findall(without_comment("fragments", name).template)
    numbers = next((REPEATED[place] for place in places if place in REPEATED), None)
    if numbers is None:
        return render("fragments", name)
    return ",\n    ".join(
        without_comment("fragments", name).substitute(
            dict.fromkeys(REPEATED, number), type=column.type, narrow_type=column.type.replace("UInt64", "UInt32")
        )
        for number, column in numbers.items()
    )


def moment_text(seconds: int) -> str:
    """Seconds since the epoch as the text of a `DateTime` parameter: `2026-11-01 00:00:00`.

    As a number it would do, too, but for the first hours of 1970: ClickHouse takes four figures for a year.
    """
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%d %H:%M:%S")
