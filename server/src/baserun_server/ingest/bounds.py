"""Records and requests held to `limits.py`: counted at the door, cut and marked behind it.

`count_values` refuses a request that would take far more memory than its bytes; `within` cuts a value at its depth;
`bound_sent` and `bound_record` cut what one record holds too much of and say so in the record itself:

    span.marks                       ["over_limit"]
    span.attributes["baserun.limits"] ["`10500` attributes; `10000` are kept"]

Other kinds of records, which have no marks, say it in their metadata or traits.
"""

from collections.abc import Callable, Collection
from hashlib import blake2b
from operator import attrgetter
from typing import Any

from ..errors import TooLarge
from ..limits import (
    ATTRIBUTES,
    DEPTH,
    EVENTS,
    ID_CHARACTERS,
    KEY_CHARACTERS,
    METADATA_KEYS,
    NAME_CHARACTERS,
    TAGS,
    TEXT_CHARACTERS,
    VALUES,
)
from ..model import Log, Score, SessionEvent, Span, UserEvent

LIMITS_KEY = "baserun.limits"
OVER_LIMIT = "over_limit"
"""The mark of a span that was cut."""
TOO_DEEP = f"[deeper than {DEPTH} levels]"
"""Stands in the place of what was cut."""
SMALLEST_BYTES = 2
"""What a value takes on the wire at the least; a body that is too short to hold too many of them is not counted."""
SIGNS_OF_A_VALUE = 2
"""Brackets and commas that OTLP/JSON has more than protobuf has messages: `{"key":"k","value":{"intValue":1}},`."""


# --- requests --------------------------------------------------------------------------------------------------------


def count_values(body: bytes, is_json: bool, descriptor: Any = None) -> None:
    """Refuse a decompressed request with more than `limits.VALUES` values; raises `errors.TooLarge`.

    Of JSON the brackets and commas are counted, of protobuf the messages within the one that `descriptor` describes.
    Text full of commas counts too: 128 MiB of prose has about 2 million.
    """
    if len(body) <= VALUES * SMALLEST_BYTES:
        return
    signs = sum(map(body.count, (b",", b"[", b"{"))) if is_json else 0
    number = signs // SIGNS_OF_A_VALUE if is_json else _messages(descriptor, body)
    if number > VALUES:
        raise TooLarge(
            f"the request holds more than `{VALUES}` values", hint="send smaller batches", code="too_many_values"
        )


def _messages(descriptor: Any, body: bytes) -> int:
    """Messages within an encoded one, counted until there are too many or one cannot be read."""
    number, end_of_all = 0, len(body)
    waiting = [(0, end_of_all, _messages_of(descriptor))]
    try:
        while waiting:
            at, end, messages = waiting.pop()
            while at < end:
                tag, at = body[at], at + 1
                kind = tag & 7
                if tag > 127:
                    tag, at = _long_varint(body, at - 1)
                if kind == 2:
                    size, at = body[at], at + 1
                    if size > 127:
                        size, at = _long_varint(body, at - 1)
                    inner = messages.get(tag >> 3)
                    if inner is not None:
                        number += 1
                        if number > VALUES:
                            return number
                        if size:
                            waiting.append((at, min(at + size, end), inner))
                    at += size
                elif kind == 0:
                    while body[at] > 127:
                        at += 1
                    at += 1
                elif kind == 1:
                    at += 8
                elif kind == 5:
                    at += 4
                else:
                    # The strict parser says what is wrong.
                    return number
    except IndexError:
        pass
    return number


def _long_varint(body: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = body[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
        shift += 7
        if shift > 63:
            raise IndexError


_known_messages: dict[str, dict[int, Any]] = {}


def _messages_of(descriptor: Any) -> dict[int, Any]:
    """The fields of a message that are messages themselves, by number, each with its own such fields."""
    found = _known_messages.get(descriptor.full_name)
    if found is None:
        # Known before its fields are looked at: a value holds lists of values.
        found = _known_messages[descriptor.full_name] = {}
        found.update({f.number: _messages_of(f.message_type) for f in descriptor.fields if f.message_type})
    return found


# --- values ----------------------------------------------------------------------------------------------------------


def is_deeper(value: Any, levels: int = DEPTH) -> bool:
    """Whether a value has more than so many levels of lists and objects."""
    level = [value] if type(value) in (list, dict) else []
    for _ in range(levels):
        if not level:
            return False
        level = [
            inner
            for outer in level
            for inner in (outer.values() if type(outer) is dict else outer)
            if type(inner) is list or type(inner) is dict
        ]
    return bool(level)


def within(value: Any, levels: int = DEPTH) -> Any:
    """The value, with `TOO_DEEP` in the place of whatever lies deeper than so many levels."""
    return _cut(value, levels) if is_deeper(value, levels) else value


def _cut(value: Any, levels: int) -> Any:
    if type(value) is dict:
        return {key: _cut(item, levels - 1) for key, item in value.items()} if levels else TOO_DEEP
    if type(value) is list:
        return [_cut(item, levels - 1) for item in value] if levels else TOO_DEEP
    return value


USUAL_NUMBER, USUAL_CHARACTERS = 128, 4_096


def is_usual(words: Collection[str]) -> bool:
    """Whether names are so few and short that what was found out about them may be remembered.

    What is remembered must not grow with what senders make up.
    """
    return len(words) <= USUAL_NUMBER and sum(map(len, words)) <= USUAL_CHARACTERS


def short_id(id_: str) -> str:
    """An id of at most `limits.ID_CHARACTERS`: a longer one's beginning and hash, so that two stay two."""
    return _shortened(id_, ID_CHARACTERS)


def _shortened(word: str, characters: int) -> str:
    if len(word) <= characters:
        return word
    digest = blake2b(word.encode("utf-8", "replace"), digest_size=16).hexdigest()
    return f"{word[: characters - 34]}…~{digest}"[:characters]


# --- records ---------------------------------------------------------------------------------------------------------


def bound_sent(sent: Any, may_be_long: bool) -> list[str]:
    """Cut what a span or log record holds too much of as sent; returns what was cut, in words.

    `may_be_long` is False where the whole request is shorter than the longest text, so that none needs to be measured.
    """
    cut: list[str] = []
    attributes = sent.attributes
    if len(attributes) > ATTRIBUTES or any(len(key) > KEY_CHARACTERS for key in attributes):
        attributes = sent.attributes = _bound_keys(attributes, ATTRIBUTES, "attributes", cut)
    if may_be_long:
        for key, value in attributes.items():
            if type(value) is str and len(value) > TEXT_CHARACTERS:
                attributes[key] = value[:TEXT_CHARACTERS]
                cut.append(f"attribute `{key}` of `{len(value)}` characters; the first `{TEXT_CHARACTERS}` are kept")
    events = getattr(sent, "events", None)
    if events:
        if len(events) > EVENTS:
            cut.append(f"`{len(events)}` events; the first `{EVENTS}` are kept")
            sent.events = events[:EVENTS]
        for event in sent.events:
            if len(event.attributes) > ATTRIBUTES or any(len(key) > KEY_CHARACTERS for key in event.attributes):
                event.attributes = _bound_keys(event.attributes, ATTRIBUTES, "attributes of an event", cut)
    body = getattr(sent, "body", None)
    if type(body) is str and len(body) > TEXT_CHARACTERS:
        sent.body = body[:TEXT_CHARACTERS]
        cut.append(f"a body of `{len(body)}` characters; the first `{TEXT_CHARACTERS}` are kept")
    return cut


def _bound_keys(pairs: dict[str, Any], most: int, what: str, cut: list[str]) -> dict[str, Any]:
    if len(pairs) > most:
        cut.append(f"`{len(pairs)}` {what}; the first `{most}` are kept")
    kept = {}
    for key, value in pairs.items():
        if len(kept) == most:
            break
        if len(key) > KEY_CHARACTERS:
            cut.append(f"a key of `{len(key)}` characters among the {what}; `{KEY_CHARACTERS}` are kept")
            key = _shortened(key, KEY_CHARACTERS)
        kept[key] = value
    return kept


IDS: dict[type, tuple[str, ...]] = {
    Span: ("session_id", "user_id", "provider_user", "response_id", "completion_id", "tool_call_id"),
    SessionEvent: ("event_id", "session_id", "user_id"),
    UserEvent: ("event_id", "user_id", "alias"),
    Score: ("score_id", "session_id", "user_id", "response_id", "completion_id"),
    Log: ("log_id", "session_id", "user_id", "response_id", "completion_id"),
}
NAMES: dict[type, tuple[str, ...]] = {
    Span: (
        "name",
        "scope",
        "service_tier",
        "trace_name",
        "error_type",
        "session_attribute",
        "user_attribute",
        "provider_user_attribute",
        "provider",
        "model",
        "model_requested",
        "tool_name",
        "environment",
        "release",
        "service",
    ),
    SessionEvent: ("name", "outcome"),
    UserEvent: (),
    Score: ("name", "label"),
    Log: ("name",),
}
TEXTS: dict[type, tuple[str, ...]] = {
    Span: ("status_message",),
    SessionEvent: (),
    UserEvent: (),
    Score: ("comment",),
    Log: (),
}
PAIRS: dict[type, str] = {
    Span: "metadata",
    SessionEvent: "metadata",
    UserEvent: "traits",
    Score: "metadata",
    Log: "metadata",
}
LISTS_OF_NAMES: dict[type, tuple[str, ...]] = {Span: ("tags", "finish_reasons")}
_words: dict[type, Callable[[Any], tuple[str, ...]]] = {
    kind: attrgetter(*IDS[kind], *NAMES[kind], *TEXTS[kind]) for kind in IDS
}


def bound_record(record: Any, cut: list[str]) -> None:
    """Cut the ids, names, texts, tags and metadata of a record that are over a limit, and say what was cut in it."""
    kind = type(record)
    if max(map(len, _words[kind](record))) > ID_CHARACTERS:
        _bound_words(record, kind, cut)
    for field in LISTS_OF_NAMES.get(kind, ()):
        words = getattr(record, field)
        if words and (len(words) > TAGS or max(map(len, words)) > NAME_CHARACTERS):
            cut.append(f"`{len(words)}` {field.replace('_', ' ')}; `{TAGS}` of `{NAME_CHARACTERS}` characters are kept")
            setattr(record, field, [_shortened(word, NAME_CHARACTERS) for word in words[:TAGS]])
    pairs = getattr(record, PAIRS[kind])
    if pairs and (len(pairs) > METADATA_KEYS or max(map(len, pairs)) > KEY_CHARACTERS):
        setattr(record, PAIRS[kind], _bound_keys(pairs, METADATA_KEYS, f"keys of {PAIRS[kind]}", cut))
    if not cut:
        return
    if kind is Span:
        if OVER_LIMIT not in record.marks:
            record.marks = [*record.marks, OVER_LIMIT]
        record.attributes[LIMITS_KEY] = _few(cut)
    else:
        setattr(record, PAIRS[kind], {**getattr(record, PAIRS[kind]), LIMITS_KEY: _few(cut)})


def _bound_words(record: Any, kind: type, cut: list[str]) -> None:
    for fields, characters, shorten in (
        (IDS[kind], ID_CHARACTERS, _shortened),
        (NAMES[kind], NAME_CHARACTERS, _shortened),
        (TEXTS[kind], TEXT_CHARACTERS, lambda word, most: word[:most]),
    ):
        for field in fields:
            word = getattr(record, field)
            if len(word) > characters:
                cut.append(f"{field} of `{len(word)}` characters; `{characters}` are kept")
                setattr(record, field, shorten(word, characters))


def _few(cut: list[str]) -> list[str]:
    """What is said in the record: not a line for each of 10,000 keys."""
    return cut if len(cut) <= 20 else [*cut[:20], f"and `{len(cut) - 20}` more"]
