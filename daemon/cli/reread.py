"""presslog reread: today's handlers read the kept bytes of articles once more."""

import sys
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

import click

from .exits import PARTLY
from .options import common, reading_settings
from .output import emit, output, say
from .progress import progress
from .text import one_line

if TYPE_CHECKING:
    from presslog.config.settings import Settings

    from .progress import Progress

PORTION = 100
"""So many articles are asked for at once; a daemon answers for those that it read in half a second."""
WHY_LEFT = {"unreadable": "could not be read", "another": "would become another article"}


@click.command()
@click.argument("query", nargs=-1)
@click.option("--dry-run", "is_dry", is_flag=True, help="Show what would differ, and record nothing.")
@output("page", "json", "ndjson", default="page")
@common
def reread(query: tuple[str, ...], is_dry: bool, form: str) -> None:
    """Read articles anew from their kept bytes.

    After an upgrade: where today's handlers read the bytes of an article otherwise, that is recorded as a reading of
    the same revision, apart from what the newsroom changed. QUERY is as in search; without it all are read. Exit status
    4 says that some could not be read; they stay as they were.

    \b
    Examples:
      presslog reread --dry-run
      presslog reread source:Reuters since:30d
      presslog reread --dry-run -o ndjson | jq -r '.differences[].field' | sort | uniq -c
    """
    counts: Counter[str] = Counter()
    with progress("reread") as tell:
        rows = _worth_telling(_reread(reading_settings(), " ".join(query), tell, is_dry=is_dry), counts)
        if form == "page":
            for row in rows:
                sys.stdout.write("\n".join(_lines(row, is_dry=is_dry)) + "\n")
        else:
            emit(rows, (), form)
    say(_end(counts, is_dry=is_dry))
    sys.exit(PARTLY if any(counts[state] for state in WHY_LEFT) else 0)


def _reread(settings: "Settings", text: str, tell: "Progress", *, is_dry: bool) -> Iterator[dict[str, Any]]:
    """What becomes of each article that matches; they are asked for in portions, and again what an answer left out."""
    from presslog.daemon.reread import Reread
    from presslog.store.queries import Answers

    from .ask import asking

    with Answers(settings.store_folder) as answers, asking(settings) as ask:
        total, done, left = answers.count(text), 0, answers.ids(text)
        portion = tuple(islice(left, PORTION))
        while portion:
            rows = ask("reread", Reread(portion, is_dry))
            yield from rows
            done += len(rows)
            tell(done, max(total, done))
            portion = portion[len(rows) :]
            portion += tuple(islice(left, PORTION - len(portion)))
        ask("reread", Reread(()))


def _worth_telling(rows: Iterator[dict[str, Any]], counts: Counter[str]) -> Iterator[dict[str, Any]]:
    """All but what reads the same; everything is counted."""
    for row in rows:
        counts[row["state"]] += 1
        if row["state"] != "same" or row["code"]:
            yield row


def _lines(row: dict[str, Any], *, is_dry: bool) -> Iterator[str]:
    fields = ", ".join(each["field"] for each in row["differences"])
    revisions = f"revision {', '.join(map(str, row['revisions']))}" if row["revisions"] else ""
    told = [row["id"], row["title"], revisions, "" if is_dry else fields, row["reason"]]
    yield "  ".join(one_line(each) for each in told if each)
    for each in row["differences"] if is_dry else ():
        shown = one_line(each["words"]) or f"{_quoted(each['before'])} -> {_quoted(each['after'])}"
        yield f"  {each['field']:<16} {shown}"


def _quoted(value: str) -> str:
    return f'"{one_line(value)}"' if value else "nothing"


def _end(counts: Counter[str], *, is_dry: bool) -> str:
    would = "would be " if is_dry else ""
    left = [f"{counts[state]} {why}" for state, why in WHY_LEFT.items() if counts[state]]
    plural = "" if counts["reread"] == 1 else "s"
    said = ", ".join([f"{counts['reread']} article{plural} {would}read anew", f"{counts['same']} the same", *left])
    return f"{said}\nNext:  presslog reread, without --dry-run" if is_dry and counts["reread"] else said
