"""A store whose log a server keeps: it remembers where, and takes no other log for its own."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from examples import an_append

from presslog.store.engines.sqlite import SqliteLog
from presslog.store.errors import ConfigError, LogDiverged
from presslog.store.opening import ADDRESS, log_at, open_log, which_log


@pytest.fixture
def address(postgres_logs: Callable[[], str]) -> str:
    """Where a log can be that is not there yet."""
    return postgres_logs()


@pytest.fixture
def store(folder: Path, address: str) -> Path:
    """A store whose log is there, with one event."""
    with closing(log_at(folder, address, readonly=False)) as log:
        log.append([an_append(b"news")])
    return folder


def test_a_store_is_opened_by_its_folder_alone(store: Path, address: str) -> None:
    with closing(open_log(store)) as log:
        assert [event.data for event in log.read(0, 10)] == [b"news"]

    assert (store / ADDRESS).read_text().splitlines() == [address, log.log_id]


def test_another_way_to_the_same_log_is_remembered(store: Path, address: str) -> None:
    other = f"{address}&application_name=night"

    log_at(store, other, readonly=False).close()

    assert (store / ADDRESS).read_text().startswith(f"{other}\n")


def test_a_store_that_belongs_to_another_log_is_refused(store: Path, postgres_logs: Callable[[], str]) -> None:
    before = (store / ADDRESS).read_bytes()

    with pytest.raises(LogDiverged, match="put the address right"):
        log_at(store, postgres_logs(), readonly=False)

    assert (store / ADDRESS).read_bytes() == before


def test_settings_that_name_no_server_are_told_which_one_has_the_log(store: Path, address: str) -> None:
    with pytest.raises(ConfigError) as refusal:
        log_at(store, "sqlite", readonly=False)

    assert f'set engine = "{address}"' in str(refusal.value)
    assert not (store / "log.db").exists()


def test_a_log_in_a_file_is_not_left_behind_for_an_empty_one_elsewhere(folder: Path, address: str) -> None:
    SqliteLog(folder).close()

    with pytest.raises(ConfigError, match="presslog move --to"):
        log_at(folder, address, readonly=False)


def test_which_log_it_is_says_its_id_and_not_its_address(store: Path, address: str) -> None:
    before = which_log(store)

    log_at(store, f"{address}&application_name=night", readonly=False).close()

    assert which_log(store) == before
    (store / ADDRESS).write_text(f"{address}\nanother\n")
    assert which_log(store) != before
