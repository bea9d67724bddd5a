"""The shapes of the API's answers.

Every JSON document under `/api/v1` is one of these records, and `/openapi.json` is made from them; the web UI's types
are generated from that file in turn. Times are UTC, ISO 8601 with microseconds and a `Z`. Costs are USD. Ids are
strings. A number that is not known is `null`, never 0.
"""

from .base import Body, ErrorAnswer, Fault, Kept, Numbers, Record, SessionStatus, SpanKind, SpanStatus, Total
from .dead_letters import DeadLetter, DeadLetterPage
from .erasures import Erasure, ErasurePage, ErasurePart, ErasurePlan
from .fields import Facet, Facets, FieldInfo, Fields, Histogram
from .health import Alive, Me, Ready
from .journey import JourneyEntry, JourneyPage
from .metrics import Metrics, Series
from .scores import NewScore, Score, ScorePage
from .search import Found, FoundPage, Match, SessionFound, SessionMatch
from .sessions import Session, SessionDetail, SessionPage, SessionPatch
from .spans import LightSpans, LogEntry, Message, Part, Span, SpanEvent, Tool, Usage
from .traces import Identity, LightTrace, Origin, Resolution, Trace, TracePage, TraceRow
from .turns import Earlier, Omitted, SystemPrompt, ToolUse, Turn, TurnError, TurnMark, TurnMessage, TurnPage
from .users import User, UserPage, UserPatch
