"""revisions: every version of every article, and when it was the one that counted."""

from collections.abc import Sequence

from presslog.handlers.article import supersedes, word_count
from presslog.store.events import (
    ARTICLE_TYPES,
    ArticleRecorded,
    ArticleReread,
    ArticleRevised,
    ArticleWithdrawn,
    Event,
)
from presslog.store.generation import View
from presslog.store.names import article_id
from presslog.store.sqlite import Connection
from presslog.store.times import utc_text

from .articles import WITHDRAWN, standing

SCHEMA = (
    """
    create table revisions (
      position integer primary key,
      article_id text not null,
      revision integer not null,
      change_kind text not null,
      changed text not null,
      version integer not null,
      updated_at text not null,
      published_at text not null,
      content_hash text not null,
      digest text not null,
      feed text not null,
      path text not null,
      inside text not null,
      valid_from_position integer not null,
      valid_to_position integer,
      valid_from_at text not null,
      valid_to_at text,
      event_id text not null,
      ednote text not null,
      word_count integer not null,
      byline text not null,
      title text not null,
      subtitle text not null,
      status text not null,
      text text not null
    ) strict
    """,
    "create index revisions_article on revisions (article_id, revision)",
    "create index revisions_current on revisions (article_id) where valid_to_position is null",
)
INSERT = f"insert into revisions values ({', '.join('?' * 25)})"


def apply(db: Connection, events: Sequence[Event]) -> None:
    """Add each version; the one it supersedes ends where it begins, an older one that comes late never counted.

    A version that is read again stands beside its first reading: what an answer said then is not changed, and what was
    withdrawn stays so.
    """
    for event in events:
        fact = event.fact
        if not isinstance(fact, ArticleRecorded):
            continue
        identifier, at = article_id(fact.uri), utc_text(event.recorded_at)
        leads = fact.revision == 1 and not isinstance(fact, ArticleReread)
        leads = leads or _takes_the_head(db, identifier, fact, position=event.position, at=at)
        status = _status(db, identifier, fact)
        db.execute(INSERT, _row(event, fact, identifier, status, None if leads else at))


def _takes_the_head(db: Connection, identifier: str, fact: ArticleRecorded, *, position: int, at: str) -> bool:
    query = """
    select position, version, updated_at, status, revision from revisions
    where article_id = ? and valid_to_position is null
    """
    current, version, updated_at, status, revision = db.execute(query, (identifier,)).fetchone()
    if isinstance(fact, ArticleReread):
        leads = bool(fact.revision == revision)
    else:
        is_withdrawn = status == WITHDRAWN
        leads = supersedes(fact.article, version=version, updated_at=updated_at, is_withdrawn=is_withdrawn)
    if leads:
        close = "update revisions set valid_to_position = ?, valid_to_at = ? where position = ?"
        db.execute(close, (position, at, current))
    return leads


def _status(db: Connection, identifier: str, fact: ArticleRecorded) -> str:
    query = "select 1 from revisions where article_id = ? and revision = ? and status = ?"
    if isinstance(fact, ArticleReread) and db.execute(query, (identifier, fact.revision, WITHDRAWN)).fetchone():
        return WITHDRAWN
    return standing(fact)


def _kind(fact: ArticleRecorded) -> str:
    match fact:
        case ArticleReread():
            return "reread"
        case ArticleWithdrawn():
            return "withdrawal"
        case _:
            return "first" if fact.revision == 1 else "update"


def _row(event: Event, fact: ArticleRecorded, identifier: str, status: str, ended_at: str | None) -> tuple[object, ...]:
    article = fact.article
    return (
        event.position,
        identifier,
        fact.revision,
        _kind(fact),
        " ".join(fact.changed) if isinstance(fact, ArticleRevised) else "",
        article.version,
        article.updated_at,
        article.published_at,
        fact.content_hash,
        fact.origin.digest,
        fact.origin.feed,
        fact.origin.path,
        fact.origin.inside,
        event.position,
        ended_at and event.position,
        utc_text(event.recorded_at),
        ended_at,
        event.id,
        article.ednote,
        word_count(article.text),
        article.byline,
        article.title,
        article.subtitle,
        status,
        article.text,
    )


VIEW = View(
    name="revisions",
    version=3,
    tables=("revisions",),
    schema=SCHEMA,
    apply=apply,
    types=ARTICLE_TYPES,
)
