"""Where a rebuild begins: with what a killed one left, with a copy of the serving generation, or with nothing."""

from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import NamedTuple

from . import making
from .errors import LogDiverged, StoreUnsafe
from .generation import Generation, View, note_choice
from .links import COPYING, make_empty, next_path, remove, rename, serving_path, unfinished
from .log import EventLog
from .sqlite import connect, connect_readonly, sqlite3, still, transaction, translated

COPY_PAGES = 4096
BATCH_EVENTS = 5000
"""Measured: FTS5 builds fastest in transactions of about 5,000 articles."""

Progress = Callable[[int, int], None]
"""Called with (position, head) after every batch, and now and then while neither grows; what it raises ends it."""


def ignore_progress(position: int, head: int) -> None:
    """A Progress that nobody watches."""


def ignore_words(words: str) -> None:
    """Nobody listens to what a rebuild says."""


class Watch(NamedTuple):
    """Who watches a rebuild: how far it is, after so many events at most, and what it says in words.

    What it says may begin a step of which nothing is heard until its end.
    """

    progress: Progress = ignore_progress
    told: Callable[[str], None] = ignore_words
    batch_events: int = BATCH_EVENTS


def serving(folder: Path, views: Sequence[View], log: EventLog, watch: Watch) -> Generation | None:
    """The serving generation, where it is whole and of this log."""
    path = serving_path(folder)
    if path is None:
        return None
    try:
        return Generation(path, views, log)
    except (LogDiverged, StoreUnsafe) as error:
        watch.told(f"built from the log alone: {error}")
        return None


def choice(old: Generation | None, views: Sequence[View], names: Sequence[str] | None) -> frozenset[str]:
    """What is rebuilt: of a serving generation that cannot be copied everything."""
    everything = frozenset(view.name for view in views)
    if old is None or old.chosen() is None or (names is not None and not names):
        return everything
    chosen = frozenset(names or ()) | old.stale()
    return everything if chosen >= everything else chosen


def resumed(
    folder: Path, views: Sequence[View], log: EventLog, chosen: frozenset[str], watch: Watch
) -> Generation | None:
    """What a killed rebuild of the same views in the same versions from the same log left; others are deleted."""
    found: Generation | None = None
    for path in unfinished(folder):
        if found is None:
            found = _opened(path, views, log, chosen)
        if found is None or found.path != path:
            remove(path)
    if found:
        found.retry()
        watch.told(f"resumed at {100 * found.position() // max(log.head(), 1)} %")
    return found


def _opened(path: Path, views: Sequence[View], log: EventLog, chosen: frozenset[str]) -> Generation | None:
    with suppress(LogDiverged, StoreUnsafe):
        generation = Generation(path, views, log, chosen=chosen)
        if generation.fits() and generation.chosen() == chosen:
            return generation
        generation.close()
    return None


def begun(
    folder: Path,
    views: Sequence[View],
    log: EventLog,
    chosen: frozenset[str],
    old: Generation | None,
    watch: Watch,
) -> Generation:
    """A new generation, empty, or with all but the chosen views as they serve."""
    path = next_path(folder)
    if old and not chosen >= {view.name for view in views}:
        copied = _copied(old.path, path, lambda: watch.progress(0, log.head()))
        watch.told(f"{path.name} copied from {old.path.name} to make {', '.join(sorted(chosen))} anew")
        _make_anew(copied, views, chosen)
        rename(copied, path)
    else:
        make_empty(path)
    return Generation(path, views, log, chosen=chosen)


def _copied(source: Path, target: Path, tick: Callable[[], None]) -> Path:
    """A copy of a generation as it stands, made page by page beside its writer."""
    path = target.with_name(target.name + COPYING)
    make_empty(path)
    with (
        translated(path),
        closing(connect_readonly(source)) as reader,
        closing(sqlite3.connect(str(path), isolation_level=None)) as copy,
        # Of tables that do not stand still the copy would begin again whenever somebody writes.
        still(reader),
    ):
        reader.backup(copy, pages=COPY_PAGES, progress=lambda *_: tick())
    return path


def _make_anew(path: Path, views: Sequence[View], chosen: frozenset[str]) -> None:
    """Drop the chosen views of a copy, and those that stand on them, and make them anew and empty."""
    with closing(connect(path)) as connection, translated(path), transaction(connection):
        dropped = making.drop_views(connection, chosen)
        for view in views:
            if view.name in dropped:
                making.make_view(connection, view)
        note_choice(connection, chosen)
