"""Articles that were erased by order, as the views remember them: found by the names that they answered to."""

from collections.abc import Sequence
from typing import NamedTuple

from .errors import AmbiguousId, NotFound
from .names import article_id, bindable, escape_path, path_bytes
from .tables import Tables

MOST_SHOWN = 10
COLUMNS = "position, article_id, revision, reason, erased_at"
# Whoever asks of the past is told as well what is gone since.
BY_ID = f"select {COLUMNS} from main.erasures where article_id >= :low and article_id < :high order by position"
BY_URI = f"select {COLUMNS} from main.erasures where article_id = :id order by position"
# What a path holds now may have been refused as erased: what its bytes gave first is known all the same.
BY_PATH = f"""
select {COLUMNS} from main.erasures
where article_id in (
  select file_contents.article_id from files join file_contents on file_contents.sha256 = files.sha256
  where files.feed = :feed and files.path in (:path, :escaped)
)
order by position
"""


class Erasure(NamedTuple):
    """The content of an article was erased: all of it up to a revision, by the event at a position."""

    position: int
    article_id: str
    revision: int
    reason: str
    erased_at: str


class Erased(NotFound):
    """The article was erased by order; ``article_id`` names it."""

    def __init__(self, erasure: Erasure) -> None:
        super().__init__(told(erasure))
        self.article_id = erasure.article_id


def told(erasure: Erasure) -> str:
    """What whoever asks for an erased article is told."""
    identifier, day = erasure.article_id, erasure.erased_at[:10]
    because = f": {erasure.reason}" if erasure.reason else ""
    return (
        f"article {identifier} was erased by order on {day} (#{erasure.position}){because}; "
        f"`presslog history {identifier}` names who gave the order"
    )


def erasures(tables: Tables, identifier: str) -> list[Erasure]:
    """When and why an article was erased, the first time first."""
    return _found(tables, BY_URI, id=identifier)


def refuse_erased(tables: Tables, name: str) -> None:
    """Raise Erased where this was a name of an article that is gone; AmbiguousId where it was one of several."""
    low = "art_" + name.casefold().removeprefix("art_")
    feed, _, path = name.partition("/")
    escaped = escape_path(path_bytes(path))
    found = _found(tables, BY_ID, low=low, high=low + "~") if low.isascii() and low != "art_" else []
    found = found or _found(tables, BY_URI, id=article_id(name))
    found = found or _found(tables, BY_PATH, feed=bindable(feed), path=bindable(path), escaped=escaped)
    newest = {erasure.article_id: erasure for erasure in found}
    if len(newest) > 1:
        raise AmbiguousId(_ambiguity(name, list(newest.values())))
    for erasure in newest.values():
        raise Erased(erasure)


def _found(tables: Tables, statement: str, **values: str) -> list[Erasure]:
    return [Erasure(*row) for row in tables.tuples(statement, **values)]


def _ambiguity(name: str, found: Sequence[Erasure]) -> str:
    lines = [f"  {each.article_id}  erased on {each.erased_at[:10]}" for each in found[:MOST_SHOWN]]
    more = ["  …"] if len(found) > MOST_SHOWN else []
    return "\n".join([f"{name!r} fits several articles; write more of the id:", *lines, *more])
