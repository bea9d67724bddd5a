"""Requests of OTLP, as bytes, into plain values: the outermost step. The two encodings are in `otlp/`.

`check` is what the front does before a request may be acknowledged; `decode` is what the worker does afterwards. Text
that is no valid UTF-8 is mended and reported, never a reason to refuse: some senders cut strings in the middle of a
character.
"""

from google.protobuf.message import DecodeError

from .bounds import count_values
from .otlp.compression import decompress as decompress
from .otlp.json_form import check_json, logs_from_json, parse_json, spans_from_json
from .otlp.mend import mend_utf8
from .otlp.protobuf import REQUESTS, read_protobuf
from .otlp.sent import Decoded, Path


def check(path: Path, is_json: bool, body: bytes) -> bool:
    """Whether a decompressed request holds anything; raises `errors.Refused` where it cannot be read at all."""
    count_values(body, is_json, REQUESTS[path].DESCRIPTOR)
    if is_json:
        return check_json(path, body)
    try:
        request = REQUESTS[path].FromString(body)
    except DecodeError:
        mended = mend_utf8(REQUESTS[path].DESCRIPTOR, body)
        if mended is None:
            # The library reads 100 levels of messages, some 30 of ours: what is deeper is read level by level.
            decoded = read_protobuf(path, body)
            return bool(decoded.spans or decoded.logs)
        request = REQUESTS[path].FromString(mended)
    return bool(request.ListFields())


def decode(path: Path, is_json: bool, body: bytes) -> Decoded:
    """Spans or log records of a decompressed request; raises `errors.Refused` as `check` does."""
    if is_json:
        document, mended = parse_json(body)
        from_json = spans_from_json if path == "traces" else logs_from_json
        decoded = from_json(document)
        decoded.mended = mended
        return decoded
    return read_protobuf(path, body)
