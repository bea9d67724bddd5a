"""Run one sitting of the chat application: `python examples/chat_app --provider URL --folder DIR [--sitting 1]`.

Where Baserun listens is read from BASERUN_URL, as in any application. Standard output says `{"visit": KEY}` for each
visit that is over; at the end DIR/sent-<sitting>.jsonl holds what was sent (`sent.py`).
"""

import argparse
import json
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from openai import OpenAI

import baserun
from chat_app.plan import SESSIONS, make_plan
from chat_app.sent import write_turns
from chat_app.visits import Visits, write_digest

RELEASES = ("1.8.0", "1.9.0")
"""Between the first sitting and the second the shop published a new version."""
DIGESTS = 6


def main() -> None:
    parser = argparse.ArgumentParser(prog="chat_app", description="A chat application with people who use it")
    parser.add_argument("--provider", required=True, help="address of the fake provider, with /v1")
    parser.add_argument("--folder", required=True, type=Path, help="where conversations are kept until people return")
    parser.add_argument("--sitting", type=int, default=0, help="0: everybody's first visit; 1: those who come back")
    parser.add_argument("--sessions", type=int, default=SESSIONS, help=f"how many sessions (default {SESSIONS})")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()

    # A real application keeps this key with its other secrets.
    os.environ.setdefault("BASERUN_USER_HASH_KEY", "otter-and-daughter-demo-key")
    baserun.init(
        service_name="otter-assistant",
        environment="demo",
        release=RELEASES[arguments.sitting],
        hash_users=True,
    )
    client = OpenAI(api_key="any", base_url=arguments.provider, max_retries=1)
    visits = Visits(client, arguments.folder, arguments.sitting)
    for key in visits.run(make_plan(arguments.seed, arguments.sessions)):
        print(json.dumps({"visit": key}), flush=True)
    if arguments.sitting == 0:
        visits.turns += [write_digest(client, n) for n in range(DIGESTS)]
    write_turns(arguments.folder / f"sent-{arguments.sitting}.jsonl", visits.turns)
    baserun.flush()


if __name__ == "__main__":
    main()
