"""The vocabulary of the log: the types of event, their fields, and the one place that reads old schemas."""

import os
from collections.abc import Callable
from typing import Any

import msgspec

from .article import Article, Origin, Unread
from .entity_facts import ENTITY_TYPES, EntityFact
from .errors import StoreUnsafe
from .log import BlobStore, Stored, is_erased
from .log_facts import LOG_TYPES, LogFact

SCHEMA = 1
MOST_LISTED = 1_000
"""So many ids stand in one event at most; an event has its limit, a bundle has none."""


class ArticleRecorded(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The first version of an article. ``text_digest`` names a blob that holds the text where it was too large."""

    uri: str
    revision: int
    content_hash: str
    article: Article
    origin: Origin
    text_digest: str = ""


class ArticleRevised(ArticleRecorded, frozen=True, kw_only=True, omit_defaults=True):
    """A new version of an article: its full new state, and the names of the fields that changed."""

    changed: tuple[str, ...] = ()


class ArticleWithdrawn(ArticleRevised, frozen=True, kw_only=True, omit_defaults=True):
    """The publisher takes an article back: the state that it was withdrawn in, which may hold no text any more."""


class ArticleReread(ArticleRevised, frozen=True, kw_only=True, omit_defaults=True):
    """The bytes of a revision, read otherwise by a newer handler: the newsroom changed nothing, ``revision`` stays."""


class ArticleRedacted(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The content of an article was erased by order: of the events at these positions, and of these blobs.

    ``revision`` is the last one that there was: what comes later counts on from it. Meta says who gave the order.
    """

    reason: str
    revision: int
    positions: tuple[int, ...]
    digests: tuple[str, ...] = ()


class FileReceived(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Bytes arrived in a folder.

    ``articles`` are the first MOST_LISTED ids of ``article_count``, which is 0 where they are all; ``unread`` are the
    first of the parts that gave no article, and ``unread_count`` counts them all. ``copy_of`` is the stream of the file
    that brought the same bytes first, and then nothing was parsed. ``modified_at`` is the file's own time in seconds
    since 1970.
    """

    feed: str
    path: str
    digest: str
    size_bytes: int
    modified_at: float
    format: str = ""
    articles: tuple[str, ...] = ()
    article_count: int = 0
    unread: tuple[Unread, ...] = ()
    unread_count: int = 0
    copy_of: str = ""


class FileRefused(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A file could not be read as an article. ``digest`` is empty where its bytes could not be taken."""

    feed: str
    path: str
    code: str
    reason: str
    stage: str
    size_bytes: int = 0
    modified_at: float = 0
    digest: str = ""
    format: str = ""


class FileDismissed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An operator says that a refused file needs no more attention; ``reason`` is what they said. Meta names them."""

    feed: str
    path: str
    reason: str = ""


class FileRemoved(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A file is gone from its folder, and not because it was read; nothing is deleted here."""

    feed: str
    path: str


class FolderChanged(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the watcher of a folder lived through.

    ``files`` counts what a rescan recovered, ``seconds`` says how long it was.
    """

    feed: str
    folder: str
    reason: str = ""
    files: int = 0
    seconds: float = 0


class SearchSaved(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Somebody saves a query under a name; saved again, the name means the new query. Meta says who."""

    name: str
    query: str


class SearchRemoved(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Somebody needs a saved search no more. Meta says who."""

    name: str


Fact = (
    ArticleRecorded
    | ArticleRevised
    | ArticleWithdrawn
    | ArticleReread
    | ArticleRedacted
    | FileReceived
    | FileRefused
    | FileDismissed
    | FileRemoved
    | FolderChanged
    | SearchSaved
    | SearchRemoved
    | EntityFact
    | LogFact
)

TYPES: dict[str, type[Fact]] = {
    "article-recorded": ArticleRecorded,
    "article-revised": ArticleRevised,
    "article-withdrawn": ArticleWithdrawn,
    "article-reread": ArticleReread,
    "article-redacted": ArticleRedacted,
    "file-received": FileReceived,
    "file-refused": FileRefused,
    "file-dismissed": FileDismissed,
    "file-removed": FileRemoved,
    "folder-lost": FolderChanged,
    "folder-restored": FolderChanged,
    "folder-overflowed": FolderChanged,
    "folder-quiet": FolderChanged,
    "folder-resumed": FolderChanged,
    "search-saved": SearchSaved,
    "search-removed": SearchRemoved,
    **ENTITY_TYPES,
    **LOG_TYPES,
}

ARTICLE_TYPES = frozenset(name for name, fact in TYPES.items() if issubclass(fact, ArticleRecorded))
"""The types of event that hold an article."""

UPCASTERS: dict[tuple[str, int], Callable[[Any], Any]] = {}
"""(type, schema) -> a function from that schema's JSON to the next schema's; empty while every schema is 1."""

_encoder = msgspec.json.Encoder(order="sorted")
_decoders = {name: msgspec.json.Decoder(fact) for name, fact in TYPES.items()}


class Meta(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The envelope's small print: schema of the data, host and version that wrote it, its cause and its actor.

    ``salt`` is random, so that the digest of an erased event gives nothing away. Of an erased event ``erased`` alone is
    left: the digest of its payload (store/leaf.py).
    """

    schema: int = SCHEMA
    host: str = ""
    version: str = ""
    cause: str = ""
    actor: str = ""
    salt: str = ""
    erased: str = ""


class _Read(msgspec.Struct):
    schema: int = SCHEMA
    actor: str = ""


_meta = msgspec.json.Decoder(_Read)


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One event as views see it: the stored envelope and the typed fact.

    ``fact`` is None for a type of tomorrow, and for an event whose content was erased. ``actor`` is whoever did it,
    empty where nobody is named.
    """

    position: int
    id: str
    stream: str
    type: str
    recorded_at: float
    fact: Fact | None
    actor: str = ""


def encode(fact: Fact | Meta) -> bytes:
    """Write a fact as canonical JSON: sorted keys, no white space, UTF-8, defaults left out.

    Defaults of floats are written ``0``: msgspec leaves out what is the very object of the default, and 0.0 is not.

    >>> encode(FileRemoved(feed="seeds", path="a.txt"))
    b'{"feed":"seeds","path":"a.txt"}'
    """
    return _encoder.encode(fact)


def salted(meta: Meta) -> bytes:
    """Write the meta of one event, with a salt of its own: 128 random bits in hex."""
    return encode(msgspec.structs.replace(meta, salt=os.urandom(16).hex()))


def read_event(stored: Stored, blobs: BlobStore | None = None) -> Event:
    """Decode a stored event, lifting old schemas to today's and fetching a text that was too large for the event.

    Raises:
        StoreUnsafe: the bytes are not what their type promises, or their schema is newer than this program.
    """
    fact = read_fact(stored)
    event = Event(
        position=stored.position,
        id=stored.id,
        stream=stored.stream,
        type=stored.type,
        recorded_at=stored.recorded_at,
        fact=fact,
        actor=_meta.decode(stored.meta or b"{}").actor if fact else "",
    )
    return event if blobs is None else with_text(event, blobs)


def read_fact(stored: Stored) -> Fact | None:
    """What a stored event says, and nothing of its envelope; None as in Event. StoreUnsafe as above."""
    decoder = None if is_erased(stored) else _decoders.get(stored.type)
    try:
        return decoder.decode(_upcast(stored)) if decoder else None
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise StoreUnsafe(f"event {stored.position} ({stored.type}) cannot be decoded: {error}") from error


def text_apart(event: Event) -> str:
    """The digest of a text that was too large for its event; empty where the text is in it, or there is none."""
    return event.fact.text_digest if isinstance(event.fact, ArticleRecorded) else ""


def with_text(event: Event, blobs: BlobStore) -> Event:
    """The event with its text, wherever that stands.

    Raises:
        StoreUnsafe: the blob is no text.
    """
    digest, fact = text_apart(event), event.fact
    if not digest or not isinstance(fact, ArticleRecorded):
        return event
    try:
        text = blobs.get(digest).decode()
    except UnicodeDecodeError as error:
        raise StoreUnsafe(f"event {event.position} ({event.type}) has a text that is none: {error}") from error
    article = msgspec.structs.replace(fact.article, text=text)
    return msgspec.structs.replace(event, fact=msgspec.structs.replace(fact, article=article))


def _upcast(stored: Stored) -> bytes:
    schema = _meta.decode(stored.meta or b"{}").schema
    if schema == SCHEMA:
        return stored.data
    if schema > SCHEMA:
        raise StoreUnsafe(f"event {stored.position} has schema {schema}: a newer presslog wrote it, upgrade this one")
    content = msgspec.json.decode(stored.data)
    for step in range(schema, SCHEMA):
        if (stored.type, step) not in UPCASTERS:
            raise StoreUnsafe(f"event {stored.position} ({stored.type}) has schema {step}, which nothing here reads")
        content = UPCASTERS[stored.type, step](content)
    return msgspec.json.encode(content)
