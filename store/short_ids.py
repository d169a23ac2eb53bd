"""Short ids: as much of each as tells it from all others of a store."""

from collections.abc import Collection

import msgspec

from .tables import Tables

LEAST_LETTERS = len("art_") + 8
"""Of a store of a million articles so many letters fit one id in all but one case of a million."""
NEIGHBOURS = """
select value,
  (select max(article_id) from main.revisions where article_id < value),
  (select min(article_id) from main.revisions where article_id > value)
from json_each(:ids)
"""


def id_letters(tables: Tables, ids: Collection[str]) -> int:
    """How many letters of these ids are enough to name each; what came after the moment of the answer counts too."""
    if not ids:
        return LEAST_LETTERS
    rows = tables.tuples(NEIGHBOURS, ids=msgspec.json.encode(list(ids)).decode())
    shared = (_shared(one, other) for one, *others in rows for other in others if other)
    return max(LEAST_LETTERS, 1 + max(shared, default=0))


def _shared(one: str, other: str) -> int:
    """How many letters two ids begin with alike."""
    return next((number for number, pair in enumerate(zip(one, other, strict=False)) if len(set(pair)) > 1), len(one))
