"""Text that compresses as real text does: words of a made-up language, chosen by Zipf's law.

A river of words is written once; every message is a slice of it at a random place, so that no two messages are alike
and cutting one costs a copy of a few hundred bytes. JSON needs no escapes in it.
"""

import itertools
import random

VOCABULARY = 50_000
RIVER_BYTES = 24 << 20
_SYLLABLES = [
    a + b for a in ("b", "c", "d", "f", "g", "l", "m", "n", "p", "r", "s", "t", "v", "st", "tr") for b in "aeiou"
]


class River:
    """Slices of endless text; the same seed gives the same slices."""

    def __init__(self, seed: int, size: int = RIVER_BYTES) -> None:
        rng = random.Random(seed)
        words = sorted(
            {"".join(rng.choices(_SYLLABLES, k=rng.choice((1, 2, 2, 3, 3, 4)))) for _ in range(VOCABULARY * 2)}
        )
        rng.shuffle(words)
        words = words[:VOCABULARY]
        weights = list(itertools.accumulate(1 / rank for rank in range(1, len(words) + 1)))
        mean = 6  # bytes a word in the text, its space included; short words are no commoner here than long ones
        text = " ".join(rng.choices(words, cum_weights=weights, k=size // mean))
        self.bytes = text.encode("ascii")
        self.words = words

    def slice(self, at: float, length: int) -> bytes:
        """`length` bytes from the place `at` (0 ≤ at < 1), without spaces at the ends."""
        start = int(at * (len(self.bytes) - length))
        return self.bytes[start : start + length].strip()
