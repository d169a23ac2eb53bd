"""make accuracy: how much of the real files of every format is read rightly, and how fast; who is found to say what."""

import argparse
import multiprocessing
import resource
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import NamedTuple

import named
import said
from expected import Sample, Score, samples, score
from scoring import Overlap, f1, plain

from presslog.store.article import Article, Author
from presslog.store.errors import Unreadable

Reader = Callable[[bytes, str], Sequence[Article]]

COLUMNS = ("title", "day", "authors", "byline", "guid", "uri", "version", "pubstatus", "contains")
KNOWN = (
    "formats.md, 181 pages: trafilatura with metadata title .702 day .983 authors .767 body .949; JSON-LD first, then"
    " trafilatura .818 .983 .864 .947; body of trafilatura in precision mode on the other 181 pages .964"
)


class Measured(NamedTuple):
    """What one format gave: its files, and how each ended."""

    format: str
    files: int
    read: int
    refused_rightly: int
    refused_wrongly: list[str]
    crashed: list[str]
    fields: dict[str, tuple[int, int]]
    bodies: list[Overlap]
    wrong: list[str]
    seconds: float
    peak_megabytes: float


def main() -> None:
    """Measure every format in a process of its own, then trafilatura alone on the pages."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", action="append", help="one format of the corpus (repeatable)")
    parser.add_argument("--wrong", action="store_true", help="name the files that are wrong, and in what")
    asked = parser.parse_args()
    by_format: dict[str, list[Sample]] = defaultdict(list)
    for sample in samples():
        if not asked.only or sample.format in asked.only:
            by_format[sample.format].append(sample)
    jobs = [(name, some, "presslog") for name, some in sorted(by_format.items())]
    if "html" in by_format:
        jobs.append(("html: trafilatura alone", by_format["html"], "trafilatura"))
    measured = [_apart(*job) for job in jobs]
    print(_table(measured))
    print(KNOWN)
    for each in measured:
        for line in (*each.crashed, *each.refused_wrongly, *(each.wrong if asked.wrong else ())):
            print(f"{each.format}: {line}")
    if not asked.only:
        said.main()
        named.main()


def _apart(name: str, some: list[Sample], reader: str) -> Measured:
    """Measure in a fresh process: its memory is that of a child of the daemon."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(measure, (name, some, reader))


def measure(name: str, some: list[Sample], reader: str) -> Measured:
    """Read all files of a format and hold them against what is known of them."""
    read = READERS[reader]
    read(b"Rain\n\nIt rained on Lima.\n", "warm.txt")
    outcome = Measured(name, len(some), 0, 0, [], [], {}, [], [], 0, 0)._asdict()
    fields: dict[str, list[bool]] = defaultdict(list)
    for sample in some:
        content = sample.content()
        began = time.process_time()
        try:
            articles = read(content, sample.path.name.removesuffix(".gz") if sample.is_packed else sample.path.name)
        except Unreadable as error:
            articles = ()
            outcome["refused_rightly"] += not _is_expected(sample)
            outcome["refused_wrongly"] += [f"{sample.name}: {error.code}: {error}"] if _is_expected(sample) else []
            outcome["wrong"] += [] if _is_expected(sample) else [f"{sample.name} refused: {error.code}: {error}"]
        except Exception as error:  # noqa: BLE001  what no handler may let through is what is looked for
            outcome["crashed"].append(f"{sample.name}: {type(error).__name__}: {error}")
            continue
        finally:
            outcome["seconds"] += time.process_time() - began
        outcome["read"] += bool(articles)
        found = score(sample, articles or (Article(title="", text=""),)) if _is_expected(sample) else Score({}, None)
        for field, is_right in found.fields.items():
            fields[field].append(is_right)
        wrong = [field for field, is_right in found.fields.items() if not is_right]
        outcome["wrong"] += [f"{sample.name}: {', '.join(wrong)}"] if wrong else []
        outcome["bodies"] += [found.body] if found.body else []
    outcome["fields"] = {field: (sum(answers), len(answers)) for field, answers in fields.items()}
    outcome["peak_megabytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Measured(**outcome)


def _is_expected(sample: Sample) -> bool:
    """Whether an article is known to be in the file."""
    known = {*sample.expect, *sample.itself}
    return not sample.is_damaged and bool(known & {"title", "body", "entries", "byline", "body_html_contains"})


def _table(measured: Sequence[Measured]) -> str:
    head = ["format", "files", "read", "refused", *COLUMNS, "other", "body F1", "files/s", "MB"]
    rows = [head, *(_row(each) for each in measured)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    return "\n".join([lines[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *lines[1:]])


def _row(each: Measured) -> list[str]:
    other = [each.fields[name] for name in each.fields if name not in COLUMNS]
    total = (sum(right for right, _ in other), sum(count for _, count in other))
    return [
        each.format,
        str(each.files),
        str(each.read),
        str(each.refused_rightly) + (f" (+{len(each.refused_wrongly)} wrongly)" if each.refused_wrongly else ""),
        *(_share(each.fields.get(name, (0, 0))) for name in COLUMNS),
        _share(total),
        f"{f1(each.bodies):.3f} of {len(each.bodies)}" if each.bodies else "",
        f"{each.files / each.seconds:,.0f}",
        f"{each.peak_megabytes:.0f}",
    ]


def _share(pair: tuple[int, int]) -> str:
    right, count = pair
    return f"{right / count:.3f} of {count}" if count else ""


def _by_presslog(content: bytes, name: str) -> Sequence[Article]:
    from presslog.handlers.reading import read_articles

    return read_articles(content, name).articles


def _by_trafilatura(content: bytes, name: str) -> Sequence[Article]:
    import trafilatura

    if not name.endswith((".html", ".htm")):
        return ()
    found = trafilatura.bare_extraction(content, favor_precision=True, with_metadata=True, include_comments=False)
    if found is None:
        raise Unreadable("no-article", "trafilatura found nothing")
    values = found.as_dict()
    names = [plain(each) for each in (values.get("author") or "").split(";") if each.strip()]
    return [
        Article(
            title=values.get("title") or "",
            text=values.get("text") or "",
            published_at=values.get("date") or "",
            authors=tuple(map(Author, names)),
            uri=values.get("url") or "",
        )
    ]


READERS: dict[str, Reader] = {"presslog": _by_presslog, "trafilatura": _by_trafilatura}

if __name__ == "__main__":
    main()
