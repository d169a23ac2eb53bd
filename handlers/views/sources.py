"""sources: the agencies and papers that articles come from."""

import re
from collections.abc import Sequence
from functools import lru_cache

from presslog.store.events import ArticleRecorded, Event
from presslog.store.generation import View
from presslog.store.names import normalized
from presslog.store.sqlite import Connection
from presslog.store.times import utc_text

SCHEMA = (
    """
    create table sources (
      id text primary key,
      name text not null,
      first_seen_at text not null,
      last_seen_at text not null,
      article_count integer not null,
      revision_count integer not null,
      first_position integer not null,
      last_position integer not null
    ) strict
    """,
)
UPSERT = """
insert into sources values (:id, :name, :at, :at, :articles, 1, :position, :position)
on conflict (id) do update set last_seen_at = :at, article_count = article_count + :articles,
  revision_count = revision_count + 1, last_position = :position
"""


@lru_cache(maxsize=1024)
def source_id(name: str) -> str:
    """The id of a source: its name as it stands in a link; empty for no name.

    >>> source_id("Agence France-Presse")
    'agence-france-presse'
    """
    return re.sub(r"[\W_]+", "-", normalized(name)).strip("-")


def apply(db: Connection, events: Sequence[Event]) -> None:
    """Count each article under its source when it is first seen, and each revision."""
    for event in events:
        fact = event.fact
        if isinstance(fact, ArticleRecorded) and fact.article.source:
            db.execute(
                UPSERT,
                {
                    "id": source_id(fact.article.source),
                    "name": fact.article.source,
                    "at": utc_text(event.recorded_at),
                    "articles": int(fact.revision == 1),
                    "position": event.position,
                },
            )


VIEW = View(
    name="sources",
    version=2,
    tables=("sources",),
    schema=SCHEMA,
    apply=apply,
    types=frozenset({"article-recorded", "article-revised", "article-withdrawn"}),
)
