"""What was said: kept as it was, capped, redacted, or left out."""

import contextlib
import dataclasses
import enum
import json
import math
import re

import pydantic
import pytest
from collector import collecting
from hypothesis import given
from hypothesis import strategies as st

import baserun
from baserun import _config
from baserun.context._scope import NOWHERE
from baserun.recording import _content, _otlp
from baserun.recording._span import Span
from baserun.testing import as_sent

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner) | st.sets(st.integers()),
)


@given(VALUES)
def test_any_value_can_be_recorded_and_is_sent_as_json(value):
    span = Span("x", 1, NOWHERE)
    span.attributes["baserun.span.kind"] = "chain"
    span.content["baserun.output"] = _content.snapshot(value)

    sent = as_sent(str(_otlp.write(span, 1_000_000)))

    assert "baserun.output" in sent["attributes"]
    json.dumps(sent, allow_nan=False)


@given(VALUES, st.integers(min_value=200, max_value=2_000))
def test_content_is_never_longer_than_its_cap_by_more_than_its_mark_and_stays_json(value, cap):
    written, was_cut = _content.to_capped_json(_content.snapshot(value), cap)

    json.loads(written)
    assert len(written.encode("utf-8", "replace")) <= cap * 2 or not was_cut


def test_a_snapshot_does_not_change_with_its_original():
    items = {"a": [1, {"b": 2}]}
    copy = _content.snapshot(items)
    items["a"][1]["b"] = 3
    items["a"].append(4)

    assert copy == {"a": [1, {"b": 2}]}


class Colour(str, enum.Enum):
    RED = "red"


@dataclasses.dataclass
class Point:
    x: int


class Model(pydantic.BaseModel):
    name: str
    inner: Point


class Rude:
    def __repr__(self):
        raise RuntimeError("no")


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (Colour.RED, "red"),
        (Point(1), {"x": 1}),
        (Model(name="a", inner=Point(2)), {"name": "a", "inner": {"x": 2}}),
        (Rude(), "<Rude>"),
        (b"abc", "<3 bytes>"),
        ({1: "a"}, {"1": "a"}),
        (math.inf, math.inf),
    ],
)
def test_values_that_json_has_no_word_for(value, kept):
    assert _content.snapshot(value) == kept


def test_a_value_that_holds_itself_ends_somewhere():
    loop = []
    loop.append(loop)

    assert _content.to_json(_content.snapshot(loop))


def test_long_content_is_cut_and_said_to_be(captured, monkeypatch):
    monkeypatch.setattr(_config.state, "settings", _config.Settings(max_content_bytes=2_000))
    with baserun.start_trace("answer") as trace:
        trace.result = {"short": "kept", "long": "x" * 100_000}

    attributes = captured.spans[0]["attributes"]
    assert attributes["baserun.content.truncated"] == ["baserun.output"]
    assert attributes["baserun.output"]["short"] == "kept"
    assert attributes["baserun.output"]["long"].endswith(_content.CUT_MARK)


def _pay_with_a_card_that_is_refused():
    with (
        contextlib.suppress(ValueError),
        baserun.with_session("ada", "s-1"),
        baserun.start_trace("pay", metadata={"card": "4111-1111"}) as trace,
    ):
        trace.result = {"card": ["4111-1111"]}
        baserun.log("card", {"number": "4111-1111"})
        baserun.feedback("helpful", 1, comment="my card is 4111-1111")
        baserun.tag("card", "4111-1111")
        baserun.identify(traits={"card": "4111-1111"})
        raise ValueError("card 4111-1111 refused")


@pytest.mark.parametrize(
    "redact",
    [lambda text: text.replace("4111-1111", "****"), [r"4111-1111"], re.compile("4111-1111"), "4111-1111"],
)
def test_redaction_reaches_everything_that_people_said(redact):
    with collecting() as collector:
        baserun.init(url=collector.url, redact=redact)
        _pay_with_a_card_that_is_refused()
        assert baserun.flush(5)

        assert "4111-1111" not in json.dumps([collector.spans, collector.logs])
        assert collector.spans[0]["attributes"]["session.id"] == "s-1"


def test_a_redaction_that_fails_sends_nothing_of_the_text(captured, monkeypatch):
    def fails(_):
        raise RuntimeError("broken")

    monkeypatch.setattr(_config.state, "settings", _config.Settings(redact=fails))
    with baserun.start_trace("pay") as trace:
        trace.result = "4111-1111"

    assert captured.spans[0]["attributes"]["baserun.output"] == _content.UNREDACTABLE


def test_without_content_only_structure_is_recorded(captured, monkeypatch, provider):
    import openai

    monkeypatch.setattr(_config.state, "settings", _config.Settings(capture_content=False))
    client = openai.OpenAI(base_url=provider.openai_url, api_key="sk")

    @baserun.trace
    def answer(question):
        completion = client.chat.completions.create(model="m", messages=[{"role": "user", "content": question}])
        return completion.choices[0].message.content

    said = answer("a secret question")

    assert said not in str(captured.spans)
    assert "secret" not in str(captured.spans)
    assert captured.spans[0]["attributes"]["gen_ai.usage.input_tokens"] > 0
