"""entities: who is who, as people decided: every decision, and what those in force make of names."""

from collections.abc import Mapping, Sequence

from presslog.store.entity_facts import ENTITY_TYPES
from presslog.store.events import Event
from presslog.store.generation import View
from presslog.store.identities import DECISIONS, Decision, Entity, Identities, decision_from, decision_of, row_of
from presslog.store.sqlite import Connection

SCHEMA = (
    """
    create table entity_decisions ( -- what people decided about names, in order, and what they took back
      position integer primary key, -- of the event
      type text not null, -- entity-merged, entity-split, entity-ignored, entity-undone
      entity_id text not null,
      kind text not null, -- person, organisation, place
      name text not null, -- of the entity
      names text not null, -- JSON: those of mentions that it is about
      undoes integer not null, -- the position of the decision that this takes back, else 0
      note text not null,
      decided_by text not null, -- operator: and their name
      decided_at text not null,
      event_id text not null
    ) strict
    """,
    """
    create table entities ( -- persons, organisations and places that people decided about
      id text primary key, -- of the first decision: ent_ and 10 letters
      kind text not null, -- person, organisation, place
      name text not null,
      decided_at text not null,
      position integer not null, -- of the last decision about it
      is_ignored integer not null
    ) strict
    """,
    """
    create table entity_aliases ( -- the names that mean each
      kind text not null,
      normalized text not null, -- without case and marks: what is compared
      name text not null, -- as it was written when it was decided
      entity_id text not null,
      decided_by text not null,
      event_id text not null,
      position integer not null, -- of the decision
      primary key (kind, normalized)
    ) strict, without rowid
    """,
    "create index entity_aliases_entity on entity_aliases (entity_id)",
)


def apply(db: Connection, events: Sequence[Event]) -> None:
    """Note each decision, then write anew what those in force make; there are few, and each may concern all others."""
    noted = [decision for event in events if (decision := decision_of(event))]
    if not noted:
        return
    db.executemany("insert into entity_decisions values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", map(row_of, noted))
    db.execute("delete from entities")
    db.execute("delete from entity_aliases")
    decisions = {row[0]: decision_from(row) for row in db.execute(DECISIONS)}
    for entity in Identities(list(decisions.values())).entities.values():
        _write(db, entity, decisions)


def _write(db: Connection, entity: Entity, decisions: Mapping[int, Decision]) -> None:
    last = decisions[entity.position]
    row = (entity.id, entity.kind, entity.name, last.decided_at, entity.position, int(entity.is_ignored))
    db.execute("insert into entities values (?, ?, ?, ?, ?, ?)", row)
    for normalized, alias in entity.aliases.items():
        by = decisions[alias.position]
        named = (entity.kind, normalized, alias.name, entity.id, by.decided_by, by.event_id, alias.position)
        db.execute("insert into entity_aliases values (?, ?, ?, ?, ?, ?, ?)", named)


VIEW = View(
    name="entities",
    version=1,
    tables=("entity_decisions", "entities", "entity_aliases"),
    schema=SCHEMA,
    apply=apply,
    types=frozenset(ENTITY_TYPES),
)
