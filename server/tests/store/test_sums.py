"""The numbers that add up stand in one table; what cannot be derived from it agrees with it."""

import pytest

from baserun_server.api import schemas
from baserun_server.api.metrics import METRICS
from baserun_server.store import statements
from baserun_server.store.rollups.sums import NUMBERS, OF_TRACE, SHOWN
from baserun_server.store.search.fields import FIELDS

IN_DOLLARS = {"cost_nano_usd": "cost_usd"}


def shown(name: str) -> str:
    return IN_DOLLARS.get(name, name)


def test_the_api_shows_every_number_that_is_to_be_shown():
    assert [*schemas.Numbers.model_fields] == [shown(name) for name in SHOWN]


@pytest.mark.parametrize("resource", ["users", "sessions", "traces"])
def test_every_list_can_be_filtered_by_every_number(resource: str):
    wanted = set(SHOWN) - ({"traces"} if resource == "traces" else set())
    assert {shown(name) for name in wanted} <= {field.name for field in FIELDS[resource]}


def test_every_shown_number_is_a_metric():
    assert {shown(name) for name in SHOWN} <= METRICS.keys()


@pytest.mark.parametrize("table", ["traces", "sessions", "activity", "users"])
def test_every_roll_up_has_a_column_for_every_number(table: str):
    found = statements.columns(table)
    assert {name: found[name].replace("32", "64") for name in OF_TRACE} == {
        name: number.type for name, number in OF_TRACE.items()
    }
    assert (table == "traces") != (NUMBERS.keys() <= found.keys())


def test_a_fragment_with_a_place_for_a_number_is_repeated():
    assert statements.fragment("feedback_sums").split() == ["sum(n.feedback_up),", "sum(n.feedback_down)"]
