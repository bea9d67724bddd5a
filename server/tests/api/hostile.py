"""What a caller with bad intentions puts into parameters and bodies, by kind."""

import base64
import random
from collections.abc import Mapping
from urllib.parse import quote_from_bytes

import orjson

TEXTS: dict[str, str | bytes] = {
    "nothing": "",
    "NUL": "\0",
    "NUL inside": "u\0x",
    "half of a surrogate pair": b"\xed\xa0\xbd",
    "no UTF-8": b"\xff\xfe",
    "cut UTF-8": b"\xe2\x82",
    "percent": "%",
    "percent encoded twice": "%2500",
    "direction": "\u202e",
    "lines": "a\r\nb\tc",
    "a quote": "'",
    "an injection": "' OR 1=1 --",
    "a second statement": "'); DROP TABLE spans; --",
    "a backslash": "\\",
    "a backslash before a quote": "\\'",
    "a parameter of a statement": "{project_id:String}",
    "a fragment of a statement": "${where}",
    "a comment": "/* --",
    "a path": "../../../../etc/passwd",
    "300 letters": "a" * 300,
    "5,000 letters": "a" * 5_000,
    "5,000 letters of four bytes": "\U0001f600" * 1_250,
    "a separator": "\x1e",
    "stars": "*" * 200,
    "a number": "7",
    "minus one": "-1",
    "18 digits": "1" + "0" * 18,
    "more than 64 bits": "9" * 40,
    "5,000 digits": "9" * 5_000,
    "other digits": "٣",
    "too large an exponent": "1e999",
    "NaN": "NaN",
    "Infinity": "-Infinity",
    "true": "true",
    "null": "null",
    "JSON": '{"a":[1]}',
    "deep JSON": "[" * 1_500,
    "a time before all": "0001-01-01",
    "a time after all": "9999-12-31T23:59:59.999999Z",
    "long ago": "now-999999999w",
    "far ahead": "now+999999999w",
    "no day": "2026-02-30",
    "no zone": "2026-11-22T10:00:00+99:99",
    "markup": "<script>alert(1)</script>",
}
"""For every parameter: texts, or bytes as they stand percent-encoded in an address."""

FILTER_FIELDS = ("user_id", "name", "errors", "cost_usd", "duration_ms", "started_at", "first_seen", "model", "tag")
FILTER_FIELDS += ("said", "score.x", 'score."\' OR 1"', 'trait."\'"', 'meta."{a:String}"', 'meta."a\nb"', "status")
FILTER_FIELDS += ("derived", "alias", "latency_p95_ms")
FILTER_VALUES = ("'", '"{project_id:String}"', "1..2", '"a*"*', "9" * 30, '"\\\\"', "$5", "now-999999999w", '"\0"', "é")
MANY = {
    "300 clauses": " ".join(["errors>0"] * 300),
    "300 times said": " ".join(["said:x"] * 300),
    "300 scores": " ".join(f"score.s{n}>0" for n in range(300)),
    "900 times has": "has:" * 900,
    "400 times has a name": " ".join(["has:name"] * 400),
    "1,900 values": "user_id:" + ",".join(["a"] * 1_900),
    "1,900 values of tags": "tag:" + ",".join(["a"] * 1_900),
    "3,900 backslashes": 'meta."' + "\\" * 3_900,
    "minus signs": "-" * 3_999,
    "quotes": '"' * 3_999,
}
OF_PARAMETERS: dict[str, dict[str, str | bytes]] = {
    "filter": {
        **MANY,
        **{
            f"{sign}{field}{operator}{value}": f"{sign}{field}{operator}{value}"
            for field in FILTER_FIELDS
            for operator in (":", "~", ">", "<=")
            for sign in ("", "-")
            for value in FILTER_VALUES
        },
        **{f"has {field}": f"has:{field}" for field in FILTER_FIELDS},
    },
    "q": {
        "499 words": " ".join(["x"] * 499),
        "400 words unwanted": "-a " * 333,
        "999 quotes": '"' * 999,
        "999 points": "." * 999,
        "a long phrase": '"' + "word " * 190 + '"',
        "a long text without spaces": "-".join(["ab"] * 300),
        "no role": "role:" + "x" * 500,
        "only a role": "role:user",
        "a regular expression": "(a+)+$ [[:x:]] \\p{L}",
    },
    "cursor": {
        "another version": base64.urlsafe_b64encode(orjson.dumps([9, "x", 1])).decode(),
        "an object": base64.urlsafe_b64encode(b'{"a":1}').decode(),
        "a number": base64.urlsafe_b64encode(b"1").decode(),
        "a text": base64.urlsafe_b64encode(b'"abc"').decode(),
        "deep": base64.urlsafe_b64encode(b"[" * 900 + b"]" * 900).decode(),
        "huge": "A" * 60_000,
        "no base64": "=====",
    },
    "sort": {"unknown": "x", "many": ",".join(["-errors"] * 25), "only signs": "-,-,-"},
    "interval": {"a long one": "999999999w", "none": "0s", "a short one": "1s", "other digits": "٣m"},
    "metrics": {"many": ",".join(["sessions"] * 55), "one unknown": "sessions,x"},
    "field": {
        "a key": 'meta."{a:String}"',
        "no key": "meta.",
        "a long key": "trait." + "k" * 190,
        "said": "said",
    },
}
"""Further ones for parameters of these names."""

JSON_VALUES: dict[str, bytes] = {
    "null": b"null",
    "true": b"true",
    "a number": b"7",
    "a fraction": b"0.5",
    "a text": b'"x"',
    "an empty text": b'""',
    "a list": b"[1]",
    "an object": b'{"a":1}',
    "half of a surrogate pair": b'"x\\ud800"',
    "half of a surrogate pair as a key": b'{"\\udfff":1}',
    "half of a surrogate pair in a list": b'["\\udfff"]',
    "NUL": b'"u\\u0000"',
    "NUL in a key": b'{"\\u0000":"\\u0000"}',
    "no UTF-8": b'"x\xff"',
    "64 bits": b"18446744073709551615",
    "40 digits": b"9" * 40,
    "40 digits inside": b'{"a":[' + b"9" * 40 + b"]}",
    "5,000 digits": b"9" * 5_000,
    "5,000 digits inside": b'{"a":' + b"9" * 5_000 + b"}",
    "NaN": b"NaN",
    "NaN and Infinity inside": b'{"a":NaN,"b":[1e400,-Infinity]}',
    "63 levels": b'{"a":' + b"[" * 62 + b"1" + b"]" * 62 + b"}",
    "65 levels": b'{"a":' + b"[" * 65 + b"1" + b"]" * 65 + b"}",
    "300 levels": b'{"a":' + b"[" * 300 + b"]" * 300 + b"}",
    "900 levels": b'{"a":' + b"[" * 900 + b"]" * 900 + b"}",
    "1,100 levels": b'{"a":' + b"[" * 1_100 + b"]" * 1_100 + b"}",
    "100,000 levels": b"[" * 100_000,
    "a long text": b'"' + b"a" * 20_000 + b'"',
    "a long key": b'{"' + b"k" * 5_000 + b'":1}',
    "5,000 keys": orjson.dumps({f"k{n}": n for n in range(5_000)}),
    "500 keys": orjson.dumps({f"k{n}": [n] for n in range(500)}),
    "5,000 ids": orjson.dumps([f"id{n}" for n in range(5_000)]),
    "an id of 1,025 characters": orjson.dumps(["i" * 1_025]),
    "a name that pydantic knows": b'{"model_config":1,"__class__":2,"schema":3}',
}
"""For every property of a body, and for bodies as a whole."""

LEAKS = ("Code:", "DB::", "chdb", "Traceback", "SELECT ", "FORMAT ", "engine.sock", "/tmp/", "site-packages")
"""Words of the engine, of statements and of paths, which no error may contain."""


def values_of(parameter: str, most: int, chance: random.Random) -> dict[str, str | bytes]:
    """At most so many of the values for a parameter: half of those made for it, where there are any, and others."""
    own = OF_PARAMETERS.get(parameter, {})
    chosen = _some(MANY if parameter == "filter" else {}, most, chance) | _some(own, most, chance)
    return chosen | _some(TEXTS, most, chance)


def _some(table: Mapping[str, str | bytes], most: int, chance: random.Random) -> dict[str, str | bytes]:
    names = list(table)
    return {name: table[name] for name in chance.sample(names, min(most, len(names)))}


def encoded(value: str | bytes) -> str:
    """A value as it stands in an address."""
    return quote_from_bytes(value if isinstance(value, bytes) else value.encode(), safe="")
