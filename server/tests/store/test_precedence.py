"""Whose a trace is: Python and SQL give the same answer in every case."""

from itertools import product

from baserun_server.store import statements
from baserun_server.store.clickhouse import ClickHouseStore
from baserun_server.store.precedence import user_of_trace

from .conftest import EngineProcess

STRONGEST_FIRST = ("assigned", "app_of_trace", "app_of_session", "provider_of_trace", "provider_of_session")
COLUMNS = {
    "t": {"app_of_trace": "app_user", "provider_of_trace": "provider_user"},
    "s": {
        "assigned": "assigned_user",
        "app_of_session": "session_app_user",
        "provider_of_session": "session_provider_user",
    },
}
CASES = [
    {place: f"user {place}" if named else "" for place, named in zip(STRONGEST_FIRST, names, strict=True)}
    for names in product((False, True), repeat=len(STRONGEST_FIRST))
]


def test_the_strongest_place_that_names_a_user_holds():
    for case in CASES:
        named = [place for place in STRONGEST_FIRST if case[place]]
        assert user_of_trace(**case) == (f"user {named[0]}" if named else "")


async def test_sql_follows_the_same_order(engine: EngineProcess):
    store = ClickHouseStore(engine.address)
    found = []
    for case in CASES:
        traces, sessions = (
            f"(SELECT {', '.join(f'{{{place}:String}} AS {column}' for place, column in columns.items())})"
            for columns in COLUMNS.values()
        )
        text = f"SELECT {statements.fragment('user_of_trace')} AS user_id FROM {traces} AS t CROSS JOIN {sessions} AS s"
        found += [row["user_id"] for row in await store.ask(text, case)]
    await store.close()
    assert len(found) == 2**5
    assert found == [user_of_trace(**case) for case in CASES]
