"""How much structure a request may have, the same at every door: OTLP over HTTP and gRPC, and the bodies of the API.

A request beyond a limit of its *form* (bytes, members, levels of its JSON) is refused whole, by an error that names the
limit. A record beyond a limit of its *content* is kept up to the limit and marked, so that one strange record never
costs the others of its request. Each limit is several times what real senders need, and small enough that no
document costs more than time and memory in proportion to its size.
"""

DEPTH = 64
"""Levels of lists and objects within one value: an attribute, a log body, metadata, a document inside a text. The
deepest real values that we know (LangGraph states) have about 30."""
VALUES = 2_000_000
"""Spans, attributes and values of one request, whatever its size: the two bytes that one takes on the wire become a
hundred times as much in memory. A request of 10,000 spans with 40 attributes each has 0.8 million."""
MEMBERS = 10_000
"""Members of a compressed body; senders that append to a gzip stream make a few."""
ATTRIBUTES = 10_000
"""Attributes of one record; a history of 1,000 messages that is flattened into keys has about 4,000."""
EVENTS = 2_000
"""Events of one span. OpenTelemetry's SDKs stop at 128."""
KEY_CHARACTERS = 1_024
"""Length of an attribute's key."""
ID_CHARACTERS = 1_024
"""Length of an id of a user, a session or a call; a longer one stands for itself by its beginning and its hash."""
NAME_CHARACTERS = 4_096
"""Length of the name of a span, an event, a tool, a model."""
TEXT_CHARACTERS = 16 << 20
"""Length of one text."""
TAGS = 256
"""Tags of a record, and finish reasons."""
METADATA_KEYS = 1_000
"""Keys of a record's metadata or a person's traits, each of which becomes a column of a list's filter."""
API_BODY_BYTES = 1 << 20
"""Size of a body at an address of the API."""
