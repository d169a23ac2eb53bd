"""Erasure in an archive of hundreds: no trace in any byte of the store, all else as it was, however often it is killed.

What is looked for are pieces of the words and of the packed bytes, up to a hundred of each, by means of the test's own
(tests/traces.py), and the word that only that article has, in the search index.
"""

import hashlib
import json
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from itertools import cycle, islice
from pathlib import Path
from typing import NamedTuple

import pytest
from desks import Desk, a_story
from examples import an_append
from faults.conftest import Score, times
from traces import pieces_of, traces

from presslog.store.engines.sqlite import SqliteLog
from presslog.store.events import ARTICLE_TYPES
from presslog.store.leaf import leaf
from presslog.store.names import article_id
from presslog.store.sqlite import connect_readonly, sqlite3

pytestmark = [pytest.mark.faults, pytest.mark.timeout(3600)]

STORIES, REVISED, CHINESE, BUNDLES, IN_A_BUNDLE, LONG = 180, 40, 40, 12, 5, 4
KINDS = ("story", "revised", "chinese", "bundled", "long")
LAST = 1 << 62
LINES = 14_000
"""So many lines of a long text are more than 512 KiB, which stand in a blob of their own."""


class Victim(NamedTuple):
    """An article, and the one word of it that no other has."""

    id: str
    word: str


def word_of(kind: str, number: int) -> str:
    """A word that stands in one article alone, which no stemmer shortens."""
    return f"{kind}{number}x{hashlib.sha256(f'{kind}{number}'.encode()).hexdigest()[:6]}q"


def written(kind: str, number: int, version: int = 1) -> str:
    """About 3 KB that no other article has."""
    chance = random.Random(f"{kind}{number}/{version}")
    if kind == "chinese":
        runs = ["".join(chr(chance.randrange(0x4E00, 0x9FA5)) for _ in range(40)) for _ in range(20)]
        return f"{word_of(kind, number)} 京.\n\n" + "。\n\n".join(runs)
    words = ["".join(chance.choices("abcdefghij", k=chance.randrange(3, 10))) for _ in range(400)]
    lines = [" ".join(words[start : start + 20]).capitalize() + "." for start in range(0, 400, 20)]
    return "\n\n".join([f"This is {word_of(kind, number)}, version {version}.", *lines])


def long_text(number: int) -> str:
    chance = random.Random(number)
    return "\n\n".join(f"Line {line} of report {number}: {chance.getrandbits(64):x}." for line in range(LINES))


def fill(desk: Desk) -> dict[str, list[Victim]]:
    """An archive of hundreds of articles of every kind, read by the real intake; its victims by kind."""
    for number in range(STORIES):
        desk.drop(f"story/{number}.txt", a_story(f"Story number {number}", written("story", number)))
    for number in range(CHINESE):
        desk.drop(f"chinese/{number}.txt", a_story(f"北京 第{number}号 报道", written("chinese", number)))
    for number in range(LONG):
        text = f"{written('long', number)}\n\n{long_text(number)}"
        desk.drop(f"long/{number}.txt", a_story(f"Report {number}", text))
    for bundle in range(BUNDLES):
        numbers = range(bundle * IN_A_BUNDLE, (bundle + 1) * IN_A_BUNDLE)
        rows = [
            {"uri": f"urn:{number}", "title": f"Item {number}", "text": written("bundled", number)}
            for number in numbers
        ]
        desk.drop(f"bundled/{bundle}.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    for version in (1, 2, 3):
        for number in range(REVISED):
            desk.drop(f"revised/{number}.txt", a_story(f"Revised {number}", written("revised", number, version)))
        desk.drain(300)
    counts = {"story": STORIES, "revised": REVISED, "chinese": CHINESE, "long": LONG}
    found = {
        kind: [Victim(article_id(f"presslog:seeds/{kind}/{n}.txt"), word_of(kind, n)) for n in range(count)]
        for kind, count in counts.items()
    }
    bundled = [Victim(article_id(f"urn:{n}"), word_of("bundled", n)) for n in range(BUNDLES * IN_A_BUNDLE)]
    return found | {"bundled": bundled[::IN_A_BUNDLE]}


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Desk, dict[str, list[Victim]]]:
    """The archive, made once: each test erases in a copy of it."""
    desk = Desk(tmp_path_factory.mktemp("archive") / "desk")
    return desk, fill(desk)


def copied(desk: Desk, folder: Path) -> Desk:
    shutil.copytree(desk.folder, folder, symlinks=True)
    return Desk(folder)


def chosen(victims: dict[str, list[Victim]], count: int) -> Iterator[Victim]:
    """One of each kind after the other."""
    left = {kind: iter(found) for kind, found in victims.items()}
    return islice((victim for kind in cycle(KINDS) for victim in islice(left[kind], 1)), count)


def leaves(desk: Desk) -> list[bytes]:
    with closing(SqliteLog(desk.store, readonly=True)) as log:
        return [leaf(event) for event in log.read(0, LAST)]


def others(desk: Desk, erased: list[str]) -> dict[int, str]:
    """A digest of every row of every article that was not erased."""
    with closing(connect_readonly(desk.store / "views.db")) as connection:
        rows = connection.execute("select * from revisions").fetchall()
    return {row[0]: hashlib.sha256(repr(row).encode()).hexdigest() for row in rows if row[1] not in erased}


def is_in_index(desk: Desk, word: str) -> bool:
    """Whether a term of either index begins so."""
    with closing(sqlite3.connect(f"file:{desk.store}/views.db?mode=ro", uri=True)) as connection:
        for index in ("revisions_fts", "revisions_grams"):
            connection.execute(f"create virtual table temp.terms_of_{index} using fts5vocab (main, {index}, 'row')")
            query = f"select 1 from terms_of_{index} where term >= :word and term < :word || '~'"
            if connection.execute(query, {"word": word}).fetchone():
                return True
    return False


def content_events(desk: Desk) -> int:
    """How many events of articles still say something."""
    with closing(SqliteLog(desk.store, readonly=True)) as log:
        return sum(1 for event in log.read(0, LAST) if event.type in ARTICLE_TYPES and event.data)


def command(desk: Desk, *words: str) -> list[str]:
    return [sys.executable, "-m", "presslog.daemon", "erase", "--store", str(desk.folder), *words]


def order(victim: Victim) -> tuple[str, ...]:
    return victim.id, "--reason", "order of a court", "--yes"


def ended(desk: Desk, *words: str) -> float:
    """Run the command to its good end; the seconds that it took."""
    began = time.monotonic()
    done = subprocess.run(command(desk, *words), capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr
    return time.monotonic() - began


def test_43_erasure(filled: tuple[Desk, dict[str, list[Victim]]], score: Score, tmp_path: Path) -> None:
    original, victims = filled
    desk = copied(original, tmp_path / "desk")
    erased: list[str] = []
    seconds: list[float] = []
    for victim in chosen(victims, times(5, 50)):
        pieces = pieces_of(desk.store, victim.id)
        before, rows = leaves(desk), others(desk, [*erased, victim.id])
        assert pieces
        assert is_in_index(desk, victim.word)

        seconds.append(ended(desk, *order(victim)))

        erased.append(victim.id)
        score.stimuli += 1
        score.undetected += len(traces(desk.store, pieces)) + is_in_index(desk, victim.word)
        score.lost += len(rows.items() - others(desk, erased).items())
        score.doubled += len(others(desk, erased).items() - rows.items())
        after = leaves(desk)
        assert after[: len(before)] == before
        assert len(after) == len(before) + 1
        with closing(SqliteLog(desk.store)) as log:
            log.append([an_append(b"{}", stream="note/after")])
    articles = len({row[0] for row in desk.rows("select distinct article_id from revisions")})
    score.figures.append(f"{articles + len(erased)} articles, slowest {max(seconds):.1f} s")
    assert score.costs == (0, 0, 0)


def test_43_erasure_killed(filled: tuple[Desk, dict[str, list[Victim]]], score: Score, tmp_path: Path) -> None:
    original, victims = filled
    seed = random.SystemRandom().randrange(1 << 32)
    chance = random.Random(seed)
    longest = ended(copied(original, tmp_path / "measured"), *order(victims["revised"][0]))
    stages: dict[str, int] = {}
    for number, victim in enumerate(chosen(victims, times(4, 60))):
        desk = copied(original, tmp_path / str(number))
        pieces, before, rows = pieces_of(desk.store, victim.id), leaves(desk), others(desk, [victim.id])
        told = content_events(desk)

        for _ in range(chance.choice((1, 1, 2))):
            killed(desk, victim, after=chance.uniform(0.2, longest))
        stage = stage_of(desk, is_said=content_events(desk) < told)
        stages[stage] = stages.get(stage, 0) + 1
        ended(desk, *(("--finish",) if stage.startswith("said") else order(victim)))

        score.stimuli += 1
        score.undetected += len(traces(desk.store, pieces)) + is_in_index(desk, victim.word)
        score.lost += len(rows.items() - others(desk, [victim.id]).items())
        assert leaves(desk)[: len(before)] == before
        score.doubled += len(leaves(desk)) - len(before) - 1
        shutil.rmtree(desk.folder)
    score.figures.append(
        f"seed {seed}, killed " + ", ".join(f"{name} {count}" for name, count in sorted(stages.items()))
    )
    assert score.costs == (0, 0, 0)


def killed(desk: Desk, victim: Victim, *, after: float) -> None:
    process = subprocess.Popen(command(desk, *order(victim)), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with suppress(subprocess.TimeoutExpired):
        process.wait(after)
    process.kill()
    process.wait()


def stage_of(desk: Desk, *, is_said: bool) -> str:
    """How far a killed command came."""
    is_begun = (desk.store / "erasing.json").exists()
    if not is_said:
        return "begun" if is_begun else "before"
    return "said" if is_begun else "ended"
