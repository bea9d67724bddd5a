"""What each SDK sends, and what it is read as: `samples/<dialect>.json`."""

import re
import sys

import pytest
from server.tests.ingest import otlp_forms as forms

from baserun_server.ingest.dialects import DIALECTS

CASES = [(path.stem, case) for path in sorted(forms.SAMPLES.glob("*.json")) for case in forms.load(path.stem)]


@pytest.mark.parametrize(("dialect", "case"), CASES, ids=[f"{dialect}: {case['what']}" for dialect, case in CASES])
def test_a_span_is_read_as_what_it_means(dialect, case):
    batch = forms.read_both(forms.traces_request(case))

    if case["expect"] is None:
        assert batch.spans == []
        return
    [span] = batch.spans
    expected = dict(case["expect"])
    if "duration_us" in expected:
        assert span.end_us - span.start_us == expected.pop("duration_us")
    assert {field: getattr(span, field) for field in expected} == expected


def test_every_dialect_has_samples():
    assert {dialect.name for dialect in DIALECTS} - {"baserun"} == {path.stem for path in forms.SAMPLES.glob("*.json")}


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_a_dialect_opens_with_the_convention_that_it_reads_and_a_span_by_example(dialect):
    text = sys.modules[dialect.read.__module__].__doc__ or ""
    assert re.search(r"^Convention: (https://|`contract/)", text, re.MULTILINE)
    assert re.search(r"^    [\w.]+ = ", text, re.MULTILINE)
