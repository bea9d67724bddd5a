"""Who somebody is: ids made presentable, and the keyed hash that keeps names and addresses inside the process."""

from __future__ import annotations

import hmac
import os
import re
from hashlib import sha256
from typing import Any

from baserun._config import state
from baserun._guard import warn_once
from baserun.errors import InvalidArgument

MAX_ID_CHARACTERS = 1_024
MAX_ORIGINAL_CHARACTERS = 4_096
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def hash_identifier(value: str, key: str | bytes | None = None) -> str:
    """Hash an identifier with a key (HMAC-SHA-256, 64 hex digits), so that the plain value never leaves the process.

    The key is the one given, else that of `init(user_hash_key=…)`, else BASERUN_USER_HASH_KEY. A plain hash of an
    e-mail address can be undone by trying addresses; a keyed one cannot by anybody who lacks the key. Raises
    InvalidArgument where there is no key.
    """
    secret = key or state.settings.user_hash_key or os.environ.get("BASERUN_USER_HASH_KEY")
    if not secret:
        raise InvalidArgument(
            "there is no key to hash identifiers with\n\n"
            "hint: set BASERUN_USER_HASH_KEY to a long random text, and keep it: another key makes other users"
        )
    return hmac.new(
        secret.encode() if isinstance(secret, str) else secret, str(value).encode("utf-8", "replace"), sha256
    ).hexdigest()


def clean_id(value: Any, what: str) -> str | None:
    """Return an id as a non-empty text of at most 1,024 characters, or None where there is none.

    Anything but a text becomes one, with one warning; an empty one counts as none, with one warning; a longer one is
    hashed. `what` is `user` or `session`.
    """
    if value is None:
        return None
    if not isinstance(value, str):
        warn_once(
            f"id type {what}",
            "The %s id `%r` is no text and was made one\n\nhint: pass a `str`",
            what,
            value,
        )
        try:
            value = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
        except Exception:
            return None
    if not value.strip():
        warn_once(f"id empty {what}", "An empty %s id was ignored\n\nhint: pass None where there is none", what)
        return None
    if len(value) > MAX_ID_CHARACTERS:
        return sha256(value.encode("utf-8", "replace")).hexdigest()
    return value


def original_of(value: Any, cleaned: str | None) -> str | None:
    """Return the id as it was, where `clean_id` had to hash it for its length."""
    if cleaned is None or not isinstance(value, str) or len(value) <= MAX_ID_CHARACTERS:
        return None
    return value[:MAX_ORIGINAL_CHARACTERS]


def clean_user(value: Any, hash_users: bool) -> str | None:
    """Return a user id ready to leave the process: cleaned, and hashed where the application asked for that."""
    if value is not None and hash_users:
        text = clean_id(value, "user") if not isinstance(value, str) or not value.strip() else value
        return None if text is None else hash_identifier(text)
    cleaned = clean_id(value, "user")
    if cleaned is not None and _EMAIL.fullmatch(cleaned):
        warn_once(
            "id email",
            "A user id looks like an e-mail address\n\n"
            "hint: `baserun.init(hash_users=True)` with BASERUN_USER_HASH_KEY set sends a keyed hash instead",
        )
    return cleaned
