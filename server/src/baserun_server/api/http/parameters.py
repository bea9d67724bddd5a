"""The parameters that the addresses take, as records: what is not named here is refused.

FastAPI reads them from the query (`Annotated[ListParameters, Query()]`) and describes them in `/openapi.json`.
`check_query` bounds every one of them before that, so a parameter added later is bounded without a line of its own.
"""

from typing import Annotated, Any, Literal
from urllib.parse import unquote

from fastapi import Path, Request
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from ...errors import BadParameter

PARAMETER_CHARACTERS = 4_096
"""Length of a parameter that states no other limit; the longest id fits four times."""
CURSOR_CHARACTERS = 65_536
"""Length of a cursor. It holds the sort keys of a row, and is as long as an address may be."""
TURNS_MOST = 1_000_000_000
"""Numbers of turns above this are refused: no session is so long, and the engine counts in 32 bits."""

Id = Annotated[str, Path(max_length=8_192), AfterValidator(unquote)]
"""An id in a path. Addresses are routed as they were sent, percent-encoded, so that an id may hold `/` and `%`."""


async def check_query(request: Request) -> None:
    """Refuse a query that names a parameter twice, or has one that is too long for any address.

    Characters need no check here: what is not UTF-8 has been replaced, and the store holds every other one.
    """
    seen: set[str] = set()
    for name, value in request.query_params.multi_items():
        if name in seen:
            raise BadParameter(f"`{shorten(name)}` stands in the address twice", hint="send it once", field=name)
        seen.add(name)
        most = CURSOR_CHARACTERS if name == "cursor" else PARAMETER_CHARACTERS
        if len(value) > most:
            raise BadParameter(
                f"the parameter `{shorten(name)}` has {len(value):,} characters, and may have {most:,}",
                hint="see `/openapi.json` for what each address takes",
                field=name,
            )


def shorten(text: str, most: int = 80) -> str:
    """The beginning of what a caller wrote, for a message."""
    return text if len(text) <= most else text[:most] + "…"


class Parameters(BaseModel):
    """The root of all: none."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _refuse_unknown(cls, given: Any) -> Any:
        known = [field.alias or name for name, field in cls.model_fields.items()]
        for name in given:
            if name not in known:
                takes = f"it takes {', '.join(f'`{word}`' for word in known)}" if known else "it takes none"
                raise BadParameter(f"this address has no parameter `{shorten(name)}`", hint=takes, field=name)
        return given


class WindowParameters(Parameters):
    """A stretch of time; open where an end is left out."""

    from_: str | None = Field(default=None, max_length=64, alias="from", description="ISO 8601, or relative: `now-7d`")
    to: str | None = Field(default=None, max_length=64, description="ISO 8601, or relative: `now`")


class PageParameters(Parameters):
    """A part of a list."""

    limit: int = Field(default=50, ge=1, le=200)
    cursor: str | None = Field(
        default=None, max_length=CURSOR_CHARACTERS, description="`next_cursor` of the page before"
    )


class ListParameters(PageParameters, WindowParameters):
    """A part of a filtered and sorted list."""

    q: str | None = Field(default=None, max_length=1_000, description="words in ids, names and what was said")
    filter: str | None = Field(default=None, max_length=4_000, description="`errors>=1 model:gpt-4.1 -tag:internal`")
    sort: str | None = Field(default=None, max_length=200, description="fields, the most important first; `-` descends")
    include: Literal["total"] | None = Field(default=None, description="`total` counts the filtered set")


class SessionListParameters(ListParameters):
    """Sessions, of one user if wanted."""

    user: str | None = Field(default=None, max_length=4_096, description="the sessions in which this user took part")


class TraceListParameters(SessionListParameters):
    """Traces, of one user or session if wanted."""

    session: str | None = Field(default=None, max_length=4_096, description="the traces of this session")


class ScoreListParameters(PageParameters, WindowParameters):
    """Scores of a user, a session, a trace, newest first."""

    user: str | None = Field(default=None, max_length=4_096)
    session: str | None = Field(default=None, max_length=4_096)
    trace: str | None = Field(default=None, max_length=64)
    name: str | None = Field(default=None, max_length=200)


class TurnParameters(PageParameters):
    """A part of a session's conversation."""

    limit: int = Field(default=20, ge=1, le=100)
    around: int | None = Field(
        default=None, ge=1, le=TURNS_MOST, description="the number of a turn that shall be on the page"
    )


class TraceParameters(Parameters):
    """How much of a trace is wanted."""

    spans: Literal["full", "light"] = Field(default="full", description="`light`: columns without content")


class SpanParameters(Parameters):
    """How much of a span is wanted."""

    content: Literal["cut", "full"] = Field(default="cut", description="`full`: parts above 16 KB whole too")


class ErasureParameters(Parameters):
    """Whether it is meant."""

    dry_run: bool = Field(default=False, description="`true`: only count what would be erased")
    include_aliases: bool | None = Field(
        default=None, description="whether ids that only an application linked to the user (`claimed_ids`) go too"
    )


class SearchParameters(Parameters):
    """What is looked for."""

    q: str = Field(
        min_length=1, max_length=1_000, description="an id, the start of one, or words that were said; `role:user`"
    )
    limit: int = Field(default=8, ge=1, le=50)


class SessionSearchParameters(Parameters):
    """What is looked for in a session."""

    q: str = Field(min_length=1, max_length=1_000, description='words, "phrases", `-not`, `role:user`')


Resource = Literal["users", "sessions", "traces"]


class FieldParameters(Parameters):
    """Fields of which list."""

    for_: Resource = Field(alias="for")


class SetParameters(WindowParameters):
    """The set that a list with the same parameters shows."""

    for_: Resource = Field(alias="for")
    field: str = Field(max_length=200)
    q: str | None = Field(default=None, max_length=1_000)
    filter: str | None = Field(default=None, max_length=4_000)


class FacetParameters(SetParameters):
    """Values of a field in a set."""

    prefix: str | None = Field(default=None, max_length=200)
    limit: int = Field(default=20, ge=1, le=200)


class HistogramParameters(SetParameters):
    """The spread of a number in a set."""

    bins: int = Field(default=32, ge=1, le=200)


class MetricParameters(WindowParameters):
    """Numbers over time."""

    metrics: str = Field(default="active_users,sessions,llm_calls,cost_usd,errors", max_length=500)
    interval: str = Field(default="auto", max_length=10, description="`auto`, or `1m`, `5m`, `1h`, `6h`, `1d`")
    by: Literal["model", "environment", "release"] | None = None
    compare: Literal["previous"] | None = None
    filter: str | None = Field(default=None, max_length=4_000, description="as for traces")


class JourneyParameters(PageParameters, WindowParameters):
    """A part of a user's journey."""

    order: Literal["newest", "oldest"] = "newest"
