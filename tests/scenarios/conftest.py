"""What every scenario has: a desk, a figure for the table at the end, and stories that last as long as the session."""

import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from desks import Desk
from scenarios.figures import Figure, table

STORY_LIMIT_SECONDS = 660


class Told(NamedTuple):
    """A place of its own for a story, and the word that ends all stories early: wait on it instead of sleeping."""

    folder: Path
    end: threading.Event

    def wait(self, seconds: float) -> None:
        """Let time go by."""
        if self.end.wait(seconds):
            raise InterruptedError("the session is over")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """An empty desk with one feed and the product's own settings."""
    return Desk(tmp_path / "desk", settle_seconds=1.0)


@pytest.fixture
def figure(request: pytest.FixtureRequest) -> Figure:
    """A function that notes what was measured, for the table."""
    return lambda text: request.node.user_properties.append(("figure", text))


@pytest.fixture(scope="session", autouse=True)
def stories(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[Any, Any]]:
    """All stories of the tests that were chosen, begun at once: they last minutes, and need next to nothing."""
    chosen = {story_of(item) for item in request.session.items} - {None}
    end = threading.Event()
    with ThreadPoolExecutor(max(1, len(chosen))) as pool:
        try:
            yield {
                story: pool.submit(story, Told(tmp_path_factory.mktemp(story.__name__), end))
                for story in sorted(chosen, key=lambda story: story.__name__)
            }
        finally:
            end.set()


@pytest.fixture
def story(request: pytest.FixtureRequest, stories: dict[Any, "Future[Any]"]) -> Any:
    """What the story of this test found, waited for until its end."""
    return stories[story_of(request.node)].result(STORY_LIMIT_SECONDS)


def story_of(item: pytest.Item) -> Any:
    marker = item.get_closest_marker("story")
    return marker.kwargs["tells"] if marker else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Stories are judged last."""
    items.sort(key=lambda item: story_of(item) is not None)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the table: scenario, result, figure."""
    lines = table(terminalreporter)
    if lines:
        terminalreporter.section("scenarios")
        terminalreporter.write_line("\n".join(lines))
