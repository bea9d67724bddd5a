"""Counts of one statement made inclusive: what is inside what, where senders disagree. Pure."""

from collections.abc import Mapping, Set
from itertools import combinations

Reading = dict[str, int]
"""Counts as one statement gives them: `input`, `output`, `total`, and the parts."""

INPUT_PARTS = ("tool_prompt", "audio_input", "image_input", "video_input")
OUTPUT_PARTS = ("reasoning", "audio_output", "image_output", "video_output")


def settle(reading: Reading, apart: Set[str] = frozenset(), unless_total: Set[str] = frozenset()) -> None:
    """Make the wholes of a statement inclusive.

    `apart` are parts that are known to be left out; of those in `unless_total` a total that is input and output alone
    says otherwise. The parts of the input that are cached, read or written, go together.
    """
    _settle_cache(reading)
    total = reading.get("total")
    taken_in, given_out = reading.get("input"), reading.get("output")
    if total is not None:
        if taken_in is None and given_out is not None and total >= given_out:
            taken_in = reading["input"] = total - given_out
        elif given_out is None and taken_in is not None and total >= taken_in:
            beside = _cache(reading) if "cache" in apart | unless_total else 0
            given_out = reading["output"] = max(total - taken_in - beside, 0)
    groups = {
        name: size
        for name in ("reasoning", "cache", *INPUT_PARTS, *OUTPUT_PARTS[1:])
        if (size := _cache(reading) if name == "cache" else reading.get(name, 0))
    }
    if not groups:
        return
    added: Set[str] | None = None
    rest = None if total is None or taken_in is None or given_out is None else total - taken_in - given_out
    if rest is not None and rest > 0:
        added = _adding_up(groups, rest)
    if added is None:
        added = set(apart)
        if rest != 0:
            added |= unless_total
    for side, whole, names in (
        ("input", taken_in, ("cache", *INPUT_PARTS)),
        ("output", given_out, OUTPUT_PARTS),
    ):
        if whole is not None:
            reading[side] = whole + sum(
                groups[name] for name in names if name in groups and (name in added or groups[name] > whole)
            )


def _settle_cache(reading: Reading) -> None:
    by_time = reading.get("cache_write_1h", 0) + reading.get("cache_write_5m", 0)
    if by_time > reading.get("cache_write", 0):
        reading["cache_write"] = by_time
    fresh = reading.get("fresh")
    if fresh is not None:
        whole = fresh + _cache(reading)
        if reading.get("input", -1) < whole:
            reading["input"] = whole


def _cache(reading: Reading) -> int:
    return reading.get("cached", 0) + reading.get("cache_write", 0)


def _adding_up(groups: Mapping[str, int], rest: int) -> Set[str] | None:
    """The fewest parts that are the rest of the total beside input and output."""
    for size in range(1, len(groups) + 1):
        for names in combinations(groups, size):
            if sum(groups[name] for name in names) == rest:
                return frozenset(names)
    return None
