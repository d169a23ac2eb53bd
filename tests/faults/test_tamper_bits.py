"""Bit rot: one bit anywhere in the log, or in what its notary keeps."""

import random
from collections import Counter
from pathlib import Path

import pytest
from faults.conftest import Score, times
from faults.flips import flips, judged
from faults.tampering import an_archive, verified

pytestmark = [pytest.mark.faults, pytest.mark.timeout(3600)]


def test_25_bit_flips(tmp_path: Path, score: Score) -> None:
    store = an_archive(tmp_path / "desk", articles=60)
    seed = random.SystemRandom().randrange(1 << 32)
    every = flips(store, times(1_000, 10_000), random.Random(seed))
    assert verified(store).findings == ()

    outcomes = list(judged(store, tmp_path, every))

    counts = Counter(outcome for _, outcome in outcomes)
    score.stimuli = len(outcomes)
    score.undetected = len(outcomes) - counts["detected"] - counts["harmless"]
    score.figures.append(f"seed {seed}: {counts['detected']} detected, {counts['harmless']} proved harmless")
    assert score.costs == (0, 0, 0), [each for each in outcomes if each[1] not in ("detected", "harmless")]
