"""Scores of one reading against what is known of its file, by the measures of the extractors' own benchmarks."""

import html
import re
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

SHINGLE = 4
_token = re.compile(r"\w+")


class Overlap(NamedTuple):
    """Shingles that two texts share, and those that only one of them has, as shares of all."""

    both: float
    only_read: float
    only_expected: float


def overlap(expected: str, read: str) -> Overlap:
    """Compare two texts by their runs of four words.

    Source: ``string_shingle_matching`` of the article-extraction-benchmark.

    >>> overlap("a b c d", "a b c d e")
    Overlap(both=0.5, only_read=0.5, only_expected=0.0)
    """
    truth, found = _shingles(expected), _shingles(read)
    both = sum((truth & found).values())
    total = (truth | found).total()
    if not total:
        return Overlap(1, 0, 0)
    return Overlap(both / total, (found - truth).total() / total, (truth - found).total() / total)


def f1(overlaps: Sequence[Overlap]) -> float:
    """F1 of the mean precision and the mean recall, as that benchmark has it.

    >>> round(f1([Overlap(0.5, 0.5, 0.0)]), 3)
    0.667
    """
    precisions = [each.both / (each.both + each.only_read) for each in overlaps if each.both + each.only_read]
    recalls = [each.both / (each.both + each.only_expected) for each in overlaps if each.both + each.only_expected]
    if not precisions or not recalls:
        return 0.0
    precision, recall = sum(precisions) / len(precisions), sum(recalls) / len(recalls)
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    words = _token.findall(text)
    return Counter(tuple(words[start : start + SHINGLE]) for start in range(max(1, len(words) - SHINGLE + 1)))


def plain(words: object) -> str:
    """Words without the spacing and the entities in which sources keep them.

    >>> plain("Caf&eacute;\\n  bar")
    'Café bar'
    """
    return " ".join(html.unescape(str(words)).replace("\xad", "").split())


def is_same_moment(expected: str, read: Sequence[str]) -> bool:
    """Whether one of these times is the expected one, as far as both are precise; one without a zone is not held to it.

    >>> is_same_moment("20220106T041200+0100", ["2022-01-06T03:12:00Z"]), is_same_moment("2022-01-06", ["2022-01-07"])
    (True, False)
    """
    wanted = _moment(expected)
    return any(_fits(wanted, expected, each) for each in read if each)


def _fits(wanted: datetime | None, expected: str, read: str) -> bool:
    found = _moment(read)
    if wanted is None or found is None:
        return expected == read
    if len(read) <= 10 or len(expected.strip()) <= 10:
        return wanted.date() == found.date()
    if wanted.tzinfo and found.tzinfo:
        return abs((wanted.astimezone(UTC) - found.astimezone(UTC)).total_seconds()) < 60
    apart = abs((wanted.replace(tzinfo=None) - found.replace(tzinfo=None)).total_seconds())
    # Where one of them states no zone, they may differ by any zone that there is.
    return apart <= 14 * 3600 and min(apart % 900, 900 - apart % 900) < 60


def _moment(written: str) -> datetime | None:
    try:
        return datetime.fromisoformat(written.strip())
    except ValueError:
        return None
