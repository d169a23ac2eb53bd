"""The views of a store: the link to the serving generation, catching up, and a rebuild that nobody notices."""

import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path

from .errors import LogDiverged, StoreUnsafe
from .generation import Generation, View
from .lock import WriterLock
from .log import EventLog
from .names import LINK

REBUILD_EVENTS = 5000
"""Measured: FTS5 builds fastest in transactions of about 5,000 articles."""

Progress = Callable[[int, int], None]
"""Called with (position, head) after every batch of a rebuild."""


def ignore_progress(position: int, head: int) -> None:
    """A Progress that nobody watches."""


class Views:
    """The read models of a store, kept level with its log by one writer.

    Readers open ``views.db``: a link to the serving generation. ``advance`` notices when a rebuild in another process
    has switched the link, and goes on there.
    """

    def __init__(self, folder: Path, views: Sequence[View], log: EventLog) -> None:
        self._folder = folder
        self._views = views
        self._log = log
        self._serving: Generation | None = None

    def open(self, progress: Progress = ignore_progress) -> bool:
        """Open the serving generation; build one where there is none that fits. True where one was built.

        A view that was paused by a poison event gets another try.
        """
        if self._open_serving():
            self.serving.retry()
            return False
        self.rebuild(progress)
        return True

    @property
    def serving(self) -> Generation:
        """The open generation."""
        if self._serving is None:
            raise StoreUnsafe(f"the views in {self._folder} are not open")
        return self._serving

    def _open_serving(self) -> bool:
        path = serving_path(self._folder)
        if path is None:
            return False
        try:
            generation = Generation(path, self._views, self._log)
        except LogDiverged:
            return False
        if not generation.fits():
            generation.close()
            return False
        self._swap(generation)
        return True

    def _swap(self, generation: Generation | None) -> None:
        if self._serving:
            self._serving.close()
        self._serving = generation

    def advance(self) -> int:
        """Apply the next batch of events; 0 when the views stand at the head."""
        if serving_path(self._folder) != self.serving.path:
            self.open()
        return self.serving.advance()

    def catch_up(self) -> None:
        """Bring the views to the head of the log."""
        while self.advance():
            pass

    def rebuild(self, progress: Progress = ignore_progress) -> Path:
        """Build a new generation from the whole log beside the serving one, then switch the link atomically.

        Killed anywhere, it leaves the old generation serving and an unfinished file that the next rebuild removes.

        Raises:
            StoreLocked: another rebuild is running; the message names its pid.
        """
        with WriterLock(self._folder, "rebuild.lock"):
            old = serving_path(self._folder)
            remove_all_but(self._folder, old)
            path = self._folder / f"views-{_number(old) + 1:04d}.db"
            generation = Generation(path, self._views, self._log)
            try:
                self._fill(generation, progress)
            finally:
                generation.close()
            _point(self._folder / LINK, path)
        self._swap(Generation(path, self._views, self._log))
        return path

    def _fill(self, generation: Generation, progress: Progress) -> None:
        generation.tune([statement for view in self._views for statement in view.before_rebuild])
        while generation.advance(events=REBUILD_EVENTS, seconds=60.0):
            progress(generation.position(), self._log.head())
        after = [statement for view in self._views for statement in view.after_rebuild]
        generation.tune([*after, "pragma wal_checkpoint(truncate)"])

    def optimise(self) -> None:
        """Merge search indexes and let SQLite refresh its statistics; short enough for a quiet hour."""
        self.serving.tune([statement for view in self._views for statement in view.optimise])
        self.serving.tune(["pragma optimize", "pragma wal_checkpoint(truncate)"])

    def close(self) -> None:
        """Close the serving generation."""
        self._swap(None)


def serving_path(folder: Path) -> Path | None:
    """The file that ``views.db`` points to; None where there is none yet."""
    try:
        path = folder / os.readlink(folder / LINK)
    except OSError:
        return None
    return path if path.exists() else None


def remove_all_but(folder: Path, serving: Path | None) -> None:
    """Delete generations that do not serve: the one before, and what a killed rebuild left."""
    for path in folder.glob("views-*.db*"):
        if serving is None or not path.name.startswith(serving.name):
            path.unlink(missing_ok=True)


def _number(path: Path | None) -> int:
    found = re.fullmatch(r"views-(\d+)\.db", path.name) if path else None
    return int(found[1]) if found else 0


def _point(link: Path, path: Path) -> None:
    fresh = link.with_name(LINK + ".new")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(path.name)
    fresh.replace(link)
