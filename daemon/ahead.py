"""Reading ahead: some files are read before any is written, and the log is asked once of all articles in them."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial

from presslog.handlers.reading import Reading
from presslog.store.article import Origin
from presslog.store.errors import Unreadable
from presslog.store.log import EventLog, Stored
from presslog.store.names import article_id, article_stream

from .kept import Versions, versions_in
from .places import Place
from .readers import Readers
from .take import Answer, Taken

Seen = tuple[Place, Answer]
"""A file, and what was found where it lies."""
Read = Callable[[], Reading | None]
"""Gives what was read of a file, None where it has to be read in a child; or raises Unreadable."""


class Ahead:
    """What was read and asked ahead; one thread uses it."""

    def __init__(self, log: EventLog) -> None:
        self._log = log
        self._newest: dict[str, Stored | None] = {}
        self._versions: dict[int, Versions] = {}

    def last(self, stream: str) -> Stored | None:
        """The newest event of a stream: as it was asked ahead, but once, for then this process may have appended."""
        return self._newest.pop(stream) if stream in self._newest else self._log.last(stream)

    def versions(self, reading: Reading, origin: Origin) -> Versions:
        """The articles of a reading, as ``versions_in`` gives them."""
        return self._versions.get(id(reading)) or versions_in(reading, origin)

    @contextmanager
    def of(
        self, seen: Sequence[Seen], readers: Readers, first_stream: Callable[[str], str]
    ) -> Iterator[list[Read | None]]:
        """Read for a block what of these files is new and needs no child; None for the others."""
        digests = set[str]()
        reads: list[Read | None] = []
        try:
            for place, answer in seen:
                if isinstance(answer, Taken) and answer.digest not in digests and not first_stream(answer.digest):
                    digests.add(answer.digest)
                    reads.append(self._read(place, answer, readers))
                else:
                    reads.append(None)
            self._ask()
            yield reads
        finally:  # also where the log does not answer: ids of readings that are gone name others by then
            self._newest, self._versions = {}, {}

    def _read(self, place: Place, taken: Taken, readers: Readers) -> Read:
        try:
            reading = readers.read_here(taken.content, place.name.decode("utf-8", "replace"))
        except Unreadable as error:
            return partial(_refuse, error)
        if reading:
            # It lives as long as this block, so that its id names it.
            self._versions[id(reading)] = versions_in(reading, origin_of(place, taken, reading))
        return partial(_give, reading)

    def _ask(self) -> None:
        streams = [article_stream(article_id(uri)) for found in self._versions.values() for uri in found]
        self._newest = dict.fromkeys(streams) | self._log.newest(streams) if streams else {}


def origin_of(place: Place, taken: Taken, reading: Reading) -> Origin:
    """Where the articles of a reading come from."""
    return Origin(feed=place.feed, path=place.shown, digest=taken.digest, format=reading.format)


def _give(reading: Reading | None) -> Reading | None:
    return reading


def _refuse(error: Unreadable) -> Reading | None:
    raise error
