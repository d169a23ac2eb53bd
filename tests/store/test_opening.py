"""The names that programs import from presslog.store, and a log opened beside its writer."""

from contextlib import closing
from pathlib import Path

import pytest
from archives import Archive
from processes import printed

import presslog.store
from presslog.store import Answers, Past, PresslogError, open_log, parse, read_event


def test_every_public_name_can_be_imported() -> None:
    assert all(getattr(presslog.store, name) for name in presslog.store.__all__)
    assert presslog.store.__all__ == dir(presslog.store)


def test_a_name_that_is_none_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="nothing_of_ours"):
        _ = presslog.store.nothing_of_ours


def test_importing_the_room_imports_no_module_of_it() -> None:
    loaded = printed(
        "import sys, presslog.store; print(*[name for name in sys.modules if name.startswith('presslog')])"
    )

    assert loaded == "presslog presslog.store"


def test_log_is_read_and_questions_are_asked_beside_its_writer(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "store")
    archive.keep(title="Rivers rise")
    archive.build()

    with closing(open_log(tmp_path / "store")) as log, Answers(tmp_path / "store", Past(position=1)) as answers:
        events = [read_event(stored) for stored in log.read(0, 10)]
        titles = [hit.article["title"] for hit in answers.search("water").hits]

    archive.close()
    assert [event.type for event in events] == ["article-recorded", "file-received"]
    assert titles == ["Rivers rise"]
    assert parse("water").match == '"water"'


def test_log_that_is_not_there_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(PresslogError, match="presslog init"):
        open_log(tmp_path)
