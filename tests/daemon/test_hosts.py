"""Several hosts on one log: each with a store and views of its own, and the same answers from all."""

import base64
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from clusters.postgres import PostgresCluster
from desks import Desk, a_story, running_daemon
from examples import until
from notifications import Manager

from presslog.daemon.cli.fresh import freshen
from presslog.daemon.erase import Erase, erase
from presslog.store.erase import content_of, mentions
from presslog.store.errors import NoSuchStore, StoreUnsafe
from presslog.store.keys import FILE
from presslog.store.notary import notarised
from presslog.store.sqlite import sqlite3


def a_host(folder: Path, engine: str, **settings: object) -> Desk:
    """A desk with its log elsewhere, whose feed has the name of its folder: each host reads its own."""
    desk = Desk(folder, engine=engine)
    path = desk.folder / "presslog.toml"
    path.write_text(path.read_text().replace("[feeds.seeds]", f"[feeds.{folder.name}]"))
    return desk


@pytest.fixture
def hosts(tmp_path: Path, fresh_server: Callable[[], str]) -> list[Desk]:
    """Two hosts of one log."""
    address = fresh_server()
    return [a_host(tmp_path / name, address) for name in ("north", "south")]


@pytest.fixture
def shared_folder(tmp_path: Path) -> Iterator[Path]:
    """A folder on a file system of its own, as one that two hosts have mounted."""
    memory = Path("/dev/shm")
    if not memory.is_dir() or memory.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("NOT TESTED: there is no second file system")
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        yield Path(folder)


def titles(desk: Desk) -> list[str]:
    try:
        return sorted(title for (title,) in desk.rows("select title from articles"))
    except (NoSuchStore, sqlite3.OperationalError):
        return []


def test_what_one_host_reads_the_other_answers(hosts: list[Desk]) -> None:
    north, south = hosts
    with running_daemon(north), running_daemon(south):
        until(lambda: north.is_served() and south.is_served(), 30)

        north.drop("a.txt", a_story("Rivers rise"))
        until(lambda: titles(south) == ["Rivers rise"], 10)
        south.drop("b.txt", a_story("Bridges closed"))
        until(lambda: titles(north) == ["Bridges closed", "Rivers rise"], 10)

    for desk in hosts:
        freshen(desk.settings, 10)
    assert north.digests() == south.digests()


def test_bytes_that_another_host_brought_are_a_copy(hosts: list[Desk]) -> None:
    north, south = hosts
    south.drop("other.txt", a_story("Other"))
    assert south.kinds() == ["recorded"]
    north.drop("a.txt", a_story())
    assert north.kinds() == ["recorded"]

    south.drop("again.txt", a_story())

    assert south.kinds() == ["copy"]
    assert len(north.events("article-recorded")) == 2


def a_wire(version: int) -> str:
    """One version of a story that says which one it is."""
    words = f"{version} houses fell when the water came at night."
    return json.dumps({"uri": "urn:wire:1", "version": str(version), "headline": "Rivers rise", "body_text": words})


def test_a_revision_goes_on_where_another_host_ended(hosts: list[Desk]) -> None:
    for version in range(1, 5):
        desk = hosts[version % 2]
        desk.drop("a.json", a_wire(version))
        desk.drain()

    for desk in hosts:
        freshen(desk.settings, 10)
        assert desk.rows("select title, revision from articles") == [("Rivers rise", 4)]


def test_two_hosts_that_read_versions_of_a_story_at_once_number_them_all(hosts: list[Desk]) -> None:
    for version in range(1, 81):
        hosts[version % 2].drop(f"{version}.json", a_wire(version))

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(Desk.drain, hosts))

    for desk in hosts:
        freshen(desk.settings, 10)
    assert hosts[0].digests() == hosts[1].digests()
    rows = hosts[0].rows("select revision from revisions order by revision")
    assert rows == [(number,) for number in range(1, len(rows) + 1)]
    assert sorted(desk.storage for desk in hosts) == [[], []]
    assert len(hosts[0].events("file-received")) == 80


def test_bytes_that_were_erased_on_one_host_do_not_come_back_on_another(
    tmp_path: Path, postgres_logs: Callable[[], str]
) -> None:
    address = postgres_logs()
    north, south = (a_host(tmp_path / name, address) for name in ("north", "south"))
    north.drop("a.txt", a_story())
    north.drain()
    south.drop("b.txt", a_story("Other", "Another text."))
    south.drain()
    [(identifier,)] = north.rows("select id from articles")
    ordered(north, identifier)

    south.drop("c.txt", a_story("Third", "A third text."))
    south.drop("again.txt", a_story())

    assert south.kinds() == ["refused", "recorded"]


def ordered(desk: Desk, identifier: str) -> None:
    """Erase an article."""
    with desk.assembled() as (parts, _):
        content = content_of(parts.log, identifier)
        assert content
        found = mentions(parts.log, content, holds=lambda _: False)
        erase(parts, Erase(id=identifier, expected=content.expected, reason="an order", found=found), "editor")


def test_two_hosts_on_one_folder_store_each_file_once(
    tmp_path: Path, shared_folder: Path, fresh_server: Callable[[], str]
) -> None:
    address = fresh_server()
    hosts = [Desk(tmp_path / name, engine=address) for name in ("north", "south")]
    for desk in hosts:
        path = desk.folder / "presslog.toml"
        path.write_text(path.read_text().replace('folder = "seeds"', f'folder = "{shared_folder}"'))
    for number in range(300):
        (shared_folder / f"{number}.txt").write_bytes(a_story(f"Story {number}", f"Text {number}."))

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(Desk.drain, hosts))

    north, south = hosts
    assert len(north.events("article-recorded")) == len(north.events("file-received")) == 300
    for desk in hosts:
        freshen(desk.settings, 10)
        assert desk.rows("select count(*) from articles") == [(300,)]
    assert north.digests() == south.digests()
    assert [desk.kinds() for desk in hosts] == [[], []]


def test_the_host_with_the_key_signs_and_another_one_with_it_signs_the_same(hosts: list[Desk]) -> None:
    north, south = hosts
    for desk in hosts:
        desk.drop("a.txt", a_story(desk.folder.name))
        desk.drain()
    assert (north.store / FILE).exists()
    assert not (south.store / FILE).exists()

    shutil.copy(north.store / FILE, south.store / FILE)
    for desk in hosts:
        desk.drain()

    with closing(notarised(north.store)) as ours, closing(notarised(south.store)) as theirs:
        assert ours.size == theirs.size
        assert ours.latest() == theirs.latest() is not None


def test_a_key_that_is_not_the_logs_is_refused(hosts: list[Desk]) -> None:
    north, south = hosts
    north.drain()
    (south.store).mkdir()
    (south.store / FILE).write_bytes(base64.b64encode(bytes(32)) + b"\n")
    (south.store / FILE).chmod(0o600)

    with pytest.raises(StoreUnsafe, match="the log names the key"):
        south.drain()


def test_a_log_that_is_away_is_waited_for(tmp_path: Path, postgres_cluster: PostgresCluster) -> None:
    desk, manager = Desk(tmp_path / "desk", engine=postgres_cluster.url()), Manager()
    desk.drop("a.txt", a_story("First"))
    postgres_cluster.kill(0)

    with closing(manager), running_daemon(desk, NOTIFY_SOCKET=manager.address) as daemon:
        until(lambda: "waiting for the log" in desk.journal(), 30)
        until(lambda: any("waiting for the log" in line for line in manager.lines))
        assert not manager.has("READY=1")
        postgres_cluster.restart()
        until(lambda: titles(desk) == ["First"], 60)

        postgres_cluster.kill(0)
        desk.drop("b.txt", a_story("Second"))
        until(lambda: "storage unavailable" in desk.journal(), 30)
        assert daemon.poll() is None
        postgres_cluster.restart()
        until(lambda: titles(desk) == ["First", "Second"], 60)


def test_a_daemon_that_waits_for_its_log_ends_when_it_is_told_to(
    tmp_path: Path, postgres_cluster: PostgresCluster
) -> None:
    desk = Desk(tmp_path / "desk", engine=postgres_cluster.url())
    postgres_cluster.kill(0)

    with running_daemon(desk) as daemon:
        until(lambda: "waiting for the log" in desk.journal(), 30)
        daemon.terminate()

        assert daemon.wait(10) == 0
