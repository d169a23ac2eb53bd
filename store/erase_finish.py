"""The end of an erasure: what was erased leaves the log's free pages, its WAL and the views; killed, it is resumed.

``erasing.json`` in the store says which articles are not done with, from before the order is given until all is proved.
"""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import msgspec

from .candidate import Watch
from .erase_traces import LOG, Samples, empty_wal, files_of, living, search, write_anew
from .errors import StoreLocked, StoreUnsafe
from .generation import View
from .insight import insight_folder
from .links import remove, remove_copies, remove_retired, unfinished
from .lock import WriterLock, owner
from .log import EventLog
from .opening import address_of
from .rebuild import locked
from .views import Views
from .whole import write_whole

NAME = "erasing.json"
LOCK = "erase.lock"


class Erasing(msgspec.Struct, frozen=True):
    """Articles whose traces may still be in the store; in its views only, where the log ``is_clean``.

    ``is_unknown`` says that there are some whose words nobody knows any more, so that no sample can prove anything.
    """

    articles: tuple[str, ...] = ()
    is_clean: bool = False
    is_unknown: bool = False


class Proof(NamedTuple):
    """How many samples were looked for in how many files, and what came of it.

    They stand rightly in the ``shared`` places, which are no part of the article; files in which there are others are
    ``left``. ``is_rewritten`` says that log.db was written anew from its rows.
    """

    samples: int
    files: int
    size_bytes: int
    shared: tuple[str, ...]
    left: tuple[str, ...]
    is_rewritten: bool


NO_PROOF = Proof(0, 0, 0, (), (), is_rewritten=False)


def lock(folder: Path) -> WriterLock:
    """Be the only one that erases in this store; StoreLocked names who else does."""
    try:
        return WriterLock(folder, LOCK)
    except StoreLocked as error:
        raise StoreLocked(f"pid {owner(folder, LOCK)} is erasing in {folder}: wait for its end") from error


def unproved(folder: Path) -> Erasing:
    """What was begun and is not proved to be gone."""
    path = folder / NAME
    try:
        return msgspec.json.decode(path.read_bytes(), type=Erasing)
    except FileNotFoundError:
        return Erasing()
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise StoreUnsafe(f"{path} is damaged ({error}): delete it, and erase the article again") from error


def note(folder: Path, erasing: Erasing) -> None:
    """Remember durably what is not done with; nothing, where that is none."""
    if erasing.articles:
        write_whole(folder / NAME, msgspec.json.encode(erasing))
    else:
        (folder / NAME).unlink(missing_ok=True)


def begin(folder: Path, identifier: str) -> None:
    """Remember that an article is going to be erased; what was begun before it can only be finished blindly."""
    before = unproved(folder)
    is_unknown = before.is_unknown or (bool(before.articles) and not before.is_clean)
    note(folder, Erasing(tuple(dict.fromkeys([*before.articles, identifier])), is_unknown=is_unknown))


def finish(
    folder: Path,
    views: Sequence[View],
    log: EventLog,
    samples: Samples,
    watch: Watch,
    *,
    insights: Sequence[View] = (),
) -> Proof:
    """Clean the log, make the views anew, and look for the samples: of an article whose words are gone there are none.

    What a server keeps it cleans itself; the samples are looked for in the files of this host. ``insights`` are the
    views of what articles say, which are made anew where any of them are there.

    Raises:
        LogUnavailable: readers hold up the log, or the views move too fast; finish again.
        StorageFailed: there is no room for the views, or for a log that must be written anew.
    """
    erasing = unproved(folder)
    is_unknown = erasing.is_unknown or not samples.all
    has_file = not address_of(folder)
    is_rewritten = has_file and not erasing.is_clean and _clean(folder, log, samples.all, watch, is_unknown=is_unknown)
    note(folder, Erasing(erasing.articles, is_clean=True))
    make_views_anew(folder, views, log, watch)
    if insight_folder(folder).exists():
        make_views_anew(insight_folder(folder), insights, log, watch)
    searched = search(files_of(folder), samples.all)
    shared = living(folder, log, searched.found)
    left = {path for sample, paths in searched.found.items() if sample not in shared for path in paths}
    return Proof(
        len(samples.all),
        searched.files,
        searched.size_bytes,
        tuple(sorted(set(shared.values()))),
        tuple(sorted(str(Path(path).relative_to(folder)) for path in left)),
        is_rewritten,
    )


def _clean(folder: Path, log: EventLog, samples: Sequence[bytes], watch: Watch, *, is_unknown: bool) -> bool:
    """Leave no trace in log.db; whether it had to be written anew for that."""
    empty_wal(folder)
    if not is_unknown and not _stale(folder, log, samples):
        return False
    watch.told("log.db is written anew: old pages of it may hold traces")
    write_anew(folder)
    if _stale(folder, log, samples):
        raise StoreUnsafe(f"{folder / LOG} still holds what was erased: keep it to yourself, and report this")
    return True


def _stale(folder: Path, log: EventLog, samples: Sequence[bytes]) -> bool:
    found = search([folder / LOG], samples).found
    return bool(found.keys() - living(folder, log, found).keys())


def make_views_anew(folder: Path, views: Sequence[View], log: EventLog, watch: Watch) -> None:
    """Make all views from the log as it is now, and delete every older file of them, also one that was not finished."""
    with closing(Views(folder, views, log)) as made:
        if made.open_serving():
            made.catch_up()
        with locked(folder):
            remove_copies(folder)
            for path in unfinished(folder):
                remove(path)
        made.rebuild(watch.progress, told=watch.told)
    with locked(folder):
        remove_retired(folder)
