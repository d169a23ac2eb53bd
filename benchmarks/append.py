"""append: article events of about 5 KB into the log, one to a commit and a hundred, each durable on return."""

from collections.abc import Callable, Sequence

from bench import Bench, Measurement, Row, stopwatch
from yardsticks import Yardsticks

from presslog.handlers.article import content_hash
from presslog.handlers.reading import read_articles
from presslog.store.article import Origin
from presslog.store.engines.sqlite import SqliteLog
from presslog.store.events import ArticleRecorded, Meta, encode
from presslog.store.log import Append, NewEvent
from presslog.store.names import article_id, article_stream, event_id

MOST_EVENTS = 5000
COMMITS = 1000
META = encode(Meta(host="bench", version="0", actor="bench"))
TABLE = "create table events (seq integer primary key, stream text, type text, at text, data blob, hash blob)"


def facts(bench: Bench, count: int) -> list[ArticleRecorded]:
    """What the log would be told of so many articles."""
    told = []
    for number, content in enumerate(bench.distinct(count, seed=2)):
        article = read_articles(content, "a.txt").articles[0]
        origin = Origin(feed="seeds", path=f"{number}.txt", digest=f"{number:064x}", format="text")
        uri = f"presslog:seeds/{number}.txt"
        said = content_hash(article)
        told.append(ArticleRecorded(uri=uri, revision=1, content_hash=said, article=article, origin=origin))
    return told


def append_of(fact: ArticleRecorded) -> Append:
    """The Append of one article's first revision."""
    event = NewEvent(event_id(), "article-recorded", encode(fact), META)
    return Append(article_stream(article_id(fact.uri)), (event,), 0, fact.origin.digest)


def count_of(bench: Bench, batch: int) -> int:
    """How many events are appended, so many to a call."""
    return min(COMMITS * batch, MOST_EVENTS, bench.files)


def presslog_with(batch: int) -> Callable[[Bench], Sequence[float]]:
    """Events a second through SqliteLog.append, so many to a call."""

    def measure(bench: Bench) -> Sequence[float]:
        count = count_of(bench, batch)
        asked = [append_of(fact) for fact in facts(bench, count)]
        log = SqliteLog(bench.fresh("append"))
        with stopwatch() as seconds:
            for start in range(0, count, batch):
                log.append(asked[start : start + batch])
        log.close()
        return [count / seconds()]

    return measure


def floor_with(batch: int) -> Callable[[Bench, Yardsticks], Sequence[float]]:
    """The same bytes as plain rows through sqlite3, at the same durability and in the same batches."""

    def measure(bench: Bench, yardsticks: Yardsticks) -> Sequence[float]:
        count = count_of(bench, batch)
        rows = [("s", "ArticleRecorded", "2026-01-01", encode(fact), b"h" * 32) for fact in facts(bench, count)]
        connection = yardsticks.common.wal(bench.fresh("raw") / "raw.db", "FULL", 8192)
        connection.execute(TABLE)
        with stopwatch() as seconds:
            for start in range(0, count, batch):
                connection.execute("begin immediate")
                statement = "insert into events (stream, type, at, data, hash) values (?, ?, ?, ?, ?)"
                connection.executemany(statement, rows[start : start + batch])
                connection.execute("commit")
        connection.close()
        return [count / seconds()]

    return measure


MEASUREMENTS = tuple(
    Measurement(f"append-{batch}", (Row(f"append ×{batch}", "events/s", aim),), presslog_with(batch), floor_with(batch))
    for batch, aim in ((1, "≥ 0.8"), (100, "≥ 0.6"))
)
