"""sources: the agencies and papers that articles come from; their names are kept, the counts read out of revisions."""

from collections.abc import Sequence

from presslog.handlers.insight.outlets import source_id
from presslog.store.events import ARTICLE_TYPES, ArticleRecorded, Event
from presslog.store.generation import View
from presslog.store.sqlite import Connection
from presslog.store.times import utc_text

SCHEMA = (
    """
    create table source_names ( -- how agencies and papers are called
      id text primary key, -- the name as it stands in a link
      name text not null, -- as it was written first
      first_seen_at text not null,
      first_position integer not null
    ) strict
    """,
    # An article that is erased may have been the first that named its source.
    """
    create trigger sources_of_the_erased_go after delete on revisions
    when exists (select 1 from source_names where first_position = old.position)
    begin
      delete from source_names where id = old.source_id;
      insert into source_names
      select source_id, source, valid_from_at, position from revisions
      where source_id = old.source_id and source > '' order by position limit 1;
    end
    """,
    """
    create view sources as -- agencies and papers with their counts; an article counts under its current source
    select
      id, name, first_seen_at,
      coalesce(
        (select valid_from_at from revisions where position = last_revision_position), first_seen_at
      ) as last_seen_at,
      article_count, revision_count, first_position, last_position
    from (
      select
        source_names.id, name, source_names.first_seen_at, source_names.first_position,
        count(*) filter (where valid_to_position is null) as article_count,
        count(*) filter (where change_kind <> 'reread') as revision_count,
        max(position) filter (where change_kind <> 'reread') as last_revision_position,
        max(position) as last_position
      from source_names join revisions on revisions.source_id = source_names.id
      group by source_names.id
    )
    """,
)


def apply(db: Connection, events: Sequence[Event]) -> None:
    """Keep the first spelling of each source."""
    first: dict[str, Event] = {}
    for event in events:
        if isinstance(event.fact, ArticleRecorded) and event.fact.article.source:
            first.setdefault(event.fact.article.source, event)
    rows = [(source_id(name), name, utc_text(event.recorded_at), event.position) for name, event in first.items()]
    db.executemany("insert or ignore into source_names values (?, ?, ?, ?)", rows)


VIEW = View(
    name="sources",
    version=5,
    tables=("source_names",),
    schema=SCHEMA,
    apply=apply,
    types=ARTICLE_TYPES,
)
