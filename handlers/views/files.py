"""files: what happened to every path; file_contents and unread_parts: what every content gave, and what it did not."""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from presslog.store.events import Event, FileReceived, FileRefused, FileRemoved
from presslog.store.generation import View
from presslog.store.sqlite import Connection
from presslog.store.times import utc_text

SCHEMA = (
    """
    create table files ( -- what happened to every path
      feed text not null,
      path text not null, -- bytes that are no printable UTF-8 are written %XX
      outcome text not null, -- read, copy, refused, removed
      article_id text not null, -- the first article in it
      article_count integer not null,
      unread_count integer not null, -- parts that gave no article: unread_parts
      format text not null, -- what it was read as
      sha256 text not null, -- of its bytes
      size_bytes integer not null,
      copy_of text not null, -- FEED/PATH that brought the same bytes first
      copy_count integer not null, -- how often the path brought bytes that were known
      code text not null, -- why it was refused, as a stable word
      reason text not null, -- the same, for people
      modified_at text not null, -- the file's own time
      received_at text not null,
      first_position integer not null,
      last_position integer not null,
      since_at text not null, -- when its outcome became what it is
      primary key (feed, path)
    ) strict
    """,
    """
    create table file_contents ( -- what every content gave when it was read first
      sha256 text primary key,
      article_id text not null, -- the first article in it
      article_count integer not null,
      unread_count integer not null,
      first_position integer not null
    ) strict
    """,
    """
    create table unread_parts ( -- the parts of a content that gave no article
      sha256 text not null, -- of the content: files.sha256
      number integer not null, -- 1, 2, 3 in the order of the file
      place text not null, -- where it stands in the file
      code text not null, -- a stable word
      reason text not null, -- the same, for people
      primary key (sha256, number)
    ) strict
    """,
    "create index files_sha256 on files (sha256)",
    "create index files_last_position on files (last_position)",
    "create index files_outcome on files (outcome, last_position)",
    "create index files_unread on files (unread_count) where unread_count > 0",
)
KEEP = "insert or ignore into file_contents values (?, ?, ?, ?, ?)"
PARTS = "insert into unread_parts values (?, ?, ?, ?, ?)"
KEPT = "select sha256, first_position, article_id, article_count, unread_count from file_contents where sha256 in ({})"
# One row a statement, and no select in it: SQLite would open a savepoint for it, at which FTS5 writes down its words.
UPSERT = """
insert into files values (:feed, :path, :outcome, :article_id, :article_count, :unread_count, :format, :sha256,
  :size_bytes, :copy_of, :copies, :code, :reason, :modified_at, :at, :position, :position, :at)
on conflict (feed, path) do update set outcome = :outcome, article_id = :article_id, article_count = :article_count,
  unread_count = :unread_count, format = :format, sha256 = :sha256, size_bytes = :size_bytes, copy_of = :copy_of,
  copy_count = copy_count + :copies, code = :code, reason = :reason, modified_at = :modified_at, received_at = :at,
  last_position = :position, since_at = :at
"""
REMOVE = "update files set outcome = 'removed', last_position = ?, since_at = ? where feed = ? and path = ?"


class _Kept(NamedTuple):
    """Since when it is known what a content gave, and that."""

    position: int
    article_id: str
    article_count: int
    unread_count: int


NOTHING = _Kept(0, "", 0, 0)


def apply(db: Connection, events: Sequence[Event]) -> None:
    """Keep one row a path: ``read``, ``copy``, ``refused`` or ``removed``, with what is known of it last."""
    _keep(db, events)
    kept = _kept(db, events)
    rows: list[dict[str, object]] = []
    for event in events:
        match event.fact:
            case FileReceived() as fact:
                rows.append(_received(event, fact, kept.get(fact.digest)))
            case FileRefused() as fact:
                rows.append(_refused(event, fact))
            case FileRemoved() as fact:
                db.executemany(UPSERT, rows)
                rows.clear()
                db.execute(REMOVE, (event.position, utc_text(event.recorded_at), fact.feed, fact.path))
    db.executemany(UPSERT, rows)


def _keep(db: Connection, events: Sequence[Event]) -> None:
    """What each content gave when it was read first, and what it did not."""
    rows: list[tuple[object, ...]] = []
    for event in events:
        fact = event.fact
        if not isinstance(fact, FileReceived) or fact.copy_of:
            continue
        count = fact.article_count or len(fact.articles)
        rows.append((fact.digest, "".join(fact.articles[:1]), count, fact.unread_count, event.position))
        if fact.unread:
            db.executemany(KEEP, rows[:-1])
            if db.execute(KEEP, rows[-1]).rowcount:
                parts = ((fact.digest, n, *msgspec.structs.astuple(part)) for n, part in enumerate(fact.unread, 1))
                db.executemany(PARTS, parts)
            rows.clear()
    db.executemany(KEEP, rows)


def _kept(db: Connection, events: Sequence[Event]) -> dict[str, _Kept]:
    """By the digest of a content that one of these events names, what it gave."""
    digests = {event.fact.digest for event in events if isinstance(event.fact, FileReceived)}
    rows = db.execute(KEPT.format(", ".join("?" * len(digests))), tuple(digests))
    return {row[0]: _Kept._make(row[1:]) for row in rows}


def _received(event: Event, fact: FileReceived, kept: _Kept | None) -> dict[str, object]:
    is_copy = fact.copy_of not in ("", event.stream)
    # What it gives only later, a page may know already.
    _, article_id, article_count, unread_count = kept if kept and kept.position <= event.position else NOTHING
    return _row(event, fact) | {
        "outcome": "copy" if is_copy else "read",
        "article_id": article_id,
        "article_count": article_count,
        "unread_count": unread_count,
        "copy_of": fact.copy_of.removeprefix("file/") if is_copy else "",
        "copies": int(bool(fact.copy_of)),
    }


def _refused(event: Event, fact: FileRefused) -> dict[str, object]:
    return _row(event, fact) | {"outcome": "refused", "code": fact.code, "reason": fact.reason}


def _row(event: Event, fact: FileReceived | FileRefused) -> dict[str, object]:
    return {
        "feed": fact.feed,
        "path": fact.path,
        "article_id": "",
        "article_count": 0,
        "unread_count": 0,
        "format": fact.format,
        "sha256": fact.digest,
        "size_bytes": fact.size_bytes,
        "copy_of": "",
        "copies": 0,
        "code": "",
        "reason": "",
        "modified_at": utc_text(fact.modified_at) if fact.modified_at else "",
        "at": utc_text(event.recorded_at),
        "position": event.position,
    }


VIEW = View(
    name="files",
    version=3,
    tables=("files", "file_contents", "unread_parts"),
    schema=SCHEMA,
    apply=apply,
    types=frozenset({"file-received", "file-refused", "file-removed"}),
)
