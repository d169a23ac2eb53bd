"""verify: every event, hash, checkpoint and original of a store looked at, as `presslog verify` does it."""

from collections.abc import Sequence

from bench import Bench, Measurement, Row, opened, settings_of, stopwatch

from presslog.store.verify import Wanted, verify


def verified(bench: Bench) -> Sequence[float]:
    """Events a second, beside the originals that they name."""
    with opened(bench.desk) as parts:
        head = parts.log.head()
    with stopwatch() as seconds:
        report = verify(settings_of(bench.desk).store_folder, Wanted())
    if report.findings:
        raise SystemExit(f"the store of the benchmark is bad: {report.findings[0]}")
    return [head / seconds()]


MEASUREMENTS = (
    Measurement("verify", (Row("verify, all of it", "events/s", "value ≥ 33,333"),), verified, least_files=50_000),
)
"""The aim is what 100,000 events in 3 seconds are; of fewer, the start of the second process takes a part."""
