"""Which revisions hold the words of a query: those of the index of words, and those of the index of pairs."""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from .query import Query
from .tables import Tables

WORDS, PAIRS = "revisions_fts", "revisions_grams"
NOT_IN_PAIRS = f"not exists (select 1 from revisions_grams_docsize where id = {WORDS}.rowid)"
HELD = """
select rowid from {index}
where {index} match :match and {also} and rowid in (select value from json_each(:positions))
"""
TEXTS = "select position, title, text from main.revisions where position in (select value from json_each(:positions))"
HOLDING = "select rowid from {index} where {index} match :match_{number} and {also}{within}"


class Index(NamedTuple):
    """A full-text table, what it is asked, and a condition on its rows."""

    name: str
    match: str
    also: str


def indexes(query: Query, tables: Tables) -> tuple[Index, ...]:
    """What to ask which index; none where a query has filters only.

    A revision in the index of pairs is judged by it alone.
    """
    words = Index(WORDS, query.match, _until(WORDS, tables))
    if not query.grams:
        return (words,) if query.match else ()
    paired = Index(PAIRS, query.grams, _until(PAIRS, tables))
    return (paired, words._replace(also=f"{words.also} and {NOT_IN_PAIRS}")) if query.match else (paired,)


def _until(index: str, tables: Tables) -> str:
    """What came later is not even looked up: an index gives the newest first."""
    return "true" if tables.as_of is None else f"{index}.rowid <= {tables.as_of}"


def holding(query: Query, tables: Tables, *, within: str = "") -> tuple[str, dict[str, str]]:
    """A select of the revisions that hold the words of a query, by their positions, and what it binds.

    ``within`` is a further condition on ``rowid``. Both are empty where a query has filters only.
    """
    asked = indexes(query, tables)
    also = f" and {within}" if within else ""
    selects = [
        HOLDING.format(index=index.name, number=number, also=index.also, within=also)
        for number, index in enumerate(asked)
    ]
    return " union all ".join(selects), {f"match_{number}": index.match for number, index in enumerate(asked)}


def held(tables: Tables, query: Query, positions: Sequence[int]) -> set[int]:
    """Those of some revisions that hold the words of a query."""
    some = msgspec.json.encode(positions).decode()
    return {
        position
        for index in indexes(query, tables)
        for (position,) in tables.tuples(
            HELD.format(index=index.name, also=index.also), match=index.match, positions=some
        )
    }
