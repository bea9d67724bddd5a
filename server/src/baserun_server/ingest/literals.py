"""Python's way of writing values (`{'a': None, 'b': (1, 2)}`) as JSON text.

Some senders put `str(value)` into an attribute. Python's own reader of such text (`ast`) builds a tree of about a
kilobyte for each value and goes down into it by recursion; this one goes through the text once, and leaves it to the
JSON parser to say whether it was right.

    {'a': None, 'b': ('x', 1.5)}  →  {"a": null, "b": ["x", 1.5]}
"""

import ast
import re

import orjson

TOKENS = re.compile(
    r"""
    (?P<text>[bB]?(?:'[^'\\]*(?:\\.[^'\\]*)*'|"[^"\\]*(?:\\.[^"\\]*)*"))
    | (?P<word>True|False|None)\b
    | (?P<number>-?(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
    | (?P<sign>[\[\](){}:,])
    | (?P<space>\s+)
    """,
    re.VERBOSE | re.DOTALL,
)
WORDS = {"True": "true", "False": "false", "None": "null"}
SIGNS = {"(": "[", ")": "]"}
CLOSING = frozenset(")]}")


def json_of_literal(text: str) -> str | None:
    """The same value as JSON text; None where something stands in it that JSON has no words for.

    What comes back may still be no JSON: `[1 2]` stays wrong.
    """
    written: list[str] = []
    at = 0
    while at < len(text):
        token = TOKENS.match(text, at)
        if token is None:
            return None
        kind, word, at = token.lastgroup, token[0], token.end()
        if kind == "space":
            continue
        if kind == "sign":
            if word in CLOSING and written and written[-1] == ",":
                # `(1,)` and `[1, 2,]`.
                written.pop()
            elif word == ":" and written and written[-1][:1] != '"':
                written[-1] = f'"{written[-1]}"'
            written.append(SIGNS.get(word, word))
        elif kind == "word":
            written.append(WORDS[word])
        elif kind == "number":
            written.append(_number(word))
        else:
            string = _string(word)
            if string is None:
                return None
            if written and written[-1][:1] == '"':
                # Two texts beside each other are one.
                string = written.pop()[:-1] + string[1:]
            written.append(string)
    # Apart, so that two numbers beside each other do not become one.
    return " ".join(written)


def _string(token: str) -> str | None:
    if token[0] in "bB":
        # As JSON has no bytes, their Python form is the text.
        return orjson.dumps(token).decode()
    try:
        value = ast.literal_eval(token) if "\\" in token or "\n" in token else token[1:-1]
        return orjson.dumps(value).decode()
    except (ValueError, SyntaxError, TypeError):
        return None


def _number(word: str) -> str:
    word = word.replace("_", "")
    if word[-1] == ".":
        word += "0"
    head, point, tail = word.partition(".")
    if point and tail[:1] in ("e", "E"):
        word = f"{head}.0{tail}"
    return word.replace(".", "0.", 1) if word.lstrip("-")[:1] == "." else word
