"""Stores a batch of Appends in SQLite by few statements: each step of one costs a turn of Python's lock."""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import TypeVar

import msgspec

from presslog.store.errors import KeyReused
from presslog.store.log import Append, Conflict, Receipt, Stored, runs
from presslog.store.sqlite import Connection

from .memory import same_events

COLUMNS = 'position, stream, key, "index", recorded_at, id, type, data, meta'
TOGETHER = (64, 8, 2, 1)
"""So many rows go into one statement: few texts, each of which SQLite parses once."""

HELD = {
    size: f"""
    select
      (select ifnull(max(seq), 0) from sqlite_sequence where name = 'events'),
      json_group_array(json_array(
        (select max(position) from events where stream = column1),
        (select min(position) from events where stream = column1 and key = column2)))
    from (values {", ".join(["(?, ?)"] * size)})"""
    for size in TOGETHER
}
"""The last position that was given, also where somebody has taken its event away, and what is held of some Appends."""
INSERT = {
    size: f"insert into events ({COLUMNS}) values {', '.join(['(?, ?, ?, ?, ?, ?, ?, ?, ?)'] * size)}"
    for size in TOGETHER
}
LAST = "(select max(position) from events where stream = ?)"
KNOWN = f'select {COLUMNS} from events where stream = ? and key = ? order by "index"'

NEWEST = {size: f"select {COLUMNS} from events where position in ({', '.join([LAST] * size)})" for size in TOGETHER}

Held = tuple[int | None, int | None]
"""The last position of a stream, and the first of a key in it."""
Row = tuple[object, ...]
T = TypeVar("T")

_decode = msgspec.json.Decoder(list[Held]).decode


def store(writer: Connection, batch: Sequence[Append], recorded_at: float) -> list[Receipt | Conflict]:
    """Store each Append in the transaction that is open, as the port says; answers in the order asked.

    Raises:
        KeyReused: the stream holds other events under a key; the transaction has to be rolled back.
    """
    return [answer for run in runs(batch) for answer in _store_run(writer, run, recorded_at)]


def _store_run(writer: Connection, run: Sequence[Append], recorded_at: float) -> Iterator[Receipt | Conflict]:
    rows: list[Row] = []
    head, held = _held(writer, run)
    for append, (last, first) in zip(run, held, strict=True):
        if first:
            yield _repeated(writer, append)
        elif append.expected not in (None, last or 0):
            yield Conflict(last or 0)
        else:
            envelope = append.stream, append.key
            rows += ((head + 1 + n, *envelope, n, recorded_at, *event) for n, event in enumerate(append.events))
            yield Receipt(head + 1, head + len(append.events), repeated=False)
            head += len(append.events)
    _insert(writer, rows)


def newest(reader: Connection, streams: Sequence[str]) -> Iterator[Row]:
    """The newest row of each of these streams that exist."""
    for some in _together(streams):
        yield from reader.execute(NEWEST[len(some)], some)


def _held(writer: Connection, batch: Sequence[Append]) -> tuple[int, list[Held]]:
    head, held = 0, list[Held]()
    for appends in _together(batch):
        asked = [word for append in appends for word in (append.stream, append.key)]
        head, found = writer.execute(HELD[len(appends)], asked).fetchone()
        held += _decode(found)
    return head, held


def _insert(writer: Connection, rows: Sequence[Row]) -> None:
    for some in _together(rows):
        writer.execute(INSERT[len(some)], list(chain.from_iterable(some)))


def _repeated(writer: Connection, append: Append) -> Receipt:
    held = [Stored._make(row) for row in writer.execute(KNOWN, (append.stream, append.key))]
    if not same_events(append.events, held):
        raise KeyReused(f"{append.stream} holds other events under key {append.key}")
    return Receipt(held[0].position, held[-1].position, repeated=True)


def _together(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    start = 0
    for size in TOGETHER:
        while len(rows) - start >= size:
            yield rows[start : start + size]
            start += size
