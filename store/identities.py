"""Who is who: the entities that decisions in their order make of names, as if what is taken back had never been."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import msgspec

from .entity_facts import EntityMerged, EntityUndone
from .events import Event
from .names import normalized
from .times import utc_text

DECISIONS = "select * from entity_decisions order by position"


class Decision(NamedTuple):
    """A row of ``entity_decisions``: what was decided at a position, by whom, and which position it takes back.

    ``type`` is that of its event, ``entity_id``, ``kind``, ``name`` and ``names`` are empty where it ``undoes`` one.
    """

    position: int
    type: str
    entity_id: str = ""
    kind: str = ""
    name: str = ""
    names: tuple[str, ...] = ()
    undoes: int = 0
    note: str = ""
    decided_by: str = ""
    decided_at: str = ""
    event_id: str = ""


class Alias(NamedTuple):
    """A name of an entity as it was written when it was decided; ``position`` is that of the decision."""

    name: str
    position: int


@dataclass(frozen=True, slots=True)
class Entity:
    """Somebody or something with all its names, by how they are compared; ``position`` is that of its last decision."""

    id: str
    kind: str
    name: str
    position: int
    aliases: dict[str, Alias] = field(default_factory=dict)
    is_ignored: bool = False


def decision_of(event: Event) -> Decision | None:
    """The decision that an event holds; None for any other event."""
    at = utc_text(event.recorded_at)
    decision = Decision(event.position, event.type, decided_by=event.actor, decided_at=at, event_id=event.id)
    match event.fact:
        case EntityMerged(entity=entity, kind=kind, name=name, names=names, note=note):
            return decision._replace(entity_id=entity, kind=kind, name=name, names=names, note=note)
        case EntityUndone(position=position, note=note):
            return decision._replace(undoes=position, note=note)
        case _:
            return None


def decision_from(row: Sequence[Any]) -> Decision:
    """The decision that a row holds, where its names are JSON."""
    return Decision._make((*row[:5], tuple(msgspec.json.decode(row[5])), *row[6:]))


def row_of(decision: Decision) -> tuple[Any, ...]:
    """The row that holds a decision."""
    return *decision[:5], msgspec.json.encode(decision.names).decode(), *decision[6:]


def in_force(decisions: Sequence[Decision]) -> list[Decision]:
    """Those of some decisions, in their order, that nothing in force takes back."""
    undone: set[int] = set()
    kept = []
    for decision in reversed(decisions):
        if decision.position not in undone:
            undone.add(decision.undoes)
            kept.append(decision)
    return kept[::-1]


class Identities:
    """The entities that some decisions make; ``entities`` has them by their ids, in no order that means anything."""

    def __init__(self, decisions: Sequence[Decision]) -> None:
        """Make them of all decisions, in the order of the log."""
        self.entities: dict[str, Entity] = {}
        self._owners: dict[tuple[str, str], str] = {}
        for decision in in_force(decisions):
            if decision.names:
                self._decide(decision)

    def of(self, kind: str, name: str) -> Entity | None:
        """The entity that a name means, however it is written; None where nobody decided."""
        owner = self._owners.get((kind, normalized(name)))
        return self.entities[owner] if owner else None

    def _decide(self, decision: Decision) -> None:
        match decision.type:
            case "entity-merged":
                self._keep(replace(self._gathered(decision), name=decision.name))
            case "entity-ignored":
                self._keep(replace(self._gathered(decision), is_ignored=True))
            case "entity-split":
                self._split(decision)

    def _gathered(self, decision: Decision) -> Entity:
        """The entity with these names, and all other names of whom they meant before."""
        new = Entity(decision.entity_id, decision.kind, decision.name, decision.position)
        entity = self.entities.setdefault(decision.entity_id, new)
        aliases = dict(entity.aliases)
        for name in decision.names:
            before = self.of(entity.kind, name)
            if before is None:
                aliases[normalized(name)] = Alias(name, decision.position)
            elif before.id != entity.id:
                del self.entities[before.id]
                aliases |= {key: Alias(alias.name, decision.position) for key, alias in before.aliases.items()}
            self._own(entity, aliases)
        return replace(entity, aliases=aliases, position=decision.position)

    def _split(self, decision: Decision) -> None:
        entity = self.entities.get(decision.entity_id)
        leaving = {normalized(name) for name in decision.names} & entity.aliases.keys() if entity else set()
        if entity is None or not leaving:
            return
        for key in leaving:
            del self._owners[entity.kind, key]
        aliases = {key: alias for key, alias in entity.aliases.items() if key not in leaving}
        if not aliases:
            del self.entities[entity.id]
            return
        name = fullest(alias.name for alias in aliases.values()) if normalized(entity.name) in leaving else entity.name
        self._keep(replace(entity, name=name, aliases=aliases, position=decision.position))

    def _keep(self, entity: Entity) -> None:
        self.entities[entity.id] = entity
        self._own(entity, entity.aliases)

    def _own(self, entity: Entity, keys: Iterable[str]) -> None:
        self._owners |= {(entity.kind, key): entity.id for key in keys}


def fullest(names: Iterable[str]) -> str:
    """The longest of some names, of equally long ones the first in the alphabet."""
    return min(names, key=lambda name: (-len(name), name))
