"""How a secret reaches a child process: through a pipe that it reads once, never by its environment or arguments.

The environment and the arguments of a process stay readable in `/proc` for as long as it runs, and go on to every
process that it starts itself. A pipe is empty once it has been read.

    read_end = hand_on({"store_url": "clickhouse://…"})   # the parent; the child inherits `read_end`
    handed_down()                                         # the child

What cannot be avoided: a secret that was given to the server itself as a variable or an option stays readable in the
server's own `/proc/PID/environ` or `/proc/PID/cmdline`, by its user and by root. `BASERUN_API_KEYS_FILE` avoids that.
"""

import os
from collections.abc import Mapping

import orjson

VARIABLE = "BASERUN_SECRETS_PIPE"
"""Number of the descriptor to read from, in the environment of a child."""

_received: dict[str, str] = {}


def hand_on(secrets: Mapping[str, str]) -> int:
    """A descriptor from which a child can read the secrets once; close it here when the child has been started."""
    read_end, write_end = os.pipe()
    with os.fdopen(write_end, "wb") as pipe:
        pipe.write(orjson.dumps(dict(secrets)))
    return read_end


def handed_down() -> dict[str, str]:
    """The secrets that the parent handed to this process; empty where nobody did."""
    # Taken out, so that a process which this one starts does not look for a pipe that it has not got.
    number = os.environ.pop(VARIABLE, None)
    if number is not None:
        with os.fdopen(int(number), "rb") as pipe:
            _received.update(orjson.loads(pipe.read()))
    return dict(_received)
