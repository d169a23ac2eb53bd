"""presslog sql: any question in SQL, read-only and with limits; without a query, what can be asked."""

import sys
from itertools import count
from typing import Any

import click

from .options import common, store_folder
from .output import Column, emit, output, say

SAMPLES = (
    ("Articles by source", "select source, count(*) as articles from articles group by source order by articles desc"),
    (
        "Articles by day",
        "select substr(published_at, 1, 10) as day, count(*) as articles from articles group by day order by day",
    ),
    (
        "Words, best first",
        """select articles.title, source from revisions_fts join articles on head_position = revisions_fts.rowid
  where revisions_fts match 'storm' order by bm25(revisions_fts, 5, 1) limit 10""",
    ),
    (
        "Revised most",
        "select id, revision_count, title from articles where revision_count > 1 order by revision_count desc limit 10",
    ),
    (
        "Who writes most",
        """select name, count(*) as articles from authors join article_authors on author_id = id
  group by id order by articles desc limit 10""",
    ),
    ("What failed, and why", "select code, count(*) as files, max(message) as example from failures group by code"),
)
WIDE = 24
"""A column with longer values gives way where the terminal is too narrow."""


@click.command()
@click.argument("query", default="")
@click.option(
    "--seconds", default=10.0, show_default=True, type=click.FloatRange(0.1, 3600), help="Stop it after so long."
)
@click.option(
    "--limit", "limit_rows", default=10_000, show_default=True, type=click.IntRange(1), help="At most so many rows."
)
@output()
@common
def sql(query: str, seconds: float, limit_rows: int, form: str | None) -> None:
    """Ask the views in SQL.

    Nothing can be changed. Without a query the tables and some examples are shown; `-` reads it from stdin.

    \b
    Examples:
      presslog sql
      presslog sql "select source, count(*) from articles group by 1" -o csv
    """
    folder = store_folder()
    if not query:
        _guide(folder)
        return
    from presslog.store.sandbox import run_sql

    asked = sys.stdin.read() if query == "-" else query
    table = run_sql(folder / "views.db", asked, seconds=seconds, limit_rows=limit_rows)
    names = _unique(table.columns)
    rows = [dict(zip(names, row, strict=True)) for row in table.rows]
    columns = [Column(name, gives_way=any(len(str(row[name])) > WIDE for row in rows)) for name in names]
    emit(rows, columns, form, id_key=names[0])
    if table.is_cut:
        say(f"cut after {len(rows)} rows: add a limit clause, or --limit")
    elif not rows:
        say("no rows")


def _guide(folder: Any) -> None:
    from presslog.store.queries import Answers

    with Answers(folder) as answers:
        for _, definition in answers.schema():
            sys.stdout.write(f"{definition};\n\n")
    for title, query in SAMPLES:
        sys.stdout.write(f"-- {title}\n{query};\n\n")


def _unique(names: list[str]) -> list[str]:
    """Names of columns, a number after one that was there before.

    >>> _unique(["a", "b", "a"])
    ['a', 'b', 'a_2']
    """
    unique: list[str] = []
    for name in names:
        candidates = (name if number == 1 else f"{name}_{number}" for number in count(1))
        unique.append(next(candidate for candidate in candidates if candidate not in unique))
    return unique
