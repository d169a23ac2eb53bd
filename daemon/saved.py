"""What people do about saved searches: keep a query under a name, and drop it again."""

from datetime import UTC, datetime

import msgspec

from presslog.store.errors import LogUnavailable
from presslog.store.events import SearchRemoved, SearchSaved, read_event
from presslog.store.log import Conflict
from presslog.store.names import search_stream
from presslog.store.query import parse
from presslog.store.searches import checked_name
from presslog.store.when import moment

from .assemble import Parts


class SaveSearch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Let this name mean this query from now on."""

    name: str
    query: str


class RemoveSearch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Let this name mean nothing any more."""

    name: str


class SearchFate(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a saved search.

    ``state`` is ``saved``, ``replaced``, ``same``, ``removed`` or ``unknown``; ``position`` is that of its last event.
    """

    name: str
    state: str
    position: int = 0


def save_search(parts: Parts, asked: SaveSearch, actor: str) -> SearchFate:
    """Record a query under a name; nothing where the name means it already.

    Raises:
        BadQuery: that is no name, or the query cannot be understood.
    """
    name = checked_name(asked.name)
    _refuse_unreadable(asked.query)
    before, position = _standing(parts, name)
    if before == asked.query:
        return SearchFate(name=name, state="same", position=position)
    position = _record(parts, SearchSaved(name=name, query=asked.query), after=position, actor=actor)
    return SearchFate(name=name, state="replaced" if before is not None else "saved", position=position)


def remove_search(parts: Parts, asked: RemoveSearch, actor: str) -> SearchFate:
    """Record that a saved search is needed no more."""
    name = checked_name(asked.name)
    before, position = _standing(parts, name)
    if before is None:
        return SearchFate(name=name, state="unknown", position=position)
    position = _record(parts, SearchRemoved(name=name), after=position, actor=actor)
    return SearchFate(name=name, state="removed", position=position)


def _refuse_unreadable(query: str) -> None:
    for asked in parse(query).filters:
        if asked.field in ("since", "until"):
            moment(asked.value, datetime.now(UTC))


def _standing(parts: Parts, name: str) -> tuple[str | None, int]:
    """The query that a name means now, None for none, and the last position of its stream."""
    last = parts.log.last(search_stream(name))
    fact = read_event(last).fact if last else None
    return fact.query if isinstance(fact, SearchSaved) else None, last.position if last else 0


def _record(parts: Parts, fact: SearchSaved | SearchRemoved, *, after: int, actor: str) -> int:
    answer = parts.log.append([parts.composer.of_search(fact, after=after, actor=actor)])[0]
    if isinstance(answer, Conflict):
        raise LogUnavailable(f"somebody changed the search {fact.name} just now: ask again")
    parts.ring()
    return answer.last
