"""The filter language: what is understood, what is refused and where."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baserun_server.errors import InvalidFilter
from baserun_server.store.search.filters import Clause, Range, Value, parse_filter, print_filter

EXAMPLES = json.loads((Path(__file__).parents[3] / "contract" / "filters.json").read_text())


def as_example(clause: Clause) -> dict:
    return {
        "field": clause.field,
        "operator": clause.operator,
        "items": [
            {"low": item.low, "high": item.high}
            if isinstance(item, Range)
            else {"text": item.text, "prefix": item.prefix}
            for item in clause.items
        ],
        "negated": clause.negated,
    }


@pytest.mark.parametrize("example", EXAMPLES["valid"], ids=lambda example: example["text"])
def test_every_example_is_understood_and_printed_as_the_contract_says(example):
    clauses = parse_filter(example["text"])
    assert [as_example(clause) for clause in clauses] == example["clauses"]
    assert print_filter(clauses) == example.get("printed", example["text"])


@pytest.mark.parametrize("example", EXAMPLES["invalid"], ids=lambda example: example["text"])
def test_what_cannot_be_read_is_refused_at_its_place_with_the_grammar(example):
    with pytest.raises(InvalidFilter) as refused:
        parse_filter(example["text"])
    assert refused.value.position == example["position"]
    assert "field:value" in (refused.value.hint or "")


words = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
names = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,8}", fullmatch=True).filter(
    lambda name: name not in ("has", "meta", "trait", "score")
)
keys = st.builds("{}.{}".format, st.sampled_from(["meta", "trait", "score"]), words.filter(lambda word: word != ""))
values = st.builds(Value, words)
items = st.builds(Value, words, st.booleans()) | st.builds(Range, words, words)
fields = names | keys
clauses = st.one_of(
    st.builds(Clause, fields, st.just("has"), st.just(()), st.booleans()),
    st.builds(
        Clause,
        fields,
        st.just(":"),
        st.lists(st.builds(Value, words, st.booleans()) | st.builds(Range, words, words), min_size=1, max_size=3).map(
            tuple
        ),
        st.booleans(),
    ),
    st.builds(
        Clause,
        fields,
        st.sampled_from(["~", ">", ">=", "<", "<="]),
        st.lists(values, min_size=1, max_size=3).map(tuple),
        st.booleans(),
    ),
)


@given(st.lists(clauses, max_size=4).map(tuple))
def test_printing_a_filter_and_reading_it_again_changes_nothing(filter_):
    again = parse_filter(print_filter(filter_))
    assert tuple(replace(clause, position=0, value_position=0) for clause in again) == filter_


@given(st.text(st.sampled_from('ab:,.~<>="*\\ -1') | st.characters(exclude_categories=["Cs"]), max_size=30))
def test_any_text_is_read_or_refused_at_a_place_inside_it(text):
    place = 0
    try:
        parse_filter(text)
    except InvalidFilter as refused:
        place = -1 if refused.position is None else refused.position
    assert 0 <= place <= len(text)
