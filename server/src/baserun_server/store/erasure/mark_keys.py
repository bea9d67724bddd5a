"""The secret by which an id becomes a mark: without it nobody can try e-mail addresses against the list of the erased.

A store of our own engine has its key in the file `erasure.keys` of the data folder, made when it is first needed. Where
several servers share a store they must make the same marks, so there the key is a setting. More than one key is kept
where marks came from another store: the first one makes marks, all of them recognise.
"""

import contextlib
import os
import secrets
from collections.abc import Iterable
from hashlib import blake2b
from pathlib import Path

from ...errors import BaserunError, Conflict
from ...private import replace_file

KEY_BYTES = 32
MARK_BYTES = 8
"""A store of a hundred million marks takes one strange id in 10^11 for an erased one."""
LEAST_CHARACTERS = 32
NO_KEYS: tuple[bytes, ...] = ()
NO_KEY = b""
"""In its place marks are what earlier versions made of ids."""


class MarkKeys:
    """Keys from the setting, or else from a file that is made where `makes_file` says so."""

    def __init__(self, path: Path | None, setting: str = "", *, makes_file: bool = True) -> None:
        self._path = path
        self._set = tuple(_key_of(text) for text in setting.split(",") if text.strip())
        self._makes_file = makes_file
        self._read = NO_KEYS

    @classmethod
    def fixed(cls, *keys: bytes) -> "MarkKeys":
        """Keys that are given."""
        made = cls(None)
        made._set = keys
        return made

    @property
    def keys(self) -> tuple[bytes, ...]:
        """All of them, our own first; made where there is none yet, and none where it may not be made."""
        if self._set:
            return self._set
        if not self._read:
            self._read = self._load()
        return self._read

    @property
    def known(self) -> tuple[bytes, ...]:
        """All of them, or none where there is none yet."""
        return self._set or self._read or (read_keys(self._path) if self._path else NO_KEYS)

    def need(self) -> tuple[bytes, ...]:
        """All of them; raises `Conflict` where there is none."""
        if self.keys:
            return self.keys
        raise Conflict(
            "this store has no key for the marks of erased people",
            hint="set `BASERUN_ERASURE_KEY` to at least 32 random characters, the same on every server that uses"
            " the store (`openssl rand -hex 32` makes one)",
        )

    def add(self, keys: Iterable[bytes]) -> None:
        """Recognise marks that another store made."""
        missing = [key for key in keys if key not in self.keys]
        if not missing:
            return
        if self._set or self._path is None or not self._makes_file:
            named = ",".join(key.hex() for key in (*self._set, *missing))
            raise Conflict(
                "the marks of erased people that arrive were made with a key that this store does not have",
                hint="add the keys of `erasure.keys` to `BASERUN_ERASURE_KEY`, separated by commas, after your own"
                f" ({named.count(',') + 1} keys in all), on every server of the store; then give the command again",
            )
        self._read = (*self.keys, *missing)
        write_keys(self._path, self._read)

    def _load(self) -> tuple[bytes, ...]:
        if self._path is None or not (self._makes_file or self._path.exists()):
            return NO_KEYS
        if not self._path.exists():
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _make(self._path)
        keys = read_keys(self._path)
        if not keys:
            raise BaserunError(
                f"`{self._path}` holds no key",
                hint="put the file back from a backup: without its key nobody who was erased is recognised",
            )
        return keys


def plain_hash(project_id: str, kind: str, id_: str) -> bytes:
    """What of an id goes into its mark. It never leaves the process: without a key it can be tried out."""
    return blake2b(f"{project_id}\0{kind}\0{id_}".encode("utf-8", "replace"), digest_size=MARK_BYTES).digest()


def mark_of(key: bytes, hash_: bytes) -> int:
    """The mark of a hash. Earlier stores kept the hash itself, and so their marks can be made keyed ones."""
    if key != NO_KEY:
        hash_ = blake2b(hash_, key=key, digest_size=MARK_BYTES, person=b"baserun-mark").digest()
    return int.from_bytes(hash_, "little")


def key_id(key: bytes) -> str:
    """The name of a key, from which it cannot be found."""
    return blake2b(b"", key=key, digest_size=8, person=b"baserun-name").hexdigest() if key != NO_KEY else ""


def read_keys(path: Path) -> tuple[bytes, ...]:
    """The keys of a file; none where there is no file."""
    try:
        lines = path.read_text(encoding="ascii").split()
    except FileNotFoundError:
        return NO_KEYS
    try:
        return tuple(bytes.fromhex(line) for line in lines)
    except ValueError:
        raise BaserunError(
            f"`{path}` is damaged: a line is no key in hexadecimal digits", hint="put the file back from a backup"
        ) from None


def write_keys(path: Path, keys: Iterable[bytes]) -> None:
    """Keep keys in a file that only its owner reads; on the disk when it returns."""
    replace_file(path, _lines(keys))


def _make(path: Path) -> None:
    """Make the file; of two processes that begin at once, only one does."""
    new = path.with_name(f"{path.name}.{secrets.token_hex(4)}.new")
    replace_file(new, _lines([secrets.token_bytes(KEY_BYTES)]))
    with contextlib.suppress(FileExistsError):
        os.link(new, path)
    new.unlink()


def _lines(keys: Iterable[bytes]) -> bytes:
    return "".join(f"{key.hex()}\n" for key in keys).encode()


def _key_of(text: str) -> bytes:
    text = text.strip()
    if len(text) < LEAST_CHARACTERS:
        raise BaserunError(
            f"a key in `BASERUN_ERASURE_KEY` has `{len(text)}` characters",
            hint=f"give at least {LEAST_CHARACTERS} random ones (`openssl rand -hex 32`)",
        )
    with contextlib.suppress(ValueError):
        if len(raw := bytes.fromhex(text)) == KEY_BYTES:
            return raw
    return blake2b(text.encode(), digest_size=KEY_BYTES).digest()
