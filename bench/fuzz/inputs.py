"""Hostile inputs: requests of OTLP and of the API, made by chance, that reach every limit and go one beyond it.

    inputs = Inputs(random.Random(1))
    path, is_json, encoding, body = inputs.request()

Chance is led: depths and sizes come from the edges of what limits and parsers take (`EDGES`) as often as from anywhere
between, names of attributes are those that the dialects read, and every tenth body is damaged byte by byte.
"""

import gzip
import json
import random
import re
import struct
import zlib
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from baserun_server import limits
from baserun_server.ingest.otlp.compression import zstd

ROOT = Path(__file__).resolve().parents[2]
DEEPEST = 400
EDGES = (30, 31, 46, 47, 48, 49, 50, 98, 99, 100, 101, 200, 251, 252, 253, 254, 255, 256, 333, 399, 400)
"""Depths at which the parsers beneath give up: protobuf's, orjson's, Python's own."""


def around(limit: int) -> tuple[int, ...]:
    """A limit and its neighbours."""
    return limit - 1, limit, limit + 1


DEPTHS = (0, 1, 2, *around(limits.DEPTH), *EDGES)
WORDS = (
    "",
    "user",
    "assistant",
    "tool",
    "system",
    "\x00",
    "\u202e",
    "é",
    "e\u0301",
    "𝕏",
    "null",
    "None",
    "NaN",
    "Infinity",
    "1e999",
    "-0",
    "9" * 19,
    "9" * 20,
    "9" * 400,
    "true",
    "=cmd|' /C calc'!A0",
    "<script>alert(1)</script>",
    "' OR 1=1 --",
    "{x:String}",
    "${table}",
    "{",
    "[",
    '"',
    "\\",
    "\x1e",
    "\r\n",
    "sk-" + "a" * 24,
    "api_key",
    "password",
    "2026-01-01",
    "²",
    "١",
    "\ufffd",
    "data:image/png;base64,AAAA",
    "../../etc/passwd",
)
KEYS_OF_VALUES = tuple(
    re.findall(
        r"\w+",
        "role content parts type text tool_calls function arguments name id messages message choices candidates "
        "generations kwargs output input replies system usage prompt_tokens total image_url url source data thinking "
        "summary toolUse toolResult functionCall finish_reason metadata user_id session_id response result refusal",
    )
)
EVENT_NAMES = (
    "session.start",
    "session.end",
    "session.assign",
    "baserun.user.identify",
    "gen_ai.evaluation.result",
    "gen_ai.client.inference.operation.details",
    "gen_ai.user.message",
    "gen_ai.assistant.message",
    "gen_ai.tool.message",
    "gen_ai.choice",
    "baserun.log",
    "baserun.tag",
    "baserun.variable",
    "baserun.trace.update",
    "baserun.sdk.loss",
    "exception",
)
SCOPES = (
    "",
    "baserun",
    "openinference.instrumentation.openai",
    "openinference.instrumentation.llama_index",
    "langfuse-sdk",
    "ai",
    "logfire",
    "mlflow",
    "lmnr",
    "haystack.tracing",
    "strands.telemetry.tracer",
    "langsmith",
    "agentops",
)
IDENTITY = ("user.id", "session.id", "baserun.event.id", "gen_ai.evaluation.name", "gen_ai.response.id")
INDEXES = ("0", "1.content", "0.role", "0.message.content", "x", "99999999999", "²", "-1", "0.message.tool_calls.0.id")


class Nested(NamedTuple):
    """A value inside so many lists or objects."""

    inner: Any
    levels: int
    in_objects: bool


class Request(NamedTuple):
    """What is sent."""

    path: str
    is_json: bool
    encoding: str
    body: bytes


class Inputs:
    """Makes inputs, the same for the same seed."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self._keys = known_keys()
        self._choose = chance.choice

    # --- requests ----------------------------------------------------------------------------------------------------

    def request(self) -> Request:
        """A request at one of the doors for telemetry."""
        chance = self.chance
        path = "traces" if chance.random() < 0.7 else "logs"
        is_json = chance.random() < 0.5
        document = self._document(path)
        body = document.json().encode("utf-8", "surrogatepass") if is_json else document.protobuf()
        if chance.random() < 0.1:
            body = self.damaged(body)
        encoding, body = self._packed(body)
        return Request(path, is_json, encoding, body)

    def damaged(self, body: bytes) -> bytes:
        """The body with some bytes changed, lost, added or doubled."""
        chance, made = self.chance, bytearray(body)
        for _ in range(chance.randrange(1, 8)):
            if not made:
                break
            at, how = chance.randrange(len(made)), chance.randrange(5)
            if how == 0:
                made[at] = chance.randrange(256)
            elif how == 1:
                del made[at : at + chance.randrange(8)]
            elif how == 2:
                made[at:at] = chance.randbytes(chance.randrange(8))
            elif how == 3:
                other = chance.randrange(len(made))
                made[at:at] = made[other : other + chance.randrange(60)]
            else:
                del made[at:]
        return bytes(made)

    def _packed(self, body: bytes) -> tuple[str, bytes]:
        how = self.chance.randrange(40)
        if how == 0:
            return "gzip", gzip.compress(body, 1)
        if how == 1:
            return "deflate", zlib.compress(body, 1)
        if how == 2:
            return "zstd", zstd.compress(body, 1)
        if how == 3:
            cut = self.chance.randrange(len(body) + 1)
            return "gzip", gzip.compress(body[:cut], 1) + gzip.compress(body[cut:], 1)
        if how == 4 and self.chance.random() < 0.02:
            members = self._choose(around(limits.MEMBERS))
            return "gzip", gzip.compress(b"", 1) * (members - 1) + gzip.compress(body, 1)
        if how == 5:
            return "gzip", self.damaged(gzip.compress(body, 1))
        return "", body

    def _document(self, path: str) -> "Document":
        records = [self._span() if path == "traces" else self._log() for _ in range(self.chance.randrange(1, 4))]
        return Document(path, self.attributes(4), self._choose(SCOPES), self.attributes(3), records)

    def _span(self) -> dict[str, Any]:
        chance = self.chance
        events = [
            {"name": self._choose(EVENT_NAMES), "time": self._moment(), "attributes": self.attributes(5)}
            for _ in range(chance.randrange(3))
        ]
        if chance.random() < 0.0005:
            events = [{"name": "e", "time": 1, "attributes": {}}] * self._choose(around(limits.EVENTS))
        return {
            "trace_id": self._id(16),
            "span_id": self._id(8),
            "parent": self._id(8),
            "name": self.word() if chance.random() < 0.99 else "n" * self._choose(around(limits.NAME_CHARACTERS)),
            "kind": chance.randrange(7),
            "start": self._moment(),
            "end": self._moment(),
            "attributes": self.attributes(14),
            "status": chance.randrange(4),
            "status_message": self.word(),
            "events": events,
        }

    def _log(self) -> dict[str, Any]:
        attributes = self.attributes(8)
        for key in IDENTITY:
            if self.chance.random() < 0.4:
                attributes[key] = self.value()
        return {
            "trace_id": self._id(16),
            "span_id": self._id(8),
            "event_name": self._choose(EVENT_NAMES) if self.chance.random() < 0.9 else self.word(),
            "time": self._moment(),
            "severity": self.word(),
            "body": self.value(),
            "attributes": attributes,
        }

    def _moment(self) -> int:
        now = 1_795_000_000_000_000_000
        return self._choose((0, 1, now, now + 10**9, 2**63 - 1, 2**64 - 1, self.chance.randrange(2**63)))

    def _id(self, size: int) -> bytes:
        return self._choose((self.chance.randbytes(size), bytes(size), b"", b"\xab" * size, self.chance.randbytes(40)))

    # --- values ------------------------------------------------------------------------------------------------------

    def attributes(self, most: int) -> dict[str, Any]:
        """Attributes with names that dialects read, and now and then as many, as long or as large as may be."""
        chance, made = self.chance, {}
        for _ in range(chance.randrange(most)):
            key = self._choose(self._keys) if chance.random() < 0.95 else self.word()
            if key.endswith("."):
                key += self._choose(INDEXES)
            made[key] = self.value()
        how = chance.random()
        if how < 0.0002:
            made.update({f"k{n}": 1 for n in range(self._choose(around(limits.ATTRIBUTES)))})
        elif how < 0.0006:
            made.update({f"baserun.metadata.k{n}": 1 for n in range(self._choose(around(limits.METADATA_KEYS)))})
        elif how < 0.002:
            made["k" * self._choose(around(limits.KEY_CHARACTERS))] = "v"
        elif how < 0.01:
            made[self._choose(IDENTITY)] = "i" * self._choose(around(limits.ID_CHARACTERS))
        elif how < 0.012:
            made["baserun.tags"] = ",".join(f"t{n}" for n in range(self._choose(around(limits.TAGS))))
        elif how < 0.01201:
            made["input.value"] = "x" * self._choose(around(limits.TEXT_CHARACTERS))
        return made

    def value(self) -> Any:
        """A value of OTLP: mostly text that holds something."""
        chance = self.chance
        how = chance.randrange(36)
        if how < 24:
            return self.text()
        if how < 27:
            return self._choose((0, -1, 2**63 - 1, -(2**63), chance.randrange(1 << 40)))
        if how < 30:
            return self._choose((float("nan"), float("inf"), -float("inf"), 1e308, 5e-324, -0.0, chance.random()))
        if how < 32:
            return chance.random() < 0.5
        if how < 34:
            return chance.randbytes(chance.randrange(20))
        if how == 34:
            return Nested(self.word(), self.depth(), chance.random() < 0.5)
        return self.plain(2)

    def text(self) -> str:
        """A text: a word, JSON, a Python repr, either of them cut, or something deep or broken."""
        chance = self.chance
        how = chance.randrange(8)
        if how < 2:
            return self.word()
        if how < 4:
            written = json.dumps(self.plain(), ensure_ascii=chance.random() < 0.5)
            return written if how == 2 else written[: chance.randrange(len(written) + 1)]
        if how == 4:
            written = repr(self.plain())
            return written if chance.random() < 0.7 else written[: chance.randrange(len(written) + 1)]
        levels = self.depth()
        if how == 5:
            return self._choose(
                (
                    "[" * levels + "1" + "]" * levels,
                    '{"a":' * levels + "1" + "}" * levels,
                    '[{"role":"user","content":' * levels + '"x"' + "}]" * levels,
                )
            )
        if how == 6:
            return self._choose(
                ("[" * levels, "(" * levels, '{"a":' * levels, "[" * levels + "," * levels, "]" * levels)
            )
        inner = '"x"'
        for _ in range(chance.randrange(1, 6)):
            # JSON inside JSON text: each level doubles the backslashes.
            inner = json.dumps({"arguments": inner})
        return inner

    def plain(self, depth: int = 0) -> Any:
        """A value as JSON has it, in the shapes that messages have."""
        chance = self.chance
        how = chance.randrange(9 if depth < 5 else 4)
        if how < 2:
            return self.word()
        if how == 2:
            return self._choose((0, -1, 2**63, -(2**70), 10**30, 1.5, 1e308, None, True, False))
        if how == 3:
            return None
        if how == 4:
            return [self.plain(depth + 1) for _ in range(chance.randrange(4))]
        if how < 7:
            return {self._choose(KEYS_OF_VALUES): self.plain(depth + 1) for _ in range(chance.randrange(5))}
        content = self.plain(depth + 2)
        if how == 7:
            return [{"role": self._choose(("user", "assistant", "system", "tool", None, 3)), "content": content}]
        kind = self._choose(("text", "tool_call", "blob", "uri", "reasoning", 7, None))
        return [{"role": "user", "parts": [{"type": kind, "content": content}]}]

    def word(self) -> str:
        """A word that means something to somebody."""
        return self._choose(WORDS) if self.chance.random() < 0.9 else "a" * self.chance.randrange(300)

    def depth(self) -> int:
        """How deep: as often at an edge as anywhere between."""
        return self._choose(DEPTHS) if self.chance.random() < 0.5 else self.chance.randrange(DEEPEST + 1)


class Document(NamedTuple):
    """A request of one resource and one scope, and its two encodings."""

    path: str
    resource: dict[str, Any]
    scope: str
    scope_attributes: dict[str, Any]
    records: list[dict[str, Any]]

    def json(self) -> str:
        """As OTLP/JSON."""
        traces = self.path == "traces"
        outer, inner, record = (
            ("resourceSpans", "scopeSpans", "spans") if traces else ("resourceLogs", "scopeLogs", "logRecords")
        )
        made = ",".join(map(_json_span if traces else _json_log, self.records))
        return (
            f'{{"{outer}":[{{"resource":{{"attributes":{_json_pairs(self.resource)}}},"{inner}":[{{"scope":'
            f'{{"name":{json.dumps(self.scope)},"attributes":{_json_pairs(self.scope_attributes)}}},'
            f'"{record}":[{made}]}}]}}]}}'
        )

    def protobuf(self) -> bytes:
        """As protobuf."""
        made = b"".join(_field(2, (_span if self.path == "traces" else _log)(record)) for record in self.records)
        scope = _field(1, _utf8(self.scope)) + _pairs(3, self.scope_attributes)
        return _field(1, _field(1, _pairs(1, self.resource)) + _field(2, _field(1, scope) + made))


def known_keys() -> list[str]:
    """Names of attributes that the code and the samples of the dialects know."""
    keys: set[str] = set()
    for path in (ROOT / "server/src/baserun_server/ingest").rglob("*.py"):
        keys.update(re.findall(r'"([a-z_]+(?:\.[a-zA-Z_0-9]+)+\.?)"', path.read_text(encoding="utf-8")))
    for path in (ROOT / "server/tests/samples").glob("*.json"):
        keys.update(re.findall(r'"([a-z_]+(?:\.[a-zA-Z_0-9]+)+)":', path.read_text(encoding="utf-8")))
    return sorted(keys)


# --- JSON ------------------------------------------------------------------------------------------------------------


def _json_span(span: dict[str, Any]) -> str:
    events = ",".join(
        f'{{"name":{json.dumps(e["name"])},"timeUnixNano":"{e["time"]}","attributes":{_json_pairs(e["attributes"])}}}'
        for e in span["events"]
    )
    return (
        f'{{"traceId":"{span["trace_id"].hex()}","spanId":"{span["span_id"].hex()}",'
        f'"parentSpanId":"{span["parent"].hex()}","name":{json.dumps(span["name"])},"kind":{span["kind"]},'
        f'"startTimeUnixNano":"{span["start"]}","endTimeUnixNano":"{span["end"]}",'
        f'"attributes":{_json_pairs(span["attributes"])},"events":[{events}],'
        f'"status":{{"code":{span["status"]},"message":{json.dumps(span["status_message"])}}}}}'
    )


def _json_log(log: dict[str, Any]) -> str:
    return (
        f'{{"traceId":"{log["trace_id"].hex()}","spanId":"{log["span_id"].hex()}",'
        f'"eventName":{json.dumps(log["event_name"])},"timeUnixNano":"{log["time"]}",'
        f'"severityText":{json.dumps(log["severity"])},"body":{_json_value(log["body"])},'
        f'"attributes":{_json_pairs(log["attributes"])}}}'
    )


def _json_pairs(pairs: dict[str, Any]) -> str:
    return "[" + ",".join(f'{{"key":{json.dumps(k)},"value":{_json_value(v)}}}' for k, v in pairs.items()) + "]"


def _json_value(value: Any) -> str:
    if isinstance(value, Nested):
        head, tail = (
            ('{"kvlistValue":{"values":[{"key":"a","value":', "}]}}")
            if value.in_objects
            else (
                '{"arrayValue":{"values":[',
                "]}}",
            )
        )
        return head * value.levels + _json_value(value.inner) + tail * value.levels
    if isinstance(value, bool):
        return f'{{"boolValue":{json.dumps(value)}}}'
    if isinstance(value, int):
        return f'{{"intValue":"{value}"}}'
    if isinstance(value, float):
        return f'{{"doubleValue":{json.dumps(str(value)) if value - value else json.dumps(value)}}}'
    if isinstance(value, bytes):
        return f'{{"bytesValue":"{value.hex()}"}}'
    if isinstance(value, list):
        return '{"arrayValue":{"values":[' + ",".join(map(_json_value, value)) + "]}}"
    if isinstance(value, dict):
        return f'{{"kvlistValue":{{"values":{_json_pairs(value)}}}}}'
    return "{}" if value is None else f'{{"stringValue":{json.dumps(value)}}}'


# --- protobuf --------------------------------------------------------------------------------------------------------


def _span(span: dict[str, Any]) -> bytes:
    events = b"".join(
        _field(11, _fixed(1, e["time"]) + _field(2, _utf8(e["name"])) + _pairs(3, e["attributes"]))
        for e in span["events"]
    )
    status = _field(2, _utf8(span["status_message"])) + _number(3, span["status"])
    return (
        _field(1, span["trace_id"])
        + _field(2, span["span_id"])
        + _field(4, span["parent"])
        + _field(5, _utf8(span["name"]))
        + _number(6, span["kind"])
        + _fixed(7, span["start"])
        + _fixed(8, span["end"])
        + _pairs(9, span["attributes"])
        + events
        + _field(15, status)
    )


def _log(log: dict[str, Any]) -> bytes:
    return (
        _fixed(1, log["time"])
        + _field(3, _utf8(log["severity"]))
        + _field(5, _value(log["body"]))
        + _pairs(6, log["attributes"])
        + _field(9, log["trace_id"])
        + _field(10, log["span_id"])
        + _field(12, _utf8(log["event_name"]))
    )


def _pairs(number: int, pairs: dict[str, Any]) -> bytes:
    return b"".join(_field(number, _field(1, _utf8(key)) + _field(2, _value(v))) for key, v in pairs.items())


def _value(value: Any) -> bytes:
    if isinstance(value, Nested):
        return _nested(value)
    if isinstance(value, bool):
        return _number(2, int(value))
    if isinstance(value, int):
        return _number(3, max(min(value, 2**63 - 1), -(2**63)) % 2**64)
    if isinstance(value, float):
        return b"\x21" + struct.pack("<d", value)
    if isinstance(value, bytes):
        return _field(7, value)
    if isinstance(value, list):
        return _field(5, b"".join(_field(1, _value(item)) for item in value))
    if isinstance(value, dict):
        return _field(6, _pairs(1, value))
    return b"" if value is None else _field(1, _utf8(value))


@lru_cache(10_000)
def _nested(value: Nested) -> bytes:
    made = _value(value.inner)
    for _ in range(value.levels):
        item = _field(1, b"a") + _field(2, made) if value.in_objects else made
        made = _field(6 if value.in_objects else 5, _field(1, item))
    return made


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _field(number: int, data: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(data)) + data


def _number(number: int, value: int) -> bytes:
    return _varint(number << 3) + _varint(value)


def _fixed(number: int, value: int) -> bytes:
    return _varint(number << 3 | 1) + value.to_bytes(8, "little")


def _varint(value: int) -> bytes:
    made = bytearray()
    while value > 127:
        made.append(value & 127 | 128)
        value >>= 7
    made.append(value)
    return bytes(made)
