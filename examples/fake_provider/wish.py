"""What a request asks of the fake provider besides its question: errors, delays, tool calls, a broken stream.

A wish is written `key=value key=value`, in the header `x-fake` or inside the last message of the user between `[fake`
and `]`: `[fake status=429 times=2 retry_after=0.1]`. A header wins over a message. Values with blanks are quoted.

| key | meaning |
| --- | --- |
| status | answer with this HTTP error instead |
| times | fail only the first so many attempts of the client (it counts them in `x-stainless-retry-count`) |
| retry_after | seconds, sent in the header `retry-after` with the error |
| delay | seconds before anything is answered (a client's timeout strikes meanwhile) |
| break_after | close the connection after so many pieces of a stream |
| error_after | send an error event after so many pieces of a stream |
| tool | call the tool of this name; `tools=2` calls it so many times in one answer |
| arguments | JSON text: the arguments of that call |
| answer | the answer's text |
| words | length of the answer |
| finish | `length` or `content_filter`: why the answer ended |
| refusal | 1: the model refuses |
"""

import re
import shlex
from dataclasses import dataclass, fields


@dataclass(frozen=True)
class Wish:
    """One field per key of the table above; None where the request did not ask."""

    status: int | None = None
    times: int | None = None
    retry_after: float | None = None
    delay: float | None = None
    break_after: int | None = None
    error_after: int | None = None
    tool: str | None = None
    tools: int | None = None
    arguments: str | None = None
    answer: str | None = None
    words: int | None = None
    finish: str | None = None
    refusal: int | None = None


IN_A_MESSAGE = re.compile(r"\s*\[fake ([^\]]*)\]")
TYPES = {"retry_after": float, "delay": float, "tool": str, "arguments": str, "answer": str, "finish": str}
KEYS = {field.name for field in fields(Wish)}


def read_wish(header: str | None, last_user_text: str) -> Wish:
    """Read the wish of a request; an unknown key or a value of the wrong type raises ValueError."""
    found = IN_A_MESSAGE.search(last_user_text)
    written = header or (found.group(1) if found else "")
    values = {}
    for pair in shlex.split(written):
        key, _, value = pair.partition("=")
        if key not in KEYS:
            raise ValueError(f"unknown wish `{key}`; known: {', '.join(sorted(KEYS))}")
        values[key] = TYPES.get(key, int)(value)
    return Wish(**values)


def without_wish(text: str) -> str:
    """The text as the model should read it."""
    return IN_A_MESSAGE.sub("", text)
