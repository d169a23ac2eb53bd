"""searches: queries that people saved under a name."""

from collections.abc import Sequence

from presslog.store.events import Event, SearchRemoved, SearchSaved
from presslog.store.generation import View
from presslog.store.sqlite import Connection
from presslog.store.times import utc_text

SCHEMA = (
    """
    create table searches ( -- queries that were saved under a name
      name text primary key, -- lower-case letters, digits, - and _
      query text not null, -- in the language of `presslog help query`
      saved_at text not null, -- when it got this query
      first_position integer not null, -- since then there is a search of that name
      last_position integer not null -- since then it has this query
    ) strict
    """,
)
SAVE = """
insert into searches values (:name, :query, :at, :position, :position)
on conflict (name) do update set query = :query, saved_at = :at, last_position = :position
"""


def apply(db: Connection, events: Sequence[Event]) -> None:
    """Keep the last query of each name; one that is removed is gone."""
    for event in events:
        match event.fact:
            case SearchSaved() as fact:
                row = {"name": fact.name, "query": fact.query, "at": utc_text(event.recorded_at)}
                db.execute(SAVE, row | {"position": event.position})
            case SearchRemoved() as fact:
                db.execute("delete from searches where name = ?", (fact.name,))


VIEW = View(
    name="searches",
    version=1,
    tables=("searches",),
    schema=SCHEMA,
    apply=apply,
    types=frozenset({"search-saved", "search-removed"}),
)
