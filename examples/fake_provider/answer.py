"""The model itself: from a question to an answer, by arithmetic.

Pure: the same question gives the same answer and the same counts, in any process. `count_tokens` is the whole
tokenizer, so that a test can reckon beforehand what a call must count.
"""

import json
import math
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from fake_provider.wish import Wish, without_wish

SPEECH = (
    "well the order is on its way and should arrive by friday so there is nothing you need to do now but if it "
    "does not turn up please write to me again and I will look into it with pleasure"
)
WORDS = SPEECH.split(" ")
TOKENS_PER_MESSAGE = 3
CACHE_BLOCK_TOKENS = 16


@dataclass(frozen=True)
class Tool:
    """A tool that the request offers."""

    name: str
    schema: dict[str, Any]


@dataclass(frozen=True)
class Said:
    """One message of the request: `role` is user, assistant, tool or system."""

    role: str
    text: str


@dataclass(frozen=True)
class Question:
    """What all protocols ask, in one form."""

    model: str
    said: tuple[Said, ...]
    tools: tuple[Tool, ...] = ()
    must_call: str | None = None
    """`*` any tool, else the name of one."""
    schema: dict[str, Any] | None = None
    """The JSON schema that the answer has to follow."""
    reasons: bool = False

    @property
    def last_user_text(self) -> str:
        return next((said.text for said in reversed(self.said) if said.role == "user"), "")


@dataclass(frozen=True)
class ToolCall:
    id: str
    name: str
    arguments: str


@dataclass(frozen=True)
class Usage:
    """Inclusive counts: cached tokens are part of the input, reasoning tokens part of the output."""

    input_tokens: int
    output_tokens: int
    cached_tokens: int
    reasoning_tokens: int


@dataclass(frozen=True)
class Answer:
    text: str
    reasoning: str
    tool_calls: tuple[ToolCall, ...]
    finish: str
    """stop, length, tool_calls or content_filter."""
    refusal: bool
    usage: Usage


def answer(question: Question, wish: Wish, script: dict[str, Any]) -> Answer:
    """Answer a question; `script` (see `script.py`) gives the lines where the conversation is in it."""
    line = script.get(key_of(question.said))
    tool_calls = _tool_calls(question, wish, line)
    text = "" if tool_calls else _text(question, wish, line)
    reasoning = "The user wants an answer. I should give one." if question.reasons else ""
    reasoning_tokens = count_tokens(reasoning) + _number(question, "reasoning") % 96 if reasoning else 0
    spoken = text + "".join(call.name + call.arguments for call in tool_calls)
    usage = Usage(
        input_tokens=_input_tokens(question),
        output_tokens=count_tokens(spoken) + reasoning_tokens,
        cached_tokens=_cached_tokens(question),
        reasoning_tokens=reasoning_tokens,
    )
    finish = wish.finish or ("tool_calls" if tool_calls else "stop")
    return Answer(text, reasoning, tool_calls, finish, bool(wish.refusal), usage)


def count_tokens(text: str) -> int:
    """One token for every four characters that were begun."""
    return math.ceil(len(text) / 4)


def key_of(said: tuple[Said, ...]) -> str:
    """Where a conversation stands: its system prompt and everything that the person said so far."""
    return "\n".join(without_wish(one.text) for one in said if one.role in ("system", "user"))


def pieces(text: str) -> list[str]:
    """The text as a stream delivers it: word by word, nothing lost."""
    words = text.split(" ")
    return [word if n == 0 else " " + word for n, word in enumerate(words)] if text else []


def _text(question: Question, wish: Wish, line: dict[str, Any] | None) -> str:
    if wish.refusal:
        return "I am sorry, I cannot help with that."
    if wish.answer is not None:
        return wish.answer
    if question.schema is not None:
        return json.dumps(_example(question.schema))
    if line is not None:
        return line["answer"]
    last = question.said[-1] if question.said else Said("user", "")
    if last.role == "tool":
        return f"I looked it up: {last.text[:200]}"
    start = _number(question, "text")
    length = wish.words or 8 + start % 40
    words = [WORDS[(start + n * 7) % len(WORDS)] for n in range(length)]
    return " ".join(words).capitalize() + "."


def _tool_calls(question: Question, wish: Wish, line: dict[str, Any] | None) -> tuple[ToolCall, ...]:
    newest_first = [said.role for said in reversed(question.said)]
    results = newest_first[: newest_first.index("user") if "user" in newest_first else None].count("tool")
    scripted = (line or {}).get("tools", [])[results:]
    if not question.tools:
        return ()
    if scripted:
        name, arguments = scripted[0]["name"], json.dumps(scripted[0]["arguments"], ensure_ascii=False)
    elif results:
        return ()
    elif wish.tool:
        name, arguments = wish.tool, wish.arguments
    elif question.must_call:
        name, arguments = question.must_call.replace("*", question.tools[0].name), wish.arguments
    else:
        return ()
    schema = next((tool.schema for tool in question.tools if tool.name == name), {})
    number = _number(question, name)
    return tuple(
        ToolCall(f"call_{number:012x}{n:02d}", name, arguments or json.dumps(_example(schema)))
        for n in range(wish.tools or 1)
    )


def _input_tokens(question: Question) -> int:
    messages = sum(count_tokens(without_wish(said.text)) + TOKENS_PER_MESSAGE for said in question.said)
    return messages + sum(count_tokens(tool.name + json.dumps(tool.schema)) for tool in question.tools)


def _cached_tokens(question: Question) -> int:
    """What stood before the last answer, in whole blocks: the provider has just seen it."""
    seen = [n for n, said in enumerate(question.said) if said.role == "assistant"]
    before = question.said[: seen[-1]] if seen else ()
    tokens = sum(count_tokens(without_wish(said.text)) + TOKENS_PER_MESSAGE for said in before)
    return tokens // CACHE_BLOCK_TOKENS * CACHE_BLOCK_TOKENS


def _number(question: Question, salt: str) -> int:
    """A number that depends on nothing but the question."""
    text = json.dumps([question.model, [(said.role, said.text) for said in question.said], salt])
    return int.from_bytes(sha256(text.encode()).digest()[:6], "big")


def _example(schema: dict[str, Any]) -> Any:
    """The plainest value that fits a JSON schema; an unknown form gives text."""
    if "enum" in schema:
        return schema["enum"][0]
    if "anyOf" in schema:
        return _example(schema["anyOf"][0])
    simple = {"integer": 7, "number": 0.5, "boolean": True, "null": None}
    kind = schema.get("type", "object" if "properties" in schema else "string")
    if kind == "object":
        return {name: _example(part) for name, part in schema.get("properties", {}).items()}
    if kind == "array":
        return [_example(schema.get("items", {}))]
    return simple.get(kind, "Ada")
