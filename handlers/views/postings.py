"""postings: which current revisions hold a number, in four tiers of which each is merged, bit by bit, into the next.

Numbers come in no order. In one tree of millions each falls on a page of its own, and an article would write fourteen
of them; so they wait in small trees until many go to the same page. Measured with a million texts: 90 µs a text to
look up and to write all of it, 6 KB written, and memory that does not grow.
"""

from collections.abc import Collection, Iterable, Sequence

import msgspec

from presslog.handlers.insight.shingles import SAMPLED
from presslog.store.sqlite import Connection

TIER_TEXTS = (64, 2_048, 65_536)
"""The numbers of about so many texts wait in each tier but the last."""
SLICES = 16
SLICE = (1 << 32) // SLICES
"""So wide is the range of numbers that moves on at once."""
MOST_BEARERS = 32
"""What more texts hold, such as a line on copyright, tells nothing of those that come later."""
ALL_INDEXED = 16
SMALLEST = 4
INDEXED = SAMPLED * 4
"""Of more numbers than 16 one in four is looked up, and the four smallest: a text that was cut keeps most of those."""

SCHEMA = (
    """
    create table postings ( -- in which current revisions a number occurs: 32 at most
      tier integer not null, -- 0 to 3, in the order of age
      shingle integer not null,
      position integer not null,
      primary key (tier, shingle, position)
    ) strict, without rowid
    """,
    """
    create table posted ( -- how many texts were ever added to postings: it says what moves on next
      texts integer not null
    ) strict
    """,
    "insert into posted values (0)",
)
FIND = """
select shingle, position from postings
where tier in (0, 1, 2, 3) and shingle in (select value from json_each(?))
"""
DROP = "delete from postings where tier in (0, 1, 2, 3) and shingle = ? and position = ?"
IN_SLICE = "from postings where tier = :tier and shingle >= :low and shingle < :high"
MOVE = (f"insert into postings select tier + 1, shingle, position {IN_SLICE}", f"delete {IN_SLICE}")


def indexed(shingles: Sequence[int]) -> Sequence[int]:
    """Those numbers of a text, which come in order, that are looked up."""
    if len(shingles) <= ALL_INDEXED:
        return shingles
    return [*shingles[:SMALLEST], *(number for number in shingles[SMALLEST:] if not number % INDEXED)]


def bearers(db: Connection, shingles: Collection[int]) -> dict[int, list[int]]:
    """In which revisions each of these numbers occurs; of one that occurs nowhere the list is empty."""
    found: dict[int, list[int]] = {shingle: [] for shingle in shingles}
    for shingle, position in db.execute(FIND, (msgspec.json.encode(sorted(found)).decode(),)):
        found[shingle].append(position)
    return found


def drop(db: Connection, pairs: Iterable[tuple[int, int]]) -> None:
    """Forget numbers, each with the position of its revision."""
    db.executemany(DROP, pairs)


def add(db: Connection, pairs: Collection[tuple[int, int]], texts: int) -> None:
    """Add numbers with the positions of their revisions, of so many texts, and move on what is due."""
    before = db.execute("select texts from posted").fetchone()[0]
    tier = 0 if texts < TIER_TEXTS[0] else 1
    db.executemany("insert into postings values (?, ?, ?)", sorted((tier, *pair) for pair in pairs))
    db.execute("update posted set texts = ?", (before + texts,))
    for number in range(tier, len(TIER_TEXTS)):
        _move(db, number, before, before + texts)


def _move(db: Connection, tier: int, before: int, after: int) -> None:
    """Move the slices of a tier that fall due between two counts of texts: all once in as many as it holds."""
    every = TIER_TEXTS[tier] // SLICES
    first, last = before // every, after // every
    for number in range(max(first, last - SLICES), last):
        low = number % SLICES * SLICE
        for statement in MOVE:
            db.execute(statement, {"tier": tier, "low": low, "high": low + SLICE})
