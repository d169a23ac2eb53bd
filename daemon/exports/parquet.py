"""The form ``parquet``: typed columns for analysts; lists are lists, and a day stays the text that it is."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import BinaryIO

import pyarrow as pa
from pyarrow import parquet

from presslog.store.tables import Row

ROW_GROUP_ROWS = 2_000
ROW_GROUP_LETTERS = 16 << 20
"""What is held in memory at once, whichever comes first: an article may be as long as it likes."""

_MOMENT = pa.timestamp("ms", tz="UTC")
_SUBJECT = pa.struct([("code", pa.string()), ("name", pa.string())])
TYPES = {
    **dict.fromkeys(("revision", "revision_count", "version", "word_count", "urgency"), pa.int32()),
    **dict.fromkeys(("first_position", "last_position", "head_position"), pa.int64()),
    **dict.fromkeys(("authors", "keywords"), pa.list_(pa.string())),
    **dict.fromkeys(("first_seen_at", "last_seen_at"), _MOMENT),
    "language_confidence": pa.float64(),
    "subjects": pa.list_(_SUBJECT),
}
"""Columns that are no text. What presslog saw is exact; what a publisher says is as precise as they say it."""


def write_parquet(rows: Iterable[Row], names: Sequence[str], file: BinaryIO) -> int:
    """Write rows with these columns in row groups of some thousand, and return how many there were."""
    schema = pa.schema([(name, TYPES.get(name, pa.string())) for name in names])
    count = 0
    with parquet.ParquetWriter(file, schema, compression="zstd") as writer:
        for group in _groups(rows):
            writer.write_batch(pa.RecordBatch.from_pylist(group, schema=schema), row_group_size=len(group))
            count += len(group)
    return count


def _groups(rows: Iterable[Row]) -> Iterator[list[Row]]:
    group: list[Row] = []
    letters = 0
    for row in rows:
        group.append(row | {name: _moment(row[name]) for name, kind in TYPES.items() if kind is _MOMENT})
        letters += len(row["text"])
        if len(group) >= ROW_GROUP_ROWS or letters >= ROW_GROUP_LETTERS:
            yield group
            group, letters = [], 0
    if group:
        yield group


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
