"""articles: the current revision of every article, with its authors."""

from collections.abc import Sequence

import msgspec

from presslog.handlers.article import Article, supersedes, word_count
from presslog.handlers.insight.language import language_of
from presslog.store.events import ARTICLE_TYPES, ArticleRecorded, ArticleReread, ArticleWithdrawn, Event
from presslog.store.generation import View
from presslog.store.names import article_id
from presslog.store.sqlite import Connection
from presslog.store.times import utc_text

from . import authors
from .sources import source_id

SCHEMA = (
    """
    create table articles (
      id text primary key,
      uri text not null,
      url text not null,
      feed text not null,
      path text not null,
      format text not null,
      source_id text not null references sources (id),
      source text not null,
      title text not null,
      subtitle text not null,
      dateline text not null,
      byline text not null,
      authors text not null,
      language text not null,
      language_rule text not null,
      language_confidence real not null,
      section text not null,
      keywords text not null,
      published_at text not null,
      published_precision text not null,
      published_raw text not null,
      updated_at text not null,
      first_seen_at text not null,
      last_seen_at text not null,
      revision integer not null,
      revision_count integer not null,
      version integer not null,
      status text not null,
      word_count integer not null,
      read_minutes integer not null,
      content_hash text not null,
      parser text not null,
      parse_confidence real not null,
      parse_rule text not null,
      first_position integer not null,
      last_position integer not null,
      head_position integer not null,
      description text not null,
      ednote text not null,
      copyright text not null,
      credit text not null,
      slugline text not null,
      located text not null,
      urgency integer not null,
      subjects text not null,
      embargoed_until text not null,
      inside text not null,
      tail text not null,
      text text not null
    ) strict
    """,
    "create index articles_published_at on articles (published_at)",
    "create index articles_source on articles (source_id)",
    "create unique index articles_head_position on articles (head_position)",
    "create index articles_path on articles (feed, path)",
    *authors.SCHEMA,
)
_COLUMNS = """
  id uri url feed path format source_id source title subtitle dateline byline authors language
  language_rule language_confidence section keywords published_at published_precision published_raw updated_at
  first_seen_at last_seen_at revision revision_count version status word_count read_minutes content_hash parser
  parse_confidence parse_rule first_position last_position head_position description ednote copyright credit slugline
  located urgency subjects embargoed_until inside tail text
""".split()
_MARKS = ", ".join(f":{column}" for column in _COLUMNS)
INSERT = f"insert into articles ({', '.join(_COLUMNS)}) values ({_MARKS})"
WITHDRAWN = "withdrawn"
_KEPT = {"id", "first_seen_at", "first_position"}
COUNT = """
update articles set revision_count = :revision, last_seen_at = :last_seen_at, last_position = :last_position
where id = :id
"""
UPDATE = f"update articles set {', '.join(f'{c} = :{c}' for c in _COLUMNS if c not in _KEPT)} where id = :id"


def apply(db: Connection, events: Sequence[Event]) -> None:
    """Insert first versions; let a later one take the head where it supersedes, else only count it."""
    for event in events:
        fact = event.fact
        if isinstance(fact, ArticleReread):
            _read_again(db, event, fact)
        elif isinstance(fact, ArticleRecorded):
            _add(db, event, fact)


def _add(db: Connection, event: Event, fact: ArticleRecorded) -> None:
    row = _row(event, fact)
    if fact.revision == 1:
        db.execute(INSERT, row)
    elif not _leads(db, row["id"], fact.article):
        db.execute(COUNT, row)
        return
    else:
        _replace(db, row)
    authors.credit(db, str(row["id"]), fact.article, position=event.position)


def _read_again(db: Connection, event: Event, fact: ArticleReread) -> None:
    """Lay the new reading over the head where it is one of the head's revision; the newsroom has added nothing."""
    query = "select revision, revision_count, last_seen_at, status from articles where id = ?"
    revision, count, last_seen_at, status = db.execute(query, (article_id(fact.uri),)).fetchone()
    if fact.revision != revision:
        return
    row = _row(event, fact) | {"revision_count": count, "last_seen_at": last_seen_at}
    row["status"] = status if status == WITHDRAWN else row["status"]
    _replace(db, row)
    authors.credit(db, str(row["id"]), fact.article, position=event.position)


def _replace(db: Connection, row: dict[str, object]) -> None:
    db.execute(UPDATE, row)
    authors.forget(db, str(row["id"]))


def _leads(db: Connection, identifier: object, article: Article) -> bool:
    query = "select version, updated_at, status from articles where id = ?"
    version, updated_at, status = db.execute(query, (identifier,)).fetchone()
    return supersedes(article, version=version, updated_at=updated_at, is_withdrawn=status == WITHDRAWN)


def _row(event: Event, fact: ArticleRecorded) -> dict[str, object]:
    article, seen_at, language = fact.article, utc_text(event.recorded_at), language_of(fact.article)
    row: dict[str, object] = msgspec.structs.asdict(article)
    row |= {
        "id": article_id(fact.uri),
        "uri": fact.uri,
        "feed": fact.origin.feed,
        "path": fact.origin.path,
        "format": fact.origin.format,
        "source_id": source_id(article.source),
        "authors": _json([author.name for author in article.authors if author.role == "byline"]),
        "language": language.tag,
        "language_rule": language.rule,
        "language_confidence": language.confidence,
        "keywords": _json(article.keywords),
        "tail": _json(article.tail),
        "subjects": msgspec.json.encode(article.subjects).decode(),
        "inside": fact.origin.inside,
        "status": standing(fact),
        "first_seen_at": seen_at,
        "last_seen_at": seen_at,
        "revision": fact.revision,
        "revision_count": fact.revision,
        "word_count": word_count(article.text),
        "content_hash": fact.content_hash,
        "parse_confidence": article.confidence,
        "parse_rule": article.rule,
        "first_position": event.position,
        "last_position": event.position,
        "head_position": event.position,
    }
    return row


def standing(fact: ArticleRecorded) -> str:
    """The status of a version; one that its publisher takes back is withdrawn, also where we learn it by rereading."""
    is_withdrawn = isinstance(fact, ArticleWithdrawn) or fact.article.status == "canceled"
    return WITHDRAWN if is_withdrawn else fact.article.status


def _json(value: Sequence[str]) -> str:
    return msgspec.json.encode(value).decode()


VIEW = View(
    name="articles",
    version=3,
    tables=("articles", "authors", "article_authors"),
    schema=SCHEMA,
    apply=apply,
    types=ARTICLE_TYPES,
)
