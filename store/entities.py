"""Questions about who is who: the names that articles mention, whom they mean, and what people decided about them."""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from .alike import Lookalikes, nearest
from .entity_facts import KINDS
from .errors import AmbiguousId, BadQuery, NotFound
from .filters import Conditions
from .identities import DECISIONS, Decision, Entity, Identities, decision_from, in_force
from .names import bindable, normalized
from .tables import Row, Tables

NO_LIMIT = -1
MOST_COMPARED = 5_000
"""So many names are compared with one that nobody knows: those that are mentioned most."""

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
NAMES = "select distinct kind, name from mentions where kind in (select value from json_each(:kinds)) and name > ''"
SPELT = f"select kind, name from ({NAMES}) where normalized(name) in (select value from json_each(:normals))"
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
MOST_SAID = """
select name from mentions where kind in (select value from json_each(:kinds)) and name > ''
group by kind, name order by count(*) desc, name limit :limit
"""


class Asked(NamedTuple):
    """What is asked for: these kinds in articles that match, or, of them, what is ignored; ``limit`` 0 means all."""

    kinds: Sequence[str] = KINDS
    condition: Conditions = Conditions("true", {})
    is_ignored: bool = False
    limit: int = 0


class Named(NamedTuple):
    """Whoever a name means: the name as it is written there, and the entity; None where nobody decided about it."""

    kind: str
    name: str
    entity: Entity | None

    @property
    def title(self) -> str:
        """What they are called."""
        return self.entity.name if self.entity else self.name


class Listed(NamedTuple):
    """Whoever is mentioned, as rows, and how many there are in all."""

    rows: list[Row]
    total: int


def decisions(tables: Tables) -> list[Decision]:
    """All decisions, also those that are taken back; in the past those that were made by then."""
    return [decision_from(row) for row in tables.tuples(DECISIONS)]


def listed(tables: Tables, asked: Asked) -> Listed:
    """Whoever is mentioned, the most widely first: entities, and names that nobody decided about.

    ``names`` are the spellings in these articles, ``looks_like`` other names there that may mean the same.
    """
    identities = Identities(decisions(tables))
    bound = {"kinds": _json(asked.kinds), "aliases": _aliases(identities), "is_ignored": asked.is_ignored}
    found = tables.rows(LISTED.format(where=asked.condition.where), **asked.condition.values, **bound)
    rows = [_row(identities, row) for row in found]
    alike = {
        kind: Lookalikes(kind, (name for row in rows if row["kind"] == kind for name in row["names"]))
        for kind in asked.kinds
    }
    shown = rows[: asked.limit or len(rows)]
    return Listed([row | {"looks_like": alike[row["kind"]].of(row["names"])} for row in shown], len(rows))


def who(tables: Tables, name: str, kinds: Sequence[str] = KINDS) -> Named:
    """Whoever a name means: the id of an entity or its beginning, or a name that is mentioned or was decided about.

    Raises:
        NotFound: nobody is called so; the message names those that are called nearly so.
        AmbiguousId: somebody of several kinds is; or several ids begin so.
    """
    found = _meant(tables, Identities(decisions(tables)), name, kinds)
    if len(found) > 1:
        raise AmbiguousId(_ambiguity(name, found))
    if not found:
        raise NotFound(_unknown(tables, name, kinds))
    return found[0]


def together(tables: Tables, names: Sequence[str], kinds: Sequence[str] = KINDS) -> list[Named]:
    """Whoever each of some names means, all of one kind.

    Raises:
        NotFound, AmbiguousId: as above; they may also be of several kinds together.
        BadQuery: they are of no kind together.
    """
    identities = Identities(decisions(tables))
    found = [{each.kind: each for each in _meant(tables, identities, name, kinds)} for name in names]
    shared = [kind for kind in kinds if all(kind in meant for meant in found)]
    if len(shared) == 1:
        return [meant[shared[0]] for meant in found]
    if shared:
        raise AmbiguousId(f"these are names of a {' and of a '.join(shared)} alike: say which with --kind")
    each = [who(tables, name, kinds) for name in names]
    told = ", ".join(f"{named.title} is a {named.kind}" for named in each)
    raise BadQuery(f"only names of one kind can mean the same: {told}")


def spellings(tables: Tables, named: Named) -> list[Row]:
    """The names that mean the same, with how much current articles mention each, the most first."""
    aliases = named.entity.aliases if named.entity else {}
    normals = _json([*aliases, normalized(named.name)])
    rows = list(tables.rows(SPELLINGS, kinds=_json([named.kind]), normals=normals))
    said = {normalized(row["name"]) for row in rows}
    unsaid = [alias.name for key, alias in aliases.items() if key not in said]
    return rows + [{"name": name, "article_count": 0, "mention_count": 0} for name in unsaid]


def mentioning(tables: Tables, named: Named, names: Sequence[str], *, limit: int) -> list[Row]:
    """The current articles that mention somebody by one of these names, the newest in the log first."""
    return list(tables.rows(ARTICLES, kinds=_json([named.kind]), names=_json(names), limit=limit))


def suggested(tables: Tables, named: Named, names: Sequence[str]) -> list[str]:
    """Other names that are mentioned and may mean whoever these do."""
    said = [row[0] for row in tables.tuples(MOST_SAID, kinds=_json([named.kind]), limit=NO_LIMIT)]
    return Lookalikes(named.kind, said).of(names)


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


def _row(identities: Identities, row: Row) -> Row:
    names = sorted(msgspec.json.decode(row["names"]), key=lambda name: (name.isupper(), name))
    entity = identities.entities.get(row["entity_id"])
    return {"kind": row["kind"], "name": entity.name if entity else names[0], **row, "names": names}


def _aliases(identities: Identities) -> str:
    return _json(
        [
            (entity.kind, normal, entity.id, entity.is_ignored)
            for entity in identities.entities.values()
            for normal in entity.aliases
        ]
    )


def _meant(tables: Tables, identities: Identities, name: str, kinds: Sequence[str]) -> list[Named]:
    """Those with an id that begins so, else one for each kind: what was decided goes before what is mentioned."""
    low = name.casefold()
    by_id = [each for each in identities.entities.values() if each.id.startswith(low) and each.kind in kinds]
    if by_id and low.startswith("ent_"):
        return [Named(entity.kind, entity.name, entity) for entity in by_id]
    normal = normalized(bindable(name))
    said = tables.tuples(SPELT, kinds=_json(kinds), normals=_json([normal]))
    spelt = dict(sorted(said, key=lambda row: (row[1] == name, not row[1].isupper())))
    found = {kind: Named(kind, spelt[kind], None) for kind in kinds if kind in spelt}
    for kind in kinds:
        entity = identities.of(kind, name)
        if entity:
            found[kind] = Named(kind, entity.aliases[normal].name, entity)
    return list(found.values())


def _ambiguity(name: str, found: Sequence[Named]) -> str:
    kinds = dict.fromkeys(each.kind for each in found)
    if len(kinds) == len(found):
        return f"{name!r} is the name of a {' and of a '.join(kinds)}: say which with --kind"
    lines = [f"  {each.entity.id}  {each.title}" for each in found if each.entity]
    return "\n".join([f"{name!r} fits several entities; write more of the id:", *lines])


def _unknown(tables: Tables, name: str, kinds: Sequence[str]) -> str:
    said = [row[0] for row in tables.tuples(MOST_SAID, kinds=_json(kinds), limit=MOST_COMPARED)]
    near = nearest(name, said)
    told = f"did you mean {' or '.join(map(repr, near))}?" if near else "`presslog entities` lists those that are"
    of_kind = f"{kinds[0]} " if len(kinds) == 1 else ""
    return f"no article mentions a {of_kind}name {name[:80]!r}: {told}"


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
