"""said: who is relied on in every revision, and what is quoted in it; found by rules, with places in its text."""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from presslog.handlers.article import Article
from presslog.handlers.insight.attributions import attributions
from presslog.handlers.insight.facts import Attribution, Quote, Span
from presslog.handlers.insight.quotes import quotes
from presslog.store.events import ARTICLE_TYPES, ArticleRecorded, ArticleRedacted, Event
from presslog.store.generation import View
from presslog.store.sqlite import Connection

VERSION = 1
DETECTOR = f"rules/{VERSION}"
TABLES = ("attributions", "quotes")
SCHEMA = (
    """
    create table attributions ( -- somebody or something that a revision relies on
      position integer not null, -- of the revision
      number integer not null, -- 0, 1, 2 in the order of the text
      article_id text not null,
      kind text not null, -- outlet, organisation, official, document, person
      name text not null, -- of the source, as fully as the article tells; empty where that stays open
      is_named integer not null, -- whether the source is called by its name there
      source text not null, -- as it is written there
      role text not null, -- State Department spokesman
      cue text not null, -- said, told, according to
      via text not null, -- JSON: the names of those through whom it is known, in their order
      text text not null, -- from the first to the last of source, cue, role and via
      start_char integer not null, -- of that text in the text of the revision
      end_char integer not null,
      confidence real not null,
      rule text not null,
      detector text not null,
      primary key (position, number)
    ) strict, without rowid
    """,
    """
    create table quotes ( -- what somebody said in a revision
      position integer not null, -- of the revision
      number integer not null, -- 0, 1, 2 in the order of the text
      article_id text not null,
      kind text not null, -- direct, partial, indirect
      speaker text not null, -- the name, as fully as the article tells; empty where that stays open
      role text not null,
      cue text not null,
      outlet text not null, -- that the words were said to, or that reports them
      text text not null, -- with its quotation marks
      start_char integer not null, -- of that text in the text of the revision
      end_char integer not null,
      confidence real not null,
      rule text not null,
      detector text not null,
      primary key (position, number)
    ) strict, without rowid
    """,
    "create index attributions_name on attributions (name)",
    "create index quotes_speaker on quotes (speaker)",
)


def apply(db: Connection, events: Sequence[Event]) -> None:
    """Add what each version says; of an article that was erased nothing is left."""
    relied: list[tuple[Any, ...]] = []
    quoted: list[tuple[Any, ...]] = []
    for event in events:
        article_id = event.stream.removeprefix("article/")
        match event.fact:
            case ArticleRecorded() as fact:
                found = attributions(fact.article)
                relied += _relied(fact.article, found, event.position, article_id)
                quoted += _quoted(fact.article, quotes(fact.article, found), event.position, article_id)
            case ArticleRedacted(positions=erased):
                relied = [row for row in relied if row[0] not in erased]
                quoted = [row for row in quoted if row[0] not in erased]
                for table in TABLES:
                    db.executemany(f"delete from {table} where position = ?", [(each,) for each in erased])
    db.executemany(f"insert into attributions values ({', '.join('?' * 16)})", relied)
    db.executemany(f"insert into quotes values ({', '.join('?' * 14)})", quoted)


def _relied(
    article: Article, found: Sequence[Attribution], position: int, article_id: str
) -> Iterator[tuple[Any, ...]]:
    for number, each in enumerate(found):
        via = msgspec.json.encode([through.name for through in each.via]).decode()
        who = (each.kind, each.name, int(each.is_named), _words(article, each.source), each.role)
        how = (_words(article, each.cue), via, _words(article, each.span), *each.span)
        yield position, number, article_id, *who, *how, each.confidence, each.rule, DETECTOR


def _quoted(article: Article, found: Sequence[Quote], position: int, article_id: str) -> Iterator[tuple[Any, ...]]:
    for number, each in enumerate(found):
        who = (each.kind, each.speaker_name, each.role)
        what = (_words(article, each.cue), each.outlet, _words(article, each.span), *each.span)
        yield position, number, article_id, *who, *what, each.confidence, each.rule, DETECTOR


def _words(article: Article, span: Span | None) -> str:
    return article.text[span.start : span.end] if span else ""


VIEW = View(
    name="said",
    version=VERSION,
    tables=TABLES,
    schema=SCHEMA,
    apply=apply,
    types=ARTICLE_TYPES | {"article-redacted"},
)
