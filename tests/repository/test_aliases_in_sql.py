"""No statement compares a name that means two things.

ClickHouse takes a bare name in `WHERE` for the alias of the same `SELECT`, and the alias of a column is mostly that
column in another type: `toUInt16(day) AS day` makes `day IN (…)` compare numbers with dates, which works until the
optimizer looks for a type that is both.
"""

import re
from pathlib import Path

import pytest

from baserun_server.store import statements

STATEMENTS = [
    path
    for path in sorted(statements.SQL.rglob("*.sql"))
    if path.parent.name not in ("schema", "migrations", "fragments")
]
CONVERTED = re.compile(r"\w+\((?:\w+\.)?(\w+)(?:, [^()]*)?\) AS \1\b")
"""A column in another form under its own name."""
CONDITION = re.compile(
    r"\b(?:PREWHERE|WHERE)\b(.*?)(?=\b(?:GROUP BY|ORDER BY|LIMIT|SELECT|UNION|HAVING)\b|\Z)", re.DOTALL
)


def text_of(path: Path) -> str:
    """The statement without its comments, with the text of its fragments."""

    def fragment(found: re.Match[str]) -> str:
        file = statements.SQL / "fragments" / f"{found[1]}.sql"
        return without_comments(file) if file.exists() else ""

    return re.sub(r"\$\{(\w+)\}", fragment, without_comments(path))


def without_comments(path: Path) -> str:
    return re.sub(r"--.*", "", path.read_text())


def ambiguous(text: str) -> set[str]:
    """Converted columns that a condition names without their table."""
    conditions = " ".join(CONDITION.findall(text))
    return {name for name in CONVERTED.findall(text) if re.search(rf"(?<![.\w{{]){name}\b(?!\()", conditions)}


def test_an_ambiguous_name_is_found():
    assert ambiguous("SELECT toUInt16(t.day) AS day FROM traces AS t WHERE (day, a) IN {x:Array(Date)}") == {"day"}
    assert ambiguous("SELECT toUInt16(t.day) AS day FROM traces AS t WHERE (t.day, a) IN (1) GROUP BY day") == set()


@pytest.mark.parametrize("path", STATEMENTS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_no_condition_names_a_converted_column_without_its_table(path):
    assert ambiguous(text_of(path)) == set()
