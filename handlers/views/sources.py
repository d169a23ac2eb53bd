"""sources: the agencies and papers that articles come from; their names are kept, the counts read out of revisions."""

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import msgspec

from presslog.handlers.insight.outlets import aliases, domains, outlets
from presslog.handlers.insight.sources import source_of
from presslog.store.events import ARTICLE_TYPES, ArticleRecorded, Event
from presslog.store.generation import View
from presslog.store.names import source_id
from presslog.store.sqlite import Connection

SCHEMA = (
    """
    create table source_names ( -- how agencies and papers are called in articles
      source_id text not null,
      name text not null, -- as it was written
      first_position integer not null,
      primary key (source_id, name)
    ) strict, without rowid
    """,
    """
    create table outlets ( -- what is known of sources beforehand
      id text primary key, -- of the source
      name text not null,
      kind text not null, -- agency, newspaper, magazine, broadcaster, site, aggregator
      country text not null, -- ISO 3166
      domains text not null, -- JSON
      aliases text not null -- JSON: what else it is called, as names stand in a link
    ) strict
    """,
    # An article that is erased may have been the first that named its source so, and the last that came from there.
    """
    create trigger sources_of_the_erased_go after delete on revisions
    when exists (
      select 1 from source_names
      where source_id = old.source_id and name = old.source and first_position = old.position
    )
    begin
      delete from source_names where source_id = old.source_id and name = old.source;
      insert into source_names
      select source_id, source, position from revisions
      where source_id = old.source_id and source = old.source order by position limit 1;
      delete from outlets where id = old.source_id and id not in (select source_id from source_names);
    end
    """,
    """
    create view sources as -- agencies and papers with their counts; an article counts under its current source
    select
      counted.id,
      coalesce(outlets.name, (select source from revisions where position = counted.first_position)) as name,
      coalesce(outlets.kind, '') as kind, -- agency, newspaper, magazine, broadcaster, site, aggregator, or not known
      coalesce(outlets.country, '') as country, -- ISO 3166
      coalesce(outlets.domains, '[]') as domains, -- JSON
      (select valid_from_at from revisions where position = counted.first_position) as first_seen_at,
      (
        select valid_from_at from revisions where position = coalesce(last_revision_position, counted.first_position)
      ) as last_seen_at,
      article_count, revision_count,
      round(1.0 * revised_count / nullif(article_count, 0), 2) as revision_rate, -- how often an article was revised
      counted.first_position, last_position
    from (
      select
        source_id as id,
        count(*) filter (where valid_to_position is null) as article_count,
        count(*) filter (where change_kind <> 'reread') as revision_count,
        count(*) filter (where change_kind not in ('first', 'reread')) as revised_count,
        max(position) filter (where change_kind <> 'reread') as last_revision_position,
        min(position) as first_position,
        max(position) as last_position
      from revisions where source_id > '' group by source_id
    ) as counted left join outlets on outlets.id = counted.id
    """,
)


class _Name(NamedTuple):
    """What a source is called in an article."""

    source_id: str
    name: str


def apply(db: Connection, events: Sequence[Event]) -> None:
    """Keep where each source is called so first, and what is known of it."""
    first: dict[_Name, int] = {}
    for event in events:
        if isinstance(event.fact, ArticleRecorded):
            source = source_of(event.fact.article)
            if source.id:
                first.setdefault(_Name(source.id, event.fact.article.source or source.name), event.position)
    known = {name.source_id for name in first} & outlets().keys()
    db.executemany("insert or ignore into source_names values (?, ?, ?)", [(*name, at) for name, at in first.items()])
    db.executemany("insert or ignore into outlets values (?, ?, ?, ?, ?, ?)", map(_outlet, known))


@cache
def _outlet(known: str) -> tuple[str, ...]:
    """The row of an outlet."""
    outlet = outlets()[known]
    names = [*(name for name, meant in aliases().items() if meant == outlet), *domains()[known]]
    called = sorted({source_id(name) for name in names} - {known})
    return (*outlet, _json(domains()[known]), _json(called))


def _json(value: Sequence[str]) -> str:
    return msgspec.json.encode(value).decode()


VIEW = View(
    name="sources",
    version=6,
    tables=("source_names", "outlets"),
    schema=SCHEMA,
    apply=apply,
    types=ARTICLE_TYPES,
)
