"""Tables as a list or a sum reads them where a column of theirs needs another table."""

from .. import statements


def traces_with_users(table: str, days: str) -> str:
    """Traces with the user who holds in the end, as `effective_user`: a subquery.

    `table` is `traces` or `traces FINAL`; `days` a condition on the column `day`.
    """
    return statements.render("fragments", "traces_with_users", {"traces": table, "days": days})
