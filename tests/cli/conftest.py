"""Commands for tests: run in this process on the archive of the test."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from archives import Archive
from click.testing import CliRunner, Result

from presslog.daemon.cli import presslog

Ask = Callable[..., Result]
PLAIN = {"NO_COLOR": None, "FORCE_COLOR": None, "PRESSLOG_STORE": None, "PRESSLOG_CONFIG": None, "COLUMNS": "100"}


@pytest.fixture
def asker() -> Callable[..., Ask]:
    """What makes of a folder and a command a function that runs it with more arguments on the store there."""

    def of(folder: Path, *command: str) -> Ask:
        def run(*arguments: object) -> Result:
            words = [*command, *map(str, arguments), "--store", str(folder)]
            return CliRunner().invoke(presslog, words, catch_exceptions=False)

        return run

    return of


@pytest.fixture(params=["alone", "beside a daemon"])
def company(request: pytest.FixtureRequest) -> str:
    """Whether a daemon runs meanwhile: what in_company takes."""
    return str(request.param)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    """A store in ``tmp_path / "store"``, empty and open for writing."""
    archive = Archive(tmp_path / "store")
    yield archive
    archive.close()


@pytest.fixture
def ask(tmp_path: Path) -> Ask:
    """A function that runs a command on that store."""

    def run(*arguments: object, store: Path | None = None) -> Result:
        words = [*map(str, arguments), "--store", str(store or tmp_path / "store")]
        return CliRunner(env=PLAIN).invoke(presslog, words, catch_exceptions=False)

    return run
