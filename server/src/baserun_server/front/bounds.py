"""How much one connection may send, hold and wait, and all of them together."""

ADDRESS_BYTES = 16 << 10
"""Length of a request's address. The longest of ours are filters of a list, below 8 KiB in browsers."""
HEADER_BYTES = 64 << 10
"""Names and values of all headers together, four times what common proxies take."""
HEADERS = 100
HEAD_BYTES = ADDRESS_BYTES + HEADER_BYTES + 4 * HEADERS + (1 << 10)
"""All that comes before a body, with what stands between the parts."""
CHUNK_OVERHEAD_BYTES = 64 << 10
"""What a chunked body may spend on sizes, extensions and trailers, beside one byte for each byte of content."""
PIPELINED = 16
"""Requests that may wait behind the one that is being answered; the connection closes after the last of them."""

READ_BYTES = 64 << 10
"""Read from a connection at a time."""

HEAD_SECONDS = 10.0
"""From the connection, or the first byte of a request, to the end of its headers."""
PIECE_SECONDS = 30.0
"""Between two pieces of a body."""
PACE_BYTES = 1 << 10
"""Bytes of a body a second, after the first `PIECE_SECONDS`: a modem is faster."""
IDLE_SECONDS = 65.0
"""Between two requests. Longer than exporters pause (5 s to 60 s), because a request that is sent in the moment in
which its connection is closed is lost; many idle connections do no harm, they give way when room is needed."""
READ_SECONDS = 60.0
"""For a client to take 48 KiB of an answer, the distance between asyncio's two marks of a full buffer."""
LINGER_SECONDS = 5.0
"""For a client that is still sending when its answer is complete, so that it can read that it is refused."""
LOOK_SECONDS = 0.5
BODY_BYTES = 96 << 20
"""All bodies together, or twice the largest body where that is more."""
