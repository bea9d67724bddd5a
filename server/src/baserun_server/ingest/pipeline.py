"""Start reading here: what happens to an acknowledged request before it is stored.

    decode → normalise → price → redact  →  model.Batch

Each step is an ordinary function without I/O; the clock is the time of arrival, which stands in the log. Reading the
same entries twice gives the same batch.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

from ..errors import Refused
from ..model import Batch, Span
from ..said import fill_said
from ..settings import Settings, words
from .decode import Decoded, decode, decompress
from .dialects.words import mark
from .events import read_record
from .log import Record
from .normalise import Aliases, normalise
from .price import Prices, load_prices, price
from .redact import Redaction, lines

REPLACEMENT = "\ufffd"


class DeadLetter(NamedTuple):
    """Something that could not be read or stored, why, and where it stands in the log."""

    position: str
    reason: str
    record: Any
    project_id: str = ""
    """Where the record does not say so itself, as `received_us`."""
    received_us: int = 0


class Pipeline(NamedTuple):
    """What the steps need to know of the settings."""

    prices: Prices
    redaction: Redaction
    aliases: Aliases
    limit_bytes: int
    """Largest body after decompression."""

    @classmethod
    def of(cls, settings: Settings) -> "Pipeline":
        """The pipeline that a server's settings ask for."""
        return cls(
            load_prices(settings.prices_file),
            Redaction(words(settings.redact_keys), list(lines(settings.redact_patterns))),
            Aliases(tuple(words(settings.session_attributes)), tuple(words(settings.user_attributes))),
            settings.max_decompressed_bytes,
        )

    def read(self, record: Record, batch: Batch) -> list[DeadLetter]:
        """Add what an entry of the log holds to a batch; returns what of it could not be read."""
        entry = record.entry
        try:
            body = decompress(entry.body, entry.content_encoding, self.limit_bytes)
            decoded = decode(entry.path, entry.content_type == "application/json", body)
        except Refused as refused:
            return [DeadLetter(str(record.start), refused.message, entry)]
        return self.read_decoded(record, decoded, batch, redact=self.redaction.may_concern(body))

    def read_decoded(self, record: Record, decoded: Decoded, batch: Batch, *, redact: bool = True) -> list[DeadLetter]:
        """The steps after decoding."""
        part = Batch(batch.token, [], [], [], [], [])
        unread = self._read_request(record, decoded, part)
        if redact:
            self.redaction.redact(part)
        batch.spans += part.spans
        batch.session_events += part.session_events
        batch.user_events += part.user_events
        batch.scores += part.scores
        batch.logs += part.logs
        return unread

    def read_all(self, records: Iterable[Record], token: str) -> tuple[Batch, list[DeadLetter]]:
        """One batch of several entries."""
        batch = Batch(token, [], [], [], [], [])
        unread = [letter for record in records for letter in self.read(record, batch)]
        join(batch)
        return batch, unread

    def _read_request(self, record: Record, decoded: Decoded, part: Batch) -> list[DeadLetter]:
        project_id, received_us = record.entry.project_id, record.entry.received_us
        unread: list[DeadLetter] = []
        for number, sent in enumerate(decoded.spans):
            try:
                span = normalise(sent, project_id, received_us, self.aliases)
            except Exception as error:
                # One strange span must not hold up the log: it is put aside with the fault's name, to be read again.
                unread.append(DeadLetter(f"{record.start}#{number}", _reason(error), sent, project_id, received_us))
                continue
            if is_kept(span):
                price(span, self.prices)
                part.spans.append(span)
        for number, sent in enumerate(decoded.logs):
            try:
                read_record(sent, number, project_id, received_us, self.aliases, part)
            except Exception as error:
                unread.append(DeadLetter(f"{record.start}#{number}", _reason(error), sent, project_id, received_us))
        if decoded.mended:
            for span in part.spans:
                if _holds_replacement(span):
                    mark(span, "utf8_mended")
        return unread


def join(batch: Batch) -> None:
    """What can only be done when a batch is complete."""
    fill_said(batch)


def is_kept(span: Span) -> bool:
    """False for the copies of unfinished spans that Logfire sends ahead; the finished ones follow."""
    return span.attributes.get("logfire.span_type") != "pending_span"


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


def _holds_replacement(value: Any) -> bool:
    if isinstance(value, str):
        return REPLACEMENT in value
    if isinstance(value, Span):
        fields = (value.name, value.status_message, value.attributes, value.input, value.output)
        return any(map(_holds_replacement, (*fields, value.input_messages, value.output_messages)))
    if isinstance(value, dict):
        return any(_holds_replacement(item) for pair in value.items() for item in pair)
    if isinstance(value, list):
        return any(map(_holds_replacement, value))
    return False
