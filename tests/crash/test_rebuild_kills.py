"""kill -9 of rebuilds at any moment, beside a daemon and a reader: nobody sees less than before, nothing is wrong."""

import os
import random
import runpy
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest
from desks import Desk, a_story, digest_of, running_daemon
from examples import until
from kills import complaints
from processes import heard, running, told

from presslog.handlers.article import content_hash, identity
from presslog.handlers.reading import read_articles
from presslog.handlers.views import views
from presslog.store import comparing
from presslog.store.article import Origin
from presslog.store.engines.sqlite import SqliteLog
from presslog.store.events import ArticleRecorded, encode
from presslog.store.generation import Generation
from presslog.store.links import serving_path
from presslog.store.log import Append, NewEvent
from presslog.store.names import article_id, article_stream, event_id
from presslog.store.sqlite import connect_readonly
from presslog.store.views import Views

ARTICLES = int(os.environ.get("CRASH_ARTICLES", "5000"))
KILLS = int(os.environ.get("CRASH_KILLS", "20"))
KILLS_OF_ALL_VIEWS = KILLS * 7 // 10
LONGEST_LIFE_SECONDS = 4.0 + ARTICLES / 2000
FILES_A_SECOND = 50
BATCH = 500
INVENTED = runpy.run_path(str(Path(__file__).parents[2] / "benchmarks" / "articles.py"))["articles"]

READER = """
    import select, sys
    from pathlib import Path
    from presslog.store.queries import Answers
    from presslog.store.sqlite import connect_readonly

    QUERIES = (
        "select count(*) from articles",
        "select count(*) from revisions",
        "select count(*) from revisions_fts_docsize",
        "select count(*) from revisions_fts where revisions_fts match 'happened'",
        "select min(position) from checkpoints",
    )
    folder, checks, before = Path(sys.argv[1]), 0, [0] * len(QUERIES)
    while not select.select([sys.stdin], [], [], 0)[0]:
        try:
            connection = connect_readonly(folder / "views.db")
            connection.execute("begin")
            seen = [connection.execute(query).fetchone()[0] for query in QUERIES]
            connection.close()
            with Answers(folder) as answers:
                counted, found = answers.article_count(), answers.search("happened").hits
        except Exception as error:
            print("error", type(error).__name__, error, flush=True)
            continue
        checks += 1
        if any(now < was for now, was in zip(seen, before)) or counted < seen[0]:
            print("less", before, seen, counted, flush=True)
        if len({*seen[:3]}) > 1 or (seen[3] and not found):
            print("half", seen, flush=True)
        before = seen
    print("checks", checks, flush=True)
"""


@pytest.mark.crash
@pytest.mark.timeout(600 + ARTICLES // 20 + 10 * KILLS)
def test_killed_rebuilds_show_no_reader_less_and_leave_what_the_log_makes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seed = random.SystemRandom().randrange(1 << 32)
    desk = Desk(tmp_path / "desk")
    fill(desk, ARTICLES)
    killed = [() if number < KILLS_OF_ALL_VIEWS else ("search",) for number in range(KILLS)]

    with running_daemon(desk), running(READER, desk.store) as reader:
        until(lambda: serving_path(desk.store) is not None, seconds=20)
        with arriving(desk) as names:
            resumed = [live_and_be_killed(desk, each, random.Random(seed + n)) for n, each in enumerate(killed)]
            ended = [rebuilt(desk, "search"), rebuilt(desk)]
        until(lambda: desk.rows("select count(*) from articles") == [(ARTICLES + len(names),)], seconds=120)
        told(reader)
        said = [heard(reader)]
        while not said[-1].startswith("checks"):
            said.append(heard(reader))

    with capsys.disabled():
        figures = f"articles={ARTICLES} files={len(names)} kills={KILLS} resumed={sum(resumed)}"
        print(f"\nseed={seed} {figures} reader_{said[-1].replace(' ', '=')} anomalies={len(said) - 1}")
    assert said[:-1] == []
    assert ended == [0, 0]
    assert digests(serving_path(desk.store), desk) == digests(tmp_path / "fresh.db", desk)
    assert complaints(desk) == []


def fill(desk: Desk, count: int) -> None:
    """Invented articles, appended directly, and the views of them."""
    with closing(SqliteLog(desk.store)) as log:
        batch: list[Append] = []
        for name, content in INVENTED(count):
            batch.append(recorded(name, content))
            if len(batch) == BATCH:
                log.append(batch)
                batch.clear()
        log.append(batch)
        with closing(Views(desk.store, views(), log)) as built:
            built.open()


def recorded(name: str, content: bytes) -> Append:
    article = read_articles(content, name).articles[0]
    origin = Origin(feed="seeds", path=name, digest=digest_of(name), format="text")
    uri = identity(article, origin)
    fact = ArticleRecorded(uri=uri, revision=1, content_hash=content_hash(article), article=article, origin=origin)
    event = NewEvent(event_id(), "article-recorded", encode(fact))
    return Append(article_stream(article_id(uri)), [event], None, event.id)


@contextmanager
def arriving(desk: Desk) -> Iterator[list[str]]:
    """The names of files that are dropped one after the other until the block ends."""
    names: list[str] = []
    is_over = threading.Event()

    def drop() -> None:
        while not is_over.wait(1 / FILES_A_SECOND):
            name = f"{len(names) % 7}/new-{len(names)}.txt"
            desk.drop(f"{name}.part", a_story(f"Story {name}", f"What happened at {name}.")).rename(desk.path(name))
            names.append(name)

    dropper = threading.Thread(target=drop)
    dropper.start()
    try:
        yield names
    finally:
        is_over.set()
        dropper.join()


def live_and_be_killed(desk: Desk, names: Sequence[str], chance: random.Random) -> bool:
    """Begin a rebuild of these views and kill it within its life; whether it went on with another's work."""
    said = desk.folder / "said"
    with said.open("wb") as stderr:
        process = subprocess.Popen(command(desk, *names), stdout=subprocess.DEVNULL, stderr=stderr)
        with suppress(subprocess.TimeoutExpired):
            process.wait(chance.uniform(0, LONGEST_LIFE_SECONDS))
        process.kill()
        process.wait(20)
    return b"resumed" in said.read_bytes()


def rebuilt(desk: Desk, *names: str) -> int:
    return subprocess.run(
        command(desk, *names), capture_output=True, timeout=300 + ARTICLES / 50, check=False
    ).returncode


def command(desk: Desk, *names: str) -> list[str]:
    return [sys.executable, "-m", "presslog.daemon", "views", "rebuild", *names, "--store", str(desk.store)]


def digests(path: Path | None, desk: Desk) -> dict[str, str]:
    """The digest of each view in a generation that is brought to the head of the log."""
    assert path
    with (
        closing(SqliteLog(desk.store, readonly=True)) as log,
        closing(Generation(path, views(), log)) as generation,
    ):
        while generation.advance(events=5000, seconds=60):
            pass
    with closing(connect_readonly(path)) as connection:
        return {view.name: comparing.digest_of(connection, view.compared or view.tables).digest for view in views()}
