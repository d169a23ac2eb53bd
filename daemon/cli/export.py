"""presslog export: every article that matches, without a limit, in the form that another program reads."""

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, redirect_stdout
from typing import TYPE_CHECKING, Any

import click

from .freshness import freshness
from .options import common, is_terminal, store_folder
from .output import Column, emit, output, say
from .past import asked_past, past
from .saved import asked_query, saved
from .search import filters
from .words import Words

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from presslog.store.queries import Answers
    from presslog.store.tables import Row

COLUMNS = (
    Column("id"),
    Column("published_at", "published"),
    Column("source"),
    Column("revision"),
    Column("standing"),
    Column("title", gives_way=True),
)
FORMS = ("ndjson", "json", "csv", "tsv", "md", "markdown", "parquet", "ninjs", "news-please")
QUIET_SECONDS = 1.0
"""How long an export may take without telling how far it is."""

_to = click.option("--to", metavar="FILE", help="Write there: beside it first, and renamed when it is whole.")
_facts = click.option(
    "--facts", "with_facts", is_flag=True, help="What each article says too: quotes, attributions, mentions, story."
)
_all_revisions = click.option(
    "--all-revisions", "every_revision", is_flag=True, help="Every revision of an article, not only its current one."
)


@click.command(cls=Words)
@click.argument("query", nargs=-1)
@filters
@_all_revisions
@_facts
@past
@_to
@output(*FORMS, default="ndjson")
@saved
@common
def export(query: tuple[str, ...], to: str | None, form: str, with_facts: bool, **asked: Any) -> None:
    """Write all articles that match.

    In the order of the log, without a limit; all of them where there is no query. An export is of one moment, however
    long it takes.

    Withdrawn articles are among them, with their status: leave them out with -status:withdrawn.

    \b
    ndjson, json, csv, tsv  all columns; `md` is a table of the most important ones
    markdown                a document an article with front matter, into the folder --to
    parquet                 typed columns: pip install 'presslog[parquet]'
    ninjs                   an item of IPTC's News in JSON 2.1 a line
    news-please             an object a line with the keys of that crawler

    \b
    Examples:
      presslog export > archive.ndjson
      presslog export -o csv source:Reuters --since 2022-01-01 > reuters.csv
      presslog export -o parquet --all-revisions --to archive.parquet
      presslog export -o markdown --as-of yesterday --to notes/
      presslog export --facts source:Reuters | jq '.quotes[].text'
    """
    from datetime import UTC, datetime
    from pathlib import Path

    from presslog.store.queries import Answers

    _refuse_impossible(form, to, with_facts=with_facts)
    folder, now, every_revision = store_folder(), datetime.now(UTC), asked.pop("every_revision")
    asked |= {"text": asked_query(query), "now": now}
    opened = Answers(folder, asked_past(), every_revision=every_revision, with_insight=with_facts)
    with opened as answers, answers.tables:
        found = _whole(answers, answers.export(**asked), now, with_facts=with_facts)
        rows = _told(found, lambda: answers.count(**asked), is_quiet=to is None and is_terminal())
        count = _write(rows, form, Path(to) if to else None, every_revision=every_revision)
        said = "revision" if every_revision else "article"
        say(f"{count} {said}{'s' if count != 1 else ''} · {freshness(answers, folder)}")
    if not count:
        say("Next:  `presslog search` with fewer words, or `presslog status` for what is there")


def _whole(answers: "Answers", rows: "Iterator[Row]", now: "datetime", *, with_facts: bool) -> "Iterator[Row]":
    """The rows with what must be known before each is used, and, where that is asked for, with what it says."""
    from presslog.store.facts import facts_of
    from presslog.store.standing import standing

    for row in rows:
        facts = facts_of(answers, row["id"], row["head_position"]) if with_facts else {}
        yield row | {"standing": standing(row, now)} | facts


def _refuse_impossible(form: str, to: str | None, *, with_facts: bool) -> None:
    from importlib.util import find_spec

    if with_facts and form not in ("ndjson", "json"):
        raise click.UsageError(f"facts are lists within an article, which {form} has no room for: -o ndjson or json")
    if form == "markdown" and to is None:
        raise click.UsageError("markdown is a document an article: name a folder for them, --to DIR")
    if form == "parquet" and to is None and is_terminal():
        raise click.UsageError("parquet is nothing to look at: write it into a file, --to FILE")
    if form == "parquet" and find_spec("pyarrow") is None:
        raise click.UsageError("parquet needs pyarrow: pip install 'presslog[parquet]'")


def _write(rows: "Iterator[Row]", form: str, to: "Path | None", *, every_revision: bool) -> int:
    if form == "markdown" and to:
        return _documents(rows, to, every_revision=every_revision)
    if to is None:
        return _parquet(rows, sys.stdout.buffer) if form == "parquet" else _lines(rows, form)
    from io import TextIOWrapper

    from presslog.store.whole import whole

    with whole(to) as handle:
        if form == "parquet":
            return _parquet(rows, handle)
        text = TextIOWrapper(handle, "utf-8", errors="backslashreplace", newline="\n")
        with redirect_stdout(text):
            count = _lines(rows, form)
        text.detach()
    return count


def _lines(rows: "Iterable[Row]", form: str) -> int:
    from presslog.daemon.exports import SHAPES

    if form in SHAPES:
        return emit(map(SHAPES[form], rows), COLUMNS, "ndjson")
    return emit(rows, COLUMNS, form)


def _parquet(rows: "Iterable[Row]", file: Any) -> int:
    from presslog.daemon.exports.parquet import write_parquet
    from presslog.store.queries import EXPORT_COLUMNS

    names = [name.strip() for name in EXPORT_COLUMNS.split(",")]
    return write_parquet(rows, [*names, "standing"], file)


def _documents(rows: "Iterable[Row]", folder: "Path", *, every_revision: bool) -> int:
    from presslog.daemon.exports.documents import document, file_name
    from presslog.store.whole import made_folder, whole

    made_folder(folder)
    count = 0
    for count, row in enumerate(rows, 1):  # noqa: B007  the last number is the answer
        with whole(folder / file_name(row, with_revision=every_revision), is_durable=False) as handle:
            handle.write(document(row).encode("utf-8", "replace"))
    return count


def _told(rows: "Iterator[Row]", total: Callable[[], int], *, is_quiet: bool) -> "Iterator[Row]":
    """The same rows; where it takes long, a terminal on stderr is told how far they are."""
    if is_quiet or not sys.stderr.isatty():
        yield from rows
        return
    from .progress import progress

    began, tell = time.monotonic(), None
    expected = 0
    with ExitStack() as stack:
        for number, row in enumerate(rows, 1):
            yield row
            if tell is None and time.monotonic() - began > QUIET_SECONDS:
                tell, expected = stack.enter_context(progress("export")), total()
            if tell:
                tell(number, expected)
