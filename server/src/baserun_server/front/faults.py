"""What is wrong with a request that the application never sees, as it is answered."""

import orjson
from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from .bounds import ADDRESS_BYTES, HEAD_SECONDS, HEADER_BYTES, HEADERS, PACE_BYTES, PIECE_SECONDS


class Fault(Exception):
    """What is wrong with a request, as it is answered where the application has not seen it."""

    def __init__(self, status: int, code: str, message: str, hint: str) -> None:
        super().__init__(message)
        self.status = status
        self._told = {"code": code, "message": message, "hint": hint}

    def response(self) -> bytes:
        """The whole answer."""
        body = orjson.dumps({"error": self._told})
        head = b"content-type: application/json\r\ncontent-length: %d\r\nconnection: close\r\n" % len(body)
        if self.status == 503:
            head += b"retry-after: 1\r\n"
        return STATUS_LINE[self.status] + head + b"\r\n" + body


NOT_HTTP = (
    400,
    "bad_request",
    "this is no HTTP request",
    "send plain HTTP/1.1; for TLS, put a proxy before the server",
)
ONE_HOST = (400, "bad_request", "the request does not have exactly one `host` header", "send one `host` header")
ADDRESS_TOO_LONG = (
    414,
    "address_too_long",
    f"the address is longer than `{ADDRESS_BYTES}` bytes",
    "use a shorter filter, or fewer parameters",
)
HEADERS_TOO_LARGE = (
    431,
    "headers_too_large",
    f"the headers are more than `{HEADERS}`, or larger than `{HEADER_BYTES}` bytes together",
    "send fewer or smaller headers",
)
CHUNKS_TOO_SMALL = (
    400,
    "bad_request",
    "the chunks of the body hold more framing than content",
    "send larger chunks, or a `content-length`",
)
TOO_SLOW = (
    408,
    "too_slow",
    f"the request did not arrive in time: `{HEAD_SECONDS:.0f}` s for headers, `{PIECE_SECONDS:.0f}` s between pieces",
    f"send the request again, without pauses and at `{PACE_BYTES}` bytes a second or more",
)
NO_ROOM = (503, "busy", "the server has no room for more request bodies now", "send the same again later")
FULL = (503, "busy", "the server has no room for more connections now", "send the same again later")
