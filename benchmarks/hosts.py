"""hosts: waiting files into one log by two hosts at once, and three that follow it from the start on."""

import os
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from functools import cache
from pathlib import Path
from typing import NamedTuple

from bench import Bench
from processes import environment, presslog
from servers import Log

from presslog.handlers.views import views
from presslog.store.engines import open_engine
from presslog.store.errors import NoSuchStore
from presslog.store.events import ArticleRecorded, FileReceived, read_event
from presslog.store.generation import Generation
from presslog.store.log import EventLog
from presslog.store.opening import log_at
from presslog.store.sqlite import connect_readonly, sqlite3
from presslog.store.views import Views, serving_path

FEEDS = ("north", "south")
FOLLOWERS = 3
PAGE_EVENTS = 500
LIMIT_SECONDS = 900
POLL_SECONDS = 0.05
TOLD = ("file-received", "article-recorded")
"""Of each file, which holds one article that nobody has read before, one event each."""


class Sample(NamedTuple):
    """At a time, how far the log is, and how far the follower that is furthest behind."""

    at: float
    head: int
    followed: int


def ingested(followers: int) -> Callable[[Bench, Log], Sequence[float | None]]:
    """Files a second until the last is durable; where others follow, seconds until all are level, and after that.

    A log in a file has one host, and no other follows it. The run ends where a file is lost or doubled, or where views
    differ.
    """

    def measure(bench: Bench, log: Log) -> Sequence[float | None]:
        if followers and not log.is_shared:
            return [None, None, None]
        desks, stores = _desks(bench, log), [bench.fresh("follower") for _ in range(followers)]
        log_at(desks[0] / "store", log.address, readonly=False).close()  # it is there before anybody follows
        with closing(open_engine(log.address, desks[0] / "store", readonly=True)) as opened:
            began = time.perf_counter()
            samples = _watched(bench, log.address, desks, stores, opened)
            last = refuse_lost(opened, _expected(bench))
            refuse_differing(bench, opened, stores)
        durable = next(each.at for each in samples if each.head >= last) - began
        level = next(each.at for each in samples if each.followed >= last) - began
        rate = bench.files / durable
        return [rate, level, level - durable] if followers else [rate]

    return measure


@cache
def _seeds(bench: Bench) -> dict[str, Path]:
    """The waiting files, no two with the same bytes, in turn in the folder of each feed."""
    folders = {feed: bench.fresh(feed) for feed in FEEDS}
    for number, content in enumerate(bench.distinct(bench.files, seed=4)):
        (folders[FEEDS[number % len(FEEDS)]] / f"{number:07d}.txt").write_bytes(content)
    os.sync()
    time.sleep(1.5)  # a file must have stood still for settle_seconds where its writer is not known
    return folders


def _expected(bench: Bench) -> set[tuple[str, str]]:
    return {(feed, path.name) for feed, folder in _seeds(bench).items() for path in folder.iterdir()}


def _desks(bench: Bench, log: Log) -> list[Path]:
    """A desk for each feed, or one for all of them where the log has one writer only."""
    feeds = [f'[feeds.{feed}]\nfolder = "{folder}"\n' for feed, folder in _seeds(bench).items()]
    desks = []
    for watched in feeds if log.is_shared else ["".join(feeds)]:
        desks.append(bench.fresh("desk"))
        (desks[-1] / "presslog.toml").write_text(f'engine = "{log.address}"\n{watched}')
    return desks


def _watched(
    bench: Bench, address: str, desks: Sequence[Path], stores: Sequence[Path], log: EventLog
) -> Sequence[Sample]:
    """Have hosts and followers at work at once, and look on until the hosts have ended and the followers are level."""
    samples: list[Sample] = []
    with ExitStack() as stack:
        hosts = [stack.enter_context(_running(bench, desk, "run", str(desk), "--once")) for desk in desks]
        for store in stores:
            where = ("--store", str(store), "--set", f"engine={address}")
            stack.enter_context(_running(bench, store, "follow", *where))
        deadline = time.monotonic() + LIMIT_SECONDS
        while True:
            have_ended = all(_has_ended(host, desk) for host, desk in zip(hosts, desks, strict=True))
            head = log.head()
            samples.append(Sample(time.perf_counter(), head, min(map(_position, stores), default=head)))
            if have_ended and samples[-1].followed >= head:
                return samples
            if time.monotonic() > deadline:
                raise SystemExit(f"after {LIMIT_SECONDS} s: {samples[-1]}")
            time.sleep(POLL_SECONDS)


@contextmanager
def _running(bench: Bench, folder: Path, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """A command, which is asked to end at the end of the block; what it says goes into a file beside its folder."""
    with folder.with_suffix(".journal").open("wb") as journal:
        process = subprocess.Popen(presslog(*arguments), env=environment(bench), stdout=journal, stderr=journal)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _has_ended(host: subprocess.Popen[bytes], desk: Path) -> bool:
    if host.poll():
        said = desk.with_suffix(".journal").read_text("utf-8")[-2000:]
        raise SystemExit(f"a host ended with {host.returncode}: {said}")
    return host.returncode is not None


def _position(store: Path) -> int:
    """How far all views of a store are; 0 where there are none yet."""
    try:
        with closing(connect_readonly(store / "views.db")) as connection:
            return int(connection.execute("select min(position) from checkpoints").fetchone()[0] or 0)
    except (NoSuchStore, sqlite3.OperationalError):
        return 0


def refuse_lost(log: EventLog, expected: set[tuple[str, str]]) -> int:
    """The position of the last event of a file; the run ends where the log does not hold each file once."""
    told: dict[str, Counter[tuple[str, str]]] = {kind: Counter() for kind in TOLD}
    last, after, head = 0, 0, log.head()
    while after < head:  # a page may be empty before the end
        for stored in log.read(after, PAGE_EVENTS):
            after = stored.position
            if stored.type in told:
                told[stored.type][_place(read_event(stored, log.blobs).fact)] += 1
                last = after
    for kind, counted in told.items():
        lost, doubled = len(expected - counted.keys()), sum(counted.values()) - len(counted)
        if lost or doubled:
            raise SystemExit(f"{kind}: lost={lost} doubled={doubled}")
    return last


def _place(fact: object) -> tuple[str, str]:
    if isinstance(fact, ArticleRecorded):
        return fact.origin.feed, fact.origin.path
    return (fact.feed, fact.path) if isinstance(fact, FileReceived) else ("", "")


def refuse_differing(bench: Bench, log: EventLog, stores: Sequence[Path]) -> None:
    """End the run where views of followers differ from views that are made anew from the log."""
    if not stores:
        return
    anew = bench.fresh("anew")
    with closing(Views(anew, views(), log)) as made:
        made.open()
        made.catch_up()
    digests = _digests(anew, log)
    for store in stores:
        found = _digests(store, log)
        differing = [name for name, digest in digests.items() if found[name] != digest]
        if differing:
            raise SystemExit(f"views of a follower differ from those of a rebuild: {', '.join(differing)}")


def _digests(store: Path, log: EventLog) -> dict[str, str]:
    path = serving_path(store)
    if path is None:
        raise SystemExit(f"no views serve in {store}")
    with closing(Generation(path, views(), log)) as generation:
        return {view.name: generation.digest(view) for view in views()}
