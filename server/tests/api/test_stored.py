"""Whatever the store holds can be read: no value of an earlier version or of a strange sender makes an answer fail."""

import json
from typing import Any

import pytest

from baserun_server.api import schemas
from baserun_server.api.answers import rows
from baserun_server.api.answers.stored import DEPTH, Messages, load, load_each, load_messages
from baserun_server.api.conversation.turns import read_turns
from baserun_server.api.conversation.work import Work

STRANGE = {
    "no JSON": "not json}",
    "cut off": '[{"role": "user", "parts": [{"ty',
    "half of a surrogate pair": '[{"role":"user","parts":[{"type":"text","content":"x\\ud800"}]}]',
    "half of a surrogate pair as a key": '{"\\udfff": ["\\udfff"]}',
    "half of a surrogate pair, no JSON": "x\ud800",
    "NUL": '"\\u0000"',
    "an integer of 40 digits": f'{{"a": [{"9" * 40}]}}',
    "a number of 5,000 digits": "9" * 5_000,
    "a number that is too large": "[1e400, -1e400]",
    "not a number": '{"a": NaN, "b": [Infinity, -Infinity]}',
    "the deepest that is shown": "[" * DEPTH + "]" * DEPTH,
    "one level more": "[" * (DEPTH + 1) + "]" * (DEPTH + 1),
    "250 levels of objects": '{"a":' * 250 + "1" + "}" * 250,
    "900 levels": "[" * 900 + "]" * 900,
    "100,000 levels": "[" * 100_000 + "]" * 100_000,
    "100,000 levels, not closed": "[" * 100_000,
    "a deep message": '[{"role":"user","parts":[{"type":"x","content":' + "[" * 240 + "]" * 240 + "}]}]",
    "deep arguments": '[{"role":"assistant","parts":[{"type":"tool_call","id":"c","name":"t","arguments":'
    + json.dumps("[" * 400 + "]" * 400)
    + "}]}]",
    "a number": "7",
    "a text": '"x"',
    "null": "null",
    "a list of everything": '[1, null, "x", [], {}, {"role": 1, "parts": 2}, {"parts": [1, null, {"type": []}]}]',
    "parts that are none": '[{"role": [], "parts": "x"}, {"parts": {}}, {"content": {"a": 1}}, {"content": [1]}]',
    "a finish reason that is none": '[{"role": "assistant", "parts": [], "finish_reason": {"a": 1}}]',
    "names that pydantic knows": '[{"role":"u","parts":[{"type":"t","model_config":1}],"model_fields":1,"span_id":2}]',
    "tools that are none": '[{"parts":[{"type":"tool_call","id":{"a":1},"name":[1]}]}]',
    "results that are none": '[{"parts":[{"type":"tool_call_response","id":7,"response":[]}]}]',
    "an event that is none": '[{"name": 1}, 2, {"name": "e", "at_us": "x", "attributes": []}]',
}
JSON_COLUMNS = [*rows._JSON_FIELDS, "events"]


def span_row(**columns: str) -> dict[str, Any]:
    """A row of `spans`, all JSON texts of which are empty but for these."""
    empty = dict.fromkeys([*rows._PLAIN_FIELDS, *JSON_COLUMNS], "")
    numbers = dict.fromkeys(["start_us", "end_us", "received_us"], 1_000)
    counts = [name for name in empty if name.endswith("_tokens")]
    unknown = dict.fromkeys([*counts, "cost_nano_usd", "cost_reported_nano_usd", "time_to_first_token_us"])
    others: dict[str, Any] = {"finish_reasons": [], "tags": [], "marks": [], "streaming": 0, "as_sent": {}}
    others |= {"usage_details": {}, "cost_is_bill": False, "told_apart": False}
    others |= {"written_out": False, "kind": "llm", "status": "ok", "span_id": "a" * 16, "trace_id": "b" * 32}
    return {**empty, **numbers, **unknown, **others, **columns}


@pytest.mark.parametrize("name", STRANGE)
@pytest.mark.parametrize("column", JSON_COLUMNS)
def test_a_span_with_a_strange_text_in_any_column_can_be_read_in_every_way(column: str, name: str):
    row = span_row(**{column: STRANGE[name]})
    for whole in (False, True):
        shown = rows.span(row, None, whole)
        assert json.loads(shown.model_dump_json())
        json.dumps(shown.model_dump(mode="json"), allow_nan=False).encode()
    for kind in ("llm", "tool", "agent"):
        spans = [rows.span_record({**row, "kind": kind}, read) for read in (load_messages, Messages().read)]
        work = Work(1, "b" * 32, "t", None, 0, 1, "ok", spans)
        page = schemas.TurnPage(
            items=read_turns([work, work]),
            total=schemas.Total(value=1, exact=True),
            previous_cursor=None,
            next_cursor=None,
        )
        assert json.loads(page.model_dump_json())


def test_every_column_of_json_is_tried():
    # `JSON_COLUMNS` comes from the reader; were one read in another way, its row would hold text where a value belongs.
    record = rows.span_record(span_row(**dict.fromkeys(JSON_COLUMNS, '[{"a": 1}]')))
    assert not [column for column in JSON_COLUMNS if isinstance(getattr(record, column), str)]


@pytest.mark.parametrize("text", STRANGE.values(), ids=STRANGE)
def test_values_of_scores_log_entries_and_traits_can_be_read(text: str):
    score = {"metadata": text, **dict.fromkeys(["score_id", "name", "label", "comment", "source", "user_id"], "x")}
    score |= {"value": None, "at_us": 1, "session_id": "", "trace_id": "", "span_id": ""}
    rows.score(score).model_dump_json()
    rows.log_entry({"name": "n", "at_us": 1, "trace_id": "", "span_id": "", "body": text}).model_dump_json()
    json.dumps(load_each({"a": text}), allow_nan=False).encode()


def test_ordinary_values_are_read_as_they_are():
    for value in (None, 1, -(2**63), 1.5, "é", [1, [2]], {"a": {"b": [None, True]}}, ["["] * 500):
        assert load(json.dumps(value)) == value


def test_metadata_of_any_size_takes_a_bounded_part_of_a_page():
    small = {"plan": '"pro"', "seats": "3"}
    assert rows.shown_map(small) == {"plan": "pro", "seats": 3}
    large = {f"k{n}": json.dumps("x" * 20_000) for n in range(1_000)}
    for texts in ({"a": json.dumps("x" * 1_000_000)}, large | small):
        shown = rows.shown_map(texts)
        assert shown.keys() == texts.keys()
        assert len(json.dumps(shown)) < 200_000
    assert (shown["plan"], shown["seats"], shown["k7"]["bytes"]) == ("pro", 3, 20_000)


def test_every_value_of_a_span_is_cut_on_a_page_and_whole_at_its_own_address():
    large = {"input": json.dumps("x" * 50_000), "attributes": json.dumps({"a": "x" * 50_000})}
    large |= {"metadata": large["attributes"], "parameters": large["attributes"]}
    large |= {"tool_definitions": json.dumps([{"name": "t", "description": "x" * 50_000}])}
    large |= {"events": json.dumps([{"name": "e", "at_us": 1, "attributes": {"a": "x" * 50_000}}])}
    row = span_row(**large)
    assert len(rows.span(row, None).model_dump_json()) < 6 * 20_000
    assert len(rows.span(row, None, whole=True).model_dump_json()) > 6 * 50_000


def test_what_64_bits_do_not_hold_keeps_its_digits_and_what_json_does_not_hold_its_word():
    assert load(f'{{"a": {2**64}, "b": NaN}}') == {"a": str(2**64), "b": "NaN"}


def test_a_deep_value_is_kept_above_and_is_text_below():
    deep = load("[" * 300 + '"inside"' + "]" * 300)
    levels = 0
    while isinstance(deep, list):
        deep, levels = deep[0], levels + 1
    assert 60 < levels <= DEPTH
    assert '"inside"' in deep


def test_a_message_that_many_calls_repeat_is_one_object():
    reader = Messages()
    one, two = (
        reader.read('[{"role":"user","parts":[]}]'),
        reader.read('[{"role":"user","parts":[]},{"role":"x","parts":[]}]'),
    )
    assert one[0] is two[0]
    assert two == load_messages('[{"role":"user","parts":[]},{"role":"x","parts":[]}]')
