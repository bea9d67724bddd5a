"""Every statement that reads or changes rows of projects is about one project, or says why it is about all of them."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from baserun_server.store import statements

SERVER = Path(statements.__file__).parents[1]
OF_PROJECTS = [name for name in statements.TABLES if "project_id" in statements.columns(name)]
ONE_PROJECT = "project_id = {project_id:String}"

OF_ALL_PROJECTS = {
    "checks/activity_holds_traces_without_session": "compares every project, each with itself: grouped by project",
    "checks/activity_is_the_sessions": "the same",
    "checks/sessions_are_their_traces": "the same",
    "checks/spans_without_trace": "the same, and joined by project",
    "checks/traces_without_span": "the same",
    "checks/users_are_their_activity": "the same",
    "erasure/all_receipts": "which erasures a node has still to finish: ids and parts, by project",
    "erasure/unkeyed_marks": "marks of an earlier version, read with their project and written again under the key",
    "erasure/projects": "the names of projects that erased something",
    "rollups/all_hours_changed": "marks hours by project",
    "rollups/days": "what `rebuild` goes through, by project",
    "rollups/sessions_with_events": "the same",
    "rollups/refill_trace_keys": "makes rows again by project, from those of the same project",
    "rollups/delete_stale_rows": "marks rows as deleted, whole and as they are",
    "transfer/erasures": "counts erasures by project, for an export of all projects",
    "transfer/parts": "cuts the tables into parts by project",
    "upkeep/fill_hour_versions": "marks hours by project",
}
"""Statements of upkeep, never of the API: they keep projects apart by naming `project_id` where they group or join."""
OF_NO_PROJECT = {
    "checks/stored": "what is near is the caller's, who names the projects of a batch (`store/facts/proof.py`)",
    "erasure/delete_unkeyed_marks": "marks of an earlier version go; the hash that names one is over the project, too",
    "erasure/purge": "deleted rows leave the disk; nothing is read",
    "rollups/last_version": "a number that no project made: the next version is greater than all",
    "rollups/months": "months that have spans, for `rebuild`",
}
"""Statements that read no row of anybody's."""
FOR_THE_API = ("queries", "conditions", "fragments")


class Scope(NamedTuple):
    """One SELECT, DELETE, UPDATE or INSERT by itself, without the queries within it."""

    text: str
    """Without what stands in parentheses."""
    whole: str
    """With it."""


def statements_of_files() -> Iterator[tuple[str, str]]:
    for path in sorted(statements.SQL.rglob("*.sql")):
        if path.parent.name != "schema":
            yield f"{path.parent.name}/{path.stem}", re.sub(r"--.*", "", path.read_text())


def texts_in_python() -> Iterator[tuple[str, str]]:
    """SQL that stands in the code and not in a file of `sql/`, where the other tests would miss it."""
    for path in sorted(SERVER.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.expr):
                continue
            parts = node.values if isinstance(node, ast.JoinedStr) else [node]
            text = "".join(
                part.value if isinstance(part, ast.Constant) and isinstance(part.value, str) else "x" for part in parts
            )
            if re.search(rf"\b(FROM|JOIN|INTO) ({'|'.join(OF_PROJECTS)})\b", text):
                yield f"{path.relative_to(SERVER)}:{node.lineno}", text


def scopes(sql: str) -> list[Scope]:
    """The statements of a text that read or change tables of projects, the innermost first."""
    found = []
    while inner := re.search(r"\(([^()]*)\)", sql):
        is_query = re.search(r"\bSELECT\b", inner[1])
        if is_query:
            found += _parts(inner[1])
        sql = f"{sql[: inner.start()]}⟨{'' if is_query else inner[1]}⟩{sql[inner.end() :]}"
    return found + _parts(sql)


def _parts(sql: str) -> list[Scope]:
    named = "|".join([*OF_PROJECTS, r"\$\{table\}", r"\$\{source\}", r"\$\{traces\}"])
    pattern = rf"\b(?:FROM|JOIN|ALTER TABLE)\s+({named})(?![\w(])"
    return [Scope(_bare(part), part) for part in re.split(r"\bUNION\b", sql) if re.search(pattern, _bare(part))]


def _bare(sql: str) -> str:
    while "⟨" in sql:
        sql = re.sub(r"⟨[^⟨⟩]*⟩", "()", sql)
    return sql


def is_of_one_project(scope: Scope) -> bool:
    """The condition stands by itself among the conditions, and no OR reaches around it."""
    conditions = re.split(r"\b(?:GROUP|ORDER|LIMIT|HAVING)\b", scope.text.partition("WHERE")[2])[0]
    return ONE_PROJECT in conditions and not re.search(r"\bOR\b", conditions)


FILES = dict(statements_of_files())


@pytest.mark.parametrize("name", sorted(FILES.keys() - OF_ALL_PROJECTS.keys() - OF_NO_PROJECT.keys()))
def test_a_statement_is_about_one_project(name: str):
    assert [scope.text for scope in scopes(FILES[name]) if not is_of_one_project(scope)] == []


@pytest.mark.parametrize("name", sorted(OF_ALL_PROJECTS))
def test_a_statement_about_all_projects_keeps_them_apart(name: str):
    found = scopes(FILES[name])
    assert found
    assert not name.startswith(FOR_THE_API)
    by_project = [scope for scope in found if "project_id" in scope.whole or "SELECT *" in scope.whole]
    counts = [scope for scope in found if re.match(r"\s*SELECT count\(\) FROM hour_versions\s*$", scope.text)]
    assert len(by_project) + len(counts) == len(found)


@pytest.mark.parametrize("name", sorted(OF_NO_PROJECT))
def test_a_statement_about_no_project_is_still_there(name: str):
    assert name in FILES
    assert not name.startswith(FOR_THE_API)


def test_no_statement_stands_in_the_code():
    assert list(texts_in_python()) == []


def test_a_fragment_that_is_a_condition_stands_in_parentheses():
    """An `OR` in a filter then cannot reach around the condition on the project."""
    bare = [name for name, text in FILES.items() if re.search(r"(?<!\()\$\{(where|which)\}(?!\))", text)]
    assert bare == []


def test_the_key_of_every_table_begins_with_the_project():
    for name in OF_PROJECTS:
        text = statements.text("schema", name).template
        assert re.search(r"ORDER BY \(?project_id\b", text), name
    assert list(statements.TABLES) == OF_PROJECTS


@pytest.mark.parametrize(
    "text",
    [
        "SELECT a FROM spans WHERE span_id = {id:String}",
        "SELECT a FROM spans WHERE project_id = {project_id:String} AND a = 1 OR b = 2",
        "SELECT a FROM spans WHERE project_id = {project_id:String} AND a IN (SELECT a FROM scores WHERE b = 2)",
        "SELECT a FROM spans WHERE project_id = {project_id:String} UNION ALL SELECT a FROM said_apart FINAL",
        "SELECT a FROM (SELECT a FROM spans) WHERE project_id = {project_id:String}",
        "SELECT a FROM spans WHERE (project_id = {project_id:String} OR b = 1)",
        "DELETE FROM ${table} WHERE (${where})",
    ],
)
def test_a_statement_that_reads_over_projects_is_noticed(text: str):
    assert not all(map(is_of_one_project, scopes(text)))
