"""The lines of a play: with a script the fake provider answers known conversations like a good assistant would.

A script is a JSON file: a list of conversations `{"system"?, "turns": [{"user", "answer", "tools"?: [{"name",
"arguments"}, …]}, …]}`. The tools are called one after the other before the answer is given. A conversation is
recognised by its system prompt and what the person said so far, whoever sends it.
"""

import json
from pathlib import Path
from typing import Any


def read_script(path: Path) -> dict[str, Any]:
    """Everything said so far → the turn that follows (see `answer.key_of`)."""
    lines: dict[str, Any] = {}
    for conversation in json.loads(path.read_text(encoding="utf-8")):
        said = [conversation["system"]] if "system" in conversation else []
        for turn in conversation["turns"]:
            said.append(turn["user"])
            lines["\n".join(said)] = turn
    return lines
