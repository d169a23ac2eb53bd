"""What people decide about who is who: names become one, part again, or are ignored, and each decision can be undone.

All decisions stand in one stream of the log, and are read from it: whoever decides next has seen them, wherever they
were made.
"""

from collections.abc import Iterator, Sequence

import msgspec

from presslog.store.entity_facts import (
    ENTITIES,
    KINDS,
    EntityFact,
    EntityIgnored,
    EntityMerged,
    EntitySplit,
    EntityUndone,
)
from presslog.store.errors import BadQuery, LogUnavailable, NotFound
from presslog.store.events import read_event
from presslog.store.identities import Decision, Entity, Identities, decision_of, fullest, in_force
from presslog.store.log import Conflict
from presslog.store.names import entity_id, normalized

from .assemble import Parts

PAGE_EVENTS = 500


class MergeNames(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Let these names of a kind mean one entity, called ``name``, or as it is already; else by the longest of them."""

    kind: str
    names: tuple[str, ...]
    name: str = ""
    note: str = ""


class SplitNames(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Let these names mean the entity of this id no more."""

    entity: str
    names: tuple[str, ...]
    note: str = ""


class IgnoreName(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Let nobody be asked for whom this name means."""

    kind: str
    name: str
    note: str = ""


class UndoDecision(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Take back the decision at a position; 0 means the last one that takes back none itself."""

    position: int = 0
    note: str = ""


class Decided(msgspec.Struct, frozen=True, kw_only=True):
    """What came of it.

    ``state`` is ``merged``, ``split``, ``ignored``, ``undone``, or ``same`` where that was decided already;
    ``position`` is that of the last decision. ``undone`` is the position of what was taken back.
    """

    state: str
    position: int
    entity: str = ""
    kind: str = ""
    name: str = ""
    names: tuple[str, ...] = ()
    undone: int = 0


def merge_names(parts: Parts, asked: MergeNames, actor: str) -> Decided:
    """Record that some names mean the same; nothing where they do already.

    Raises:
        BadQuery: there are fewer than two, or one of them is ignored.
    """
    known, after = _decided(parts)
    names = _distinct([*asked.names, asked.name] if asked.name else asked.names)
    if asked.kind not in KINDS or len(names) < 2:
        raise BadQuery(f"name two or more that differ by more than case, of one kind: {', '.join(KINDS)}")
    owners = _owners(known, asked.kind, names)
    entity = owners[0] if owners else None
    name = asked.name or (entity.name if entity else fullest(names))
    identifier = entity.id if entity else entity_id(asked.kind, name, after)
    fact = EntityMerged(entity=identifier, kind=asked.kind, name=name, names=names, note=asked.note)
    if entity and entity.name == name and all(normalized(each) in entity.aliases for each in names):
        return _told("same", fact, after)
    return _told("merged", fact, _record(parts, fact, after=after, actor=actor))


def split_names(parts: Parts, asked: SplitNames, actor: str) -> Decided:
    """Record that some names mean an entity no more.

    Raises:
        NotFound: there is no such entity, or it has no such name.
    """
    known, after = _decided(parts)
    entity = Identities(known).entities.get(asked.entity)
    if entity is None:
        raise NotFound(f"there is no entity {asked.entity[:80]!r}: `presslog entities` lists them")
    strange = [name for name in asked.names if normalized(name) not in entity.aliases]
    if strange or not asked.names:
        has = ", ".join(alias.name for alias in entity.aliases.values())
        raise NotFound(f"{entity.name} has no name {', '.join(strange)}: its names are {has}")
    names = tuple(entity.aliases[key].name for key in dict.fromkeys(map(normalized, asked.names)))
    fact = EntitySplit(entity=entity.id, kind=entity.kind, name=entity.name, names=names, note=asked.note)
    return _told("split", fact, _record(parts, fact, after=after, actor=actor))


def ignore_name(parts: Parts, asked: IgnoreName, actor: str) -> Decided:
    """Record that nobody asks for whom a name means; nothing where that was decided already.

    Raises:
        BadQuery: that can be no name.
    """
    known, after = _decided(parts)
    if asked.kind not in KINDS or not normalized(asked.name):
        raise BadQuery(f"a name of one kind can be ignored: {', '.join(KINDS)}")
    entity = Identities(known).of(asked.kind, asked.name)
    identifier = entity.id if entity else entity_id(asked.kind, asked.name, after)
    name = " ".join(asked.name.split())
    fact = EntityIgnored(entity=identifier, kind=asked.kind, name=name, names=(name,), note=asked.note)
    if entity and entity.is_ignored:
        return _told("same", fact, after)
    return _told("ignored", fact, _record(parts, fact, after=after, actor=actor))


def undo_decision(parts: Parts, asked: UndoDecision, actor: str) -> Decided:
    """Record that a decision is taken back.

    Raises:
        NotFound: there is none, none at that position, or it is taken back already.
    """
    known, after = _decided(parts)
    kept = in_force(known)
    last = [decision for decision in kept if not decision.undoes]
    found = [decision for decision in kept if decision.position == asked.position] if asked.position else last
    if not found:
        raise NotFound(_no_decision(known, asked.position))
    fact = EntityUndone(position=found[-1].position, note=asked.note)
    position = _record(parts, fact, after=after, actor=actor)
    _, _, entity, kind, name, names, *_ = found[-1]
    about = {"entity": entity, "kind": kind, "name": name}
    return Decided(state="undone", position=position, names=names, undone=fact.position, **about)


def _decided(parts: Parts) -> tuple[list[Decision], int]:
    """All decisions of the log, and the position of the last one."""
    known = list(_read(parts))
    return known, known[-1].position if known else 0


def _read(parts: Parts) -> Iterator[Decision]:
    after = 0
    while page := parts.log.read(after, PAGE_EVENTS, ENTITIES):
        yield from filter(None, (decision_of(read_event(stored)) for stored in page))
        after = page[-1].position


def _record(parts: Parts, fact: EntityFact, *, after: int, actor: str) -> int:
    answer = parts.log.append([parts.composer.of_entities(fact, after=after, actor=actor)])[0]
    if isinstance(answer, Conflict):
        raise LogUnavailable("somebody decided about entities just now: look again, then ask again")
    parts.ring()
    return answer.last


def _distinct(names: Sequence[str]) -> tuple[str, ...]:
    """The names as they are written first, without what is compared as the same, or as nothing."""
    spelt: dict[str, str] = {}
    for name in names:
        spelt.setdefault(normalized(name), " ".join(name.split()))
    return tuple(name for key, name in spelt.items() if key)


def _owners(known: Sequence[Decision], kind: str, names: Sequence[str]) -> list[Entity]:
    """The entities that these names mean already, each once."""
    identities = Identities(known)
    owners = {entity.id: entity for name in names if (entity := identities.of(kind, name))}
    for entity in owners.values():
        if entity.is_ignored:
            raise BadQuery(
                f"{entity.name} is ignored since #{entity.position}: `presslog entities undo {entity.position}` first"
            )
    return list(owners.values())


def _told(state: str, fact: EntityMerged, position: int) -> Decided:
    return Decided(state=state, position=position, entity=fact.entity, kind=fact.kind, name=fact.name, names=fact.names)


def _no_decision(known: Sequence[Decision], position: int) -> str:
    if not position:
        return "nothing is decided about entities that could be taken back"
    back = [decision.position for decision in known if decision.undoes == position]
    if back:
        return f"the decision #{position} is taken back already: `presslog entities undo {back[-1]}` has it again"
    made = ", ".join(f"#{decision.position}" for decision in known[-5:]) or "none yet"
    return f"#{position} is no decision about entities: the last ones are {made}; `presslog events entities` lists all"
