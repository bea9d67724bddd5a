"""One kept-alive connection to the server: POST a body, and learn from the outcome what to do next. Never raises."""

from __future__ import annotations

import json
import time
from typing import Any
from urllib.parse import urlsplit

KEEP_ALIVE_SECONDS = 4.0
"""After longer silence the connection is made anew: many servers close theirs after five seconds."""


class Outcome:
    """What came of a POST. `status` is 0 where the server did not answer."""

    __slots__ = ("message", "retry_after_seconds", "status")

    def __init__(self, status: int, message: str = "", retry_after_seconds: float | None = None) -> None:
        self.status = status
        self.message = message
        self.retry_after_seconds = retry_after_seconds

    @property
    def accepted(self) -> bool:
        """Whether the server has it."""
        return 200 <= self.status < 300

    @property
    def retryable(self) -> bool:
        """Whether to send it again later: no answer, overload, a fault of the server, a key that may be mended."""
        return self.status in (0, 401, 403, 404, 408, 425, 429) or self.status >= 500

    @property
    def too_large(self) -> bool:
        """Whether it must become smaller."""
        return self.status == 413

    @property
    def what(self) -> str:
        """What happened, for a message."""
        return (
            f"`{self.message or 'no answer'}`" if self.status == 0 else f"status `{self.status}` {self.message}".strip()
        )

    @property
    def hint(self) -> str:
        """What to do, for a message."""
        if self.status == 0:
            return "start the server (`baserun serve`), or set BASERUN_URL to where it is"
        if self.status in (401, 403):
            return "check BASERUN_API_KEY"
        if self.status == 404:
            return "check BASERUN_URL: there is no OTLP receiver at this address"
        return "`baserun doctor` shows where records go"


class Connection:
    """A connection to `url`, with the key that `api_key()` gives at the time."""

    def __init__(self, url: str, api_key: Any, user_agent: str, timeout_seconds: float) -> None:
        self.url = url.rstrip("/")
        self._api_key = api_key
        self._user_agent = user_agent
        self._timeout_seconds = timeout_seconds
        self._connection: Any = None
        self._used_at = 0.0

    def post(self, path: str, content: bytes, timeout_seconds: float | None = None) -> Outcome:
        """POST gzipped JSON. A connection that the server closed meanwhile is made anew once."""
        timeout = min(self._timeout_seconds, timeout_seconds or self._timeout_seconds)
        fresh = False
        while True:
            try:
                if self._connection is None or time.monotonic() - self._used_at > KEEP_ALIVE_SECONDS:
                    self.close()
                    fresh = True
                    self._connection = self._connect(timeout)
                return self._request(path, content, timeout)
            except TimeoutError:
                self.close()
                return Outcome(0, f"no answer within {timeout:g} s")
            except Exception as error:
                self.close()
                if fresh:
                    return Outcome(0, f"{type(error).__name__}: {error}")

    def close(self) -> None:
        """Close it."""
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                connection.close()
            except Exception:  # noqa: S110 - closing what is broken already
                pass

    def forget(self) -> None:
        """Let go of a connection that belongs to the parent process, without a word on the wire."""
        self._connection = None

    def _connect(self, timeout: float) -> Any:
        # Imported here, on our own thread: at import time it would cost every application some milliseconds.
        import http.client

        parts = urlsplit(self.url)
        if parts.scheme == "https":
            return http.client.HTTPSConnection(parts.hostname or "", parts.port or 443, timeout=timeout)
        return http.client.HTTPConnection(parts.hostname or "", parts.port or 80, timeout=timeout)

    def _request(self, path: str, content: bytes, timeout: float) -> Outcome:
        headers = {
            "Content-Type": "application/json",
            "Content-Encoding": "gzip",
            "User-Agent": self._user_agent,
        }
        key = self._api_key()
        if key:
            headers["Authorization"] = f"Bearer {key}"
        connection = self._connection
        connection.timeout = timeout
        if connection.sock is not None:
            connection.sock.settimeout(timeout)
        connection.request("POST", urlsplit(self.url).path + path, body=content, headers=headers)
        response = connection.getresponse()
        body = response.read(65_536)
        self._used_at = time.monotonic()
        if response.will_close or not response.isclosed():
            self.close()
        return Outcome(response.status, _message(body), _seconds(response.getheader("Retry-After")))


def _message(body: bytes) -> str:
    try:
        parsed = json.loads(body)
        error = parsed.get("error") if isinstance(parsed, dict) else None
        if isinstance(error, dict):
            return " — ".join(str(error[key]) for key in ("message", "hint") if error.get(key))
        partial = parsed.get("partialSuccess") if isinstance(parsed, dict) else None
        return str(partial.get("errorMessage", "")) if isinstance(partial, dict) else ""
    except ValueError:
        return ""


def _seconds(retry_after: str | None) -> float | None:
    """Read Retry-After: seconds or a date."""
    if not retry_after:
        return None
    try:
        return max(0.0, float(retry_after))
    except ValueError:
        pass
    try:
        from email.utils import parsedate_to_datetime

        return max(0.0, parsedate_to_datetime(retry_after).timestamp() - time.time())
    except (TypeError, ValueError):
        return None
