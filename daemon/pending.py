"""What readers are at: files that are taken and not in the log yet, and those for which there is no room yet."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from typing import NamedTuple

from presslog.handlers.reading import Reading
from presslog.store.registry import Stamp

from .bell import Bell, Scan
from .places import Place
from .settle import Waiting
from .take import Taken

MOST_FILES = 32
MOST_BYTES = 64 << 20
"""Where so much is pending nothing more is taken; one last file may go beyond it."""
PORTION = 8
"""So many have their turn at a time, so that some of them are the newest: see Bell.take."""
MOST_QUEUED = 1000
"""With so many that wait for room no scan is taken up: they are found later, and memory stays bounded."""
READING = Waiting("reading", "a reader is at work on it, or on what came before it", 1.0)

Key = tuple[str, bytes]


class Work(NamedTuple):
    """A file that is being read; ``again`` are those that rang meanwhile and whose turn comes after it."""

    place: Place
    taken: Taken
    reading: "Future[Reading]"
    again: set[Key]


class Pending:
    """The files that readers work on; ``wake`` is called, by any thread, whenever one of them is done.

    Those without room stand in ``queue`` and are taken when their turn comes, from its front and from its end.
    """

    def __init__(self, wake: Callable[[], None], *, most_bytes: int = MOST_BYTES) -> None:
        self._wake = wake
        self._most_bytes = most_bytes
        self._works: dict[Key, Work] = {}
        self.queue = Bell()

    def __len__(self) -> int:
        return len(self._works) + len(self.queue)

    def __contains__(self, place: Place) -> bool:
        """Whether a file is read, or waits for its turn."""
        key = place[:2]
        return key in self._works or place in self.queue or any(key in work.again for work in self._works.values())

    @property
    def has_room(self) -> bool:
        """Whether one more file may be taken."""
        size_bytes = sum(len(work.taken.content) for work in self._works.values())
        return len(self._works) < MOST_FILES and size_bytes < self._most_bytes

    @property
    def is_crowded(self) -> bool:
        """Whether enough files wait for room."""
        return len(self.queue) >= MOST_QUEUED

    @property
    def has_finished(self) -> bool:
        """Whether some file is read."""
        return any(work.reading.done() for work in self._works.values())

    def begin(self, place: Place, taken: Taken, reading: "Future[Reading]") -> None:
        """Keep a file while it is read."""
        self._works[place[:2]] = Work(place, taken, reading, set())
        reading.add_done_callback(lambda _: self._wake())

    def put_off(self, place: Place, digest: str) -> bool:
        """Let a file wait whose bytes are being read already, or for which there is no room; False where it may go."""
        twin = next((work for work in self._works.values() if work.taken.digest == digest), None)
        if twin:
            twin.again.add(place[:2])
        elif not self.has_room:
            self.queue.ring(Place(*place[:2]))
        else:
            return False
        return True

    def rang(self, place: Place, stamp: Stamp | None) -> Stamp:
        """Note that a file rang that is read or waits here; ``stamp`` is the one it has now. The stamp that counts."""
        work = self._works.get(place[:2])
        if work is None:
            return stamp or Stamp(0, 0, 0, 0)
        if place.is_closed or stamp != work.taken.stamp:
            work.again.add(place[:2])
        return work.taken.stamp

    def next(self) -> list[Place]:
        """Files that waited for room and have it now."""
        room = MOST_FILES - len(self._works)
        return self.queue.take(room) if room >= PORTION and self.has_room else []

    def dropped(self) -> Iterator[Scan]:
        """Scans that find again what was too much even for the queue."""
        while scan := self.queue.take_scan():
            yield scan

    def finished(self) -> list[Work]:
        """The files that are read; they stay until they are closed."""
        return [work for work in self._works.values() if work.reading.done()]

    def close(self, works: Iterable[Work]) -> None:
        """Let go of files that are in the log now; what rang meanwhile has its turn."""
        for work in works:
            del self._works[work.place[:2]]
            for key in work.again:
                self.queue.ring(Place(*key))

    def wait(self) -> None:
        """Sleep until some file is read, where any is."""
        wait([work.reading for work in self._works.values()], return_when=FIRST_COMPLETED)
