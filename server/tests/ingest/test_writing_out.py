"""A span written out while it is read stands in its row as it would have without."""

import orjson
import pytest
from server.tests.ingest import otlp_forms as forms

from baserun_server.ingest.dead_letters import keep_dead_letters, read_dead_letters
from baserun_server.ingest.pipeline import DeadLetter, join
from baserun_server.store.inserts import inserts_of
from baserun_server.store.rollups.traces import trace_row
from baserun_server.writing_out import write_spans_out

DIALECTS = sorted(path.stem for path in forms.SAMPLES.glob("*.json"))


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_span_written_out_gives_the_same_rows(dialect):
    for sample in forms.load(dialect):
        body = orjson.dumps(forms.traces_request(sample))
        usual, _ = forms.read(body)
        written, _ = forms.read(body)
        write_spans_out(written.spans)
        join(written)

        assert [insert.block for insert in inserts_of(written)] == [insert.block for insert in inserts_of(usual)]
        if usual.spans:
            assert trace_row("p", written.spans, [], []) == trace_row("p", usual.spans, [], [])


def test_a_call_whose_messages_are_sent_apart_is_written_out_like_any_other():
    sample = {"attributes": {"gen_ai.operation.name": "chat", "gen_ai.request.model": "m"}, "scope": "baserun"}
    batch, _ = forms.read(orjson.dumps(forms.traces_request(sample)))
    write_spans_out(batch.spans)
    assert batch.spans[0].written_out


def test_a_span_written_out_is_a_dead_letter_with_its_values(tmp_path):
    attributes = {"baserun.span.kind": "tool", "baserun.input": '{"query": "shoes"}', "plan": "free"}
    batch, _ = forms.read(orjson.dumps(forms.traces_request({"attributes": attributes, "scope": "baserun"})))
    write_spans_out(batch.spans)
    assert batch.spans[0].written_out

    keep_dead_letters(tmp_path / "letters.jsonl", [DeadLetter("1:0", "refused", batch.spans[0])], 0)

    [letter] = read_dead_letters(tmp_path / "letters.jsonl")
    assert letter["record"]["input"] == {"query": "shoes"}
    assert letter["record"]["attributes"]["plan"] == "free"
