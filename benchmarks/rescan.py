"""rescan: folders of which every file is known, looked through again."""

import os
from collections.abc import Sequence
from contextlib import closing
from functools import cache
from pathlib import Path

from bench import Bench, Measurement, Row, stopwatch
from yardsticks import Yardsticks

from presslog.daemon.ground import survey
from presslog.daemon.places import Folder, Ignored
from presslog.daemon.scan import NO_DOORS, Scanner
from presslog.daemon.take import stamp_of
from presslog.store.registry import Entry, Registry

FACTOR = 10
FOLDER_FILES = 1000


def scan(bench: Bench) -> Sequence[float]:
    """Files a second through the scan that runs every ``rescan_seconds``."""
    folder, count = _known(bench), bench.files * FACTOR
    with closing(Registry(folder / "store")) as registry, stopwatch() as seconds:
        ground = survey(Folder("seeds", folder / "seeds"), registry)
        news = sum(len(chunk) for chunk in Scanner(registry, Ignored([".*", "*~"]), NO_DOORS).walk(ground))
    assert news == 0, news
    return [count / seconds()]


def floor(bench: Bench, _: Yardsticks) -> Sequence[float]:
    """The same folders, listed, and a stat of each file."""
    folder = _known(bench)
    with stopwatch() as seconds:
        count = _stat_all(folder / "seeds")
    return [count / seconds()]


def _stat_all(folder: Path | str) -> int:
    count = 0
    with os.scandir(folder) as listing:
        for entry in listing:
            if entry.is_dir(follow_symlinks=False):
                count += _stat_all(entry.path)
            else:
                entry.stat(follow_symlinks=False)
                count += 1
    return count


@cache
def _known(bench: Bench) -> Path:
    """Empty files in folders of a thousand, and a registry that knows them all."""
    folder = bench.fresh("known")
    (folder / "store").mkdir()
    with closing(Registry(folder / "store")) as registry:
        for first in range(0, bench.files * FACTOR, FOLDER_FILES):
            here = folder / "seeds" / f"{first // FOLDER_FILES:05d}"
            here.mkdir(parents=True)
            paths = [here / f"{number}.txt" for number in range(first, first + FOLDER_FILES)]
            registry.record([_entry(path) for path in paths])
    return folder


def _entry(path: Path) -> Entry:
    path.touch()
    return Entry(
        "seeds", os.fsencode(path.parent.name), os.fsencode(path.name), stamp_of(path.stat()), "read", "0" * 64
    )


MEASUREMENTS = (Measurement("rescan", (Row("rescan of known files", "files/s", "≥ 0.5"),), scan, floor),)
