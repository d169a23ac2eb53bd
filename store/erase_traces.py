"""Traces of erased content: samples of it are looked for in every byte of a store's files, free pages included."""

import os
import re
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import NamedTuple

from .comparing import ignore_tick
from .erase import PAGE_EVENTS, Content
from .errors import LogUnavailable, NoSuchStore, StorageFailed
from .events import ArticleRecorded, read_event
from .log import EventLog
from .names import LINK
from .opening import address_of
from .sqlite import Connection, connect, connect_readonly, translated

LOG = "log.db"
SAMPLE_BYTES = 32
LEAST_BYTES = 12
"""Shorter words stand anywhere."""
MOST_SAMPLES = 24
"""Of the words, and of the packed bytes as well. Measured: 48 are looked for at 120 MB/s."""
CHUNK_BYTES = 4 << 20
READERS_SECONDS = 30.0
PAUSE_SECONDS = 0.1

# JSON writes these otherwise than a view does.
_PLAIN = re.compile(rb'[^\x00-\x1f"\\]{%d,}' % LEAST_BYTES)
LIVE_EVENT = "select position from events where instr(data, :sample) limit 1"
LIVE_BLOB = "select lower(hex(digest)) from blobs where instr(content, :sample) limit 1"
LIVE_REVISION = """
select article_id from revisions
where instr(cast(title || char(10) || subtitle || char(10) || description || char(10) || text as blob), :sample) limit 1
"""


class Samples(NamedTuple):
    """Pieces of what is to be erased: of its words as they are written, of its original bytes as the log keeps them."""

    words: tuple[bytes, ...] = ()
    packed: tuple[bytes, ...] = ()

    @property
    def all(self) -> tuple[bytes, ...]:
        """Both."""
        return self.words + self.packed


NO_SAMPLES = Samples()


def samples_of(folder: Path, log: EventLog, content: Content, digests: Iterable[str]) -> Samples:
    """Pieces of an article that is still there, spread over all its versions."""
    words: list[bytes] = []
    for position in content.positions:
        fact = read_event(log.read(position - 1, 1)[0], log.blobs).fact
        if isinstance(fact, ArticleRecorded):
            written = (fact.article.title, fact.article.subtitle, fact.article.description, fact.article.text)
            words += [plain for each in written for plain in _PLAIN.findall(each.encode("utf-8", "surrogatepass"))]
    if address_of(folder):
        return Samples(_spread(words))  # the bytes of originals never were in a file here
    with closing(connect_readonly(folder / LOG)) as connection, translated(folder / LOG):
        packed = [content for each in digests for content in _packed(connection, each)]
    return Samples(_spread(words), _spread(packed))


def _packed(connection: Connection, digest: str) -> list[bytes]:
    found = connection.execute("select content from blobs where digest = ?", (bytes.fromhex(digest),))
    return [content[SAMPLE_BYTES:] for (content,) in found]


def _spread(contents: Sequence[bytes]) -> tuple[bytes, ...]:
    pieces = [
        content[start : start + SAMPLE_BYTES]
        for content in contents
        for start in range(0, max(1, len(content) - SAMPLE_BYTES), SAMPLE_BYTES)
    ]
    chosen = list(dict.fromkeys(piece for piece in pieces if len(piece) >= LEAST_BYTES))
    most = min(MOST_SAMPLES, len(chosen))
    return tuple(chosen[number * len(chosen) // most] for number in range(most))


class Searched(NamedTuple):
    """Which samples stand in which files, and how much was looked through."""

    found: dict[bytes, tuple[str, ...]]
    files: int
    size_bytes: int


def search(paths: Iterable[Path], samples: Collection[bytes], tick: Callable[[], None] = ignore_tick) -> Searched:
    """Look for samples in every byte of these files; those that are gone by then are left out.

    Raises:
        StorageFailed: a file cannot be read.
    """
    found: dict[bytes, list[str]] = {}
    files = size_bytes = 0
    for path in paths:
        size, held = _search_one(path, samples, tick)
        files, size_bytes = files + 1, size_bytes + size
        for sample in held:
            found.setdefault(sample, []).append(str(path))
    return Searched({sample: tuple(names) for sample, names in found.items()}, files, size_bytes)


def _search_one(path: Path, samples: Collection[bytes], tick: Callable[[], None]) -> tuple[int, set[bytes]]:
    size, held, end = 0, set[bytes](), b""
    try:
        with suppress(FileNotFoundError), path.open("rb") as file:
            while chunk := file.read(CHUNK_BYTES):
                size += len(chunk)
                window = end + chunk
                held.update(sample for sample in samples if sample not in held and sample in window)
                end = chunk[-SAMPLE_BYTES:]
                tick()
    except OSError as error:
        raise StorageFailed(f"{path} cannot be read: {error.strerror}; check its rights") from error
    return size, held


def files_of(folder: Path) -> Iterator[Path]:
    """Every regular file of a store, at any depth; links lead to nothing else."""
    for above, _, names in os.walk(folder):
        for name in sorted(names):
            path = Path(above, name)
            if path.is_file() and not path.is_symlink():
                yield path


def living(folder: Path, log: EventLog, samples: Collection[bytes]) -> dict[bytes, str]:
    """Those samples that stand in what was not erased, each with a place: an article, an event, other bytes."""
    if address_of(folder):
        found = _living_elsewhere(log, samples)
    else:
        with closing(connect_readonly(folder / LOG)) as file, translated(folder / LOG):
            found = {each: place for each in samples if (place := _living_in_file(file, each))}
    with suppress(NoSuchStore), closing(connect_readonly(folder / LINK)) as views, translated(folder / LINK):
        for each in samples:
            for (article,) in views.execute(LIVE_REVISION, {"sample": each}):
                found[each] = article
    return found


def _living_elsewhere(log: EventLog, samples: Collection[bytes]) -> dict[bytes, str]:
    """The first event in which each stands; the log is read to its end, where there are samples at all."""
    found: dict[bytes, str] = {}
    after, left = 0, set(samples)
    while left and (page := log.read(after, PAGE_EVENTS)):
        for event in page:
            here = {each for each in left if each in event.data}
            found |= dict.fromkeys(here, f"event #{event.position}")
            left -= here
        after = page[-1].position
    return found


def _living_in_file(log: Connection, sample: bytes) -> str:
    for statement, name in ((LIVE_EVENT, "event #{}"), (LIVE_BLOB, "bytes {}")):
        for (which,) in log.execute(statement, {"sample": sample}):
            return name.format(which)
    return ""


def empty_wal(folder: Path, seconds: float = READERS_SECONDS) -> None:
    """Bring all that was written into log.db itself, and cut log.db-wal to nothing.

    Raises:
        LogUnavailable: somebody read the log all that time.
    """
    path, deadline = folder / LOG, time.monotonic() + seconds
    with closing(connect(path, synchronous="full")) as connection, translated(path):
        while connection.execute("pragma wal_checkpoint(truncate)").fetchone()[0]:
            if time.monotonic() > deadline:
                raise LogUnavailable(f"{path}-wal is in use since {seconds:g} s: until it is not, old pages stay in it")
            time.sleep(PAUSE_SECONDS)


def write_anew(folder: Path) -> None:
    """Write log.db anew from its rows: of what they do not hold nothing is left, in no page."""
    path = folder / LOG
    with closing(connect(path, synchronous="full")) as connection, translated(path):
        connection.execute("vacuum")
    empty_wal(folder)
