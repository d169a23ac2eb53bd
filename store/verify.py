"""Verifies a store: its files, every event and its hash, every checkpoint, every original, and the views.

One pass over the events, and beside it one over the originals; memory does not grow with the archive.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from .candidate import Progress, ignore_progress
from .check_beside import SMALL_BYTES, Beside, Elsewhere, check_elsewhere, check_here, check_originals
from .check_log import Kept, Passed, Wanted, check_log
from .check_views import check_rows, check_views
from .errors import NoSuchStore
from .findings import Finding, Findings
from .generation import View
from .insight import insight_folder
from .log import EventLog
from .opening import FILE, address_of, has_log, open_log

__all__ = ["Checked", "Kept", "Report", "Wanted", "verify"]

NOT_BUILT = "not built yet"
CHECKS = ("files", "log", "tree", "notes", "blobs", "views")


class Checked(NamedTuple):
    """What a check looked at, in words that are true where ``is_good``."""

    check: str
    is_good: bool
    what: str


class Report(NamedTuple):
    """A verification: a line for each check, and what is wrong, the first bad position first.

    ``finding_count`` counts findings that were left out as well.
    """

    checked: tuple[Checked, ...]
    findings: tuple[Finding, ...]
    finding_count: int


def verify(
    folder: Path,
    wanted: Wanted,
    *,
    views: Sequence[View] = (),
    insights: Sequence[View] = (),
    progress: Progress = ignore_progress,
) -> Report:
    """Verify the store in a folder, also beside whoever writes it.

    A log that a server keeps is asked for its events and the originals that they name; the files are those of this
    host. The rows of ``views`` and ``insights`` are compared with what the log makes of them, which takes as long as a
    rebuild.

    Raises:
        NoSuchStore: there is no log.
        NotProven: a checkpoint that was given is none.
        LogUnavailable, StoreLocked: the store is busy, or the log's server does not answer.
        ConfigError: a package is missing that the log needs.
    """
    if not has_log(folder):
        raise NoSuchStore(f"there is no log in {folder}: name the store, --store DIR")
    wanted.refuse_nonsense()
    found, tally = Findings(), _Tally(progress)
    words: dict[str, str] = {}
    with _beside(folder, found, tally, is_whole=not wanted.since) as wait:
        with found.reading("log"), closing(open_log(folder)) as log:
            words |= _events(folder, log, wanted, found, tally)
            said = _views(folder, log, views, found, progress)
            further = _views(insight_folder(folder), log, insights, found, progress)
            words["views"] = f"{said}; of what articles say {further}" if further != NOT_BUILT else said
        beside = wait()
    words |= beside.words
    if "blobs" not in words:
        words["blobs"] = _originals(beside.originals)
    bad = {finding.check for finding in found.in_order}
    lines = tuple(Checked(check, check not in bad, words.get(check, "")) for check in CHECKS)
    return Report(lines, tuple(found.in_order), found.count)


@contextmanager
def _beside(folder: Path, found: Findings, tally: "_Tally", *, is_whole: bool) -> Iterator[Callable[[], Beside]]:
    """What is checked beside the events; the answer is waited for."""
    if address_of(folder):
        there = check_elsewhere(folder, found)
        yield lambda: there
    elif (folder / FILE).stat().st_size < SMALL_BYTES:
        here = check_here(folder, found, tally.originals, is_whole=is_whole)
        yield lambda: here
    else:
        with Elsewhere(folder, is_whole=is_whole) as other:
            yield lambda: other.wait(found, tally.originals)


def _events(folder: Path, log: EventLog, wanted: Wanted, found: Findings, tally: "_Tally") -> dict[str, str]:
    passed = check_log(folder, log, wanted, found, tally.events)
    since = f" behind #{passed.after}" if passed.after else ""
    words = {
        "log": f"{passed.head - passed.after:,} events{since}, none missing and each as it was signed",
        "tree": "every hash of the notary is the one that the events make",
        "notes": _notes(passed),
    }
    if passed.originals is not None:
        words["blobs"] = _originals(passed.originals)
    elif wanted.since:
        words["blobs"] = _originals(check_originals(folder, found, tally.originals, after=passed.first_blob - 1))
    elif passed.orphans:
        words["log"] += f"; {passed.orphans:,} originals are named by none"
    return words


def _originals(count: int) -> str:
    return f"{count:,} originals are what their digests say"


def _notes(passed: Passed) -> str:
    if not passed.keys:
        return "nothing is signed yet: `presslog run` does it"
    unsigned = passed.head - max(passed.newest, passed.after)
    said = f"{passed.notes:,} checkpoints are signed by the log's key, the newest of {passed.newest:,} events"
    lost = [f"#{key.position}" for key in passed.keys if key.lost]
    replaced = f"; the key was replaced at {', '.join(lost)} without the one before: ask who did it" if lost else ""
    return said + (f"; {unsigned:,} behind it are not signed yet" if unsigned > 0 else "") + replaced


def _views(folder: Path, log: EventLog, views: Sequence[View], found: Findings, progress: Progress) -> str:
    count = check_views(folder, log, found)
    if count and views:
        check_rows(folder, log, views, found, progress)
        return f"{len(views)} have the rows that this log makes"
    return f"{count} come from this log" if count else NOT_BUILT


class _Tally:
    """How much is done of two heaps of work, as one."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._events = self._originals = (0, 0)

    def events(self, done: int, total: int) -> None:
        """So many events are done, of so many."""
        self._events = done, total
        self._tell()

    def originals(self, done: int, total: int) -> None:
        """So many originals are done, of so many."""
        self._originals = done, total
        self._tell()

    def _tell(self) -> None:
        self._progress(self._events[0] + self._originals[0], self._events[1] + self._originals[1])
