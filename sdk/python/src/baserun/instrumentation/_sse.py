"""Server-sent events, as providers stream them."""

from __future__ import annotations

import json
import re
from typing import Any


def sse_events(content: bytes) -> list[tuple[str, Any]]:
    """Read server-sent events: the name of each and its data, parsed. A cut-off last one is left out.

    Deltas in a row that differ in nothing but the text that they add are one event, with all of it.
    """
    text = content.decode("utf-8", "replace")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if '"obfuscation"' in text:
        text = _OBFUSCATION.sub("", text)
    named: list[tuple[str, str]] = []
    for block in text.split("\n\n"):
        if block.startswith("data: ") and "\n" not in block:
            named.append(("", block[6:]))
        else:
            _add_event(named, block)
    return _parsed(_joined(named))


def _add_event(named: list[tuple[str, str]], block: str) -> None:
    name = ""
    data: list[str] = []
    for line in block.split("\n"):
        if line.startswith("data:"):
            data.append(line[6:] if line[5:6] == " " else line[5:])
        elif line.startswith("event:"):
            name = line[6:].strip()
    if data:
        named.append((name, "\n".join(data)))


_OBFUSCATION = re.compile(r',\s?"obfuscation":\s?"\w*"')
"""What OpenAI adds to each delta to hide its length."""
_DELTA = re.compile(
    r'"delta":\s?\{(?:"role":\s?"\w+",\s?|"type":\s?"\w+",\s?|"content":\s?null,\s?)*'
    r'"(?:content|reasoning_content|text|thinking|partial_json)":\s?"'
)
"""Up to the text of a delta that is added to the text before, as chat completions and messages have it."""
_TEXT = re.compile(r'[^"\\\x00-\x1f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*)*')
"""The inside of a JSON string, and nothing that a JSON parser would refuse."""


def _joined(named: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Join the texts of neighbouring deltas before they are parsed: that is nine tenths of reading a stream."""
    joined: list[tuple[str, str]] = []
    name, head, tail = "", "", ""
    texts: list[str] = []
    shortest = 0
    for event in named:
        data = event[1]
        if texts:
            if event[0] == name and data.startswith(head) and data.endswith(tail) and len(data) >= shortest:
                text = data[len(head) : len(data) - len(tail)]
                if _is_inside(text):
                    texts.append(text)
                    continue
            joined.append((name, f"{head}{''.join(texts)}{tail}"))
            texts = []
        start = _DELTA.search(data)
        found = None if start is None else _TEXT.match(data, start.end())
        if found is None or data[found.end() : found.end() + 1] != '"':
            joined.append(event)
        else:
            name, head, tail, texts = event[0], data[: found.start()], data[found.end() :], [found[0]]
            shortest = len(head) + len(tail)
    if texts:
        joined.append((name, f"{head}{''.join(texts)}{tail}"))
    return joined


def _is_inside(text: str) -> bool:
    """Whether a text is the inside of one JSON string; of most the first line tells, without the regular expression."""
    if '"' not in text and "\\" not in text and text.isprintable():
        return True
    return _TEXT.fullmatch(text) is not None


def _parsed(named: list[tuple[str, str]]) -> list[tuple[str, Any]]:
    """Parse the data of events: at once as one array, for a third of the time; one by one where one is no JSON."""
    texts = ['"[DONE]"' if data.strip() == "[DONE]" else data for _, data in named]
    try:
        values = json.loads(f"[{','.join(texts)}]")
    except ValueError:
        values = []
    if len(values) == len(named):
        return [(name, value) for (name, _), value in zip(named, values, strict=True)]
    events = []
    for (name, _), text in zip(named, texts, strict=True):
        try:
            events.append((name, json.loads(text)))
        except ValueError:
            continue
    return events
