"""Whom a name means: the entity that people made of it, or whoever is mentioned by that name alone."""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from .alike import nearest
from .entity_facts import KINDS
from .errors import AmbiguousId, BadQuery, NotFound
from .identities import DECISIONS, Decision, Entity, Identities, decision_from
from .names import bindable, normalized
from .tables import Tables

MOST_COMPARED = 5_000
"""So many names are compared with one that nobody knows: those that are mentioned most."""
NAMES = "select distinct kind, name from mentions where kind in (select value from json_each(:kinds)) and name > ''"
SPELT = f"select kind, name from ({NAMES}) where normalized(name) in (select value from json_each(:normals))"
MOST_SAID = f"""
select name from mentions where kind in (select value from json_each(:kinds)) and name > ''
group by kind, name order by count(*) desc, name limit {MOST_COMPARED}
"""


class Named(NamedTuple):
    """Whoever a name means: the name as it is written there, and the entity; None where nobody decided about it."""

    kind: str
    name: str
    entity: Entity | None

    @property
    def title(self) -> str:
        """What they are called."""
        return self.entity.name if self.entity else self.name


def as_json(value: object) -> str:
    """A value as statements here bind it."""
    return msgspec.json.encode(value).decode()


def decisions(tables: Tables) -> list[Decision]:
    """All decisions, also those that are taken back; in the past those that were made by then."""
    return [decision_from(row) for row in tables.tuples(DECISIONS)]


def also_called(tables: Tables, name: str) -> tuple[str, ...]:
    """All names of the entities that have this one, as people decided; none where nobody did."""
    key = normalized(name)
    known = Identities(decisions(tables)).entities.values()
    return tuple(alias.name for entity in known if key in entity.aliases for alias in entity.aliases.values())


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


def _meant(tables: Tables, identities: Identities, name: str, kinds: Sequence[str]) -> list[Named]:
    """Those with an id that begins so, else one for each kind: what was decided goes before what is mentioned."""
    low = name.casefold()
    by_id = [each for each in identities.entities.values() if each.id.startswith(low) and each.kind in kinds]
    if by_id and low.startswith("ent_"):
        return [Named(entity.kind, entity.name, entity) for entity in by_id]
    normal = normalized(bindable(name))
    said = tables.tuples(SPELT, kinds=as_json(kinds), normals=as_json([normal]))
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
    said = [row[0] for row in tables.tuples(MOST_SAID, kinds=as_json(kinds))]
    near = nearest(name, said)
    told = f"did you mean {' or '.join(map(repr, near))}?" if near else "`presslog entities` lists those that are"
    of_kind = f"{kinds[0]} " if len(kinds) == 1 else ""
    return f"no article mentions a {of_kind}name {name[:80]!r}: {told}"
