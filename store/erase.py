"""What an order to erase an article is about, found in the log: its events, the files that brought it, their bytes.

The bytes of a file go whole, also where it brought other articles: they keep their events, and lose their original. A
text that another article has as well stays.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

import msgspec

from .candidate import Progress, ignore_progress
from .events import (
    ARTICLE_TYPES,
    ArticleRecorded,
    ArticleRedacted,
    Event,
    FileReceived,
    FileRefused,
    read_event,
    text_apart,
)
from .log import EventLog, Stored
from .names import article_stream

_Value = TypeVar("_Value")
PAGE_EVENTS = 500
TEXT_APART = b'"text_digest":'
Holds = Callable[[FileReceived], bool]
"""Whether a file of so many articles that not all are named holds the one that is asked about."""


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """What the log holds of an article: versions that were not erased, and the redactions that there were.

    ``expected`` is the last position of its stream, ``digests`` those of the bytes that versions were read from and of
    texts that stand apart. ``uri`` is empty where no version is left.
    """

    id: str
    expected: int
    positions: tuple[int, ...] = ()
    revisions: tuple[int, ...] = ()
    titles: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    uri: str = ""
    place: str = ""
    digests: tuple[str, ...] = ()
    redactions: tuple[int, ...] = ()

    @property
    def stream(self) -> str:
        """The stream of the article."""
        return article_stream(self.id)


class Mentions(msgspec.Struct, frozen=True, kw_only=True):
    """Where the log up to ``head`` tells of files with the article in them, and texts that other articles share."""

    head: int = 0
    files: tuple[int, ...] = ()
    texts: tuple[str, ...] = ()


class Brought(msgspec.Struct, frozen=True, kw_only=True):
    """The files that brought an article: digests of their bytes, FEED/PATH, and what else was read from them."""

    digests: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


NO_MENTIONS = Mentions()


def content_of(log: EventLog, identifier: str) -> Content | None:
    """What there is of an article; None of one that the log does not know."""
    events = [read_event(stored) for stored in _events(log, 0, article_stream(identifier))]
    if not events:
        return None
    versions = [(event, event.fact) for event in events if isinstance(event.fact, ArticleRecorded)]
    newest = versions[-1][1] if versions else None
    return Content(
        id=identifier,
        expected=events[-1].position,
        positions=tuple(event.position for event, _ in versions),
        revisions=_each(fact.revision for _, fact in versions),
        titles=_each(fact.article.title for _, fact in reversed(versions)),
        sources=_each(fact.article.source for _, fact in versions if fact.article.source),
        uri=newest.uri if newest else "",
        place=f"{newest.origin.feed}/{newest.origin.path}" if newest else "",
        digests=_each(
            digest for event, fact in versions for digest in (fact.origin.digest, text_apart(event)) if digest
        ),
        redactions=tuple(event.position for event in events if isinstance(event.fact, ArticleRedacted)),
    )


def mentions(
    log: EventLog,
    content: Content,
    *,
    before: Mentions = NO_MENTIONS,
    holds: Holds,
    told: Progress = ignore_progress,
) -> Mentions:
    """Read on behind ``before``, to the head: what is known then, and what came since.

    A file is one of them where it names the article, or brings bytes that one of them brought.
    """
    head, files, texts = before.head, list(before.files), set(before.texts)
    digests = {*content.digests, *(fact.digest for _, fact in _received(log, files))}
    for stored in _events(log, head):
        head = stored.position
        if head % PAGE_EVENTS == 0:
            told(head, log.head())
        if stored.type == "file-received":
            fact = read_event(stored).fact
            if isinstance(fact, FileReceived) and (
                fact.digest in digests or content.id in fact.articles or (fact.article_count and holds(fact))
            ):
                digests.add(fact.digest)
                files.append(head)
        elif stored.type in ARTICLE_TYPES and stored.stream != content.stream and TEXT_APART in stored.data:
            texts.add(text_apart(read_event(stored)))
    return Mentions(head=head, files=tuple(files), texts=tuple(sorted(texts & digests)))


def brought(log: EventLog, content: Content, found: Mentions) -> Brought:
    """What goes with an article: all bytes that hold it, also those that were refused under the path of such a file."""
    received = list(_received(log, found.files))
    streams = _each(event.stream for event, _ in received)
    refused = [fact.digest for stream in streams for fact in _refused(log, stream) if fact.digest]
    digests = _each([*content.digests, *(fact.digest for _, fact in received), *refused])
    return Brought(
        digests=tuple(digest for digest in digests if digest not in found.texts),
        files=_each(f"{fact.feed}/{fact.path}" for _, fact in received),
        others=_each(each for _, fact in received for each in fact.articles if each != content.id),
    )


def _received(log: EventLog, positions: Iterable[int]) -> Iterator[tuple[Event, FileReceived]]:
    for position in positions:
        for stored in log.read(position - 1, 1):
            event = read_event(stored)
            if isinstance(event.fact, FileReceived):
                yield event, event.fact


def _refused(log: EventLog, stream: str) -> Iterator[FileRefused]:
    for stored in _events(log, 0, stream):
        fact = read_event(stored).fact
        if isinstance(fact, FileRefused):
            yield fact


def _events(log: EventLog, after: int, stream: str | None = None) -> Iterator[Stored]:
    while page := log.read(after, PAGE_EVENTS, stream):
        yield from page
        after = page[-1].position


def _each(values: Iterable[_Value]) -> tuple[_Value, ...]:
    """The values in their order, each once."""
    return tuple(dict.fromkeys(values))
