"""Cursors: how far the hits of a saved search were delivered, one file for each search and kind of delivery.

They stand in the store, in ``watches/NAME.KIND.json``: a file of its own for each kind, as each has its own writer.
"""

from pathlib import Path

import msgspec

from .errors import StorageFailed, StoreLocked, StoreUnsafe
from .lock import WriterLock, owner
from .opening import id_at
from .whole import write_whole

FOLDER = "watches"


class Cursor(msgspec.Struct, frozen=True, omit_defaults=True):
    """All up to a position of that log was delivered, last at a time in seconds since 1970; 0: never.

    ``event_id`` is the event there: a log that was restored from a backup has the same id, and other events.
    """

    position: int
    log_id: str = ""
    delivered_at: float = 0
    event_id: str = ""


class CursorFile:
    """Where the cursor of a search for one kind of delivery is kept."""

    def __init__(self, store: Path, name: str, kind: str) -> None:
        self._store = store
        self.path = store / FOLDER / f"{name}.{kind}.json"
        self._what = f"{name} ({kind})"

    def lock(self) -> WriterLock:
        """Be the only one that delivers these hits.

        Raises:
            StoreLocked: another process does; the message names its pid.
        """
        name = self.path.with_suffix(".lock").name
        try:
            return WriterLock(self.path.parent, name)
        except StoreLocked as error:
            pid = owner(self.path.parent, name)
            raise StoreLocked(
                f"the search {self._what} is watched already by pid {pid or 'unknown'}: stop that one first, or "
                "save the search under a second name"
            ) from error

    def read(self) -> Cursor | None:
        """The cursor; None where nothing was delivered yet.

        Raises:
            StoreUnsafe: the file is no cursor.
        """
        try:
            return msgspec.json.decode(self.path.read_bytes(), type=Cursor)
        except FileNotFoundError:
            return None
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise StoreUnsafe(
                f"{self.path} is no cursor ({error}): say where to begin with --after POSITION"
            ) from error
        except OSError as error:
            raise StorageFailed(f"{self.path} cannot be read: {error.strerror}; check its rights") from error

    def fits(self, cursor: Cursor, log_id: str) -> bool:
        """Whether the log of this store, which has this id, is the one that the cursor stands in."""
        if cursor.log_id != log_id or not cursor.position:
            return cursor.log_id == log_id
        found = id_at(self._store, cursor.position)
        # A cursor of an older presslog knows only the position, which must be there at least.
        return found == cursor.event_id if cursor.event_id else bool(found)

    def write(self, cursor: Cursor) -> None:
        """Remember durably how far it is, and at which event."""
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise StorageFailed(f"{self.path.parent} cannot be made: {error.strerror}; check the rights") from error
        cursor = msgspec.structs.replace(cursor, event_id=id_at(self._store, cursor.position))
        write_whole(self.path, msgspec.json.encode(cursor) + b"\n")
