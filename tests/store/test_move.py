"""A log that is moved: the same events and bytes, in another engine, and one store that goes on with it."""

import hashlib
import itertools
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from backups import filled, originals, stored
from examples import an_append, an_event

from presslog.store.engines import open_engine
from presslog.store.engines.moving import mover
from presslog.store.engines.sqlite import SqliteLog
from presslog.store.errors import BadQuery, ConfigError, LogDiverged, NoSuchStore, StoreLocked, StoreUnsafe
from presslog.store.events import ArticleRedacted, encode
from presslog.store.guards import lifted
from presslog.store.log import Erasure, EventLog, Stored
from presslog.store.move import move
from presslog.store.move_copy import PAGE_EVENTS, copy
from presslog.store.opening import ADDRESS, address_of, log_at, open_log
from presslog.store.sqlite import connect, transaction

SERVERS = ("postgres_logs", "nats_logs")
"""The fixtures that make addresses of logs which nobody has used."""
COUNT = 2 * PAGE_EVENTS + 50


@pytest.fixture
def store(folder: Path) -> Path:
    """A store with a log in a file, of some pages, signed, whose events name an original each."""
    filled(folder, COUNT)
    return folder


@pytest.fixture(params=["file", *SERVERS])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a log can be copied to, in turn: a folder that is not there, an address on each kind of server."""
    return str(tmp_path / "copy") if request.param == "file" else fresh(request, request.param)


@pytest.fixture
def address(fresh_server: Callable[[], str]) -> str:
    """Where no log is yet, on each kind of server in turn."""
    return fresh_server()


@pytest.fixture(params=itertools.product(SERVERS, SERVERS), ids="-".join)
def way(request: pytest.FixtureRequest) -> tuple[str, str]:
    """From each kind of server to each."""
    first, second = request.param
    return fresh(request, first), fresh(request, second)


def fresh(request: pytest.FixtureRequest, logs: str) -> str:
    """The address of a log that nobody has used."""
    made: Callable[[], str] = request.getfixturevalue(logs)
    return made()


def opened(place: str, folder: Path, *, readonly: bool = True) -> EventLog:
    """The log at a place."""
    if "://" in place:
        return open_engine(place, folder, readonly=readonly)
    return SqliteLog(Path(place), readonly=readonly)


def begun(store: Path, place: str, *, upto: int) -> None:
    """Let a move be killed when so many events have arrived."""
    engine = place if "://" in place else "sqlite"
    folder = store if "://" in place else Path(place)
    folder.mkdir(exist_ok=True)
    with (
        closing(open_log(store)) as source,
        closing(mover(engine).receive(engine, folder, source.log_id)) as receiver,
    ):
        copy(source, receiver, upto, lambda _: None)


def test_copy_holds_the_same_events_and_bytes_and_the_store_stays(store: Path, place: str) -> None:
    before = stored(store)

    done = move(store, place, is_copy=True)

    with closing(opened(place, store)) as copied, closing(open_log(store)) as log:
        assert copied.read(0, 1 << 30) == before
        assert (copied.log_id, done.log_id, done.position, done.blobs) == (log.log_id, log.log_id, log.head(), COUNT)
        assert [copied.blobs.get(each) for each in named(before)] == originals(store, before)
    assert stored(store) == before
    assert not address_of(store)


def named(events: list[Stored]) -> list[str]:
    return [event.data[11:75].decode() for event in events if event.data.startswith(b'{"digest"')]


def test_copied_log_takes_appends_behind_what_it_got(store: Path, place: str, tmp_path: Path) -> None:
    move(store, place, is_copy=True)
    head = stored(store)[-1].position

    with closing(opened(place, tmp_path / "other", readonly=False)) as log:
        [receipt] = log.append([an_append(b"next")])

    assert receipt == (head + 1, head + 1, False)


def data_of(content: bytes) -> bytes:
    """The data of an event that names these bytes."""
    return b'{"digest":"%s"}' % hashlib.sha256(content).hexdigest().encode()


def test_moved_store_goes_on_at_its_address_and_leaves_the_old_file(store: Path, address: str) -> None:
    before = stored(store)

    done = move(store, address)

    assert stored(store) == before
    assert (address_of(store), done.left) == (address, store / "log.db.moved")
    assert not (store / "log.db").exists()
    with closing(log_at(store, address, readonly=False)) as log:
        log.append([an_append(b"next")])
    with pytest.raises(ConfigError, match="set engine"):
        log_at(store, "sqlite", readonly=False)


def test_log_comes_home_and_its_server_takes_no_more_from_anybody(store: Path, address: str, tmp_path: Path) -> None:
    move(store, address)
    with closing(open_engine(address, tmp_path / "other", readonly=False)) as other:
        other.append([an_append(b"of another host")])
        before = stored(store)

        move(store, str(store))

        with pytest.raises(StoreUnsafe, match=f"was moved to {store}"):
            other.append([an_append(b"too late")])
    assert stored(store) == before
    assert not (store / ADDRESS).exists()
    with pytest.raises(StoreUnsafe, match="set engine"):
        open_engine(address, tmp_path / "third", readonly=False)
    with closing(open_engine(address, tmp_path / "third", readonly=True)) as reader, pytest.raises(LogDiverged):
        reader.wait(before[-1].position, 10.0)


def test_log_moves_from_server_to_server(store: Path, way: tuple[str, str]) -> None:
    first, second = way
    before = stored(store)
    move(store, first)

    move(store, second)

    assert (address_of(store), stored(store)) == (second, before)
    with pytest.raises(StoreUnsafe, match="moved"):
        move(store, first)
    assert address_of(store) == second


def test_move_goes_on_behind_what_has_arrived(store: Path, place: str) -> None:
    begun(store, place, upto=PAGE_EVENTS + 1)

    done = move(store, place, is_copy=True)

    assert 0 < done.blobs < COUNT
    with closing(opened(place, store)) as copied:
        assert copied.read(0, 1 << 30) == stored(store)


def test_log_that_is_not_whole_is_opened_by_nobody(store: Path, place: str) -> None:
    begun(store, place, upto=10)

    for readonly in (True, False):
        with pytest.raises(StoreUnsafe, match="is not finished: run `presslog move` again"):
            opened(place, Path(place) if "://" not in place else store.with_name("other"), readonly=readonly)
    if "://" not in place:
        with pytest.raises(StoreUnsafe, match="is not finished"):
            open_log(Path(place))


def test_what_another_host_appends_meanwhile_comes_along(store: Path, way: tuple[str, str]) -> None:
    first, second = way
    move(store, first)
    host = store.with_name("host")

    with closing(log_at(host, first, readonly=False)) as other:
        told: list[int] = []

        def busy(done: int, total: int) -> None:
            """It appends while events are copied, and once more while they are compared."""
            if len(told) in (0, 4):
                other.append([an_append(b"meanwhile")])
            told.append(done)

        move(store, second, progress=busy)
        with pytest.raises(StoreUnsafe, match="was moved to"):
            other.append([an_append(b"too late")])

    events = stored(store)
    assert [event.data for event in events[-2:]] == [b"meanwhile", b"meanwhile"]
    assert [event.position for event in events] == list(range(1, len(events) + 1))


@pytest.mark.parametrize("place", ["file", "postgres_logs"], indirect=True)
def test_what_was_erased_since_it_was_copied_is_erased_in_the_copy(folder: Path, place: str) -> None:
    digest = hashlib.sha256(b"words").hexdigest()
    with closing(SqliteLog(folder)) as log:
        log.append([an_append(data_of(b"words"), b'{"words":1}', stream="article/a")], blobs=[b"words"])
        begun(folder, place, upto=2)
        fact = ArticleRedacted(reason="by order", revision=1, positions=(1, 2), digests=(digest,))
        said = an_append(events=[an_event(encode(fact), event_type="article-redacted")], stream="article/a")
        log.erase(Erasure(said, fact.positions, fact.digests))

    move(folder, place, is_copy=True)

    with closing(opened(place, folder)) as copied:
        assert [bool(event.data) for event in copied.read(0, 10)] == [False, False, True]
        assert copied.read(0, 10) == stored(folder)
        with pytest.raises(KeyError):
            copied.blobs.get(digest)


def test_place_of_another_log_is_refused(store: Path, place: str, tmp_path: Path) -> None:
    other = tmp_path / "third"
    filled(other, 3)
    move(other, place, is_copy=True)

    with pytest.raises(StoreUnsafe, match="name an empty place"):
        move(store, place, is_copy=True)


def test_place_where_other_events_arrived_is_refused(store: Path, place: str) -> None:
    begun(store, place, upto=10)
    with closing(open_log(store)) as log:
        log_id = log.log_id
    engine, folder = (place, store) if "://" in place else ("sqlite", Path(place))
    with closing(mover(engine).receive(engine, folder, log_id)) as receiver:
        [last] = receiver.log.read(9, 1)
        receiver.take([last._replace(position=11, id="another", key="another")], ())

    with pytest.raises(StoreUnsafe, match="another event #11"):
        move(store, place, is_copy=True)


def test_event_that_arrived_otherwise_stops_the_move(store: Path, address: str) -> None:
    with closing(open_log(store)) as log, closing(mover(address).receive(address, store, log.log_id)) as receiver:
        first, second = log.read(0, 2)
        receiver.take([first._replace(meta=b"{}"), second], ())

    with pytest.raises(StoreUnsafe, match="event 1 at"):
        move(store, address)

    assert not address_of(store)


def test_bytes_that_did_not_arrive_stop_the_move(store: Path, address: str) -> None:
    with closing(open_log(store)) as log, closing(mover(address).receive(address, store, log.log_id)) as receiver:
        receiver.take(log.read(0, 5), ())

    with pytest.raises(StoreUnsafe, match="are missing at"):
        move(store, address)

    assert not address_of(store)


def test_log_that_is_not_what_was_signed_is_not_moved(store: Path, place: str) -> None:
    with closing(connect(store / "log.db")) as connection, transaction(connection), lifted(connection):
        connection.execute("update events set recorded_at = 7 where position = 5")

    with pytest.raises(StoreUnsafe, match="is not what was signed"):
        move(store, place, is_copy=True)


def test_finished_place_is_refused_once_the_log_has_grown(store: Path, place: str) -> None:
    move(store, place, is_copy=True)
    move(store, place, is_copy=True)
    filled(store, 1, begin=COUNT)

    with pytest.raises(StoreUnsafe, match="was finished at"):
        move(store, place, is_copy=True)


def test_copy_on_a_server_is_switched_to_later(store: Path, address: str) -> None:
    move(store, address, is_copy=True)

    done = move(store, address)

    assert (done.blobs, address_of(store)) == (0, address)


def test_the_very_place_of_the_log_is_refused_however_it_is_spelt(store: Path, address: str) -> None:
    move(store, address)
    spelt = address + ("&application_name=night" if address.startswith("postgresql") else "&replicas=1")

    with pytest.raises(BadQuery, match="already"):
        move(store, address)
    with pytest.raises(BadQuery, match="name another place"):
        move(store, spelt)

    with closing(log_at(store, address, readonly=False)) as log:
        log.append([an_append(b"it goes on")])


@pytest.mark.parametrize("kept", ["", "log.db.moved"])
def test_switch_that_was_killed_is_finished_by_the_next_move(store: Path, address: str, kept: str) -> None:
    begun(store, address, upto=COUNT + 1)
    before = stored(store)
    with closing(open_log(store)) as log:
        (store / ADDRESS).write_text(f"{address}\n{log.log_id}\n")
    if kept:
        (store / kept).touch()

    done = move(store, address)

    assert stored(store) == before
    assert done.left == store / (f"{kept}.2" if kept else "log.db.moved")
    assert not (store / "log.db").exists()


@pytest.mark.parametrize(
    ("to", "is_copy", "said"),
    [
        ("store", False, "is the store itself"),
        ("store", True, "is the store itself"),
        ("elsewhere", False, "--copy"),
        ("full", True, "is not empty"),
    ],
)
def test_folder_that_makes_no_sense_is_refused(store: Path, to: str, is_copy: bool, said: str) -> None:
    full = store.with_name("full")
    full.mkdir()
    (full / "letter.txt").touch()

    with pytest.raises(BadQuery, match=said):
        move(store, str(store.with_name(to)), is_copy=is_copy)


def test_engine_that_is_none_is_refused(store: Path) -> None:
    with pytest.raises(ConfigError, match="no log can be moved"):
        move(store, "mysql://host/news")


def test_store_that_somebody_writes_is_not_moved(store: Path, place: str) -> None:
    with closing(SqliteLog(store)), pytest.raises(StoreLocked, match="pid"):
        move(store, place, is_copy=True)


def test_folder_without_a_log_has_nothing_to_move(folder: Path, place: str) -> None:
    with pytest.raises(NoSuchStore):
        move(folder, place, is_copy=True)


def test_large_original_and_odd_words_arrive(folder: Path, place: str) -> None:
    large = bytes(range(256)) * (40 << 10)
    odd = [an_event(b"\x00\xff"), an_event(b"")]
    with closing(SqliteLog(folder)) as log:
        log.append([an_append(data_of(large)), an_append(events=odd, stream="Ω \n", key="k\u2028")], blobs=[large])

    move(folder, place, is_copy=True)

    with closing(opened(place, folder)) as copied:
        assert copied.read(0, 10) == stored(folder)
        assert [copied.blobs.get(each) for each in named(copied.read(0, 1))] == [large]
