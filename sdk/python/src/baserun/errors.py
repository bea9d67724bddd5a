"""The errors that this package raises, all of them for the developer to mend, none of them because of a network.

BaserunError
├── NotInitializedException   a call before `init()`, with BASERUN_RAISE_UNINITIALIZED set
├── InvalidArgument           (also a TypeError) an argument that cannot be meant, such as a misspelt keyword
└── NotOffered                (also a NotImplementedError) a call of the older SDKs that this one leaves out on purpose
"""

from __future__ import annotations

from collections.abc import Iterable


class BaserunError(Exception):
    """Every error that Baserun raises on purpose."""


class NotInitializedException(BaserunError):
    """A call came before `baserun.init()`; only raised where BASERUN_RAISE_UNINITIALIZED is set."""


class InvalidArgument(BaserunError, TypeError):
    """An argument that cannot be meant."""


class NotOffered(BaserunError, NotImplementedError):
    """A call of the older SDKs that this one leaves out on purpose; the message says why."""


def unknown_keyword(function: str, keyword: str, known: Iterable[str]) -> InvalidArgument:
    """Make the error for a misspelt keyword, with the nearest known one as its hint."""
    import difflib  # only here: every application would pay for it at its start

    names = sorted(known)
    near = difflib.get_close_matches(keyword, names, n=1)
    hint = f"did you mean `{near[0]}`?" if near else f"it takes {', '.join(f'`{name}`' for name in names)}"
    return InvalidArgument(f"`{function}()` has no argument `{keyword}`\n\nhint: {hint}")


def not_offered(name: str, reason: str) -> NotOffered:
    """Make the error for a call of the older SDKs that this one leaves out on purpose."""
    return NotOffered(f"`baserun.{name}` is not part of this SDK: {reason}")
