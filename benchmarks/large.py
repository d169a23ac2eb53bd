"""search-large: what a search takes in a warm process over a large archive, against the FTS5 statement alone."""

import statistics
import time
from collections.abc import Callable, Sequence

from bench import Bench, Measurement, Row, settings_of
from cold import words
from yardsticks import Yardsticks

LARGE = 100_000
RUNS = 15
WARM_UPS = 2
BARE = """
select rowid, bm25(revisions_fts, 5.0, 1.0), snippet(revisions_fts, 1, '[', ']', '…', 24)
from revisions_fts where revisions_fts match ? order by rank limit 20
"""
AS_OF = """
select rowid, bm25(revisions_fts, 5.0, 1.0), snippet(revisions_fts, 1, '[', ']', '…', 24)
from revisions_fts where revisions_fts match ? and rowid <= ? order by rank limit 20
"""


def search(bench: Bench) -> Sequence[float]:
    """Milliseconds of Answers.search now, and as of the middle of the log."""
    from presslog.store.past import Past
    from presslog.store.queries import Answers

    folder, word = settings_of(bench.desk).store_folder, words(bench)["medium"]
    with Answers(folder) as answers:
        now = milliseconds(lambda: answers.search(word))
        middle = answers.as_of() // 2
    with Answers(folder, Past(middle)) as answers:
        return [now, milliseconds(lambda: answers.search(word))]


def floor(bench: Bench, _: Yardsticks) -> Sequence[float]:
    """The same from the index alone, without a look at the articles."""
    from presslog.store.sqlite import connect_readonly

    connection, word = connect_readonly(settings_of(bench.desk).store_folder / "views.db"), words(bench)["medium"]
    middle = connection.execute("select min(position) / 2 from checkpoints").fetchone()[0]
    try:
        return [
            milliseconds(lambda: connection.execute(BARE, (word,)).fetchall()),
            milliseconds(lambda: connection.execute(AS_OF, (word, middle)).fetchall()),
        ]
    finally:
        connection.close()


def milliseconds(ask: Callable[[], object]) -> float:
    """The median of 15."""
    taken = []
    for _ in range(WARM_UPS + RUNS):
        began = time.perf_counter()
        ask()
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken[WARM_UPS:])


ROWS = (Row("search warm, medium word", "ms", "≤ 2"), Row("search warm, medium word, as of the middle", "ms", "≤ 2"))
MEASUREMENTS = (Measurement("search-large", ROWS, search, floor, least_files=LARGE),)
