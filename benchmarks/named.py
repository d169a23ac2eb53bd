"""How rightly names, dates and figures are found in the labelled articles, and how fast: see `make accuracy`."""

import multiprocessing
import resource
import sys
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

sys.path.append(str(Path(__file__).resolve().parents[1] / "tests"))  # the labels are those of the tests

import insight_labels as labels

from presslog.handlers.insight import model
from presslog.handlers.insight.detectors import DETECTORS
from presslog.handlers.insight.facts import Mention
from presslog.handlers.reading import read_articles
from presslog.store.article import Article

KINDS = ("person", "place", "organisation", "date", "money", "number")
HALVES = {"odd": 1, "even": 0}
ROUNDS = 3
KNOWN = (
    "P and R: precision and recall of spans that are the same, then of those that overlap; name: of the same spans, how"
    " many have the fullest form too. odd: the articles that the rules were written on. even: held out until then, and"
    " looked at for one last round of rules; before it the rules had, of overlapping spans, person .968 and .984, place"
    " .947 and .913, organisation .955 and .834, date .976 and .976, money 1.000 and .947, number .966 and .995."
)

Found = list[tuple[labels.Sample, list[Mention]]]


class Measured(NamedTuple):
    """What a detector found, and what that took."""

    found: Found
    words_a_second: float
    milliseconds: float
    megabytes: float


def main() -> None:
    """Print a table for each detector; each runs in a process of its own, so that its memory is its own."""
    for name in DETECTORS:
        if name == "model" and not find_spec(model.PACKAGE):
            print("SKIPPED LOUDLY: model: presslog[ner] is not installed")
            continue
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            measured = pool.apply(measure, (name,))
        print(table(name, measured.found))
        print(
            f"{name}: {measured.words_a_second:,.0f} words/s, {measured.milliseconds:.2f} ms an article,"
            f" {measured.megabytes:.0f} MB"
        )
    print(KNOWN)


def measure(name: str) -> Measured:
    """Find the mentions of all labelled articles, and once more against the clock."""
    samples = labels.samples()
    articles = [article_of(sample) for sample in samples]
    found = list(zip(samples, DETECTORS[name].find(articles), strict=True))
    began = time.process_time()
    for _ in range(ROUNDS):
        list(DETECTORS[name].find(articles))
    taken = (time.process_time() - began) / ROUNDS
    words = sum(len(article.text.split()) for article in articles)
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Measured(found, words / taken, taken / len(articles) * 1000, megabytes)


def article_of(sample: labels.Sample) -> Article:
    """The article that a labelled file holds."""
    (article,) = read_articles(sample.path.read_bytes(), sample.path.name).articles
    return article


def counts(some: Iterable[tuple[labels.Sample, list[Mention]]], kind: str) -> Counter[str]:
    """What was found of a kind, what is labelled, and how many of both are the same or overlap."""
    total: Counter[str] = Counter()
    for sample, mentions in some:
        found = {(each.span.start, each.span.end): each.name for each in mentions if each.kind == kind}
        labelled = {(each.span.start, each.span.end): each.name for each in sample.labels.mentions if each.kind == kind}
        same = found.keys() & labelled.keys()
        total += Counter(
            found=len(found),
            labelled=len(labelled),
            same=len(same),
            named=sum(found[span] == labelled[span] for span in same),
            touching=sum(_overlaps(span, labelled) for span in found),
            touched=sum(_overlaps(span, found) for span in labelled),
        )
    return total


def _overlaps(span: tuple[int, int], others: Iterable[tuple[int, int]]) -> bool:
    return any(span[0] < end and start < span[1] for start, end in others)


def table(detector: str, found: Found) -> str:
    """A row for each kind and half."""
    cells = [[f"by {detector}", "articles", "labelled", "found", "P", "R", "overlap P", "overlap R", "name"]]
    for kind in KINDS:
        for half, odd in HALVES.items():
            some = [each for each in found if int(each[0].path.stem.rpartition("-")[2]) % 2 == odd]
            cells.append([kind, half, *_row(counts(some, kind), has_name=kind in KINDS[:3])])
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = ["| " + " | ".join(map(str.ljust, row, widths)) + " |" for row in cells]
    return "\n".join([lines[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *lines[1:]])


def _row(total: Counter[str], *, has_name: bool) -> Sequence[str]:
    shares = (
        ("same", "found"),
        ("same", "labelled"),
        ("touching", "found"),
        ("touched", "labelled"),
        ("named", "same"),
    )
    rates = [f"{total[part] / total[whole]:.3f}" if total[whole] else "" for part, whole in shares]
    return [str(total["labelled"]), str(total["found"]), *rates[:4], rates[4] if has_name else ""]


if __name__ == "__main__":
    main()
