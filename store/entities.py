"""Questions about who is who: who is mentioned how widely, where, and what people decided about them."""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from .alike import Lookalikes
from .entity_facts import KINDS
from .filters import Conditions
from .identities import Identities, in_force
from .meaning import SPELT, Named, as_json, decisions
from .names import normalized
from .tables import Row, Tables

# What the articles that are asked for mention is gathered first: a name is looked up once, however often it is said.
FOUND = """
found as materialized (
  select mentions.kind, mentions.name, mentions.article_id, count(*) as mention_count
  from articles join mentions on mentions.position = articles.head_position
  where mentions.kind in (select value from json_each(:kinds)) and mentions.name > '' and {where}
  group by mentions.kind, mentions.name, mentions.article_id
)
"""
LISTED = f"""
with {FOUND},
aliases as materialized (
  select value ->> 0 as kind, value ->> 1 as normal, value ->> 2 as entity_id, value ->> 3 as is_ignored
  from json_each(:aliases)
),
spelt as materialized (
  select names.kind, names.name, ifnull(entity_id, names.normal) as who, entity_id, ifnull(is_ignored, 0) as is_ignored
  from (select kind, name, normalized(name) as normal from (select distinct kind, name from found)) as names
  left join aliases on aliases.kind = names.kind and aliases.normal = names.normal
)
select found.kind, entity_id, json_group_array(distinct found.name) as names,
  count(distinct article_id) as article_count, sum(mention_count) as mention_count
from found join spelt on spelt.kind = found.kind and spelt.name = found.name
where is_ignored = :is_ignored
group by found.kind, who
order by article_count desc, mention_count desc, found.kind, who
"""
SPELLINGS = f"""
with {FOUND.format(where=f"mentions.name in (select name from ({SPELT}))")}
select name, count(*) as article_count, sum(mention_count) as mention_count
from found group by name order by article_count desc, mention_count desc, name
"""
ARTICLES = f"""
with {FOUND.format(where="mentions.name in (select value from json_each(:names))")}
select articles.id, articles.source, articles.published_at, articles.title, said.mention_count,
  articles.head_position as position
from (select article_id, sum(mention_count) as mention_count from found group by article_id) as said
join articles on articles.id = said.article_id
order by articles.head_position desc limit :limit
"""


class Asked(NamedTuple):
    """What is asked for: these kinds in articles that match, or, of them, what is ignored; ``limit`` 0 means all."""

    kinds: Sequence[str] = KINDS
    condition: Conditions = Conditions("true", {})
    is_ignored: bool = False
    limit: int = 0


class Listed(NamedTuple):
    """Whoever is mentioned, as rows, and how many there are in all."""

    rows: list[Row]
    total: int


def listed(tables: Tables, asked: Asked) -> Listed:
    """Whoever is mentioned, the most widely first: entities, and names that nobody decided about.

    ``names`` are the spellings in these articles, ``looks_like`` other names there that may mean the same.
    """
    rows = _mentioned(tables, asked)
    alike = {
        kind: Lookalikes(kind, (name for row in rows if row["kind"] == kind for name in row["names"]))
        for kind in asked.kinds
    }
    shown = rows[: asked.limit or len(rows)]
    return Listed([row | {"looks_like": alike[row["kind"]].of(row["names"])} for row in shown], len(rows))


def spellings(tables: Tables, named: Named) -> list[Row]:
    """The names that mean the same, with how much current articles mention each, the most first."""
    aliases = named.entity.aliases if named.entity else {}
    normals = as_json([*aliases, normalized(named.name)])
    rows = list(tables.rows(SPELLINGS, kinds=as_json([named.kind]), normals=normals))
    said = {normalized(row["name"]) for row in rows}
    unsaid = [alias.name for key, alias in aliases.items() if key not in said]
    return rows + [{"name": name, "article_count": 0, "mention_count": 0} for name in unsaid]


def mentioning(tables: Tables, named: Named, names: Sequence[str], *, limit: int) -> list[Row]:
    """The current articles that mention somebody by one of these names, the newest in the log first."""
    return list(tables.rows(ARTICLES, kinds=as_json([named.kind]), names=as_json(names), limit=limit))


def suggested(tables: Tables, named: Named, names: Sequence[str]) -> list[str]:
    """Other names in current articles that may mean whoever these do; nobody who is ignored."""
    others = _mentioned(tables, Asked([named.kind]))
    return Lookalikes(named.kind, (name for row in others for name in row["names"])).of(names)


def decided(tables: Tables, named: Named) -> list[Row]:
    """The decisions about somebody, in their order, and whether each is in force."""
    known = decisions(tables)
    ours = {normalized(named.name), *(named.entity.aliases if named.entity else ())}
    identifier = named.entity.id if named.entity else ""
    about = {
        decision.position
        for decision in known
        if decision.kind == named.kind
        and (decision.entity_id == identifier or not ours.isdisjoint(map(normalized, decision.names)))
    }
    for decision in known:
        if decision.undoes in about:
            about.add(decision.position)
    kept = {decision.position for decision in in_force(known)}
    return [
        decision._asdict() | {"is_in_force": decision.position in kept}
        for decision in known
        if decision.position in about
    ]


def _mentioned(tables: Tables, asked: Asked) -> list[Row]:
    identities = Identities(decisions(tables))
    bound = {"kinds": as_json(asked.kinds), "aliases": _aliases(identities), "is_ignored": asked.is_ignored}
    found = tables.rows(LISTED.format(where=asked.condition.where), **asked.condition.values, **bound)
    return [_row(identities, row) for row in found]


def _row(identities: Identities, row: Row) -> Row:
    names = sorted(msgspec.json.decode(row["names"]), key=lambda name: (name.isupper(), name))
    entity = identities.entities.get(row["entity_id"])
    return {"kind": row["kind"], "name": entity.name if entity else names[0], **row, "names": names}


def _aliases(identities: Identities) -> str:
    return as_json(
        [
            (entity.kind, normal, entity.id, entity.is_ignored)
            for entity in identities.entities.values()
            for normal in entity.aliases
        ]
    )
