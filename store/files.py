"""The state of every file that came: the rows of the view `files`, and before them what waits in intake.db."""

import heapq
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from .names import escape_path, path_bytes, unescape_path
from .queries import waiting_rows
from .sqlite import connect_readonly
from .tables import Row, Tables
from .times import utc_text

STATES = ("waiting", "read", "refused", "copy", "removed")

MOST_HELD = 10_000
"""Asking intake.db about each of a million files takes 15 s; so many paths take 1 MB."""

ROWS = """
select outcome as state, feed || '/' || path as path, code, reason, copy_of, article_id, since_at, null as attempts,
  article_count, unread_count, copy_count, format, size_bytes, sha256, modified_at, received_at, first_position,
  last_position
from files where {which} {state} order by last_position desc
"""


KEYS = (
    "state",
    "path",
    "code",
    "reason",
    "copy_of",
    "article_id",
    "since_at",
    "attempts",
    "article_count",
    "unread_count",
    "copy_count",
    "format",
    "size_bytes",
    "sha256",
    "modified_at",
    "received_at",
    "first_position",
    "last_position",
)
"""The columns of ROWS: a file that was never read before it waits has them too."""


class Which(NamedTuple):
    """Which files are asked for: a condition in SQL with its values, and the same of a waiting file's path."""

    condition: str
    values: dict[str, str]
    fits: Callable[[str], bool]


EVERY = Which("true", {}, lambda path: True)  # noqa: ARG005  the question has a path


def part(text: str) -> Which:
    """Files whose feed/path contains a text, as it is printed or, byte for byte, as the disk has it."""
    escaped = escape_path(path_bytes(text))
    printed = text if is_printed(text) else escaped
    condition = "(instr(feed || '/' || path, :printed) > 0 or instr(feed || '/' || path, :escaped) > 0)"
    return Which(condition, {"printed": printed, "escaped": escaped}, lambda path: printed in path or escaped in path)


def is_printed(text: str) -> bool:
    """Whether a text can be what presslog printed: an argument of a command may hold bytes that are no UTF-8."""
    return text.isascii() or text == text.encode("utf-8", "replace").decode()


def one(feed: str, path: str) -> Which:
    """The file of that escaped path."""
    return Which("feed = :feed and path = :path", {"feed": feed, "path": path}, f"{feed}/{path}".__eq__)


def below(feed: str, folder: str) -> Which:
    """Files of a feed below an escaped folder; all of them where it is empty."""
    start = f"{folder}/" if folder else ""
    # The plus keeps SQLite from the index by feed: then it would sort all rows before it gives the first.
    condition = "+feed = :feed and substr(path, 1, length(:start)) = :start"
    return Which(condition, {"feed": feed, "start": start}, lambda path: path.startswith(f"{feed}/{start}"))


class Files:
    """The open views and intake.db of a store; a row is fetched as it is asked for, however many there are."""

    def __init__(self, folder: Path) -> None:
        """Open both; NoSuchStore where there are no views. Without an intake.db nothing waits."""
        self._tables = Tables(folder)
        intake = folder / "intake.db"
        self._intake = connect_readonly(intake) if intake.exists() else None

    def __enter__(self) -> "Files":
        return self

    def __exit__(self, *_: object) -> None:
        self._tables.close()
        if self._intake:
            self._intake.close()

    def listed(self, which: Which = EVERY, states: Sequence[str] = STATES) -> Iterator[Row]:
        """Files with their states: those that wait, the longest first, then the others, the newest first.

        A file that waits is listed once, with the article of an earlier version of it.
        """
        if "waiting" in states:
            yield from self._waiting(which)
        known = [state for state in STATES[1:] if state in states]
        if len(known) == len(STATES) - 1:
            rows = self._known(which, "", "")
        else:
            # Each state by its own index: a few refused files among a million are found at once.
            each = [self._known(which, "and outcome = :state", state) for state in known]
            rows = heapq.merge(*each, key=lambda row: -row["last_position"])
        waits = self._held() or self._waits
        yield from (row for row in rows if not waits(row["path"]))

    def unread_parts(self, sha256: str) -> Iterator[Row]:
        """What was left unread of a content: the first parts, each with place, code and reason."""
        statement = "select place, code, reason from unread_parts where sha256 = :sha256 order by number"
        return self._tables.rows(statement, sha256=sha256)

    def _held(self) -> Callable[[str], bool] | None:
        """Whether a path waits, from memory; None where too many wait to hold them there."""
        if self._intake is None:
            return set[str]().__contains__
        held = {row["path"] for row in islice(waiting_rows(self._intake), MOST_HELD + 1)}
        return held.__contains__ if len(held) <= MOST_HELD else None

    def _waiting(self, which: Which) -> Iterator[Row]:
        if self._intake is None:
            return
        for waits in waiting_rows(self._intake):
            if which.fits(waits["path"]):
                feed, _, path = waits["path"].partition("/")
                known = next(self._known(one(feed, path), "", ""), dict.fromkeys(KEYS))
                yield known | waits | {"state": "waiting", "since_at": utc_text(waits["since_at"])}

    def _known(self, which: Which, state: str, name: str) -> Iterator[Row]:
        values = which.values | ({"state": name} if state else {})
        return self._tables.rows(ROWS.format(which=which.condition, state=state), **values)

    def _waits(self, path: str) -> bool:
        if self._intake is None:
            return False
        feed, _, below_it = path.partition("/")
        folder, _, name = unescape_path(below_it).rpartition(b"/")
        query = "select 1 from files where feed = ? and folder = ? and name = ? and state = 'waiting'"
        return self._intake.execute(query, (feed, folder, name)).fetchone() is not None
