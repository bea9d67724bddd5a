"""The rules by which secrets are found in a text, and the search that tells whether it is worth while.

Each rule is a pattern of RE2 and a function that says what stands in place of a match; what stands around a secret
stays as it was, so that JSON stays JSON. `secrets.py` says what is looked for.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import re2

from ...errors import BaserunError
from .secrets import AFTER, ESCAPES, NAMES, PAGING, SLASH, SPACE, TOKENS, WEAK, WORD_NAMES, looks_like_credential, snake

HIDDEN = "[redacted]"
RE2_MEMORY_BYTES = 256 << 20
"""An upper bound; what is used is a tenth of it."""
Put = Callable[[str], str]
"""What stands in place of a secret."""
HEADERS = ("authorization", "proxy_authorization", "cookie", "set_cookie", "x_api_key", "api_key", "x_auth_token")


def _options(*, bytewise: bool = False) -> Any:
    options = re2.Options()
    options.max_mem = RE2_MEMORY_BYTES
    options.log_errors = False
    if bytewise:
        options.encoding = re2.Options.Encoding.LATIN1
    return options


def _compile(pattern: str) -> Any:
    return re2.compile(pattern, _options())


def compile_own(pattern: str) -> Any:
    """A pattern of the settings; raises `BaserunError` where it cannot be used."""
    try:
        compiled = _compile(pattern)
    except re2.error as error:
        reason = error.args[0] if error.args else error
        reason = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else reason
        raise BaserunError(
            f"a pattern of `BASERUN_REDACT_PATTERNS` cannot be used: `{pattern}` ({reason})",
            hint="write it in the syntax of RE2, which has no look-around and no back-references, so that no text makes"
            " it slow: https://github.com/google/re2/wiki/Syntax",
        ) from None
    if compiled.search("") is not None:
        raise BaserunError(
            f"a pattern of `BASERUN_REDACT_PATTERNS` matches the empty text: `{pattern}`",
            hint="write `+` where it has `*`, so that it only matches where there is something to redact",
        )
    return compiled


STRONG = "|".join(NAMES)
STRONG_WORD = "|".join(WORD_NAMES)
WEAK_WORD = "|".join(WEAK)
ALL_STRONG = rf"(?:{STRONG}|(?:\b|_|%[0-9A-Fa-f]{{2}})(?:{STRONG_WORD}))"
STRONG_NAME = re.compile(rf"(?:{STRONG}|(?:^|_)(?:{STRONG_WORD}))s?[0-9]{{0,2}}$")
WEAK_NAME = re.compile(rf"(?:^|_)(?:{WEAK_WORD})$")
NAME_QUOTE = r"(?:\\*[\"'`]|\\+u002[27]|%2[27])?"
EQUALS = r"(?:=>|:=|={1,3}|:|%3[dDaA]|\\+u003[dDaA])"
BARE = r"[^\s\"'`,;&\\(){}\[\]<>|][^\s\"'`,;&\\<>]*"
SIGN_END = r"(?:[^A-Za-z0-9 ,.;!?)_-]|[J28E]|$|\s+(?:is|was|=|:|'|\\+'))"
"""What follows a name: the punctuation of JSON, of a repr, of an address, or the tag of the next field in protobuf."""


@lru_cache
def signs(ends: tuple[str, ...]) -> Any:
    """One search for the beginnings of everything that the rules below replace."""
    forms = [re.sub(r"\{(\d+),\d*\}$", r"{\1}", form.sign or form.pattern) for form in TOKENS]
    forms += [
        ESCAPES,
        rf"(?i:{ALL_STRONG})[sS]?[0-9]{{0,2}}{SIGN_END}",
        rf"(?i:{WEAK_WORD})[^A-Za-z0-9 ](?s:.){{0,12}}?[A-Za-z0-9_.~+/=:|@!#$%^*-]{{12}}",
        rf"(?i:--(?:{STRONG}|{WEAK_WORD})) |(?i:identified{SPACE}+by)|(?:^|{SPACE})(?:-u|--user)(?:=|{SPACE})",
        rf":{SLASH}{{2}}[^\s/?\"'@]{{0,200}}(?:@|%40)|(?:%3[aA])(?:%2[fF]){{2}}",
        r"(?:postgres|mysql|mariadb|mongodb|redis|amqp)[a-z+]*:",
        rf"PRIVATE{SPACE}KEY",
        r"(?i:[?&;]|%26|%3[fF]|\\u0026)(?i:sig|signature|x-amz-signature|x-goog-signature|x-amz-security-token)(?:=|%3[dD]|\\)",
    ]
    if ends:
        forms.append(rf"(?i:{'|'.join(map(re2.escape, ends))}){SIGN_END}")
    return re2.compile("|".join(forms).encode(), _options(bytewise=True))


@lru_cache
def assignment(names: str) -> Any:
    """`name = value` and its kin: before the value, then a value in double quotes, in single ones, in none."""
    return _compile(
        rf"((?i:{names})[sS]?[0-9]{{0,2}}{NAME_QUOTE}\]?\s{{0,4}}{EQUALS}\s{{0,4}})"
        rf"(?:([bfruBFRU]{{0,2}}(?:\\*\"|\\+u0022))((?:[^\"\\]|\\+[^\"\\])+)|([bfruBFRU]{{0,2}}\\*')((?:[^'\\]|\\+[^'\\])+)|({BARE}))"
    )


HARMLESS = frozenset(
    # One text, since a list of these is thirty lines.
    [
        "none",
        "null",
        "nil",
        "true",
        "false",
        "undefined",
        "yes",
        "no",
        "on",
        "off",
        "str",
        "string",
        "bool",
        "boolean",
        "int",
        "integer",
        "number",
        "bytes",
        "text",
        "any",
        "optional",
        "required",
        "secretstr",
        "bearer",
        "basic",
        "token",
        "digest",
        "negotiate",
        "apikey",
        "redacted",
        "hidden",
        "masked",
    ]
)
PLACEHOLDER = re.compile(
    r"\$\{?[\w.]+\}?|\$\{\{.*|\{\{?[^}]*\}?\}?|<[^>]*>?|%\(?\w+\)?s?|\*+|\.{2,}|[xX]{3,}|[A-Z]+_[A-Z_]+_HERE"
)
CODE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*(?:\(\)?|\[)[)\].;]*"
                  r"|[A-Z][A-Za-z]*\[[A-Za-z, |]*\]?|[A-Za-z_]\w*(?:\.\w+)+\(.*|[A-Za-z]+_\w+\(.*")  # fmt: skip


def assigned(found: Any, text: str, put: Put) -> str:
    """A value under a secret's name, unless it is code, a placeholder or prose."""
    before, double, in_double, single, in_single, bare = found.groups()
    quoted = in_double or in_single
    value = quoted or bare
    if _is_no_secret(value):
        return found.group()
    if quoted:
        # The quote behind `"Enter your password:"` ends a text and begins none.
        ends_text = before[-1] in ":=" and quoted.lstrip()[:1] in tuple(",:}])\\") and before[-2:-1].isalnum()
        return found.group() if ends_text else f"{before}{double or single}{put(value)}"
    tail = ""
    if value[-1] in ")]}.:!?":
        stripped = value.rstrip(")]}.:!?")
        value, tail = (stripped, value[len(stripped) :]) if stripped else (value, "")
    if not value or _is_no_secret(value) or CODE.fullmatch(value + tail) or STRONG_NAME.search(snake(value)):
        return found.group()
    if before.rstrip().endswith(":") and value.isalpha() and not _ends_line(text, found.end()):
        # `Password: must be longer` is prose, `password: swordfish` at the end of a line is not.
        return found.group()
    if before.rstrip().endswith("==") and value.isidentifier():
        return found.group()
    return f"{before}{put(value)}{tail}"


def _is_no_secret(value: str) -> bool:
    return value.startswith(HIDDEN[:-1]) or value.lower() in HARMLESS or PLACEHOLDER.fullmatch(value) is not None


def _ends_line(text: str, at: int) -> bool:
    return text[at : at + 1] in ("", "\n", "\r", "\\", '"', "'")


def _weakly_assigned(found: Any, _text: str, put: Put) -> str:
    before, name, between, value = found.groups()
    if PAGING.search(snake(name)) or not looks_like_credential(value) or value.startswith("//"):
        return found.group()
    return f"{before}{name}{between}{put(value)}"


def _said(found: Any, _text: str, put: Put) -> str:
    """`My password is hunter2`: a word with a digit and a letter, since `is wrong` is no password."""
    before, value = found.groups()
    stripped = value.rstrip(".,;:!?)")
    if _is_no_secret(stripped):
        return found.group()
    mixed = any(c.isdigit() for c in stripped) and any(c.isalpha() for c in stripped)
    if len(stripped) < 5 or not mixed or re.match(r"(?i)(?:sha|md|aes|utf|base|rsa|hs|rs)-?\d", stripped):
        return found.group()
    return f"{before}{put(stripped)}{value[len(stripped) :]}"


def _between(found: Any, _text: str, put: Put) -> str:
    """What stands before and after stays."""
    before, value, *after = found.groups()
    return found.group() if _is_no_secret(value) else f"{before}{put(value)}{''.join(after)}"


def _paired(found: Any, text: str, put: Put) -> str:
    """The second of two texts in a list; in an object it would be the next member's name."""
    is_name = text[found.end() :][:8].lstrip("\\\"'").lstrip().startswith(":")
    return found.group() if is_name else _between(found, text, put)


def _token(found: Any, _text: str, put: Put) -> str:
    before, value = found.groups()
    if SLUG.fullmatch(value) or ORDINARY_BASIC.fullmatch(value):
        return found.group()
    return f"{before}{put(value)}"


SLUG = re.compile(r"(?:sk|pa|br|pypi)(?:-[a-z]{2,14}){3,}")
"""Words with hyphens between them: `sk-learn-model-card-of-the-week`."""
ORDINARY_BASIC = re.compile(r"(?i:basic)\s+[A-Z]?[a-z]+(?:[-/_][a-z]+)*")

_BEARERS = r"(?i:bearer|basic|token|apikey|api-key|key|ntlm|negotiate)"
_MARKED = rf"{ALL_STRONG}"
RULES: tuple[tuple[Any, Callable[[Any, str, Put], str]], ...] = (
    # `Authorization: Digest username=…, response=…`, with its many parts, and the schemes with one.
    (
        _compile(r"((?i:authorization)\s{0,4}[:=]\s{0,4}(?i:digest|aws4-hmac-sha256|signature)\s+)([^\"'\\\r\n]+)"),
        _between,
    ),
    (_compile(rf"((?i:authorization)\s{{0,4}}[:=]\s{{0,4}}{_BEARERS}\s+)([^\s\"'\\,]{{3,}})"), _between),
    (
        _compile(r"((?i:cookie)\s{0,4}:\s{0,4})([^\s=;,\"'\\:]+=[^\s;\"'\\]*(?:;\s*[^\s=;\"'\\]+(?:=[^\s;\"'\\]*)?)*)"),
        _between,
    ),
    (
        _compile(
            rf"((?i:postgres|mysql|mariadb|mongodb|redis|amqp)[a-z+]*:{SLASH}{{2}}[^\s/?#\"'@:\\]*:)"
            r"([^\s\"'\\<>]+)(@)"
        ),
        _between,
    ),
    (_compile(rf"([A-Za-z][A-Za-z0-9+.-]*:{SLASH}{{2}}[^\s/?#\"'@:\\]*:)([^\s/?\"'\\<>]+)(@)"), _between),
    (_compile(rf"(:{SLASH}{{2}})([^\s/?#\"'@:\\]{{20,}})(@)"), _between),
    (_compile(rf"({AFTER})((?:{'|'.join(form.pattern for form in TOKENS)}))"), _token),
    (_compile(rf"(<(?i:[a-z0-9_:.-]{{0,40}}{_MARKED})>)([^<]+)(<)"), _between),
    (_compile(rf"((?:^|\s)--(?i:{STRONG}|{WEAK_WORD})[ =][\"']?)([^\s\"']+)"), _between),
    (_compile(r"(\bcurl\b[^\r\n]*?\s(?:-u|--user)[ =]?[\"']?[^\s:\"']{1,64}:)([^\s\"']+)"), _between),
    (_compile(r"((?i:identified\s+by|password)\s+\\*')([^'\\]+)"), _between),
    (
        _compile(
            r"((?i:[?&;]|%26|\\+u0026)(?i:sig|signature|x-amz-signature|x-goog-signature|x-amz-security-token)"
            r"(?:=|%3[dD]|\\+u003[dD]))([A-Za-z0-9%+/=_-]{16,})"
        ),
        _between,
    ),
    # Headers as pairs and as objects, in what is no JSON as a whole.
    (
        _compile(
            rf"(\\*[\"'](?i:{'|'.join(HEADERS).replace('_', '[-_]?')})\\*[\"']\s{{0,4}},\s{{0,4}}b?\\*[\"'])([^\"'\\]+)"
        ),
        _paired,
    ),
    (
        _compile(
            rf"(\\*[\"'](?:name|key|header)\\*[\"']\s{{0,4}}:\s{{0,4}}\\*[\"'][A-Za-z0-9_.-]{{0,60}}(?i:{ALL_STRONG})\\*[\"']"
            rf"\s{{0,4}},\s{{0,4}}\\*[\"']value\\*[\"']\s{{0,4}}:\s{{0,4}}\\*[\"'])([^\"'\\]+)"
        ),
        _between,
    ),
    (assignment(ALL_STRONG), assigned),
    (
        _compile(
            rf"((?:^|[^A-Za-z0-9_.-]))([A-Za-z0-9_.-]{{0,60}}(?:\b|_)(?i:{WEAK_WORD}))"
            rf"({NAME_QUOTE}\]?\s{{0,4}}{EQUALS}\s{{0,4}}[bfru]{{0,2}}\\*[\"']?)([A-Za-z0-9_.~+/=:|@!#$%^*-]{{16,}})"
        ),
        _weakly_assigned,
    ),
    (_compile(rf"((?i:{ALL_STRONG})\s+(?:is|was)[:]?\s+[\"'`]?)([^\s\"'`]+)"), _said),
)
"""What is looked for in a text, in this order: what needs its surroundings before what stands for itself."""

BEGIN = _compile(r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----")
END = _compile(r"-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----")
KEY_BODY = re.compile(r"(?:\\[nr]|[\s\\>|]|[A-Za-z0-9+/=]{16,})*")
KEY_REST = re.compile(r"[A-Za-z0-9+/=]{1,15}(?![A-Za-z0-9 ])")


def without_private_keys(text: str, put: Put) -> str:
    """A private key is hidden from its first line to its last, or, where that is missing, as far as it goes on."""
    if "PRIVATE KEY" not in text:
        return text
    ends = [found.span() for found in END.finditer(text)]
    pieces, at, number = [], 0, 0
    for found in BEGIN.finditer(text):
        if found.start() < at:
            continue
        while number < len(ends) and ends[number][0] < found.end():
            number += 1
        end = ends[number][1] if number < len(ends) else _end_of_key(text, found.end())
        if end > found.end():
            pieces += [text[at : found.start()], put(text[found.start() : end])]
            at = end
    return "".join([*pieces, text[at:]])


def _end_of_key(text: str, start: int) -> int:
    """Where a key that lacks its last line ends; where it starts if nothing of a key is there."""
    body = KEY_BODY.match(text, start)
    if body is None or not body.group().strip(" \t\r\n\\nr>|"):
        return start
    rest = KEY_REST.match(text, body.end())
    return rest.end() if rest else body.end()


# --- escapes ---------------------------------------------------------------------------------------------------------

ESCAPE = re.compile(r"(?<!\\)\\+(?:u00([2-7][0-9a-fA-F])|x([2-7][0-9a-fA-F])|(/))|%([2-7][0-9a-fA-F]|0[9aAdD])")
"""By Python's own engine: each match of RE2 costs Python more, and 200 KB of `%41` took 1.2 s there, 0.1 s here. A run
of backslashes is tried once, from its first one, so that it stays linear."""
KEPT_ESCAPES = "\"'\\"
"""Decoding these, of JSON or a repr, would end the text that they stand in."""


def unescape(text: str) -> str:
    """The text with characters in place of their escapes in JSON, in a repr and in an address."""
    if "\\" not in text and "%" not in text:
        return text

    def character(found: Any) -> str:
        in_json, in_repr, slash, in_address = found.groups()
        if slash:
            return "/"
        one = chr(int(in_json or in_repr or in_address, 16))
        return found.group() if one in KEPT_ESCAPES and not in_address else one

    return ESCAPE.sub(character, text)
