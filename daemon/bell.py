"""The bell: what rang since last asked. Any thread may ring; one thread answers."""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from itertools import islice
from typing import NamedTuple

from .places import Place

MOST_PLACES = 50_000
"""Beyond so many single files the oldest are left to a scan; memory stays bounded whatever arrives."""
NEWEST_SHARE = 4
"""Of a backlog one file in four is the newest: what is dropped now does not wait behind what was dropped before."""
DIGITS = b"0123456789"

Key = tuple[str, bytes]


class Scan(NamedTuple):
    """A folder of a feed to be compared with what is known of it; ``folder`` is empty for all of the feed."""

    feed: str
    folder: bytes = b""
    reason: str = "rescan"


class Bell:
    """Files and scans that wait to be looked at, each once."""

    def __init__(self) -> None:
        self._places: OrderedDict[Key, Place] = OrderedDict()
        self._kinds: OrderedDict[Key, OrderedDict[Key, None]] = OrderedDict()
        self._scans: dict[Scan, None] = {}
        self._rung = threading.Condition()
        self._is_woken = False

    def ring(self, place: Place) -> None:
        """A file may be new, changed or gone."""
        with self._rung:
            known = self._places.get(place[:2])
            self._places[place[:2]] = place if known is None or place.is_closed else known
            if known is None:
                self._kinds.setdefault(_kind(place[:2]), OrderedDict())[place[:2]] = None
            if len(self._places) > MOST_PLACES:
                oldest = self._pop_oldest()
                self._scans[Scan(oldest.feed, reason="backlog")] = None
            self._rung.notify_all()

    def ring_scan(self, scan: Scan) -> None:
        """A folder must be looked through."""
        with self._rung:
            self._scans[scan] = None
            self._rung.notify_all()

    def wake(self) -> None:
        """End a wait though nothing rang: something else has changed."""
        with self._rung:
            self._is_woken = True
            self._rung.notify_all()

    def take(self, limit: int) -> list[Place]:
        """Up to ``limit`` files, which count as answered: the oldest, and where more wait the newest of each kind."""
        with self._rung:
            newest = limit // NEWEST_SHARE if len(self._places) > limit else 0
            oldest = [self._pop_oldest() for _ in range(min(limit - newest, len(self._places)))]
            return oldest + self._pop_newest(newest)

    def answer(self, places: Sequence[Place]) -> list[Place]:
        """The same files, which a scan has found, with what the bell knows of them; they count as answered."""
        with self._rung:
            return [self._pop(place[:2]) if place[:2] in self._places else place for place in places]

    def take_scan(self) -> Scan | None:
        """The oldest scan asked for; a scan of a whole feed answers for its folders too."""
        with self._rung:
            if not self._scans:
                return None
            scan = next(iter(self._scans))
            del self._scans[scan]
            if not scan.folder:
                self._scans = {other: None for other in self._scans if other.feed != scan.feed or not other.folder}
            return scan

    def wait(self, timeout: float | None) -> None:
        """Sleep until something rings or ``timeout`` seconds are over."""
        with self._rung:
            self._rung.wait_for(lambda: self._places or self._scans or self._is_woken, timeout)
            self._is_woken = False

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, place: Place) -> bool:
        return place[:2] in self._places

    def _pop(self, key: Key) -> Place:
        kind = _kind(key)
        del self._kinds[kind][key]
        if not self._kinds[kind]:
            del self._kinds[kind]
        return self._places.pop(key)

    def _pop_oldest(self) -> Place:
        return self._pop(next(iter(self._places)))

    def _pop_newest(self, count: int) -> list[Place]:
        """The newest file of each kind in turn, of the kind that came up last first; those of a kind as they rang."""
        popped: list[Place] = []
        while len(popped) < count:
            kinds = list(islice(reversed(self._kinds.values()), count - len(popped)))
            popped += [self._pop(next(reversed(keys))) for keys in kinds]
        return popped[::-1]


def _kind(key: Key) -> Key:
    """What files have in common whose paths differ in digits alone: one program wrote them, as it writes a flood.

    So a file that is dropped into a flood does not wait for those of the flood that ring after it.
    """
    feed, path = key
    return feed, path.translate(None, DIGITS)
