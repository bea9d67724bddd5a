"""The price list is the one of the package that is locked, so that an update of that is an update of this."""

import re
from pathlib import Path

import orjson

ROOT = Path(__file__).resolve().parents[2]
LIST = ROOT / "server" / "src" / "baserun_server" / "ingest" / "prices.json"


def test_the_price_list_is_made_from_the_locked_package():
    locked = re.search(r'name = "genai-prices"\nversion = "([^"]+)"', (ROOT / "uv.lock").read_text(encoding="utf-8"))

    assert locked is not None
    assert orjson.loads(LIST.read_bytes())["version"] == f"genai-prices {locked[1]}"
