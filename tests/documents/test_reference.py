"""The parts of the reference that are written or recorded by hand agree with the code."""

import json
import re
import sys
from typing import get_type_hints

import pytest
from pydantic import TypeAdapter
from tasks.docs import python_sdk
from tasks.docs.record import EXAMPLES

import baserun
from baserun_server.app import ROUTES, describe

RECORDED = json.loads(EXAMPLES.read_text(encoding="utf-8"))
HINT = "run `python -m tasks.docs.record`"


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_the_example_of_an_address_has_the_shape_that_it_answers(route):
    example = RECORDED[route.answer.__name__]
    shape = get_type_hints(route.answer)["return"]
    # Strict: a field that was added or removed since makes the example wrong.
    assert TypeAdapter(shape).validate_python(example["answer"]), HINT
    assert re.fullmatch(re.sub(r"\{\w+\}", "[^/?]+", route.path), example["path"].partition("?")[0])


def test_every_recorded_request_takes_only_what_the_address_takes():
    parameters = {
        operation["operationId"]: {parameter["name"] for parameter in operation.get("parameters", [])}
        for methods in describe()["paths"].values()
        for operation in methods.values()
    }
    for name, example in RECORDED.items():
        given = {pair.partition("=")[0] for pair in example["path"].partition("?")[2].split("&") if pair}
        assert name.startswith("error ") or given <= parameters[name], name


def test_every_option_of_init_is_in_its_reference():
    options = sys.modules[baserun.init.__module__]._KEYWORDS
    assert [name for name in sorted(options) if f"`{name}`" not in (baserun.init.__doc__ or "")
            and f"{name}=…" not in (baserun.init.__doc__ or "")] == []  # fmt: skip


def test_every_environment_variable_of_the_python_sdk_is_in_its_reference():
    page = python_sdk.page()
    assert {name for name in python_sdk.environment_variables() if f"`{name}`" not in page} == set()
