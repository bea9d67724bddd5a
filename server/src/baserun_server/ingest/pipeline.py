"""Start reading here: what happens to an acknowledged request before it is stored.

    decode → redact → normalise → price  →  model.Batch

Each step is an ordinary function without I/O; the clock is the time of arrival, which stands in the log. Reading the
same entries twice gives the same batch.

Nothing that an entry holds may keep another from being stored: whatever fails with a record costs that record, whatever
fails with an entry costs that entry, and both become dead letters. Reasons name the fault and its place in our code,
never what was sent.
"""

import logging
import traceback
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

from ..errors import BaserunError, Refused
from ..limits import DEPTH, TEXT_CHARACTERS
from ..model import LISTS, Batch, Span
from ..settings import Settings, words
from .bounds import TOO_DEEP, bound_record, bound_sent
from .decode import decode
from .dialects.words import mark
from .events import read_record
from .log import Record
from .normalise import Aliases, normalise
from .otlp.compression import decompress
from .otlp.sent import Decoded, SentLog, SentSpan
from .price import Prices, load_prices, price
from .redaction.redact import Redaction, redaction_of
from .said import fill_said

logger = logging.getLogger("baserun.worker")

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
            redaction_of(settings),
            Aliases(tuple(words(settings.session_attributes)), tuple(words(settings.user_attributes))),
            settings.max_decompressed_bytes,
        )

    def read(self, record: Record, batch: Batch) -> list[DeadLetter]:
        """Add what an entry of the log holds to a batch; returns what of it could not be read. Never raises."""
        entry = record.entry
        try:
            body = decompress(entry.body, entry.content_encoding, self.limit_bytes)
            decoded = decode(entry.path, entry.content_type == "application/json", body)
            redact, may_be_long = self.redaction.may_concern(body), len(body) > TEXT_CHARACTERS
            return self.read_decoded(record, decoded, batch, redact=redact, may_be_long=may_be_long)
        except Exception as error:
            # Too deep, too large, a fault of ours: all or nothing of an entry was added, so it can be set aside whole.
            return [DeadLetter(str(record.start), reason_of(error), entry)]

    def read_decoded(
        self, record: Record, decoded: Decoded, batch: Batch, *, redact: bool = True, may_be_long: bool = True
    ) -> list[DeadLetter]:
        """The steps after decoding; `may_be_long` is False where no text can be over its limit."""
        part = Batch(batch.token, [], [], [], [], [])
        unread = self._redact(record, decoded) if redact else []
        unread += self._read_records(record, decoded, part, may_be_long)
        for name in LISTS:
            getattr(batch, name).extend(getattr(part, name))
        return unread

    def read_all(self, records: Iterable[Record], token: str) -> tuple[Batch, list[DeadLetter]]:
        """One batch of several entries."""
        batch = Batch(token, [], [], [], [], [])
        unread = [letter for record in records for letter in self.read(record, batch)]
        join(batch)
        return batch, unread

    def _redact(self, record: Record, decoded: Decoded) -> list[DeadLetter]:
        """Take the secrets out of what was sent, before anything is made of it; what that fails with is set aside."""
        try:
            self.redaction.redact(decoded)
            return []
        except Exception:  # noqa: S110 - each record meets it again by itself
            pass
        unread: list[DeadLetter] = []
        for name in ("spans", "logs"):
            kept = []
            for number, sent in enumerate(getattr(decoded, name)):
                try:
                    self.redaction.redact(Decoded([sent]) if name == "spans" else Decoded([], [sent]))
                    kept.append(sent)
                except Exception as error:
                    unread.append(_letter(record, f"r{name[0]}{number}", error, sent))
            setattr(decoded, name, kept)
        return unread

    def _read_records(self, record: Record, decoded: Decoded, part: Batch, may_be_long: bool) -> list[DeadLetter]:
        unread: list[DeadLetter] = []
        # A request holds one kind or the other.
        for number, sent in enumerate((*decoded.spans, *decoded.logs)):
            try:
                cut = bound_sent(sent, may_be_long)
                if decoded.deep and _holds(sent, TOO_DEEP):
                    cut.append(f"a value deeper than `{DEPTH}` levels; the upper ones are kept")
                if isinstance(sent, SentSpan):
                    self._read_span(sent, record, part, cut, decoded.mended)
                else:
                    self._read_log(sent, number, record, part, cut)
            except Exception as error:
                # One strange record must not hold up the log: it is put aside, to be read again.
                unread.append(_letter(record, f"{number}", error, sent))
        return unread

    def _read_span(self, sent: SentSpan, record: Record, part: Batch, cut: list[str], mended: bool) -> None:
        span = normalise(sent, record.entry.project_id, record.entry.received_us, self.aliases)
        if not is_kept(span):
            return
        bound_record(span, cut)
        price(span, self.prices)
        if mended and _holds(span, REPLACEMENT):
            mark(span, "utf8_mended")
        part.spans.append(span)

    def _read_log(self, sent: SentLog, number: int, record: Record, part: Batch, cut: list[str]) -> None:
        alone = Batch("", [], [], [], [], [])
        entry = record.entry
        read_record(sent, number, entry.project_id, entry.received_us, self.aliases, alone, entry.door == "api")
        for name in LISTS:
            for made in getattr(alone, name):
                bound_record(made, cut)
                getattr(part, name).append(made)


def _letter(record: Record, place: str, error: Exception, sent: SentSpan | SentLog) -> DeadLetter:
    entry = record.entry
    return DeadLetter(f"{record.start}#{place}", reason_of(error), sent, entry.project_id, entry.received_us)


def sift(batch: Batch, step: Callable[[Batch], Any]) -> list[tuple[Any, Exception]]:
    """Do a step with a batch; where that fails, with each record by itself.

    Records with which it fails are taken out, and returned with the fault.
    """
    try:
        step(batch)
        return []
    except Exception:  # noqa: S110 - each record meets it again by itself
        pass
    lost: list[tuple[Any, Exception]] = []
    for name in LISTS:
        kept = []
        for record in getattr(batch, name):
            alone = Batch(batch.token, [], [], [], [], [])
            getattr(alone, name).append(record)
            try:
                step(alone)
                kept.append(record)
            except Exception as error:
                lost.append((record, error))
        setattr(batch, name, kept)
    return lost


def join(batch: Batch) -> None:
    """What can only be done when a batch is complete. Never raises."""
    for span, error in sift(Batch(batch.token, list(batch.spans), [], [], [], []), fill_said):
        span.said = ""
        logger.warning("a span is stored without the words that search looks in: %s", reason_of(error))


def is_kept(span: Span) -> bool:
    """False for the copies of unfinished spans that Logfire sends ahead; the finished ones follow."""
    return span.attributes.get("logfire.span_type") != "pending_span"


PACKAGE = Path(__file__).resolve().parents[1]


def reason_of(error: Exception) -> str:
    """Why something was set aside: our own message, or the kind of the fault and where in our code it showed.

    Never the message of a foreign error, which often quotes the value.
    """
    if isinstance(error, Refused):
        return error.message
    kind = error.code if isinstance(error, BaserunError) else type(error).__name__
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if PACKAGE in Path(frame.filename).parents:
            return f"`{kind}` in `{Path(frame.filename).stem}.{frame.name}`"
    return f"`{kind}`"


def _holds(value: Any, word: str) -> bool:
    """Whether a word stands anywhere in a value or a record."""
    if isinstance(value, str):
        return word in value
    if isinstance(value, Span):
        fields = (value.name, value.status_message, value.attributes, value.input, value.output)
        return any(_holds(field, word) for field in (*fields, value.input_messages, value.output_messages))
    if isinstance(value, (SentSpan, SentLog)):
        events = [event.attributes for event in value.events] if isinstance(value, SentSpan) else value.body
        return any(_holds(field, word) for field in (value.attributes, events, value.resource, value.scope))
    if isinstance(value, dict):
        return any(_holds(item, word) for pair in value.items() for item in pair)
    if isinstance(value, list):
        return any(_holds(item, word) for item in value)
    return False
