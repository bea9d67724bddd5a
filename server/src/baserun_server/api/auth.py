"""Which project a request belongs to, by the key that it carries.

Clients of every kind send their key in a form of their own; all of them are read. A server on a loopback address may
run without keys: then every request belongs to the project `default`.
"""

import base64
import binascii
from collections.abc import Iterator, Mapping
from hashlib import sha256

from ..settings import Settings, words

DEFAULT_PROJECT = "default"


class Keys:
    """The keys of a server and the projects that they open."""

    def __init__(self, settings: Settings) -> None:
        self._projects = {}
        for word in words(settings.api_keys):
            project, separator, key = word.partition(":")
            if not separator:
                project, key = DEFAULT_PROJECT, word
            self._projects[_fingerprint(key)] = project

    @property
    def open(self) -> bool:
        """True where no key is needed."""
        return not self._projects

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


def keys_in(headers: Mapping[str, str]) -> Iterator[str]:
    """Every key that a request's headers may mean, in lower-case header names.

    `Authorization: Bearer k`, `Basic base64(public:secret)` (the secret half, then the public one), the bare token;
    `x-api-key`, `api-key`, `api_key`, `dd-api-key`, `helicone-auth: Bearer k`.
    """
    for name in ("authorization", "helicone-auth"):
        value = headers.get(name, "").strip()
        scheme, _, rest = value.partition(" ")
        if scheme.lower() == "bearer":
            yield rest.strip()
        elif scheme.lower() == "basic":
            yield from _basic(rest.strip())
        elif value:
            yield value
    for name in ("x-api-key", "api-key", "api_key", "dd-api-key"):
        value = headers.get(name, "").strip()
        if value:
            yield value


def _basic(encoded: str) -> Iterator[str]:
    try:
        text = base64.b64decode(encoded, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return
    public, _, secret = text.partition(":")
    yield from (secret, public)


def _fingerprint(key: str) -> bytes:
    return sha256(key.encode("utf-8", "surrogatepass")).digest()
