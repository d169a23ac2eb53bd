"""How SQLite files are opened here: one library, one set of pragmas, errors in our own words."""

import os
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from pysqlite3 import dbapi2 as sqlite3

from .doubt import forget_what_is_in_doubt, is_unreadable
from .errors import LogUnavailable, NoSuchStore, StorageFailed, StorageFull, StoreUnsafe

if TYPE_CHECKING:
    from sqlite_utils import Database

__all__ = [
    "Connection",
    "attach_readonly",
    "connect",
    "connect_readonly",
    "database",
    "is_about_the_file",
    "seized",
    "sqlite3",
    "still",
    "transaction",
    "translated",
]

Connection = Any
"""A pysqlite3 connection; the package has no types of its own."""

LEAST_VERSION = (3, 51, 3)
"""3.7.0 to 3.51.2 can corrupt a WAL database that two connections write or checkpoint at once (sqlite.org/wal.html)."""

PAGE_BYTES = 8192
BUSY_SECONDS = 5.0
LOOK_SECONDS = 0.001
WAL_BYTES = 32 << 20
"""More is begun anew: SQLite does so at 8 MiB, in a moment when nobody reads, which readers who take turns never leave.
Measured: eight of them made it grow by 12 MB a second for as long as they read.
"""
WAL_SECONDS = 1.0
"""So long those who read something older are waited for; whoever reads longer is waited for again, ever more rarely."""

_STORAGE = ("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_NOMEM")
_DAMAGE = ("SQLITE_CORRUPT", "SQLITE_NOTADB")
_NAMELESS = {"database or disk is full": "SQLITE_FULL", "disk I/O error": "SQLITE_IOERR"}
"""What a backup of SQLite's own says of a disk: in words, and with no name."""
_BUSY = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_PROTOCOL", "SQLITE_INTERRUPT")


def connect(path: Path, *, synchronous: str = "normal", cache_megabytes: int = 16) -> Connection:
    """Open a database for writing in WAL mode, made where it is missing; transactions are ours to begin.

    Raises:
        StoreUnsafe: SQLite is older than 3.51.3, or the file takes no WAL mode or not the ``synchronous`` asked for.
        StorageFailed: the file or its folder cannot be written.
    """
    if sqlite3.sqlite_version_info < LEAST_VERSION:
        raise StoreUnsafe(f"SQLite {sqlite3.sqlite_version} can corrupt a WAL database: install pysqlite3 >= 0.6.1")
    forget_what_is_in_doubt(path)
    with translated(path):
        connection = sqlite3.connect(
            str(path), isolation_level=None, check_same_thread=False, timeout=BUSY_SECONDS, factory=_Writer
        )
        connection.wal = f"{path}-wal"
        connection.execute(f"pragma page_size = {PAGE_BYTES}")
        mode = connection.execute("pragma journal_mode = wal").fetchone()[0]
        connection.execute(f"pragma synchronous = {synchronous}")
        connection.execute(f"pragma cache_size = {-1024 * cache_megabytes}")
        connection.execute("pragma journal_size_limit = 67108864")
        connection.execute("pragma secure_delete = off")
        level = connection.execute("pragma synchronous").fetchone()[0]
    if mode != "wal" or level != {"normal": 1, "full": 2}[synchronous]:
        connection.close()
        raise StoreUnsafe(f"{path} runs in journal mode {mode}, synchronous {level}: put the store on a local disk")
    return connection


class _Writer(sqlite3.Connection):  # type: ignore[misc]  # pysqlite3 has no types
    """A connection that knows its WAL, and the size from which on it is to be shortened."""

    wal = ""
    most_wal_bytes = WAL_BYTES


def database(connection: Connection) -> "Database":
    """The sqlite-utils view of a connection: for schemas and migrations, off the hot path."""
    from sqlite_utils import Database  # 100 ms that no reading command should pay

    return Database(connection, strict=True)


def connect_readonly(path: Path) -> Connection:
    """Open a database that exists, for reading only.

    A WAL database that its writer closed cleanly has no -shm file, and a reader without write permission, or without
    room, cannot make one: such a file stands still, and is read as immutable.

    Raises:
        NoSuchStore: there is no such file.
    """
    if not path.exists():
        raise NoSuchStore(
            f"{path} does not exist: run `presslog init` and `presslog run`, or name the store: --store DIR"
        )
    with translated(path):
        while True:
            file = path.resolve()
            try:
                return _open_as_it_is(file)
            except sqlite3.OperationalError:
                # A link that points elsewhere by now: what it named before was old enough to be deleted.
                if path.resolve() == file:
                    raise


def _open_as_it_is(file: Path) -> Connection:
    try:
        return _open_uri(file, "mode=ro")
    except sqlite3.OperationalError:
        # An empty WAL is made by who then finds no room for a -shm.
        if _size(f"{file}-wal") > 0 or not os.path.exists(file):
            raise
        return _open_uri(file, "mode=ro&immutable=1")


def attach_readonly(connection: Connection, path: Path, name: str) -> None:
    """Attach a database that exists to a connection for reading, under a name, in the same way.

    Raises:
        NoSuchStore: there is no such file.
    """
    # Opened by itself first: it finds out how the file can be read at all, behind whatever link.
    alone = connect_readonly(path)
    file = alone.execute("pragma database_list").fetchone()[2]
    with translated(path), closing(alone):
        uri = _uri(Path(file), "mode=ro" if _size(f"{file}-shm") else "mode=ro&immutable=1")
        connection.execute(f"attach ? as {name}", (uri,))
        connection.execute(f"select count(*) from {name}.sqlite_master").fetchone()


def _size(name: str) -> int:
    try:
        return os.stat(name).st_size
    except FileNotFoundError:
        return 0


def _open_uri(file: Path, options: str) -> Connection:
    uri = _uri(file, options)
    connection = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False, timeout=BUSY_SECONDS)
    try:
        connection.execute("pragma query_only = 1")
        connection.execute("select count(*) from sqlite_master").fetchone()
    except sqlite3.OperationalError:
        connection.close()
        raise
    return connection


def _uri(file: Path, options: str) -> str:
    return f"file:{quote(str(file))}?{options}"


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn SQLite's errors about the file into ours; errors in SQL and data pass through."""
    try:
        yield
    except (sqlite3.OperationalError, sqlite3.DatabaseError) as error:
        name = getattr(error, "sqlite_errorname", None) or _NAMELESS.get(str(error), "")
        if name.startswith(_STORAGE):
            failed = StorageFull if name == "SQLITE_FULL" else StorageFailed
            raise failed(f"{path} cannot be written or read ({name}): {error}; check disk space and rights") from error
        if name.startswith(_BUSY):
            raise LogUnavailable(f"{path} stayed locked for {BUSY_SECONDS:.0f} s ({name})") from error
        if name.startswith("SQLITE_CORRUPT") and (is_unreadable(path) or _is_whole(path, name)):
            raise StorageFailed(f"{path} cannot be read: look for errors of the disk in the kernel's log") from error
        if name.startswith(_DAMAGE):
            raise StoreUnsafe(f"{path} is damaged ({name}): {error}; {_remedy(path)}") from error
        raise


def _is_whole(path: Path, name: str) -> bool:
    """Whether nothing is wrong with a file, now: what the disk refused for a moment SQLite calls damage as well.

    Of an index of words, whose errors have another name, it cannot be said so surely.
    """
    if name != "SQLITE_CORRUPT":
        return False
    try:
        with closing(_open_as_it_is(path.resolve())) as again:
            return bool(again.execute("pragma integrity_check(1)").fetchone() == ("ok",))
    except sqlite3.Error:
        return is_unreadable(path)


def is_about_the_file(error: Exception) -> bool:
    """Whether an error speaks of the disk, a lock or damage, and not of a statement and its values."""
    return (getattr(error, "sqlite_errorname", None) or "").startswith((*_STORAGE, *_BUSY, *_DAMAGE))


def _remedy(path: Path) -> str:
    if path.name.startswith("views"):
        return "build it anew: `presslog views rebuild`"
    if path.name.startswith("intake"):
        return "delete it: the folders are read once more, and nothing is recorded twice"
    if path.name.startswith("notary"):
        return "put it aside: the tree is made anew from the log"
    return "restore it from a backup"


@contextmanager
def transaction(connection: Connection) -> Iterator[None]:
    """Run a block in one write transaction: committed at its end, rolled back on any error."""
    connection.execute("begin immediate")
    try:
        yield
        connection.execute("commit")
    except BaseException:
        if connection.in_transaction:
            connection.execute("rollback")
        raise
    if isinstance(connection, _Writer):
        _bound_wal(connection)


def _bound_wal(writer: _Writer) -> None:
    """Begin the WAL anew where it has grown too large, once those who read in it are done with what they read."""
    try:
        size_bytes = os.stat(writer.wal).st_size
    except OSError:
        return
    if size_bytes > writer.most_wal_bytes:
        writer.most_wal_bytes = WAL_BYTES if _truncated(writer) else size_bytes * 5 // 4


def _truncated(writer: _Writer) -> bool:
    """Whether it could be done; SQLite waits for readers, but not for somebody else's checkpoint."""
    deadline = time.monotonic() + WAL_SECONDS
    writer.execute(f"pragma busy_timeout = {1000 * WAL_SECONDS:.0f}")
    try:
        while writer.execute("pragma wal_checkpoint(truncate)").fetchone()[0]:
            if time.monotonic() >= deadline:
                return False
            time.sleep(LOOK_SECONDS)
    except sqlite3.OperationalError as error:
        if not (getattr(error, "sqlite_errorname", None) or "").startswith(_BUSY):
            raise
        return False
    finally:
        writer.execute(f"pragma busy_timeout = {1000 * BUSY_SECONDS:.0f}")
    return True


@contextmanager
def seized(connection: Connection) -> Iterator[None]:
    """Keep every other writer out for the block, which writes nothing.

    SQLite itself looks only every 0.1 s whether a lock is free: of a writer that pauses for a millisecond it would
    never see the end.
    """
    deadline = time.monotonic() + BUSY_SECONDS
    connection.execute("pragma busy_timeout = 0")
    try:
        while not _has_begun(connection, is_last=time.monotonic() > deadline):
            time.sleep(LOOK_SECONDS)
        yield
    finally:
        connection.execute(f"pragma busy_timeout = {1000 * BUSY_SECONDS:.0f}")
        if connection.in_transaction:
            connection.execute("rollback")


def _has_begun(connection: Connection, *, is_last: bool) -> bool:
    try:
        connection.execute("begin immediate")
    except sqlite3.OperationalError as error:
        if is_last or not (getattr(error, "sqlite_errorname", None) or "").startswith(_BUSY):
            raise
        return False
    return True


@contextmanager
def still(connection: Connection) -> Iterator[None]:
    """Read one state of the tables for the block, whoever goes on writing."""
    connection.execute("begin")
    try:
        connection.execute("select count(*) from sqlite_master").fetchone()
        yield
    finally:
        connection.execute("rollback")
