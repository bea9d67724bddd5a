"""Lenient readers of single values, for senders that disagree about types.

Booleans come as `"True"`, numbers as text, lists as JSON text, JSON as the repr of a Python object, ids with quotes
around them. Each function says what the value means, or that it means nothing; none raises.
"""

import ast
from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from ..model import Span

ABSENT = frozenset(("", "None", "none", "null", "undefined", "NaN", "__REDACTED__"))
SCRUBBED = "[Scrubbed due to "
"""How Logfire replaces a value whose key looks like a secret, `session_id` among them."""
UNUSUAL_STARTS = frozenset('"[ \t\r\n\v\f')
REPR_LIMIT = 200_000
LARGEST_COUNT = 10**12
"""More tokens than any call has; what is above it is an error of the sender, and would overflow in sums."""


def text(value: Any) -> str:
    """A value as text, empty where it says nothing; a JSON string of a string is unwrapped."""
    if type(value) is str:
        # Nearly every value: nothing to unwrap, nothing to trim.
        if value and value[0] not in UNUSUAL_STARTS and value[-1] > " " and value not in ABSENT:
            return value
    elif value is None or isinstance(value, (dict, list)):
        return ""
    elif not isinstance(value, str):
        return str(value)
    if value[:1] == '"' and value[-1:] == '"' and len(value) > 1:
        try:
            inner = orjson.loads(value)
        except orjson.JSONDecodeError:
            inner = value
        value = inner if isinstance(inner, str) else value
    value = value.strip()
    if value in ABSENT or value.startswith(SCRUBBED):
        return ""
    return value


def count(value: Any) -> int | None:
    """A whole number from 0 to `LARGEST_COUNT`, None where the value is none."""
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return int(value) if 0 <= value <= LARGEST_COUNT else None


def number(value: Any) -> float | None:
    """A finite number, None where the value is none."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        result = float(value)
    except ValueError:
        return None
    return result if result - result == 0 else None


def flag(value: Any) -> bool:
    """True for true and for the ways in which senders write it."""
    return value is True or (isinstance(value, str) and value.lower() in ("true", "1", "yes"))


def parsed(value: Any) -> Any:
    """What a text holds: JSON, else a Python literal, else the text itself; other values as they are."""
    return parsed_as_sent(value)[0]


def parsed_as_sent(value: Any) -> tuple[Any, str]:
    """The same, and the text where it is JSON as it stands, else nothing."""
    if not isinstance(value, str):
        return value, ""
    stripped = value.lstrip()
    if not stripped or (stripped[0] not in '{["-0123456789' and stripped not in ("true", "false", "null")):
        return value, ""
    try:
        return orjson.loads(stripped), stripped
    except orjson.JSONDecodeError:
        return _parsed_otherwise(stripped, value), ""


def kept(span: Span, value: Any) -> Any:
    """Like `parsed`; a text that is JSON as it stands is kept with the span, so that nobody writes it again."""
    found, as_sent = parsed_as_sent(value)
    if as_sent:
        span.as_sent[id(found)] = found, as_sent
    return found


def _parsed_otherwise(stripped: str, value: str) -> Any:
    if stripped[0] in "{[" and len(stripped) <= REPR_LIMIT:
        try:
            # Through JSON, so that nothing is in it that JSON has no word for.
            literal = ast.literal_eval(stripped)
            return orjson.loads(orjson.dumps(literal, default=str, option=orjson.OPT_NON_STR_KEYS))
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            return _longest_prefix(stripped, value)
    return value


def structure(value: Any) -> Any:
    """Like `parsed`, but only a list or an object; None for anything else."""
    result = parsed(value)
    return result if isinstance(result, (dict, list)) else None


def mapping(value: Any) -> dict[str, Any]:
    """Like `parsed`, but only an object; empty for anything else."""
    result = parsed(value)
    return result if isinstance(result, dict) else {}


def texts(value: Any) -> list[str]:
    """A list of words: from a list, JSON text of one, or a text with commas."""
    value = parsed(value)
    if isinstance(value, str):
        value = value.split(",")
    if not isinstance(value, (list, tuple)):
        return []
    return [word for word in map(text, value) if word]


def first(attributes: Mapping[str, Any], keys: Iterable[str]) -> Any:
    """The first value among `keys` that says something."""
    for key in keys:
        value = attributes.get(key)
        if value is not None and value != "":
            return value
    return None


def numbered(attributes: Mapping[str, Any], prefix: str) -> list[dict[str, Any]]:
    """Objects that were flattened into keys `<prefix>0.<rest>`, `<prefix>1.<rest>`, …, in order, each by its rests."""
    items: dict[int, dict[str, Any]] = {}
    length = len(prefix)
    for key, value in attributes.items():
        if key.startswith(prefix):
            index, _, rest = key[length:].partition(".")
            if index.isdigit():
                items.setdefault(int(index), {})[rest] = value
    return [items[index] for index in sorted(items)]


def _longest_prefix(stripped: str, original: str) -> Any:
    """What can still be read of JSON that was cut in the middle; the text itself where nothing can."""
    for at, closing in _cuts(stripped):
        try:
            return orjson.loads(stripped[:at] + closing)
        except orjson.JSONDecodeError:
            continue
    return original


def _cuts(cut_text: str) -> list[tuple[int, str]]:
    open_brackets: list[str] = []
    places: list[tuple[int, str]] = []
    in_string = escaped = False
    for at, character in enumerate(cut_text):
        if in_string:
            if escaped:
                escaped = False
            elif character == "\\":
                escaped = True
            elif character == '"':
                in_string = False
        elif character == '"':
            in_string = True
        elif character in "{[":
            open_brackets.append("}" if character == "{" else "]")
        elif character in "}]" and open_brackets:
            open_brackets.pop()
            places.append((at + 1, "".join(reversed(open_brackets))))
        elif character == ",":
            places.append((at, "".join(reversed(open_brackets))))
    if in_string:
        places.append((len(cut_text) - escaped, '"' + "".join(reversed(open_brackets))))
    return places[-1:-6:-1]
