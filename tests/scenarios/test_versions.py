"""One name, many contents; one content, many names."""

import hashlib
import os

import pytest
from desks import Desk, a_story
from examples import until
from scenarios.figures import Figure
from scenarios.living import Tally, asked, living

from presslog.store.events import ArticleRecorded

pytestmark = pytest.mark.scenarios

COPIES, VERSIONS = 100, 1000


def drop_by_rename(desk: Desk, name: str, content: bytes) -> str:
    """Rename a complete file into the folder; its digest."""
    outside = desk.folder / "complete.txt"
    outside.write_bytes(content)
    os.replace(outside, desk.path(name))
    return hashlib.sha256(content).hexdigest()


def test_08_overwrite_by_rename(desk: Desk, figure: Figure) -> None:
    tally = Tally(desk)

    with living(desk):
        first = drop_by_rename(desk, "a.txt", a_story("Rivers rise"))
        tally.wait_for("a.txt")
        second = drop_by_rename(desk, "a.txt", a_story("Rivers fall"))
        until(lambda: tally.look().digests[second] == 1)
        until(lambda: desk.rows("select title, revision from articles") == [("Rivers fall", 2)])
        history = asked(desk, "history", "seeds/a.txt")

    recorded, revised = desk.events("article-recorded")[0], desk.events("article-revised")[0]
    figure(f"revision {revised.fact.revision} of the same article, both hashes in the log")
    assert revised.stream == recorded.stream
    assert set(tally.digests) == {first, second}
    assert {row["digest"] for row in history} == {first, second}
    assert not tally.removed


def test_09_redrop_same_bytes(desk: Desk, figure: Figure) -> None:
    content = a_story("Rivers rise")
    tally = Tally(desk)
    names = [name for number in range(COPIES // 2) for name in ("same.txt", f"other{number}.txt")]

    with living(desk):
        for number, name in enumerate(names):
            drop_by_rename(desk, name, content)
            until(lambda number=number: sum(tally.look().received.values()) == number + 1)
        until(lambda: desk.rows("select sum(copy_count) from files") == [(COPIES - 1,)])

    copies = [event.fact for event in desk.events("file-received") if event.fact.copy_of]
    figure(f"{tally.types['article-recorded']} article, {len(copies)} copies counted")
    assert dict(tally.types) == {"article-recorded": 1, "file-received": COPIES}
    assert len(copies) == COPIES - 1
    assert not any(fact.format or fact.articles for fact in copies), "a copy was parsed"


def test_10_same_size_and_mtime(desk: Desk, figure: Figure) -> None:
    tally = Tally(desk)

    with living(desk):
        path = desk.drop("a.txt", a_story("Rivers rise"), mtime_ns=10**18)
        tally.wait_for("a.txt")
        with path.open("r+b") as file:
            file.write(a_story("Rivers fall"))
        os.utime(path, ns=(10**18, 10**18))
        until(lambda: tally.look().types["article-revised"] == 1)

    figure("detected, 1 new version")
    assert path.stat().st_size == len(a_story("Rivers rise"))
    assert desk.events("article-revised")[0].fact.article.title == "Rivers fall"


@pytest.mark.parametrize("how", ["edited in place", "dropped again"])
def test_23_corrected_file(desk: Desk, figure: Figure, how: str) -> None:
    tally = Tally(desk)

    with living(desk):
        path = desk.drop("a.txt", b"\x00\x01\x02" * 100)
        until(lambda: b"a.txt" in tally.look().refused)
        if how == "edited in place":
            with path.open("r+b") as file:
                file.truncate()
                file.write(a_story("Corrected"))
        else:
            drop_by_rename(desk, "a.txt", a_story("Corrected"))
        tally.wait_for("a.txt")
        until(lambda: desk.rows("select title from articles") == [("Corrected",)])
        failures = desk.rows("select code, resolution, last_position from failures")

    figure("ingested, the failure is resolved by it")
    received = desk.events("file-received")[0]
    assert failures == [("binary", "read", received.position)]
    assert received.stream == desk.events("file-refused")[0].stream


def test_34_ordering(desk: Desk, figure: Figure) -> None:
    tally = Tally(desk)
    names = [f"many/{number}.txt" for number in range(VERSIONS)]

    with living(desk):
        versions = []
        for number in range(VERSIONS):
            versions.append(drop_by_rename(desk, "one.txt", a_story(f"Version {number}")))
            if number % 25 == 0:
                desk.drop(names[number], a_story(f"Name {number}"))
            until(lambda: tally.look().digests[versions[-1]] == 1)
        for number, name in enumerate(names):
            desk.drop(name, a_story(f"Name {number}"))
        tally.wait_for("one.txt", *names, seconds=60)

    events = desk.events()
    digests = [event.fact.digest for event in events if event.stream == "file/seeds/one.txt"]
    revisions = [event.fact for event in events if isinstance(event.fact, ArticleRecorded)]
    ones = [fact.revision for fact in revisions if fact.origin.path == "one.txt"]
    figure(f"{len(digests)} versions of one name in order, {len(names)} names, {len(events)} positions without a gap")
    assert digests == versions
    assert ones == list(range(1, VERSIONS + 1))
    assert [event.position for event in events] == list(range(2, len(events) + 2)), "the key of the log is its event 1"
    assert [event.recorded_at for event in events] == sorted(event.recorded_at for event in events)
