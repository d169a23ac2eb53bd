"""revisions: every version of every article, whole, with when it was the one that counted and what it changed."""

from collections.abc import Sequence
from operator import itemgetter
from typing import Any

import msgspec

from presslog.handlers.article import Article, word_count
from presslog.handlers.insight.language import language_of
from presslog.handlers.insight.sources import source_of
from presslog.store.events import (
    ARTICLE_TYPES,
    ArticleRecorded,
    ArticleRedacted,
    ArticleReread,
    ArticleRevised,
    Event,
)
from presslog.store.generation import View
from presslog.store.sqlite import Connection
from presslog.store.times import utc_text

from . import articles, authors, erasures, timeline
from .changes import WITHDRAWN, Head, can_lead, change, standing

# What is asked of many rows stands first: SQLite walks through a row from its beginning, and texts are long.
REVISIONS = """
create table revisions ( -- every version of every article
  position integer primary key, -- of its event in the log
  article_id text not null,
  revision integer not null, -- 1, 2, 3 in the order of arrival; of an erased article it counts on
  valid_from_position integer not null, -- as of P: valid_from_position <= P and (valid_to_position is null or > P)
  valid_to_position integer, -- null while it is the current one; equal to valid_from_position where it never was
  valid_from_at text not null,
  valid_to_at text,
  change_kind text not null, -- first, update, correction, writethru, withdrawal, reread
  status text not null, -- usable, withheld, withdrawn
  source_id text not null,
  source text not null, -- as its publisher names it, else as its credit, byline or address tells
  source_rule text not null, -- named, credit, byline, address; empty where nothing tells
  feed text not null,
  path text not null,
  inside text not null, -- the path inside a bundle
  published_at text not null, -- as precise as its publisher says: 2022-01-06, or 2022-01-06T09:30:00+06:00
  published_precision text not null, -- day, minute, second
  published_raw text not null,
  updated_at text not null, -- as its publisher says
  first_seen_at text not null, -- when presslog saw the article first
  first_position integer not null,
  language text not null,
  language_rule text not null, -- declared, detected
  language_confidence real not null,
  section text not null,
  slugline text not null,
  subjects text not null, -- JSON: [{"code": …, "name": …}]
  urgency integer not null, -- 1 to 9, 0: not stated
  embargoed_until text not null,
  changed text not null, -- names of the fields that differ from the revision before
  from_revision integer, -- the revision that it took the place of
  salience integer not null, -- 0 to 100: headline, numbers, quotes, names, wording
  is_silent integer not null, -- the words differ, and nothing in the article says so
  headline_changed integer not null,
  numbers_changed integer not null,
  quotes_changed integer not null,
  names_changed integer not null,
  sentences_added integer not null,
  sentences_removed integer not null,
  sentences_changed integer not null,
  change_note text not null, -- what changed, in a few words
  uri text not null, -- the publisher's identifier, else presslog:FEED/PATH
  url text not null,
  format text not null,
  version integer not null, -- the publisher's count, 0: not stated
  content_hash text not null, -- SHA-256 of what the newsroom wrote
  digest text not null, -- SHA-256 of the bytes that it was read from
  event_id text not null,
  parser text not null,
  parse_confidence real not null,
  parse_rule text not null,
  word_count integer not null,
  read_minutes integer not null,
  credit text not null,
  located text not null,
  copyright text not null,
  ednote text not null,
  byline text not null,
  authors text not null, -- JSON: the names in the byline
  keywords text not null, -- JSON
  dateline text not null,
  title text not null,
  subtitle text not null,
  description text not null,
  tail text not null, -- JSON: lines after the body that do not belong to it
  text text not null -- paragraphs with one blank line between
) strict
"""
SCHEMA = (
    REVISIONS,
    "create index revisions_article on revisions (article_id, revision, valid_to_position)",
    "create index revisions_published_at on revisions (published_at, valid_to_position)",
    "create index revisions_source on revisions (source_id, valid_to_position, change_kind)",
    "create index revisions_path on revisions (feed, path)",
    "create index revisions_valid_from_at on revisions (valid_from_at)",
    *authors.SCHEMA,
    *erasures.SCHEMA,
    *articles.SCHEMA,
    *timeline.SCHEMA,
)
HELD = "select article_id from revisions where article_id in ({}) and valid_to_position is null"
HEAD = f"select {', '.join(Head._fields)} from revisions where article_id = ? and valid_to_position is null"
CLOSE = "update revisions set valid_to_position = ?, valid_to_at = ? where position = ?"


def apply(db: Connection, events: Sequence[Event]) -> None:
    """Add each version; the one it supersedes ends where it begins, an older one that comes late never counted.

    A version that is read again stands beside its first reading: what an answer said then is not changed, and what was
    withdrawn stays so. Of an article that was erased no version is left.
    """
    page = _Page(db, [event.stream for event in events])
    for event in events:
        match event.fact:
            case ArticleRecorded() as fact:
                page.add(event, fact)
            case ArticleRedacted() as fact:
                page.write()
                erasures.erase(db, event, fact)
                page = _Page(db, [each.stream for each in events])
    page.write()


class _Page:
    """The versions of some events, which are written together: one statement a table, not four a version."""

    def __init__(self, db: Connection, streams: Sequence[str]) -> None:
        """Learn which of these streams have a revision; what it says is read when it is needed, it may be long."""
        self._db = db
        found = db.execute(HELD.format(", ".join("?" * len(streams))), [_id_of(stream) for stream in streams])
        self._held = {row[0] for row in found}
        self._heads: dict[str, Head] = {}
        self._rows: dict[int, dict[str, Any]] = {}
        self._articles: list[tuple[int, Article]] = []

    def add(self, event: Event, fact: ArticleRecorded) -> None:
        """Take the next version."""
        identifier, at = _id_of(event.stream), utc_text(event.recorded_at)
        head = self._head(identifier)
        leads = head is None or can_lead(fact, head.rank)
        row = _row(event, fact, at) | change(fact, head if leads else None)
        row |= {
            "article_id": identifier,
            "status": self._status(identifier, fact),
            "valid_to_position": None if leads else event.position,
            "valid_to_at": None if leads else at,
            "first_seen_at": head.first_seen_at if head else at,
            "first_position": head.first_position if head else event.position,
        }
        if head and leads:
            self._end(head.position, event.position, at)
        if leads:
            self._heads[identifier] = Head._make(map(row.__getitem__, Head._fields))
        self._rows[event.position] = row
        self._articles.append((event.position, fact.article))

    def _head(self, identifier: str) -> Head | None:
        if identifier in self._heads or identifier not in self._held:
            return self._heads.get(identifier)
        return Head._make(self._db.execute(HEAD, (identifier,)).fetchone())

    def write(self) -> None:
        """Write what was taken."""
        self._db.executemany(INSERT, map(_values, self._rows.values()))
        authors.credit(self._db, self._articles)
        self._rows.clear()
        self._articles.clear()

    def _end(self, position: int, end: int, at: str) -> None:
        """End a revision where another one begins."""
        if position in self._rows:
            self._rows[position] |= {"valid_to_position": end, "valid_to_at": at}
        else:
            self._db.execute(CLOSE, (end, at, position))

    def _status(self, identifier: str, fact: ArticleRecorded) -> str:
        if isinstance(fact, ArticleReread):
            self.write()
            query = "select 1 from revisions where article_id = ? and revision = ? and status = ?"
            if self._db.execute(query, (identifier, fact.revision, WITHDRAWN)).fetchone():
                return WITHDRAWN
        return standing(fact)


def _id_of(stream: str) -> str:
    return stream.removeprefix("article/")


def _row(event: Event, fact: ArticleRecorded, at: str) -> dict[str, Any]:
    article, language, source = fact.article, language_of(fact.article), source_of(fact.article)
    row: dict[str, Any] = msgspec.structs.asdict(article)
    row |= {
        "position": event.position,
        "revision": fact.revision,
        "valid_from_position": event.position,
        "valid_from_at": at,
        "event_id": event.id,
        "uri": fact.uri,
        "feed": fact.origin.feed,
        "path": fact.origin.path,
        "inside": fact.origin.inside,
        "format": fact.origin.format,
        "digest": fact.origin.digest,
        "content_hash": fact.content_hash,
        "changed": " ".join(fact.changed) if isinstance(fact, ArticleRevised) else "",
        "source_id": source.id,
        "source": article.source or source.name,
        "source_rule": source.rule,
        "authors": _json([author.name for author in article.authors if author.role == "byline"]),
        "keywords": _json(article.keywords),
        "subjects": _json(article.subjects),
        "tail": _json(article.tail),
        "language": language.tag,
        "language_rule": language.rule,
        "language_confidence": language.confidence,
        "word_count": word_count(article.text),
        "parse_confidence": article.confidence,
        "parse_rule": article.rule,
    }
    return row


def _json(value: Sequence[Any]) -> str:
    return msgspec.json.encode(value).decode()


def _columns(table: str) -> list[str]:
    """The names of the columns that a create statement lists, one a line."""
    return [line.split()[0] for line in table.strip().splitlines()[1:-1]]


COLUMNS = _columns(REVISIONS)
INSERT = f"insert into revisions values ({', '.join('?' * len(COLUMNS))})"
_values = itemgetter(*COLUMNS)

VIEW = View(
    name="revisions",
    version=6,
    tables=("revisions", "authors", "revision_authors", "erasures"),
    schema=SCHEMA,
    apply=apply,
    types=ARTICLE_TYPES | {"article-redacted"},
)
