"""Backups for tests: a store with a notary, what it holds, and makers that never look at a real clock."""

import hashlib
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from archives import NOON
from examples import an_append, an_event
from notaries import caught_up

from presslog.store.backup import Maker, back_up
from presslog.store.engines.sqlite import SqliteLog
from presslog.store.events import Meta, salted
from presslog.store.keys import signer_of
from presslog.store.log import Stored
from presslog.store.notary import Notary
from presslog.store.opening import open_log
from presslog.store.restore import Restored, Wish, restore
from presslog.store.shelf import Backup

LAST = 1 << 62
META = Meta(host="desk", version="0.1.0", actor="operator:ann")


def filled(store: Path, count: int, *, begin: int = 0, is_signed: bool = True) -> None:
    """Append so many events, each naming an original of its own, and let the notary sign them."""
    with closing(SqliteLog(store, now=lambda: NOON + begin)) as log:
        signer = signer_of(store, log) if is_signed else None
        blobs = [f"original {number}".encode() * 50 for number in range(begin, begin + count)]
        data = [b'{"digest":"%s"}' % hashlib.sha256(blob).hexdigest().encode() for blob in blobs]
        log.append(
            [an_append(events=[an_event(each, meta=salted(META))], stream="notes") for each in data], blobs=blobs
        )
        if signer:
            with closing(Notary(store, log, signer)) as notary:
                caught_up(notary)


def stored(store: Path) -> list[Stored]:
    """Every event of a log."""
    with closing(open_log(store)) as log:
        return log.read(0, LAST)


def backed_up(store: Path, folder: Path, *, at: float = NOON) -> Backup:
    """A backup that is made at a time."""
    return back_up(store, folder, Maker("0.1.0", now=lambda: at))


def restored(store: Path, backup: Path, wish: Wish = Wish()) -> Restored:  # noqa: B008  it never changes
    return restore(store, backup, wish, META, now=datetime.fromtimestamp(NOON, UTC))


def flipped(path: Path, offset: int) -> None:
    """Change one bit of a file."""
    with path.open("r+b") as file:
        file.seek(offset)
        byte = file.read(1)[0]
        file.seek(offset)
        file.write(bytes([byte ^ 1]))


def originals(store: Path, events: list[Stored]) -> list[bytes]:
    """The originals that these events name, each verified by its digest."""
    read: Callable[[str], bytes]
    with closing(open_log(store)) as log:
        read = log.blobs.get
        return [read(event.data[11:75].decode()) for event in events if event.data.startswith(b'{"digest"')]
