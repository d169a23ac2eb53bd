"""A history and the views that follow it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from desks import History

from presslog.handlers.views import views
from presslog.store.engines.memory import MemoryLog
from presslog.store.sqlite import connect_readonly
from presslog.store.views import Views


@pytest.fixture
def history() -> History:
    """An empty history, in memory."""
    return History(MemoryLog())


@pytest.fixture
def followed(folder: Path, history: History) -> Iterator[Views]:
    """The views of that history, open."""
    folder.mkdir()
    followed = Views(folder, views(), history.log)
    followed.open()
    yield followed
    followed.close()


@pytest.fixture
def rows(folder: Path, followed: Views) -> Callable[..., list[tuple[Any, ...]]]:
    """A function that brings the views to the head and gives the rows of a statement."""

    def ask(sql: str, *values: Any) -> list[tuple[Any, ...]]:
        followed.catch_up()
        connection = connect_readonly(folder / "views.db")
        try:
            return list(connection.execute(sql, values))
        finally:
            connection.close()

    return ask
