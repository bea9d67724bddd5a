"""Which project a request belongs to, by the key that it carries.

Clients of every kind send their key in a form of their own; all of them are read. A server on a loopback address may
run without keys: then every request belongs to the project `default`. Only a setting that is not set at all opens that
server; one that holds no usable key lets nobody in, and neither does another address without keys.
"""

import base64
import binascii
import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256
from typing import NamedTuple

from ..errors import BaserunError, Busy, KeyMissing
from ..settings import Settings

DEFAULT_PROJECT = "default"
KEY_CHARACTERS = 24
"""Shortest key that is accepted where other machines can reach the server: 24 random characters cannot be guessed."""
LONGEST_KEY_CHARACTERS = 1_024
LONGEST_PROJECT_CHARACTERS = 128

WRONG_KEYS = 10
"""Wrong keys that an address may send within the window before it is told to wait …"""
WINDOW_SECONDS = 60.0
"""… and the length of that window. A program with a stale key notices within its first ten requests."""
ADDRESSES = 10_000
"""Addresses remembered, about 2 MB; the one that guessed longest ago is forgotten first."""

MAKE_A_KEY = '`python3 -c "import secrets; print(secrets.token_urlsafe(32))"` prints a good key'


class BadKeys(BaserunError):
    """The setting that holds the keys cannot be used."""

    code = "bad_keys"


class Key(NamedTuple):
    """A key and the project that it opens."""

    project: str
    key: str


class Keys:
    """The keys of a server and the projects that they open; one for all doors, because they share the wrong guesses."""

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.monotonic) -> None:
        self.open = settings.loopback and not settings.keys_are_set
        """Whether no key is needed."""
        self._projects = {_fingerprint(key): project for project, key in _usable_keys(settings)}
        self._guesses = Guesses(clock)

    def project_of(self, headers: Mapping[str, str]) -> str | None:
        """The project that a request's key opens, None where it carries no key of ours."""
        if self.open:
            return DEFAULT_PROJECT
        for key in keys_in(headers):
            # Looked up by its hash, so the time that it takes tells nothing about the keys that exist.
            project = self._projects.get(_fingerprint(key))
            if project is not None:
                return project
        return None

    def admit(self, headers: Mapping[str, str], address: str) -> str:
        """The project that a request's key opens.

        Raises `KeyMissing`, or `Busy` where the client's address has sent too many wrong keys. A right key is never
        slowed down, whatever its neighbours at the same address send; a request without a key is no guess.
        """
        project = self.project_of(headers)
        if project is not None:
            return project
        if next(keys_in(headers), None) is not None and (wait_s := self._guesses.add(address)):
            raise Busy(
                f"too many requests with a wrong key came from this address: more than `{WRONG_KEYS}` within "
                f"`{WINDOW_SECONDS:.0f}` seconds",
                hint=f"correct the key, and send again in {wait_s} seconds",
                retry_after_s=wait_s,
            )
        raise KeyMissing(
            "the request carries no valid key",
            hint="send `authorization: Bearer <key>` with one of the server's keys (`BASERUN_API_KEYS`)",
        )


class Guesses:
    """Counts wrong keys by client address, in bounded memory."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._windows: OrderedDict[str, tuple[float, int]] = OrderedDict()
        """When the window of an address began, and its guesses so far; the address that guessed last is the last."""

    def add(self, address: str) -> int:
        """Count one; returns the seconds to wait, 0 where the address may go on."""
        network, now = _network_of(address), self._clock()
        began, count = self._windows.pop(network, (now, 0))
        if now - began > WINDOW_SECONDS:
            began, count = now, 0
        self._windows[network] = (began, count + 1)
        if len(self._windows) > ADDRESSES:
            self._windows.popitem(last=False)
        return max(1, round(began + WINDOW_SECONDS - now)) if count >= WRONG_KEYS else 0


def read_keys(settings: Settings) -> list[Key]:
    """The keys of the settings, each checked; raises `BadKeys`, which names a key by its place, never by its text."""
    if settings.api_keys.get_secret_value() and settings.api_keys_file is not None:
        raise BadKeys("`BASERUN_API_KEYS` and `BASERUN_API_KEYS_FILE` are both set", hint="set one of them")
    name = "BASERUN_API_KEYS_FILE" if settings.api_keys_file is not None else "BASERUN_API_KEYS"
    found: list[Key] = []
    places: dict[str, int] = {}
    for place, text in enumerate(_parts(settings), 1):
        key = _split(text)
        if fault := _fault(key):
            raise BadKeys(f"key `{place}` of `{name}` {fault}", hint=f"write `key` or `project:key`; {MAKE_A_KEY}")
        if key.key in places:
            raise BadKeys(
                f"keys `{places[key.key]}` and `{place}` of `{name}` are the same",
                hint=f"give each key once, for one project; {MAKE_A_KEY}",
            )
        places[key.key] = place
        found.append(key)
    if settings.keys_are_set and not found:
        raise BadKeys(f"`{name}` is set but holds no key", hint=f"write a key into it or leave it unset; {MAKE_A_KEY}")
    return found


def keys_in(headers: Mapping[str, str]) -> Iterator[str]:
    """Every key that a request's headers may mean, in lower-case header names; never an empty one.

    `Authorization: Bearer k`, `Basic base64(public:secret)` (the secret half, then the public one), the bare token;
    `x-api-key`, `api-key`, `api_key`, `dd-api-key`, `helicone-auth: Bearer k`.
    """
    yield from filter(None, _candidates(headers))


def _candidates(headers: Mapping[str, str]) -> Iterator[str]:
    for name in ("authorization", "helicone-auth"):
        value = headers.get(name, "").strip()
        scheme, _, rest = value.partition(" ")
        if scheme.lower() == "bearer":
            yield rest.strip()
        elif scheme.lower() == "basic":
            yield from _basic(rest.strip())
        else:
            yield value
    for name in ("x-api-key", "api-key", "api_key", "dd-api-key"):
        yield headers.get(name, "").strip()


def _basic(encoded: str) -> Iterator[str]:
    try:
        text = base64.b64decode(encoded, validate=True).decode()
    except (binascii.Error, ValueError):
        return
    public, _, secret = text.partition(":")
    yield from (secret, public)


def _usable_keys(settings: Settings) -> list[Key]:
    try:
        return read_keys(settings)
    except BadKeys:
        # The start refuses such a setting; whoever skips that check gets a door that nobody can open.
        return []


def _parts(settings: Settings) -> list[str]:
    if settings.api_keys_file is None:
        text = settings.api_keys.get_secret_value()
        return [part.strip() for part in text.split(",")] if text else []
    try:
        text = settings.api_keys_file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise BadKeys(f"the file of keys `{settings.api_keys_file}` is not text", hint="write one key a line") from None
    except OSError as error:
        raise BadKeys(
            f"the file of keys `{settings.api_keys_file}` cannot be read: {error.strerror}",
            hint="let `BASERUN_API_KEYS_FILE` name a file that the server may read, one key a line",
        ) from None
    lines = [line.strip() for line in text.splitlines()]
    return [part.strip() for line in lines if line and not line.startswith("#") for part in line.split(",")]


def _split(text: str) -> Key:
    project, separator, key = text.partition(":")
    return Key(project.strip(), key.strip()) if separator else Key(DEFAULT_PROJECT, text)


def _fault(key: Key) -> str:
    """What is wrong with a key, as the end of a sentence; empty where nothing is."""
    if not key.key:
        return "is empty"
    if not key.project:
        return "names an empty project"
    if len(key.key) > LONGEST_KEY_CHARACTERS:
        return f"is longer than `{LONGEST_KEY_CHARACTERS}` characters"
    if len(key.project) > LONGEST_PROJECT_CHARACTERS:
        return f"names a project of more than `{LONGEST_PROJECT_CHARACTERS}` characters"
    if not key.project.isprintable():
        return "names a project with a control character"
    # Clients disagree on how other characters travel in a header, so such a key would open for some of them only.
    if not (key.key.isascii() and key.key.isprintable()) or " " in key.key:
        return "holds a character other than the printable ones of ASCII"
    return ""


def _network_of(address: str) -> str:
    """An IPv6 client has a whole /64 to send from, so that counts as one address."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        return parsed.ipv4_mapped.compressed if parsed.ipv4_mapped else str(int(parsed) >> 64)
    return address


def _fingerprint(key: str) -> bytes:
    return sha256(key.encode("utf-8", "surrogatepass")).digest()
