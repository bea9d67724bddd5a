"""Secrets out of what was sent, before anything is made of it: names, ids, previews and totals come from clean records.

Most requests hold nothing of the kind. A search of the raw body for signs of secrets decides whether its records are
looked at, a second search of each record whether its texts are. RE2 goes through a body once, whatever the number of
patterns, and in time proportional to its length, whatever the text.

A secret becomes `[redacted]`. In a text without white space, which may be an id or a name, it becomes
`[redacted:<keyed hash>]`, the same for the same secret: what was told apart by it stays apart, and joined.
"""

import hmac
import os
import secrets
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec
import orjson
import re2

from ...settings import Settings, words
from ..decode import decode, decompress
from ..log import Entry
from ..otlp.encode import encode
from ..otlp.sent import Decoded, SentEvent, SentLog, SentSpan
from .personal import without_personal
from .rules import (
    HEADERS,
    HIDDEN,
    RULES,
    STRONG_NAME,
    WEAK_NAME,
    Put,
    assigned,
    assignment,
    compile_own,
    signs,
    unescape,
    without_private_keys,
)
from .secrets import PAGING, looks_like_credential, snake

FIELDS: dict[type, dict[str, str]] = {
    SentSpan: {
        "trace_id": "text",
        "span_id": "text",
        "parent_span_id": "text",
        "name": "text",
        "kind": "number",
        "start_ns": "number",
        "end_ns": "number",
        "status_code": "number",
        "status_message": "text",
        "attributes": "value",
        "events": "events",
        "resource": "shared",
        "scope": "shared",
    },
    SentLog: {
        "trace_id": "text",
        "span_id": "text",
        "event_name": "text",
        "time_ns": "number",
        "severity": "text",
        "body": "value",
        "attributes": "value",
        "resource": "shared",
        "scope": "shared",
    },
    SentEvent: {"name": "text", "time_ns": "number", "attributes": "value"},
}
"""How every field of what was sent is cleaned: a `text`, any `value`, a value that is `shared` by the records of a
request, a list of `events`; a `number` holds no secret."""

NESTED = 6
"""Documents in texts in documents that are read as such; deeper ones are looked through as plain text."""
ROUNDS = 4
"""Times that a text is decoded, as what was escaped twice needs two."""
WORD_CHARACTERS = 1_024
"""A longer text is no id."""
KNOWN_NAMES = 50_000
HASH_DIGITS = 12
KEY_FILE = "redaction.key"


class Redaction:
    """What counts as a secret on this server."""

    def __init__(
        self,
        names: Sequence[str] = (),
        patterns: Sequence[str] = (),
        *,
        ids: Sequence[str] = (),
        personal: bool = False,
        key: Callable[[], bytes] = lambda: PROCESS_KEY,
    ) -> None:
        """Raises `BaserunError` where a pattern cannot be used.

        `names` and `patterns` are added to ours, `ids` name attributes whose values must stay distinct even where
        their name is a secret's, and `key` gives the key of the hashes.
        """
        self._ends = tuple(name.lower() for name in names)
        self._ids = frozenset(ids)
        self._own = [compile_own(pattern) for pattern in patterns]
        self._personal = personal
        self._key = key
        self._always = bool(patterns) or personal
        self._signs = signs(self._ends)
        self._rules = (*RULES, (assignment("|".join(map(re2.escape, self._ends))), assigned)) if names else RULES
        self._secret_names: dict[str, str] = {}
        self._cleaned_keys: dict[str, str] = {}

    def may_concern(self, body: bytes) -> bool:
        """Whether a request's body could hold a secret."""
        return self._always or self._signs.search(body) is not None

    def redact(self, decoded: Decoded) -> bool:
        """Replace the secrets of every record; whether there was one."""
        shared: dict[int, Any] = {}
        changed = False
        for record in (*decoded.spans, *decoded.logs):
            changed |= self._redact_record(record, shared)
        return changed

    def clean(self, value: Any) -> Any:
        """The value without its secrets; the same object where it holds none."""
        if isinstance(value, str):
            return self.clean_text(value)
        return self._clean_structure(value, 0) if isinstance(value, (dict, list)) else value

    def clean_text(self, text: str) -> str:
        """The text without its secrets."""
        return self._text(text, 0)

    # --- records and values ------------------------------------------------------------------------------------------

    def _redact_record(self, record: Any, shared: dict[int, Any]) -> bool:
        fields = FIELDS[type(record)]
        looked_at = self._always or self._has_sign(record, fields)
        changed = False
        for field, how in fields.items():
            before = getattr(record, field)
            if how == "number" or not before:
                continue
            if how == "shared":
                # The record that it came with is kept, so that no other value takes its id.
                if id(before) not in shared:
                    shared[id(before)] = before, self.clean(before)
                after = shared[id(before)][1]
            elif not looked_at:
                continue
            elif how == "events":
                for event in before:
                    changed |= self._redact_record(event, shared)
                continue
            else:
                after = self.clean(before)
            if after is not before:
                changed = True
                setattr(record, field, after)
        return changed

    def _has_sign(self, record: Any, fields: dict[str, str]) -> bool:
        own = [getattr(record, field) for field, how in fields.items() if how not in ("number", "shared")]
        try:
            return self.may_concern(msgspec.json.encode(own))
        except (TypeError, ValueError, RecursionError, OverflowError):
            return True

    def _clean_structure(self, top: Any, nested: int) -> Any:
        """A list or an object without its secrets: no call within a call, for it may be deep."""
        holder: list[Any] = [top]
        work: list[tuple[Any, Any, str]] = [(holder, 0, "")]
        changed = False
        while work:
            container, place, name = work.pop()
            item = container[place]
            if isinstance(item, dict):
                new: Any = self._keys(item, nested)
                changed |= new.keys() != item.keys()
                work += [(new, key, under) for key, under in self._members(new, name)]
            elif isinstance(item, list):
                new = list(item)
                work += [(new, number, name) for number in range(len(new))]
                if len(new) == 2 and isinstance(new[0], str) and snake(new[0]) in HEADERS:
                    work[-1] = (new, 1, new[0])
            elif isinstance(item, str):
                new = self._hidden(name, item) if name else item
                new = self._text(item, nested) if new is item else new
                changed |= new != item
            elif name and type(item) in (int, float) and abs(item) >= 1000 and self._kind(name) == "strong":
                # A count of tokens stands under other names, and a shorter number is no secret.
                new, changed = HIDDEN, True
            else:
                continue
            container[place] = new
        return holder[0] if changed else top

    def _keys(self, item: dict[Any, Any], nested: int) -> dict[Any, Any]:
        cleaned = {self._key_text(key, nested) if isinstance(key, str) else key: value for key, value in item.items()}
        # Two keys that have become one must not cost a value: its order in the object tells the second apart.
        if len(cleaned) < len(item):
            cleaned = {}
            for number, (key, value) in enumerate(item.items()):
                new = self._key_text(key, nested) if isinstance(key, str) else key
                cleaned[f"{new}#{number}" if new in cleaned else new] = value
        return cleaned

    def _key_text(self, key: str, nested: int) -> str:
        # The names of attributes come again and again.
        cleaned = self._cleaned_keys.get(key)
        if cleaned is None:
            cleaned = self._text(key, nested)
            if len(self._cleaned_keys) < KNOWN_NAMES and len(key) <= WORD_CHARACTERS:
                self._cleaned_keys[key] = cleaned
        return cleaned

    def _members(self, item: dict[Any, Any], outer: str) -> list[tuple[Any, str]]:
        """Every key of an object, with the secret's name that its value stands under."""
        found: list[tuple[Any, str]] = []
        told = self._told_names(item)
        for key in item:
            under = key if isinstance(key, str) and self._kind(key) else told.get(key, "")
            if not under and outer and key in VALUES:
                under = outer
            found.append((key, under))
        return found

    def _told_names(self, item: dict[Any, Any]) -> dict[Any, str]:
        """Names that stand beside their value: `{"name": "Authorization", "value": …}`, `x.key` and `x.value`."""
        told: dict[Any, str] = {}
        for key in item:
            if not isinstance(key, str) or not isinstance(item[key], str):
                continue
            stem, _, last = key.rpartition(".")
            if last in NAMED:
                name = item[key][:WORD_CHARACTERS]
                if self._kind(name):
                    told.update({f"{stem}.{value}" if stem else value: name for value in VALUES})
        return told

    def _hidden(self, name: str, item: str) -> str:
        """What stands in place of a text under a secret's name; the text itself where it is none."""
        kind = self._kind(name)
        if not item or item.startswith(HIDDEN[:-1]) or (kind == "weak" and not looks_like_credential(item)):
            return item
        return self._hashed(item) if name in self._ids else HIDDEN

    def _kind(self, name: str) -> str:
        """`strong`, `weak` or nothing: what a value under this name is."""
        kind = self._secret_names.get(name)
        if kind is None:
            short = name[-WORD_CHARACTERS:]
            kind = "strong" if short.lower().endswith(self._ends) or STRONG_NAME.search(snake(short)) else ""
            if not kind and WEAK_NAME.search(snake(short)) and not PAGING.search(snake(short)):
                kind = "weak"
            if len(self._secret_names) < KNOWN_NAMES and len(name) <= WORD_CHARACTERS:
                self._secret_names[name] = kind
        return kind

    # --- texts -------------------------------------------------------------------------------------------------------

    def _text(self, text: str, nested: int) -> str:
        if not text or not (self._always or self._has_text_sign(text)):
            return text
        try:
            text.encode()
        except UnicodeEncodeError:
            text = text.encode("utf-8", "replace").decode()
        is_word = len(text) <= WORD_CHARACTERS and not any(map(str.isspace, text))
        if not is_word or text[0] in '{["':
            text = self._document(text, nested)
        text = decoded = self._plain(text, is_word=is_word)
        for _ in range(ROUNDS):
            before, decoded = decoded, unescape(decoded)
            if decoded == before:
                break
            cleaned = self._plain(self._document(decoded, nested), is_word=is_word)
            if cleaned != decoded:
                # Only then: what hides nothing stays as it was written.
                text = decoded = cleaned
        return text

    def _document(self, text: str, nested: int) -> str:
        """A text that is JSON, cleaned member by member; any other as it is."""
        stripped = text.strip()
        if nested >= NESTED or stripped[:1] not in ("{", "[", '"'):
            return text
        try:
            document = orjson.loads(stripped)
            before = [document] if isinstance(document, str) else document
            after = self._clean_structure(before, nested + 1)
            if after is before:
                return text
            return orjson.dumps(after[0] if isinstance(document, str) else after).decode()
        except (orjson.JSONDecodeError, orjson.JSONEncodeError):
            # Cut short, a Python repr, or too deep to be written: the patterns find what stands in it as text.
            return text

    def _plain(self, text: str, *, is_word: bool) -> str:
        """The text without what the patterns find."""

        def put(secret: str) -> str:
            return self._hashed(secret) if is_word else HIDDEN

        text = without_private_keys(text, put)
        for pattern, replace in self._rules:
            text = _apply(pattern, replace, text, put)
        for own in self._own:
            text = own.sub(lambda found: put(found.group()) if found.group() else "", text)
        return without_personal(text, put) if self._personal else text

    def _hashed(self, secret: str) -> str:
        digest = hmac.new(self._key(), secret.encode("utf-8", "replace"), "sha256").hexdigest()
        return f"[redacted:{digest[:HASH_DIGITS]}]"

    def _has_text_sign(self, text: str) -> bool:
        return self._signs.search(text.encode("utf-8", "replace")) is not None


NAMED = ("name", "key", "header")
VALUES = ("value", "values", "secret")


def _apply(pattern: Any, replace: Any, text: str, put: Put) -> str:
    return pattern.sub(lambda found: replace(found, text, put), text)


def redaction_of(settings: Settings) -> Redaction:
    """The redaction that a server's settings ask for; raises `BaserunError` where one of them cannot be used."""
    return Redaction(
        words(settings.redact_keys),
        list(lines(settings.redact_patterns)),
        ids=(*words(settings.session_attributes), *words(settings.user_attributes)),
        personal=settings.redact_personal,
        key=lambda: key_in(settings.data_dir, settings.redact_hash_key.get_secret_value()),
    )


def before_log(settings: Settings) -> Callable[[Entry], Entry] | None:
    """What a request goes through before it is written to the log, None where no project asks for that.

    It raises `errors.Refused` for what cannot be read: what cannot be read cannot be redacted.
    """
    projects = frozenset(words(settings.redact_before_log))
    redaction, limit_bytes = redaction_of(settings), settings.max_decompressed_bytes

    def clean(entry: Entry) -> Entry:
        if entry.project_id not in projects and "*" not in projects:
            return entry
        body = decompress(entry.body, entry.content_encoding, limit_bytes)
        if not redaction.may_concern(body):
            return entry
        decoded = decode(entry.path, entry.content_type == "application/json", body)
        redaction.redact(decoded)
        # Even where nothing was found: what is not read of a request would be kept without a look at it.
        return msgspec.structs.replace(
            entry, content_type="application/json", content_encoding="", body=encode(decoded)
        )

    return clean if projects else None


def lines(patterns: str) -> Iterable[str]:
    """Patterns of a setting, one a line."""
    return [line.strip() for line in patterns.splitlines() if line.strip()]


# --- the key of the hashes -------------------------------------------------------------------------------------------

PROCESS_KEY = secrets.token_bytes(32)
"""Where there is no data folder that could keep one."""


@lru_cache
def key_in(folder: Path, given: str) -> bytes:
    """The key of a server's hashes: the one that its settings give, else its data folder's, made when first needed."""
    if given:
        return given.encode()
    path = folder / KEY_FILE
    if not folder.is_dir():
        return PROCESS_KEY
    if not path.exists():
        new = folder / f"{KEY_FILE}.{os.getpid()}.new"
        file = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        with os.fdopen(file, "wb") as opened:
            opened.write(secrets.token_hex(32).encode())
            opened.flush()
            os.fsync(opened.fileno())
        try:
            # Not `replace`: of two processes that make one at the same time, the first one's counts.
            os.link(new, path)
        except FileExistsError:
            pass
        finally:
            new.unlink(missing_ok=True)
    return path.read_bytes()
