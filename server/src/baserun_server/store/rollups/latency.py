"""The histogram of the durations of LLM calls: bucket n holds 1.05^(n-1) < ms <= 1.05^n, and bucket 0 up to 1 ms. Pure.

A duration that is read from it is right to 2.5 %, and histograms add up.
"""

import math
from collections.abc import Mapping

BASE = 1.05
_GROWTH = math.log(BASE)


def bucket_of(duration_us: int) -> int:
    """The bucket of a duration."""
    return math.ceil(math.log(duration_us / 1000) / _GROWTH) if duration_us > 1000 else 0


def latency_ms(histogram: Mapping[str, int], share: float) -> float | None:
    """Milliseconds below which this share of the calls lies: the middle of its bucket."""
    rank, passed = share * sum(histogram.values()), 0
    for bucket in sorted(map(int, histogram)):
        passed += histogram[str(bucket)]
        if passed >= rank:
            return round(BASE ** (bucket - 0.5), 3)
    return None
