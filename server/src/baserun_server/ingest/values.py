"""Lenient readers of single values, for senders that disagree about types.

Booleans come as `"True"`, numbers as text, lists as JSON text, JSON as the repr of a Python object, ids with quotes
around them. Each function says what the value means, or that it means nothing; none raises.
"""

import re
from collections import deque
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
import orjson

from ..limits import DEPTH
from ..model import Span
from .bounds import is_deeper
from .literals import json_of_literal

ABSENT = frozenset(("", "None", "none", "null", "undefined", "NaN", "__REDACTED__"))
SCRUBBED = "[Scrubbed due to "
"""How Logfire replaces a value whose key looks like a secret, `session_id` among them."""
UNUSUAL_STARTS = frozenset('"[ \t\r\n\v\f')
REPR_CHARACTERS, REPR_SIGNS = 200_000, 20_000
"""Length of a Python repr that is read, and brackets and commas in it; a longer text stays a text."""
PARSED_SIGNS = 1_000_000
"""Brackets and commas above which a text stays a text: as values it would take a hundred times its size."""
STRUCTURE = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*("?)|[\[\]{},]', re.DOTALL)
"""Strings, of which the last may be cut, and the signs between them."""
NESTED_LEVELS = 12
ESCAPES = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u([dD][89a-fA-F][0-9a-fA-F]{2})|\\.", re.DOTALL
)
"""Escapes in JSON text; the group is half of a surrogate pair without its other half."""
CUTS = 5
"""Places at which text that was cut is tried to be closed, from its end."""
NUMBER_STARTS = frozenset("-0123456789")
NUMBER_CHARACTERS = 400
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


def parsed(value: Any, numbers: bool = False) -> Any:
    """What a text holds: JSON, else a Python literal, else the text itself; other values as they are.

    A text that is a number stays the text: whoever wrote `1.10`, `007` or the number of a parcel meant its digits. With
    `numbers` it is one, where that loses none of them: of senders that write every value as JSON.
    """
    return parsed_as_sent(value, numbers)[0]


def parsed_as_sent(value: Any, numbers: bool = False) -> tuple[Any, str]:
    """The same, and the text where it is JSON as it stands, else nothing."""
    if not isinstance(value, str):
        return value, ""
    stripped = value.lstrip()
    if not stripped or (stripped[0] not in '{["' and stripped not in ("true", "false", "null")):
        found = _number_in(value) if numbers else None
        return (value, "") if found is None else (found, value)
    opening = stripped.count("[") + stripped.count("{")
    signs = opening + stripped.count(",") if opening > DEPTH or len(stripped) > PARSED_SIGNS else opening
    if signs > PARSED_SIGNS:
        return value, ""
    try:
        found, as_sent = _loaded(stripped), stripped
    except ValueError:
        found, as_sent = _parsed_otherwise(stripped, value), ""
    if opening > DEPTH and is_deeper(found):
        # It stays what it was sent as. A structure so deep is a loop of some program's, and nobody could look at it.
        return value, ""
    return found, as_sent


def whole(value: Any) -> tuple[Any, bool]:
    """A list or an object that a text holds, whole; any other text as it stands, and whether it was cut in the middle.

    For what a program was asked to do or answered: half of it must not look like something else that is whole.
    """
    if not isinstance(value, str):
        return value, False
    stripped = value.strip()
    if stripped[:1] not in ("{", "["):
        return value, False
    found = parsed(value)
    if isinstance(found, str):
        return value, _is_open(stripped)
    try:
        _loaded(stripped)
    except ValueError:
        return (value, True) if _is_open(stripped) else (found, False)
    return found, False


def _is_open(stripped: str) -> bool:
    """Whether brackets are left open at the end of a text."""
    if len(stripped) > PARSED_SIGNS:
        return False
    opened = 0
    for token in STRUCTURE.finditer(stripped):
        sign = token[0]
        if sign in ("{", "["):
            opened += 1
        elif sign in ("}", "]"):
            opened -= 1
        elif sign != "," and not token[1]:
            return True
    return opened > 0


def _loaded(text_: str) -> Any:
    """JSON with every digit of its whole numbers; `ValueError` for anything else."""
    try:
        return msgspec.json.decode(text_)
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        return orjson.loads(text_)


def _number_in(value: str) -> int | float | None:
    """The number that a text is, if it would be written in the same way."""
    if value[:1] not in NUMBER_STARTS or len(value) > NUMBER_CHARACTERS:
        return None
    try:
        found = _loaded(value)
    except ValueError:
        return None
    return found if type(found) in (int, float) and str(found) == value else None


def kept(span: Span, value: Any, numbers: bool = False) -> Any:
    """Like `parsed`; a text that is JSON as it stands is kept with the span, so that nobody writes it again."""
    found, as_sent = parsed_as_sent(value, numbers)
    if as_sent:
        span.as_sent[id(found)] = found, as_sent
    return found


def has_half_pairs(text_: str) -> bool:
    """Whether JSON text holds escapes of half a character, where it was cut in the middle of one."""
    return "\\u" in text_ and any(match[1] for match in ESCAPES.finditer(text_))


def _parsed_otherwise(stripped: str, value: str) -> Any:
    if has_half_pairs(stripped):
        try:
            return _loaded(ESCAPES.sub(lambda match: "\\ufffd" if match[1] else match[0], stripped))
        except ValueError:
            pass
    if stripped[0] not in "{[":
        return value
    if len(stripped) <= REPR_CHARACTERS and sum(map(stripped.count, "[{(,")) <= REPR_SIGNS:
        try:
            return orjson.loads(json_of_literal(stripped) or "")
        except orjson.JSONDecodeError:
            pass
    return _longest_prefix(stripped, value)


def structure(value: Any) -> Any:
    """Like `parsed`, but only a list or an object; None for anything else."""
    result = parsed(value)
    return result if isinstance(result, (dict, list)) else None


def mapping(value: Any) -> dict[str, Any]:
    """Like `parsed`, but only an object; empty for anything else."""
    result = parsed(value)
    return result if isinstance(result, dict) else {}


def items(value: Any) -> list[Any]:
    """What a list holds; of anything else nothing."""
    return value if isinstance(value, list) else []


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
            # Not `isdigit`: that holds for superscripts too, which are no numbers to `int`.
            if index.isdecimal() and len(index) < 10:
                items.setdefault(int(index), {})[rest] = value
    return [items[index] for index in sorted(items)]


def nested(fields: Mapping[str, Any]) -> dict[str, Any]:
    """An object that was flattened into keys with dots: `calls.0.name` becomes `{"calls": [{"name": …}]}`."""
    root: dict[str, Any] = {}
    for key, value in fields.items():
        *path, last = key.split(".", NESTED_LEVELS)
        place = root
        for name in path:
            inner = place.get(name)
            if not isinstance(inner, dict):
                inner = place[name] = {} if inner is None else {"": inner}
            place = inner
        place[last] = value
    return _with_lists(root)


def _with_lists(value: Any) -> Any:
    if not isinstance(value, dict) or not value:
        return value
    inner = {key: _with_lists(item) for key, item in value.items()}
    if all(key.isdecimal() and len(key) < 10 for key in inner):
        return [inner[key] for key in sorted(inner, key=int)]
    return inner


def kept_whole(span: Span, value: Any, numbers: bool = False) -> tuple[Any, bool]:
    """Like `kept`, for what must not be read where it was cut: then the text, and True."""
    if whole(value)[1]:
        return value, True
    return kept(span, value, numbers), False


def _longest_prefix(stripped: str, original: str) -> Any:
    """What can still be read of JSON that was cut in the middle; the text itself where nothing can."""
    for at, closing in _cuts(stripped):
        try:
            return orjson.loads(stripped[:at] + closing)
        except orjson.JSONDecodeError:
            continue
    return original


def _cuts(cut_text: str) -> Iterable[tuple[int, str]]:
    """The last places at which a value ends, each with the brackets that are still to be closed there."""
    closing = ""
    places: deque[tuple[int, str]] = deque(maxlen=CUTS)
    for token in STRUCTURE.finditer(cut_text):
        sign = token[0]
        if sign == ",":
            places.append((token.start(), closing))
        elif sign in ("{", "["):
            closing = ("}" if sign == "{" else "]") + closing
            if len(closing) > DEPTH:
                # Closing each of its places would cost as much as it is deep.
                return ()
        elif sign in ("}", "]"):
            if closing:
                closing = closing[1:]
                places.append((token.end(), closing))
        elif not token[1]:
            end = len(cut_text) - (_backslashes(cut_text) % 2)
            places.append((end, '"' + closing))
    return reversed(places)


def _backslashes(cut_text: str) -> int:
    """How many stand at the end: an odd one would escape the quote that closes."""
    return len(cut_text) - len(cut_text.rstrip("\\"))
