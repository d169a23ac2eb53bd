"""make bench-near: how many edits of a text are found again, how fast, and what it takes as an archive grows."""

import argparse
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from functools import partial
from itertools import accumulate, islice
from pathlib import Path
from random import Random
from typing import NamedTuple

from articles import STARTS, articles
from expected import real_texts
from processes import resident_megabytes
from report import keep_run, lines, machine, number

from presslog.handlers.insight.shingles import fingerprint
from presslog.handlers.views.clusters import SCHEMA, apply
from presslog.store.article import Article, Origin
from presslog.store.events import ArticleRecorded, Event
from presslog.store.sqlite import Connection, connect, transaction

REAL_DISK = "/var/tmp"
PAGE, TRANSACTION = 100, 5_000
EDITS = 400
WORDS = 450
STEPS = 10
REAL_WORDS = 100
NO_CORPUS = "There is no corpus here: real texts were not tried."
AIMS = {"changed lead, last paragraph cut": 0.94, "5 % of the words changed": 1.0, "first 60 %": 1.0}

Edit = Callable[[Random, str, list[str]], str]


class Found(NamedTuple):
    """Of edits of one kind: the share that was found again, pairs with other texts, and texts a second."""

    recall: float
    extra: int
    rate: float


def main() -> None:
    """Measure in a folder that is removed at the end, and print two tables."""
    asked = _arguments()
    folder = Path(tempfile.mkdtemp(prefix="presslog-bench-", dir=REAL_DISK))
    try:
        texts = _texts(asked.articles)
        rows, found = recall(folder / "recall.db", texts)
        print(lines(rows))
        real = real_texts(REAL_WORDS)
        rows, of_real = recall(folder / "real.db", real, edited=len(real)) if real else ([], {})
        print(f"The same with all real texts of {REAL_WORDS} words or more:\n{lines(rows)}" if real else NO_CORPUS)
        points = list(growth(folder / "sets.db", asked.sets)) if asked.sets else []
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    notes = machine(None)
    print(", ".join(f"{key} {value}" for key, value in notes.items()))
    told = {
        name: {kind: each._asdict() for kind, each in kinds.items()}
        for name, kinds in (("near", found), ("real", of_real))
    }
    keep_run({"machine": notes, **told, "sets": points})


def _told(found: dict[str, Found]) -> dict[str, dict[str, float]]:
    return {kind: each._asdict() for kind, each in found.items()}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=2_500, help="of so many texts, all different, 400 are edited")
    parser.add_argument("--sets", type=int, default=0, help="then index so many texts of 450 words on the disk")
    return parser.parse_args()


def _texts(count: int) -> list[str]:
    """The bodies of invented articles, each once, to the end of the paragraph with their 450th word."""
    contents = dict.fromkeys(content for _, content in articles(count))
    return [_first(content.decode().partition("(Wire) -- ")[2].strip()) for content in contents]


def _first(text: str) -> str:
    paragraphs = text.split("\n\n")
    counts = accumulate(len(paragraph.split()) for paragraph in paragraphs)
    return "\n\n".join(paragraphs[: 1 + sum(count < WORDS for count in counts)])


def recall(path: Path, texts: Sequence[str], *, edited: int = EDITS) -> tuple[list[list[str]], dict[str, Found]]:
    """Index all texts, then look up edits of some of them, kind by kind; a table, and what it shows."""
    words = sorted({word for text in texts[:200] for word in text.split()})
    rows = [["what", "texts", "texts/s of one core", "recall", "aim", "other texts"]]
    rows.append(["hashed", f"{len(texts):,}", number(_rate(lambda: [*map(fingerprint, texts, texts)], texts))])
    with closing(_made(path)) as db:
        rate = _rate(lambda: _index(db, texts, first=1), texts)
        rows.append(["hashed, looked up, written", f"{len(texts):,}", number(rate)])
    with closing(_made(path.with_suffix(".single"))) as db:
        rate = _rate(lambda: [_index(db, [text], first=place) for place, text in enumerate(texts, 1)], texts)
        rows.append(["the same, each in a transaction", f"{len(texts):,}", number(rate)])
    with closing(connect(path)) as db:
        found = {}
        for kind, edit in EDITS_BY_KIND.items():
            chance = Random(1)
            edits = [edit(chance, text, words) for text in texts[:edited]]
            found[kind] = _looked_up(db, edits, first=len(texts) + 1)
            each = found[kind]
            rows.append(
                [kind, f"{len(edits):,}", number(each.rate), f"{each.recall:.3f}", f"≥ {AIMS[kind]}", str(each.extra)]
            )
    return [[*row, *[""] * (len(rows[0]) - len(row))] for row in rows], found


def _looked_up(db: Connection, edits: Sequence[str], *, first: int) -> Found:
    """Which edits are found to be like their originals, the first of all texts, and like others; nothing is kept."""
    db.execute("begin")
    rate = _rate(lambda: _apply(db, edits, first=first), edits)
    pairs = db.execute("select position, other_position from near_duplicates where position >= ?", (first,)).fetchall()
    db.execute("rollback")
    own = {(position, original) for position, original in pairs if position - first == original - 1}
    return Found(len(own) / len(edits), sum(1 for _, original in pairs if original < first) - len(own), rate)


def growth(path: Path, sets: int) -> Iterator[dict[str, float]]:
    """Index so many texts, and print a line at each tenth of the way."""
    chance = Random(1)
    words = [f"{one}{other}{third}" for one in STARTS for other in STARTS for third in STARTS][:20_000]
    with closing(_made(path)) as db:
        for done in range(0, sets, TRANSACTION):
            texts = [" ".join(chance.choices(words, k=WORDS)) for _ in range(min(TRANSACTION, sets - done))]
            rate = _rate(partial(_index, db, texts, first=done + 1), texts)
            held = done + len(texts)
            if held % (sets // STEPS) < TRANSACTION:
                point = {"sets": held, "us": 1e6 / rate, "rss_mb": resident_megabytes(os.getpid())}
                point |= {"bytes": path.stat().st_size / held, "wal_mb": Path(f"{path}-wal").stat().st_size / 1e6}
                print("  ".join(f"{name} {number(value)}" for name, value in point.items()), flush=True)
                yield point


def _made(path: Path) -> Connection:
    db = connect(path)
    for statement in SCHEMA:
        db.execute(statement)
    return db


def _index(db: Connection, texts: Sequence[str], *, first: int) -> None:
    with transaction(db):
        _apply(db, texts, first=first)


def _apply(db: Connection, texts: Sequence[str], *, first: int) -> None:
    events = (_event(position, text) for position, text in enumerate(texts, first))
    while page := list(islice(events, PAGE)):
        apply(db, page)


def _event(position: int, text: str) -> Event:
    origin = Origin(feed="seeds", path=f"{position}.txt", digest="", format="text")
    article = Article(title=f"Article {position}", text=text)
    fact = ArticleRecorded(uri=f"urn:{position}", revision=1, content_hash="", article=article, origin=origin)
    named = {"id": "", "stream": f"article/art_{position:016}", "type": "article-recorded"}
    return Event(position=position, recorded_at=1_641_442_471.0 + position, fact=fact, **named)


def _rate(work: Callable[[], object], texts: Sequence[str]) -> float:
    """Texts a second of processor time."""
    began = time.process_time()
    work()
    return len(texts) / (time.process_time() - began)


def _new_lead(chance: Random, text: str, words: list[str]) -> str:
    first, *others = text.split("\n\n")
    return "\n\n".join([" ".join(chance.choices(words, k=len(first.split()))), *others[:-1]])


def _some_words(chance: Random, text: str, words: list[str]) -> str:
    said = text.split(" ")
    for place in chance.sample(range(len(said)), len(said) // 20):
        said[place] = chance.choice(words)
    return " ".join(said)


def _beginning(_: Random, text: str, __: list[str]) -> str:
    said = text.split(" ")
    return " ".join(said[: len(said) * 6 // 10])


EDITS_BY_KIND: dict[str, Edit] = dict(zip(AIMS, (_new_lead, _some_words, _beginning), strict=True))


if __name__ == "__main__":
    main()
