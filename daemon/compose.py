"""From what was read to what is appended: the events of one file, each with its idempotency key."""

from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

import msgspec

from presslog.handlers.article import Article, changed_fields, content_hash
from presslog.handlers.reading import Reading
from presslog.store.article import Origin
from presslog.store.entity_facts import ENTITIES, EntityFact, type_of
from presslog.store.erase import Content
from presslog.store.errors import Unreadable
from presslog.store.events import (
    ARTICLE_TYPES,
    MOST_LISTED,
    TYPES,
    ArticleRecorded,
    ArticleRedacted,
    ArticleReread,
    ArticleRevised,
    ArticleWithdrawn,
    Fact,
    FileDismissed,
    FileReceived,
    FileRefused,
    FileRemoved,
    Meta,
    SearchRemoved,
    SearchSaved,
    encode,
    read_event,
    salted,
)
from presslog.store.log import Append, EventLog, NewEvent, Stored
from presslog.store.names import article_id, article_stream, event_id, search_stream
from presslog.store.registry import Stamp

from .ahead import Ahead, origin_of
from .apart import without_long_text
from .kept import Again, Kept
from .places import Place
from .take import Taken

PAGE_EVENTS = 500
MOST_REREAD = 400
"""So many versions of an article are told of in one Append, which takes MAX_APPEND_EVENTS: new ones may follow."""


class Written(NamedTuple):
    """What becomes of one article of a file.

    ``append`` is None where its newest revision says the same already. ``is_news`` says that there is a new version in
    it, and not only old ones that are read otherwise now.
    """

    article: Article
    id: str
    revision: int
    append: Append | None
    blobs: tuple[bytes, ...] = ()
    is_news: bool = True


class ReadAgain(NamedTuple):
    """The versions of an article read again, and the Append that tells where they say something else."""

    versions: tuple[Again, ...]
    append: Append | None
    blobs: tuple[bytes, ...] = ()


class Composer:
    """Makes the Appends of files; ``meta`` is what every event of this daemon carries."""

    def __init__(self, log: EventLog, meta: Meta, kept: Kept, *, new_id: Callable[[], str] = event_id) -> None:
        self._log = log
        self._meta = meta
        self.kept = kept
        self._new_id = new_id
        self.ahead = Ahead(log)

    def articles(self, place: Place, taken: Taken, reading: Reading) -> list[Written]:
        """One Append an article that is new or changed; several readings of one in a file are versions in order."""
        found = self.ahead.versions(reading, origin_of(place, taken, reading))
        return [self._article(uri, readings, taken.digest) for uri, readings in found.items()]

    def _article(self, uri: str, readings: Sequence[tuple[Article, Origin]], digest: str) -> Written:
        identifier = article_id(uri)
        stored, before, erased = self._newest(article_stream(identifier))
        expected = stored.position if stored else 0
        reread: list[ArticleReread] = []
        news = self._news(uri, readings, before, erased=erased)
        if news and before and stored and self._is_of_another_presslog(stored):
            # Today's eyes on new bytes, yesterday's on the old ones: what differs may be no work of the newsroom.
            reread = [each.fact for each in self._again(stored.stream)[-MOST_REREAD:] if each.fact]
            before = reread[-1] if reread and reread[-1].revision == before.revision else before
            news = self._news(uri, readings, before, {fact.content_hash for fact in reread})
        append, blobs = self._of_article(identifier, [*reread, *news], expected, key=f"{digest}:{expected}")
        last = news[-1] if news else before
        return Written(readings[-1][0], identifier, last.revision if last else 0, append, blobs, is_news=bool(news))

    def _news(
        self,
        uri: str,
        readings: Sequence[tuple[Article, Origin]],
        before: ArticleRecorded | None,
        reread: Collection[str] = (),
        *,
        erased: int = 0,
    ) -> list[ArticleRecorded]:
        """The readings that say something new after ``before``, as versions; ``reread`` are hashes of old ones.

        Where all was ``erased`` up to a revision, there is nothing before, and numbers go on from it.
        """
        news: list[ArticleRecorded] = []
        for article, origin in readings:
            said = content_hash(article)
            if before and (before.content_hash == said or self._is_held(uri, article, said, reread)):
                continue
            before = _version(uri, article, origin, before, said, after=before.revision if before else erased)
            news.append(before)
        return news

    def reread(self, identifier: str, *, actor: str) -> ReadAgain:
        """Read the bytes of all versions of an article again; of an unknown one there are none.

        Where more of them differ than one Append takes, it tells of the newest, and the next one of the others.
        """
        stored = self._log.last(article_stream(identifier))
        if stored is None:
            return ReadAgain((), None)
        versions = self._again(stored.stream)
        facts = [each.fact for each in versions if each.fact][-MOST_REREAD:]
        key = f"reread:{stored.position}"
        return ReadAgain(tuple(versions), *self._of_article(identifier, facts, stored.position, key=key, actor=actor))

    def _again(self, stream: str) -> list[Again]:
        """The versions of an article in their order, as they were read last, with what their bytes say today."""
        latest = {fact.revision: fact for fact in reversed(self._versions(stream))}
        return [self.kept.again(latest[revision]) for revision in sorted(latest)]

    def _is_of_another_presslog(self, stored: Stored) -> bool:
        return msgspec.json.decode(stored.meta or b"{}", type=Meta).version != self._meta.version

    def _of_article(
        self, identifier: str, facts: Sequence[ArticleRecorded], expected: int, *, key: str, actor: str = ""
    ) -> tuple[Append | None, tuple[bytes, ...]]:
        """The Append of some facts of an article, with the texts that stand apart; None where there are no facts."""
        events: list[NewEvent] = []
        blobs: list[bytes] = []
        for fact in facts:
            short, blob = without_long_text(fact)
            events.append(NewEvent(self._new_id(), _TYPES[type(fact)], encode(short), self._envelope(actor)))
            blobs += blob
        return Append(article_stream(identifier), tuple(events), expected, key) if events else None, tuple(blobs)

    def _envelope(self, actor: str) -> bytes:
        return salted(msgspec.structs.replace(self._meta, actor=actor) if actor else self._meta)

    def _newest(self, stream: str) -> tuple[Stored | None, ArticleRecorded | None, int]:
        """Where an article's stream ends, its newest revision as it was read last, and up to which all is erased."""
        stored = self.ahead.last(stream)
        fact = read_event(stored, self._log.blobs).fact if stored else None
        if isinstance(fact, ArticleReread):
            fact = max(self._versions(stream), key=lambda version: version.revision)
        erased = fact.revision if isinstance(fact, ArticleRedacted) else 0
        return stored, fact if isinstance(fact, ArticleRecorded) else None, erased

    def _is_held(self, uri: str, article: Article, said: str, reread: Collection[str]) -> bool:
        """Whether a version of its publisher comes once more; what states no version may well return to older words."""
        if not (article.uri and (article.version or article.updated_at)):
            return False
        if said in reread:
            return True
        versions = self._versions(article_stream(article_id(uri)))
        return any(version.content_hash == said for version in versions)

    def _versions(self, stream: str) -> list[ArticleRecorded]:
        """All versions of an article and all readings of them, the latest first."""
        versions, after = [], 0
        while events := self._log.read(after, PAGE_EVENTS, stream):
            facts = (read_event(event, self._log.blobs).fact for event in events)
            versions += [fact for fact in facts if isinstance(fact, ArticleRecorded)]
            after = events[-1].position
        return versions[::-1]

    def received(
        self,
        place: Place,
        taken: Taken,
        reading: Reading | None = None,
        articles: Sequence[str] = (),
        *,
        copy_of: str = "",
        after: int,
    ) -> Append:
        """Bytes arrived: read as these articles, or held by the log since the stream ``copy_of``.

        ``after`` is the last position of this file's stream where the log holds the bytes already, else 0: then the key
        is made of path and digest alone, and no repetition of the work can add a second event.
        """
        fact = FileReceived(
            feed=place.feed,
            path=place.shown,
            digest=taken.digest,
            size_bytes=taken.stamp.size_bytes,
            modified_at=taken.stamp.mtime_ns / 1e9,
            format=reading.format if reading else "",
            articles=tuple(articles[:MOST_LISTED]),
            article_count=len(articles) if len(articles) > MOST_LISTED else 0,
            unread=reading.unread if reading else (),
            unread_count=reading.unread_count if reading else 0,
            copy_of=copy_of,
        )
        key = f"{taken.digest}:{taken.stamp.mtime_ns}:{after}"
        return self._append(place.stream, "file-received", fact, key=key, expected=after or None)

    def refusal(self, place: Place, stamp: Stamp, error: Unreadable, *, stage: str, digest: str) -> FileRefused:
        """The fact that a file cannot be read as an article."""
        return FileRefused(
            feed=place.feed,
            path=place.shown,
            code=error.code,
            reason=str(error),
            stage=stage,
            size_bytes=stamp.size_bytes,
            modified_at=stamp.mtime_ns / 1e9,
            digest=digest,
        )

    def refused(self, place: Place, fact: FileRefused, *, after: int) -> Append:
        """A refusal; ``after`` is the last position of the file's stream."""
        key = f"refused:{fact.code}:{fact.digest}:{after}"
        return self._append(place.stream, "file-refused", fact, key=key, expected=after)

    def dismissed(self, place: Place, reason: str, *, actor: str, after: int) -> Append:
        """Somebody wants to hear no more of a refused file; ``after`` is the last position of its stream."""
        fact = FileDismissed(feed=place.feed, path=place.shown, reason=reason)
        key = f"dismissed:{after}"
        return self._append(place.stream, "file-dismissed", fact, key=key, expected=after, actor=actor)

    def removed(self, place: Place, *, after: int) -> Append:
        """The file is gone from its folder; ``after`` is the last position of its stream."""
        fact = FileRemoved(feed=place.feed, path=place.shown)
        return self._append(place.stream, "file-removed", fact, key=f"removed:{after}", expected=after)

    def redacted(self, content: Content, digests: tuple[str, ...], reason: str, *, actor: str) -> Append:
        """Somebody orders that all versions of an article and these bytes are erased."""
        revision, after = max(content.revisions), content.expected
        fact = ArticleRedacted(reason=reason, revision=revision, positions=content.positions, digests=digests)
        key = f"redacted:{after}"
        return self._append(content.stream, "article-redacted", fact, key=key, expected=after, actor=actor)

    def of_search(self, fact: SearchSaved | SearchRemoved, *, after: int, actor: str) -> Append:
        """Somebody saves a search or removes it; ``after`` is the last position of its stream."""
        kind = "search-saved" if isinstance(fact, SearchSaved) else "search-removed"
        key, stream = f"{kind}:{after}", search_stream(fact.name)
        return self._append(stream, kind, fact, key=key, expected=after, actor=actor)

    def of_entities(self, fact: EntityFact, *, after: int, actor: str) -> Append:
        """Somebody decides about who is who; ``after`` is the position of the last decision."""
        # Two who decide at once say different things after the same position: a key of each tells them apart.
        key = f"decided:{after}:{self._new_id()}"
        return self._append(ENTITIES, type_of(fact), fact, key=key, expected=after, actor=actor)

    def _append(
        self, stream: str, kind: str, fact: Fact, *, key: str, expected: int | None = None, actor: str = ""
    ) -> Append:
        return Append(stream, (NewEvent(self._new_id(), kind, encode(fact), self._envelope(actor)),), expected, key)


def is_same_refusal(before: Fact | None, now: FileRefused) -> bool:
    """Whether a file was refused before in the same state for the same reason, in whatever words."""
    if not isinstance(before, FileRefused):
        return False
    return (before.code, before.digest, before.modified_at) == (now.code, now.digest, now.modified_at)


def _version(
    uri: str, article: Article, origin: Origin, before: ArticleRecorded | None, said: str, *, after: int
) -> ArticleRecorded:
    is_withdrawn = article.status == "canceled"
    if not after and not is_withdrawn:
        return ArticleRecorded(uri=uri, revision=1, content_hash=said, article=article, origin=origin)
    return (ArticleWithdrawn if is_withdrawn else ArticleRevised)(
        uri=uri,
        revision=after + 1,
        content_hash=said,
        article=article,
        origin=origin,
        changed=changed_fields(before.article, article) if before else (),
    )


_TYPES = {TYPES[name]: name for name in ARTICLE_TYPES}
