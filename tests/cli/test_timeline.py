"""presslog timeline."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from newsroom import CLOSED, FERRY, a_morning

Ask = Callable[..., Result]


@pytest.fixture
def morning(tmp_path: Path) -> None:
    """The store that ``ask`` asks, with the morning of the newsrooms in it."""
    a_morning(tmp_path / "store").close()


@pytest.mark.usefixtures("morning")
def test_timeline_tells_day_by_day_with_the_hours(ask: Ask) -> None:
    lines = ask("timeline", "-n", "4", "-o", "table", 'source:"Radio Fjord"').stdout.splitlines()

    assert lines[0].split("  ")[0] == "Thu 06 Jan 2022"
    assert lines[0].endswith(f"  {'·' * 9}█{'·' * 14}  3 events")
    assert [line.split()[:3] for line in lines[1:]] == [
        ["09:25", "first", CLOSED[:12]],
        ["09:40", "first", lines[2].split()[2]],
        ["09:55", "withdrawal", CLOSED[:12]],
    ]


@pytest.mark.usefixtures("morning")
def test_timeline_gives_programs_every_column_of_the_view(ask: Ask) -> None:
    rows = [json.loads(line) for line in ask("timeline", "ferry", "-o", "ndjson").stdout.splitlines()]
    nothing = ask("timeline", "comet", "-o", "csv")

    assert list(rows[0]) == nothing.stdout.rstrip().split(",")
    assert [row["position"] for row in rows] == sorted(row["position"] for row in rows)
    assert "nothing of that kind happened" in nothing.stderr


@pytest.mark.usefixtures("morning")
def test_timeline_is_cut_and_turned_as_asked(ask: Ask) -> None:
    newest, turned = ask("timeline", "-n", "2"), ask("timeline", "-n", "2", "-r")

    assert newest.stdout.splitlines() == turned.stdout.splitlines()[::-1]
    assert newest.stderr == "2 events: more with -n · as of #31\n"
    assert ask("timeline", "--kind", "correction", "-o", "id").stdout == f"{FERRY}\n"
    assert ask("timeline", "--kind", "moon").exit_code == 2
