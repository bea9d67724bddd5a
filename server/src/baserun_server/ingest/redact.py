"""Secrets out of records before they are kept: values under telling names, and texts that look like keys.

Most requests hold nothing of the kind. A search of the raw body for the beginnings of secrets decides whether its
records are looked through at all. RE2 goes through it once, whatever the number of patterns: 6 µs for a span of 2.5 KB,
where searching for one beginning after the other took 25, and looking through the records takes 240.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any

import re2

from ..model import Batch, Log, Span

HIDDEN = "[redacted]"
SECRET_NAMES = ("authorization", "api-key", "api_key", "apikey", "cookie", "x-auth-token", "secret_key", "access_token")
SECRET_PATTERNS = (
    r"(?<![A-Za-z0-9])sk-[A-Za-z0-9_-]{20,}",
    r"(?i:bearer) +[A-Za-z0-9._~+/-]{16,}=*",
    r"(?i:basic) +[A-Za-z0-9+/]{16,}=*",
    r"(?<![A-Za-z0-9])AKIA[0-9A-Z]{16}(?![A-Za-z0-9])",
    r"ghp_[A-Za-z0-9]{36,}",
    r"github_pat_[A-Za-z0-9_]{36,}",
    r"AIza[0-9A-Za-z_-]{35}",
    r"xox[abprs]-[A-Za-z0-9-]{10,}",
)
LOOK_AROUND = re.compile(r"\(\?<?[=!][^)]*\)")
"""RE2 has no word for what must not stand beside a match; without it, it finds a little more than there is."""
NAME_ENDS = r"""["'\\\x12]"""
"""What follows a name in JSON, in JSON inside a string, in a Python repr and in protobuf."""


class Redaction:
    """What counts as a secret on this server."""

    def __init__(self, names: Sequence[str] = (), patterns: Sequence[str] = ()) -> None:
        self._names = tuple(name.lower() for name in (*SECRET_NAMES, *names))
        self._patterns = re.compile("|".join(f"(?:{pattern})" for pattern in (*SECRET_PATTERNS, *patterns)))
        self._always = bool(patterns)
        signs = [LOOK_AROUND.sub("", pattern) for pattern in SECRET_PATTERNS]
        signs += [f"(?i:{re.escape(name)}){NAME_ENDS}" for name in self._names]
        bytewise = re2.Options()
        bytewise.encoding = re2.Options.Encoding.LATIN1
        self._signs = re2.compile("|".join(signs).encode(), bytewise)
        alternatives = "|".join(map(re.escape, self._names))
        self._in_json_text = re.compile(
            rf"""(["'][^"']*(?:{alternatives})["']\s*:\s*["'])(?:\\.|[^"'\\])*(["'])""", re.IGNORECASE
        )
        self._known: dict[str, bool] = {}

    def may_concern(self, body: bytes) -> bool:
        """Whether a request's body could hold a secret."""
        return self._always or self._signs.search(body) is not None

    def redact(self, batch: Batch) -> None:
        """Replace the secrets of every record."""
        for span in batch.spans:
            self.redact_span(span)
        for log in batch.logs:
            self.redact_log(log)
        for score in batch.scores:
            score.comment = self._text(score.comment)
            score.metadata = self.clean(score.metadata)
        for event in batch.session_events:
            event.metadata = self.clean(event.metadata)
        for event in batch.user_events:
            event.traits = self.clean(event.traits)

    def redact_span(self, span: Span) -> None:
        """Replace the secrets of a span."""
        span.status_message = self._text(span.status_message)
        for field in SPAN_FIELDS:
            value = getattr(span, field)
            if value:
                setattr(span, field, self.clean(value))
        for event in span.events:
            event.attributes = self.clean(event.attributes)

    def redact_log(self, log: Log) -> None:
        """Replace the secrets of a log entry."""
        log.body = self.clean(log.body)
        log.metadata = self.clean(log.metadata)

    def clean(self, value: Any) -> Any:
        """The value without its secrets."""
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, dict):
            return {key: self._member(key, item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.clean(item) for item in value]
        return value

    def _member(self, key: Any, item: Any) -> Any:
        if not self._secret_name(key):
            return self.clean(item)
        # A token *count* is a number, and a schema that describes an `api_key` an object.
        if isinstance(item, (str, list)) and item:
            return HIDDEN
        return self.clean(item)

    def _text(self, value: str) -> str:
        value = self._patterns.sub(HIDDEN, value) if value else value
        if value[:1] in ("{", "[") and self._names_in(value):
            return self._in_json_text.sub(rf"\g<1>{HIDDEN}\g<2>", value)
        return value

    def _names_in(self, value: str) -> bool:
        lowered = value.lower()
        return any(name in lowered for name in self._names)

    def _secret_name(self, key: Any) -> bool:
        if not isinstance(key, str):
            return False
        known = self._known.get(key)
        if known is None:
            known = key.lower().endswith(self._names)
            if len(self._known) < 50_000:
                self._known[key] = known
        return known


SPAN_FIELDS = (
    "input_messages",
    "output_messages",
    "parameters",
    "input",
    "output",
    "tool_arguments",
    "tool_result",
    "metadata",
    "attributes",
)


def lines(patterns: str) -> Iterable[str]:
    """Patterns of a setting, one a line."""
    return [line.strip() for line in patterns.splitlines() if line.strip()]
