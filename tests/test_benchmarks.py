"""The engines side by side, in small: the table is made, and a run ends where a file or a view is not right."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from clusters.postgres import programs
from processes import ENVIRONMENT

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"
LIMIT_SECONDS = 110
LOST = """
from desks import History
from hosts import refuse_lost
from presslog.store.engines.memory import MemoryLog
log = MemoryLog()
history = History(log)
for path in ("a.txt", "b.txt"):
    history.article(path)
    last = history.received(path)
assert refuse_lost(log, {("seeds", "a.txt"), ("seeds", "b.txt")}) == last
history.received("a.txt")
refuse_lost(log, {("seeds", "a.txt"), ("seeds", "b.txt"), ("seeds", "c.txt")})
"""
DIFFERING = """
from contextlib import closing
from pathlib import Path
from bench import Bench
from desks import History
from hosts import refuse_differing
from presslog.handlers.views import views
from presslog.store.engines.memory import MemoryLog
from presslog.store.sqlite import connect
from presslog.store.views import Views
log = MemoryLog()
History(log).article()
bench = Bench(Path(sys.argv[2]), 1, None)
store = bench.fresh("follower")
with closing(Views(store, views(), log)) as made:
    made.open()
refuse_differing(bench, log, [store])
with closing(connect(store / "views.db")) as connection:
    connection.execute("update revisions set title = 'Tampered'")
refuse_differing(bench, log, [store])
"""


def said(code: str, *arguments: object) -> str:
    """With what words a run ends that calls this code."""
    command = [sys.executable, "-c", f"import sys\nsys.path.insert(0, sys.argv[1])\nimport servers\n{code}"]
    words = [*command, str(BENCHMARKS), *map(str, arguments)]
    ended = subprocess.run(words, env=ENVIRONMENT, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 1
    return ended.stderr


@pytest.mark.skipif(programs() is None, reason="NOT TESTED: PostgreSQL is not installed")
def test_engines_stand_side_by_side(tmp_path: Path) -> None:
    history = tmp_path / "history.jsonl"
    asked = ["--files", "12", "--rounds", "1", "--history", history, "--engine", "SQLite", "--engine", "PostgreSQL"]
    only = ["--only", "append-1-by-4", "--only", "replay", "--only", "follow", "--only", "followers"]

    command = [sys.executable, BENCHMARKS / "engines.py", *asked, *only]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT_SECONDS, check=False)

    assert ended.returncode == 0, ended.stderr
    rows = {row["what"]: row["engines"] for row in json.loads(history.read_text())["engines"]}
    assert len(rows) == 7
    assert all(len(row["PostgreSQL"]) == 1 for row in rows.values())
    assert [what for what, row in rows.items() if row["SQLite"]] == list(rows)[1:4]
    assert all(what in ended.stdout for what in rows)


def test_run_ends_where_a_file_is_lost_or_doubled() -> None:
    assert said(LOST).strip() == "file-received: lost=1 doubled=1"


def test_run_ends_where_a_view_of_a_follower_differs(tmp_path: Path) -> None:
    assert said(DIFFERING, tmp_path).strip().startswith("views of a follower differ from those of a rebuild: ")
