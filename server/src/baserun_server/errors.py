"""What can go wrong, as one tree.

    BaserunError
    ├── Refused                 the caller can fix it; answered as it stands
    │   ├── BadRequest 400      ├── NotFound 404         ├── TooLarge 413
    │   ├── BadParameter 400    ├── MethodUnknown 405    ├── MediaTypeUnknown 415
    │   ├── InvalidFilter 400   ├── Forbidden 403        └── Busy 429 (try again after `retry_after_s`)
    │   ├── InvalidCursor 400   └── Conflict 409
    │   └── KeyMissing 401
    ├── LogError 503            the write-ahead log cannot take the request now
    │   ├── LogFull             it holds as much as it may
    │   └── LogBroken           the disk refused
    ├── DataFolderTaken         another process has the data folder
    └── StoreError              the store did not do what it was asked
        ├── StoreAway 503       it cannot take this now; the same call will work later
        │   └── StoreGone 503   it gave no answer: it is starting, or it ended
        ├── StoreShort 500      it kept fewer rows than were sent
        ├── StoreRefused 500    the statement or the data is wrong; trying again is no use
        │   └── StoreUnfit      a value that it was given has no place in the statement; 400 where a caller gave it
        └── StoreLimit 503      time or memory limit of a query

Every error says what happened, with the value in backticks, and gives a hint where there is something to do.
`api/http/faults.py` is the one place that turns them into answers.
"""


class BaserunError(Exception):
    """The root of our errors: a message, a hint, and the stable word and status by which an answer names it."""

    code = "internal"
    status = 500

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        code: str | None = None,
        field: str | None = None,
        position: int | None = None,
        retry_after_s: int | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.code = code or type(self).code
        self.field = field
        """The parameter, header or property that is wrong."""
        self.position = position
        """Where in its value, counted from 0 in characters."""
        self.retry_after_s = retry_after_s

    def __str__(self) -> str:
        return self.message if self.hint is None else f"{self.message}\n\nhint: {self.hint}"


class Refused(BaserunError):
    """The request cannot be served as it is, and the caller can change that."""

    code = "refused"
    status = 400


class BadRequest(Refused):
    """The request cannot be read."""

    code = "bad_request"


class BadParameter(Refused):
    """A parameter or property has a value that it cannot have, or does not exist."""

    code = "invalid_parameter"


class InvalidFilter(Refused):
    """The filter cannot be parsed, or names a field that there is not."""

    code = "invalid_filter"


class InvalidCursor(Refused):
    """The cursor is damaged, or was given out for another sort order or filter."""

    code = "invalid_cursor"


class KeyMissing(Refused):
    """The request carries no key of this server."""

    code = "unauthorized"
    status = 401


class Forbidden(Refused):
    """The caller may not do this."""

    code = "forbidden"
    status = 403


class NotFound(Refused):
    """There is no such thing."""

    code = "not_found"
    status = 404


class MethodUnknown(Refused):
    """The address exists, but not for this method."""

    code = "method_not_allowed"
    status = 405


class Conflict(Refused):
    """What was asked contradicts what is kept."""

    code = "conflict"
    status = 409


class TooLarge(Refused):
    """The body is larger than the server takes."""

    code = "too_large"
    status = 413


class MediaTypeUnknown(Refused):
    """The body's type or encoding is one that the server does not read."""

    code = "unsupported_media_type"
    status = 415


class Busy(Refused):
    """The server cannot take more just now; the same request will be welcome later."""

    code = "busy"
    status = 429


class LogError(BaserunError):
    """The write-ahead log cannot take the request now; the same request will be welcome later."""

    code = "log_unavailable"
    status = 503


class LogFull(LogError):
    """The log holds as much as it may until the worker has caught up."""

    code = "busy"


class LogBroken(LogError):
    """The disk refused; nothing was acknowledged."""

    code = "log_unwritable"


class DataFolderTaken(BaserunError):
    """Another process has the data folder."""

    code = "data_folder_taken"
    status = 409


class StoreError(BaserunError):
    """The store did not do what it was asked."""

    code = "store_failed"


class StoreAway(StoreError):
    """The store cannot be reached now; try again."""

    code = "store_away"
    status = 503


class StoreGone(StoreAway):
    """The store gave no answer: nothing listens, or the connection broke."""


class StoreShort(StoreError):
    """The store kept fewer rows than were sent."""

    code = "store_short"


class StoreRefused(StoreError):
    """The statement or the data is wrong; trying again is no use."""

    code = "store_refused"


class StoreUnfit(StoreRefused):
    """A value cannot be read as the type that the statement gives it, or the statement with it is too large."""


class StoreLimit(StoreError):
    """A query took more time or memory than a query may."""

    code = "query_too_expensive"
    status = 503


class Stopped(Exception):
    """The worker was asked to stop while it waited for the store."""
