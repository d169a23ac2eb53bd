"""The facts about who is who: decisions of people, each of which can be taken back."""

import msgspec

ENTITIES = "entities"
"""The stream of all of them: whoever decides has seen every decision before, on whatever host it was made."""
KINDS = ("person", "organisation", "place")
"""What can be an entity."""


class EntityMerged(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Some ``names`` mean one entity from now on, which is called ``name``; so do all other names of theirs.

    ``kind`` is one of KINDS. Names are those of mentions, as they were written then. Meta says who decided it.
    """

    entity: str
    kind: str
    name: str
    names: tuple[str, ...]
    note: str = ""


class EntitySplit(EntityMerged, frozen=True, kw_only=True, omit_defaults=True):
    """These ``names`` mean the entity no more."""


class EntityIgnored(EntityMerged, frozen=True, kw_only=True, omit_defaults=True):
    """The entity that these ``names`` mean is none that anybody asks for."""


class EntityUndone(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The decision at ``position`` is taken back, as if it had never been made; that may be one of these, too."""

    position: int
    note: str = ""


EntityFact = EntityMerged | EntitySplit | EntityIgnored | EntityUndone

ENTITY_TYPES: dict[str, type[EntityFact]] = {
    "entity-merged": EntityMerged,
    "entity-split": EntitySplit,
    "entity-ignored": EntityIgnored,
    "entity-undone": EntityUndone,
}


def type_of(fact: EntityFact) -> str:
    """The type of the event that holds a fact.

    >>> type_of(EntityUndone(position=7))
    'entity-undone'
    """
    return next(name for name, kind in ENTITY_TYPES.items() if kind is type(fact))
