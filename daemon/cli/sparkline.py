"""Counts as one line of bars."""

from collections.abc import Sequence

from .output import is_utf8

BARS = "·▁▂▃▄▅▆▇█"
PLAIN = "..:-=+*#@"
"""Nothing, then eight heights; the second row is for terminals that know ASCII alone."""


def sparkline(counts: Sequence[int]) -> str:
    """A bar for each count, as high as its share of the largest; what is not nothing can be seen."""
    bars, most = BARS if is_utf8() else PLAIN, max(counts, default=0)
    heights = len(bars) - 1
    return "".join(bars[-(-count * heights // most)] if count else bars[0] for count in counts)
