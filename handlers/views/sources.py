"""sources: the agencies and papers that articles come from."""

import re
from collections.abc import Sequence
from functools import lru_cache

from presslog.store.events import ARTICLE_TYPES, ArticleRecorded, ArticleReread, Event
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
      revision_count integer not null,
      first_position integer not null,
      last_position integer not null
    ) strict
    """,
)
UPSERT = """
insert into sources values (:id, :name, :at, :at, :revisions, :position, :position)
on conflict (id) do update set last_seen_at = iif(:revisions, :at, last_seen_at),
  revision_count = revision_count + :revisions, last_position = :position
"""


@lru_cache(maxsize=1024)
def source_id(name: str) -> str:
    """The id of a source: its name as it stands in a link; empty for no name.

    >>> source_id("Agence France-Presse")
    'agence-france-presse'
    """
    return re.sub(r"[\W_]+", "-", normalized(name)).strip("-")


def apply(db: Connection, events: Sequence[Event]) -> None:
    """Count each revision under its source; that one is read again makes a source known, and is no news of it."""
    for event in events:
        fact = event.fact
        if isinstance(fact, ArticleRecorded) and fact.article.source:
            db.execute(
                UPSERT,
                {
                    "id": source_id(fact.article.source),
                    "name": fact.article.source,
                    "at": utc_text(event.recorded_at),
                    "revisions": int(not isinstance(fact, ArticleReread)),
                    "position": event.position,
                },
            )


VIEW = View(
    name="sources",
    version=3,
    tables=("sources",),
    schema=SCHEMA,
    apply=apply,
    types=ARTICLE_TYPES,
)
