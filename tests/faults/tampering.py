"""A small real archive to tamper with, and what an attacker who can write its files does to them."""

import random
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import zstandard
from desks import Desk, a_story

from presslog.daemon.notarise import Notariser
from presslog.store.engines.sqlite import SqliteLog
from presslog.store.events import ArticleRedacted, Meta, encode, salted
from presslog.store.keys import signer_of
from presslog.store.leaf import erased_meta
from presslog.store.log import Append, NewEvent, Stored
from presslog.store.names import event_id
from presslog.store.notary import Notary
from presslog.store.sqlite import Connection, connect, sqlite3
from presslog.store.verify import Report, Wanted, verify

COLUMNS = 'position, stream, key, "index", recorded_at, id, type, data, meta'


def an_archive(folder: Path, articles: int = 12) -> Path:
    """The store of a desk that has read some articles, corrections, copies and bad files, and erased one by order."""
    desk = Desk(folder)
    for number in range(articles):
        desk.drop(f"{number:02}.txt", a_story(f"Story {number}", a_text(number)))
    desk.drop("bad.txt", b"\x00\x01\x02")
    desk.drain()
    desk.drop("00.txt", a_story("Story 0", "What happened at 0, corrected."))
    desk.drop("copy.txt", a_story("Story 3", a_text(3)))
    desk.drain()
    erase(desk.store, "01.txt")
    settled(desk.store)
    return desk.store


def a_text(number: int) -> str:
    """The text of a story: the same for the same number, and hard to compress."""
    chance = random.Random(number)
    words = ("".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=7)) for _ in range(100 + 40 * (number % 15)))
    return f"What happened at {number}. {' '.join(words)}"


def settled(store: Path) -> None:
    """Have the log signed to its end, and no write-ahead file left."""
    with closing(SqliteLog(store)) as log:
        Notariser(lambda: Notary(store, log, signer_of(store, log))).close()
    for name in ("log.db", "notary.db"):
        with closing(connect(store / name)) as connection:
            connection.execute("pragma wal_checkpoint(truncate)")


def erase(store: Path, path: str) -> None:
    """Erase the article that a file brought, as an order does."""
    with closing(SqliteLog(store)) as log:
        events = log.read(0, 1000)
        brought = next(each for each in events if each.type == "file-received" and f'"{path}"'.encode() in each.data)
        article = events[brought.position - 2]
        digest = brought.key.partition(":")[0]
        fact = ArticleRedacted(reason="an order", revision=1, positions=(article.position,), digests=(digest,))
        event = NewEvent(event_id(), "article-redacted", encode(fact), salted(Meta(actor="operator:ann")))
        log.append([Append(article.stream, [event], None, event.id)])
    with unguarded(store) as connection:
        empty(connection, article)
        connection.execute("delete from blobs where digest = ?", (bytes.fromhex(digest),))


def empty(connection: Connection, event: Stored) -> None:
    """Take the content out of an event, so that its leaf stays the same."""
    statement = "update events set data = x'', meta = ? where position = ?"
    connection.execute(statement, (erased_meta(event), event.position))


@contextmanager
def unguarded(store: Path, *, is_restored: bool = True) -> Iterator[Connection]:
    """The log open for anything: its triggers are dropped, and made again at the end as if they had always been."""
    with closing(sqlite3.connect(str(store / "log.db"), isolation_level=None)) as connection:
        triggers = connection.execute("select name, sql from sqlite_master where type = 'trigger'").fetchall()
        for name, _ in triggers:
            connection.execute(f"drop trigger {name}")
        yield connection
        for _, sql in triggers if is_restored else ():
            # Where their table is gone they cannot be had back.
            with suppress(sqlite3.OperationalError):
                connection.execute(sql)
        connection.execute("pragma wal_checkpoint(truncate)")


def events_in(connection: Connection) -> list[Stored]:
    return [Stored._make(row) for row in connection.execute(f"select {COLUMNS} from events order by position")]


def copied(store: Path, to: Path) -> Path:
    """A store as it lies there, in another place."""
    shutil.copytree(store, to, symlinks=True)
    return to


def verified(store: Path, **wanted: Any) -> Report:
    return verify(store, Wanted(**wanted))


def first_bad(report: Report) -> int:
    """The first bad position that is named; 0 where none is."""
    return next((finding.position for finding in report.findings if finding.position), 0)


def packed(content: bytes) -> bytes:
    """Bytes as the log keeps them."""
    return zstandard.ZstdCompressor(level=3).compress(content)
