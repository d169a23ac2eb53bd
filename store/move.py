"""Moves the log of a store into another engine: positions, ids, keys and hashes stay, and all that is beside it.

The store stays on its log until the other one is whole and verified. Killed anywhere, the same move goes on.
"""

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from .candidate import Progress, ignore_progress
from .engines.moving import mover
from .errors import BadQuery, StoreUnsafe
from .leaf import leaf
from .lock import WriterLock
from .log import EventLog
from .move_check import Check
from .move_copy import copy
from .move_switch import carry_signed, move_in, move_out, put_aside
from .opening import FILE, MOVING, address_of, noted, open_log
from .receiver import Receiver
from .switch import finish

MAY_BE_THERE = ("writer.lock", MOVING, FILE, f"{FILE}-wal", f"{FILE}-shm", "notary.db", "checkpoint")
"""What a copy that was made, or begun, has in its folder."""


class Moved(NamedTuple):
    """A log up to ``position`` that is whole at its new ``place``.

    ``blobs`` were brought over by this call. ``engine`` is what the settings call it, and ``left`` the file of the old
    log, where it was one.
    """

    log_id: str
    position: int
    blobs: int
    place: str
    engine: str
    is_copy: bool
    left: Path | None


class _Target(NamedTuple):
    """Where a log is to go; ``folder`` is that of the store which gets it."""

    engine: str
    folder: Path
    is_copy: bool

    @property
    def name(self) -> str:
        """What other hosts are told."""
        return self.engine if "://" in self.engine else f"{self.folder} on {socket.gethostname()}"


def move(store: Path, to: str, *, is_copy: bool = False, progress: Progress = ignore_progress) -> Moved:
    """Bring the log of a store to an address or into a folder, verify it there, and have the store go on with it.

    With ``is_copy`` the store stays with its own.

    Raises:
        StoreLocked: a presslog writes the store.
        BadQuery: the log is there already, or the folder holds something else.
        StoreUnsafe: another log is there, or what arrived is not what was sent; the store stays with its log.
        ConfigError: an engine is unknown here, or cannot be moved into or away from.
        LogUnavailable: a server does not answer; move again.
    """
    target = _target(store, to, is_copy=is_copy)
    with WriterLock(store):
        finish(store)
        if not is_copy:
            mover(address_of(store) or "sqlite")
        if address_of(store) == target.engine and not is_copy:
            return _completed(store, target)
        with closing(open_log(store)) as source, _received(source, store, target) as receiver:
            blobs = _bring(source, store, target, receiver, progress)
            position, left = receiver.log.head(), _switch(source, store, target, receiver)
        return Moved(source.log_id, position, blobs, receiver.place, target.engine, is_copy, left)


def _target(store: Path, to: str, *, is_copy: bool) -> _Target:
    if "://" in to:
        return _Target(to, store, is_copy)
    folder = Path(to).expanduser().absolute()
    is_home = folder.resolve() == store.resolve()
    if is_home and (is_copy or not address_of(store)):
        raise BadQuery(f"{folder} is the store itself: name an address, or with --copy another folder")
    if not is_home and not is_copy:
        raise BadQuery(
            f"{folder} is another folder than the store: --copy makes a copy of the log there; "
            f"a log on a server comes home with --to {store}, and a whole store moves like any folder"
        )
    if not is_home and folder.exists():
        strange = sorted(path.name for path in folder.iterdir() if path.name not in MAY_BE_THERE)
        if strange:
            raise BadQuery(f"{folder} is not empty ({strange[0]}): name an empty folder, or one that is not there yet")
    return _Target("sqlite", store if is_home else folder, is_copy)


@contextmanager
def _received(source: EventLog, store: Path, target: _Target) -> Iterator[Receiver]:
    with ExitStack() as stack:
        if target.folder != store:
            stack.enter_context(WriterLock(target.folder))
        receiver = mover(target.engine).receive(target.engine, target.folder, source.log_id)
        stack.callback(receiver.close)
        _refuse_other(source, receiver)
        if receiver.is_finished and receiver.is_at(address_of(store)):
            raise BadQuery(f"{receiver.place} is where the log of {store} is: name another place")
        yield receiver


def _refuse_other(source: EventLog, receiver: Receiver) -> None:
    """Raise StoreUnsafe unless the source goes on from what was received, by the last event there."""
    mine, place = receiver.log, receiver.place
    if mine.log_id != source.log_id:
        raise StoreUnsafe(f"{place} holds the log {mine.log_id}, and this is {source.log_id}: name an empty place")
    head = mine.head()
    if head:
        [last], found = mine.read(head - 1, 1), source.read(head - 1, 1)
        if not found or (found[0].position, found[0].id, leaf(found[0])) != (head, last.id, leaf(last)):
            raise StoreUnsafe(f"{place} holds another event #{head} than this log: name an empty place")
    if receiver.is_finished and head != source.head():
        raise StoreUnsafe(
            f"a move to {place} was finished at #{head}, and this log has grown to #{source.head()} since: "
            "name an empty place"
        )


def _bring(source: EventLog, store: Path, target: _Target, receiver: Receiver, progress: Progress) -> int:
    """Copy and verify until nothing is left, and nothing more can come; how many blobs were brought."""
    if target.folder != store:
        carry_signed(store, target.folder)
    check, blobs = Check(source, receiver, store), 0
    for is_sealed in (False, True):
        if is_sealed and not target.is_copy and "://" in (address := address_of(store)):
            mover(address).seal(address, target.name)
        head = source.head()
        if receiver.log.head() < head:
            blobs += copy(source, receiver, head, _part(progress, 0, 2 * head))
        check.through(head, _part(progress, head, 2 * head))
    check.finish()
    return blobs


def _part(progress: Progress, before: int, total: int) -> Callable[[int], None]:
    return lambda done: progress(before + done, total)


def _switch(source: EventLog, store: Path, target: _Target, receiver: Receiver) -> Path | None:
    """Have the store go on with what was received; the old file of its log, where it was one."""
    if target.is_copy:
        receiver.finish()
        return None
    if "://" not in target.engine:
        receiver.finish()
        move_in(store)
        return None
    source.close()
    move_out(store, target.engine, source.log_id)
    receiver.finish()
    return put_aside(store)


def _completed(store: Path, target: _Target) -> Moved:
    """The end of a move that was killed when the store had just been told where its log is now."""
    log_id, is_file_left = noted(store)[1], (store / FILE).exists()
    with closing(mover(target.engine).receive(target.engine, store, log_id)) as receiver:
        if receiver.log.log_id != log_id:
            raise StoreUnsafe(f"{receiver.place} holds another log than {store} belongs to: put log.url right")
        if receiver.is_finished and not is_file_left:
            raise BadQuery(f"the log of {store} is at {target.engine} already: nothing is left to be moved")
        receiver.finish()
        position, place = receiver.log.head(), receiver.place
        return Moved(log_id, position, 0, place, target.engine, is_copy=False, left=put_aside(store))
