"""What was read of a span, written out at once: its row's texts in place of the values that they are made of.

A span's values are some hundred small objects; a batch of them is half a gigabyte, through which every later step would
have to go from cold memory. Written out while they are fresh, they are a tenth of it.
"""

import contextlib

from .ingest.said import said_in
from .model import Span
from .store.facts.preview import fill_previews
from .store.facts.rows import write_out


def write_spans_out(spans: list[Span]) -> None:
    """Write out spans as they are read."""
    for span in spans:
        with contextlib.suppress(Exception):
            # A span of which that cannot be made stays as it is: writing will find it, and put it aside.
            span.said = said_in(span)
            fill_previews(span)
            write_out(span)
