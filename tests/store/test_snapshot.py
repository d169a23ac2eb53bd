"""Snapshots of views: copied beside who writes them, and adopted only where they are what this program makes."""

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest
from desks import History

from presslog.handlers.views import views
from presslog.store.adopt import Adopted, adopt
from presslog.store.engines.memory import MemoryLog
from presslog.store.errors import LogDiverged, NoSuchStore, StorageFailed, StoreLocked, StoreUnsafe
from presslog.store.generation import View
from presslog.store.links import serving_path
from presslog.store.lock import WriterLock
from presslog.store.rebuild import LOCK
from presslog.store.snapshot import Snapshot, take
from presslog.store.sqlite import connect_readonly, sqlite3
from presslog.store.views import Views

SCHEMA_OF_STRANGERS = [
    "create trigger lure after insert on revisions begin delete from revisions; end",
    "create view lure as select load_extension('/tmp/lure.so')",
    "create table lure (n integer)",
    "create index lure on revisions (abs(position))",
    "drop index revision_authors_author",
    "alter table revisions add column lure text default 'lure'",
]
WORDS_OF_STRANGERS = [
    "insert into objects (view, type, name) values ('old', 'table', 'x\"; drop table meta; --')",
    "insert into objects (view, type, name) values ('old', 'table', 'lure')",
    (
        "insert into checkpoints select 'old', 1, position, event_id, 'live', '', updated_at from checkpoints limit 1; "
        "insert into objects (view, type, name) values ('old', 'table', 'meta')"
    ),
    "update checkpoints set state = 'asleep' where view = 'files'",
    "delete from objects where name = 'revisions'",
    "pragma user_version = 7",
]


@pytest.fixture
def history() -> History:
    """Three articles."""
    history = History(MemoryLog())
    for number in range(3):
        history.article(f"{number}.txt", title=f"Title {number}")
    return history


@pytest.fixture
def source(folder: Path, history: History) -> Iterator[Views]:
    """A store whose views hold them."""
    folder.mkdir()
    with closing(Views(folder, views(), history.log)) as source:
        source.open()
        source.catch_up()
        yield source


@pytest.fixture
def file(tmp_path: Path, folder: Path, source: Views, history: History) -> Path:
    """A snapshot of it."""
    return take(folder, history.log, tmp_path / "snapshot.db").path


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """The folder of another host, with nothing in it."""
    other = tmp_path / "other"
    other.mkdir()
    return other


@pytest.fixture
def adopted(other: Path, history: History, file: Path) -> Callable[..., Adopted]:
    """A function that adopts the snapshot there."""

    def adopted(*, some: Sequence[View] = views(), is_forced: bool = False) -> Adopted:
        return adopt(other, some, history.log, file, is_forced=is_forced)

    return adopted


def changed(file: Path, *statements: str) -> None:
    with closing(sqlite3.connect(str(file), isolation_level=None)) as connection:
        for statement in statements:
            connection.executescript(statement)


def titles(folder: Path) -> list[str]:
    with closing(connect_readonly(folder / "views.db")) as connection:
        return [title for (title,) in connection.execute("select title from articles order by title")]


def newer(name: str) -> tuple[View, ...]:
    """The views of a program in which one has another version."""
    return tuple(view._replace(version=view.version + 1) if view.name == name else view for view in views())


def test_snapshot_is_one_file_for_its_owner_and_says_what_it_holds(
    tmp_path: Path, folder: Path, source: Views, history: History
) -> None:
    told: list[tuple[int, int]] = []

    taken = take(folder, history.log, tmp_path / "a.db", lambda *how_far: told.append(how_far))

    assert (taken.position, taken.log_id) == (3, history.log.log_id)
    assert {each.view for each in taken.views} == {view.name for view in views()}
    assert taken.path.stat().st_mode & 0o777 == 0o600
    assert taken.size_bytes == taken.path.stat().st_size
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.db", "store"]
    assert told[-1][0] == told[-1][1] > 0


def test_views_move_while_a_snapshot_is_taken_and_it_holds_one_position(
    tmp_path: Path, folder: Path, source: Views, history: History
) -> None:
    def write(*_: int) -> None:
        history.article("later.txt", title="Later")
        source.catch_up()

    taken = take(folder, history.log, tmp_path / "a.db", write)

    assert {each.position for each in taken.views} == {3}
    assert "Later" in titles(folder)


def test_snapshot_that_is_stopped_leaves_what_stood_there(
    tmp_path: Path, folder: Path, source: Views, history: History
) -> None:
    (tmp_path / "a.db").write_bytes(b"before")

    def stop(*_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        take(folder, history.log, tmp_path / "a.db", stop)

    assert (tmp_path / "a.db").read_bytes() == b"before"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.db", "store"]


def test_snapshot_takes_the_place_of_no_link_and_of_nothing_in_the_store(
    tmp_path: Path, folder: Path, source: Views, history: History
) -> None:
    (tmp_path / "link").symlink_to("elsewhere")

    for target in (tmp_path / "link", folder / "log.db", tmp_path, Path("/dev/null")):
        with pytest.raises(StorageFailed, match=r"name a file|another folder"):
            take(folder, history.log, target)

    assert not (tmp_path / "elsewhere").exists()


def test_views_of_another_log_give_no_snapshot(tmp_path: Path, folder: Path, source: Views) -> None:
    with pytest.raises(LogDiverged, match="was made from log"):
        take(folder, MemoryLog(), tmp_path / "a.db")

    assert not (tmp_path / "a.db").exists()


def test_without_views_there_is_no_snapshot(tmp_path: Path, other: Path) -> None:
    with pytest.raises(NoSuchStore, match="presslog views rebuild"):
        take(other, MemoryLog(), tmp_path / "a.db")


def test_another_host_answers_from_the_snapshot_and_goes_on_from_its_position(
    other: Path, history: History, source: Views, adopted: Callable[..., Adopted]
) -> None:
    done = adopted()
    history.article("3.txt", title="Title 3")

    with closing(Views(other, views(), history.log)) as followed:
        assert followed.open() is None
        assert followed.advance() == 1
        source.catch_up()
        digests = [[each.serving.digest(view) for view in views()] for each in (source, followed)]

    assert (done.snapshot.path, done.snapshot.position, done.missing) == (other / "views-0001.db", 3, ())
    assert titles(other) == ["Title 0", "Title 1", "Title 2", "Title 3"]
    assert digests[0] == digests[1]


def test_snapshot_after_a_rebuild_and_a_merge_of_indexes_is_adopted(
    tmp_path: Path, folder: Path, other: Path, source: Views, history: History
) -> None:
    source.rebuild(names=["revisions"])
    source.optimise()
    source.serving.tune(["analyze"])

    done = adopt(other, views(), history.log, take(folder, history.log, tmp_path / "a.db").path)

    assert done.missing == ()
    assert titles(other) == ["Title 0", "Title 1", "Title 2"]


def test_view_of_another_version_stays_out_and_is_built_from_the_log(
    other: Path, history: History, adopted: Callable[..., Adopted]
) -> None:
    done = adopted(some=newer("files"))

    assert done.missing == ("files",)
    with closing(Views(other, newer("files"), history.log)) as followed:
        built = followed.open()
        assert built
        assert [each.view for each in built.compared] == ["files"]
        assert followed.serving.position() == 3


def test_view_that_stands_on_another_goes_with_it_and_all_come_back(
    other: Path, history: History, source: Views, adopted: Callable[..., Adopted]
) -> None:
    done = adopted(some=newer("revisions"))

    assert "revisions" in done.missing
    assert "files" not in done.missing
    with closing(Views(other, newer("revisions"), history.log)) as followed:
        followed.open()
        assert [followed.serving.digest(view) for view in views()] == [source.serving.digest(view) for view in views()]


def test_view_that_this_program_does_not_have_leaves_nothing(
    other: Path, file: Path, history: History, adopted: Callable[..., Adopted]
) -> None:
    fewer = [view for view in views() if view.name != "files"]

    done = adopted(some=fewer)

    assert done.missing == ()
    with closing(connect_readonly(other / "views.db")) as connection:
        assert connection.execute("select count(*) from sqlite_master where name like '%files%'").fetchone() == (0,)


def test_snapshot_of_which_no_view_fits_is_refused(other: Path, adopted: Callable[..., Adopted]) -> None:
    none = [view._replace(version=view.version + 1) for view in views()]

    with pytest.raises(StoreUnsafe, match="none of its views is one of this presslog"):
        adopted(some=none)

    assert serving_path(other) is None


@pytest.mark.parametrize("statement", [*SCHEMA_OF_STRANGERS, *WORDS_OF_STRANGERS])
def test_file_that_holds_what_this_program_does_not_make_is_refused_and_leaves_nothing(
    other: Path, file: Path, adopted: Callable[..., Adopted], statement: str
) -> None:
    changed(file, statement)

    with pytest.raises(StoreUnsafe, match=r"was not adopted, .*; take a new snapshot"):
        adopted()

    assert [path.name for path in other.iterdir()] == ["rebuild.lock"]


def test_table_that_is_not_what_its_name_says_is_refused(
    other: Path, file: Path, adopted: Callable[..., Adopted]
) -> None:
    changed(
        file,
        "pragma writable_schema = on; update sqlite_master set sql = 'CREATE VIEW checkpoints as select 1', "
        "type = 'view', rootpage = 0 where name = 'checkpoints'; "
        "delete from sqlite_master where tbl_name = 'checkpoints' and type = 'index'",
    )

    with pytest.raises(StoreUnsafe, match="was not adopted"):
        adopted()

    assert serving_path(other) is None


@pytest.mark.parametrize("at", range(1, 20, 3))
def test_damaged_file_is_refused(other: Path, file: Path, adopted: Callable[..., Adopted], at: int) -> None:
    content = bytearray(file.read_bytes())
    content[8192 * at : 8192 * at + 4000] = b"\xa5" * 4000
    file.write_bytes(content)

    with pytest.raises(StoreUnsafe, match="was not adopted"):
        adopted()

    assert serving_path(other) is None


def test_cut_file_is_refused(other: Path, file: Path, adopted: Callable[..., Adopted]) -> None:
    os.truncate(file, file.stat().st_size // 2)

    with pytest.raises(StoreUnsafe, match="was not adopted"):
        adopted()


def test_only_a_regular_file_that_is_a_snapshot_is_read(
    tmp_path: Path, folder: Path, other: Path, history: History, file: Path
) -> None:
    (tmp_path / "link").symlink_to(file)
    (tmp_path / "words").write_text("Rivers rise")
    os.mkfifo(tmp_path / "pipe")
    shutil.copy(folder / "views-0001.db", tmp_path / "copied")

    for name, why in [
        ("link", "it is a link"),
        ("words", "no views of presslog"),
        ("pipe", "is no file"),
        ("copied", "copied out of a store"),
        ("nothing", "No such file"),
    ]:
        with pytest.raises(StoreUnsafe, match=why):
            adopt(other, views(), history.log, tmp_path / name)

    assert list(other.iterdir()) == []


def test_snapshot_of_another_log_is_refused(other: Path, file: Path) -> None:
    with pytest.raises(LogDiverged, match="on a host of this log"):
        adopt(other, views(), MemoryLog(), file)

    assert serving_path(other) is None


def test_snapshot_of_events_that_the_log_does_not_hold_is_refused(
    other: Path, file: Path, adopted: Callable[..., Adopted]
) -> None:
    changed(file, "update checkpoints set event_id = 'another' where view = 'search'")

    with pytest.raises(LogDiverged, match="search as of #3"):
        adopted()


def test_snapshot_behind_the_views_that_serve_is_refused_unless_it_is_wanted(
    folder: Path, source: Views, history: History, file: Path
) -> None:
    history.article("3.txt", title="Title 3")
    source.catch_up()

    with pytest.raises(StoreUnsafe, match="--force"):
        adopt(folder, views(), history.log, file)
    assert titles(folder)[-1] == "Title 3"
    adopt(folder, views(), history.log, file, is_forced=True)

    assert titles(folder) == ["Title 0", "Title 1", "Title 2"]
    source.catch_up()
    assert titles(folder)[-1] == "Title 3"


def test_unfinished_rebuild_gives_way(folder: Path, source: Views, history: History, file: Path) -> None:
    source.changes()
    assert (folder / "views-0002.db").exists()

    done = adopt(folder, views(), history.log, file)

    assert serving_path(folder) == done.snapshot.path == folder / "views-0002.db"
    assert titles(folder) == ["Title 0", "Title 1", "Title 2"]


@pytest.mark.parametrize("when", [0, 1])
def test_adoption_that_is_stopped_leaves_what_serves(
    folder: Path, source: Views, history: History, file: Path, when: int
) -> None:
    before, calls = {*folder.iterdir(), folder / LOCK}, []

    def stop(*_: int) -> None:
        calls.append(1)
        if len(calls) > when:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        adopt(folder, views(), history.log, file, progress=stop)

    assert set(folder.iterdir()) <= before
    assert serving_path(folder) == folder / "views-0001.db"
    assert titles(folder) == ["Title 0", "Title 1", "Title 2"]


def test_adoption_that_was_killed_before_the_switch_is_no_rebuild_to_go_on_with(
    other: Path, history: History, file: Path, adopted: Callable[..., Adopted]
) -> None:
    changed(file, "update revisions set title = 'Title 9' where title = 'Title 0'")
    adopted()
    (other / "views.db").unlink()
    said: list[str] = []

    with closing(Views(other, views(), history.log)) as followed:
        followed.rebuild(told=said.append)

    assert said == []
    assert titles(other) == ["Title 0", "Title 1", "Title 2"]


def test_nobody_adopts_while_somebody_rebuilds(other: Path, adopted: Callable[..., Adopted]) -> None:
    with WriterLock(other, LOCK), pytest.raises(StoreLocked, match=f"pid {os.getpid()}"):
        adopted()


def test_position_is_that_of_the_views_that_live(file: Path, source: Views) -> None:
    checkpoints = tuple(source.serving.checkpoints())
    paused = checkpoints[0]._replace(state="paused", position=1)

    assert Snapshot(file, "a", 1, (paused, *checkpoints[1:])).position == 3
    assert Snapshot(file, "a", 1, (paused,)).position == 0
