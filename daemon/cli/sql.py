"""presslog sql: any question in SQL, read-only and with limits; without a query, what can be asked."""

import sys
from itertools import count
from typing import TYPE_CHECKING

import click

from .freshness import freshness
from .options import common, store_folder
from .output import Column, emit, output, say
from .pager import paged
from .past import asked_past, past
from .text import one_line

if TYPE_CHECKING:
    from pathlib import Path

    from presslog.store.sandbox import Table

SAMPLES = (
    (
        "Articles by source and day",
        """select source, substr(published_at, 1, 10) as day, count(*) as articles
from articles
group by source, day
order by day desc, articles desc""",
    ),
    (
        "What changed, the gravest first; silent edits are marked",
        """select at, source, title, change_kind, salience, is_silent, summary
from changes
where change_kind <> 'first'
order by salience desc, at desc
limit 20""",
    ),
    (
        "As of a position: what every article said then (or: presslog sql --at 100 …)",
        """select article_id, revision, title
from revisions
where valid_from_position <= 100 and (valid_to_position is null or valid_to_position > 100)
order by position desc
limit 20""",
    ),
    (
        "Words in every revision, the best first",
        """select revisions.article_id, revision, source, snippet(revisions_fts, 1, '[', ']', '…', 12) as found
from revisions_fts join revisions on revisions.position = revisions_fts.rowid
where revisions_fts match 'storm OR "last ferry"'
order by bm25(revisions_fts, 5, 1)
limit 10""",
    ),
    (
        "Who writes most, and for whom",
        """select name, count(*) as articles, group_concat(distinct source) as sources
from article_authors
  join authors on authors.id = author_id
  join articles on articles.id = article_id
group by author_id
order by articles desc
limit 10""",
    ),
    (
        "What failed, and why",
        """select code, count(*) as files, max(message) as example
from failures
where resolved_at is null
group by code
order by files desc""",
    ),
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
@click.option("--explain", is_flag=True, help="Do not run it: show how it would be, and which indexes it would use.")
@past
@output()
@common
@paged
def sql(query: str, seconds: float, limit_rows: int, explain: bool, form: str | None) -> None:
    """Ask the views in SQL.

    Nothing can be changed. Without a query the tables and some examples are shown; `-` reads it from stdin.

    With --as-of or --at every table made of articles answers as it stood then; main.revisions is all there is.

    \b
    Examples:
      presslog sql
      presslog sql "select source, count(*) from articles group by 1" -o csv
      presslog sql --as-of yesterday "select count(*) from articles"
      presslog sql --explain "select title from articles where source = 'Reuters'"
    """
    folder = store_folder()
    if not query:
        _guide(folder)
        return
    from presslog.store.sandbox import run_sql

    asked = sys.stdin.read() if query == "-" else query
    statement = f"explain query plan {asked}" if explain else asked
    table = run_sql(folder / "views.db", statement, past=asked_past(), seconds=seconds, limit_rows=limit_rows)
    if explain and form in (None, "table"):
        _plan(table)
    else:
        _rows(table, form)
    say(_foot(folder, table, limit_rows))


def _rows(table: "Table", form: str | None) -> None:
    names = _unique(table.columns)
    rows = [dict(zip(names, row, strict=True)) for row in table.rows]
    columns = [Column(name, gives_way=any(len(str(row[name])) > WIDE for row in rows)) for name in names]
    emit(rows, columns, form, id_key=names[0])


def _plan(table: "Table") -> None:
    """The steps of a query plan, each below the one that it is a part of."""
    depths = {0: 0}
    for number, parent, _, detail in table.rows:
        depths[number] = depths.get(parent, 0) + 1
        sys.stdout.write("  " * (depths[number] - 1) + one_line(str(detail)) + "\n")


def _foot(folder: "Path", table: "Table", limit_rows: int) -> str:
    from presslog.store.queries import Answers

    number = len(table.rows)
    with Answers(folder, asked_past()) as answers:
        said = f"{number} row{'s' if number != 1 else ''} · {freshness(answers, folder)}"
    if not table.is_cut:
        return said
    remedy = "add a limit clause, or --limit" if number >= limit_rows else "name fewer columns, or `presslog export`"
    return f"{said}\ncut after {number} rows: there are more; {remedy}"


def _guide(folder: "Path") -> None:
    from presslog.store.insight import insight_link
    from presslog.store.queries import Answers

    has_insight = insight_link(folder).exists()
    with Answers(folder, with_insight=has_insight) as answers:
        for _, definition in answers.schema() + (answers.schema("insight") if has_insight else []):
            sys.stdout.write(f"{_block(definition)};\n\n")
    sys.stdout.write("-- Examples: presslog sql 'SELECT …'\n\n")
    for title, query in SAMPLES:
        sys.stdout.write(f"-- {title}\n{query};\n\n")


def _block(definition: str) -> str:
    """A definition as people write it: SQLite keeps the indentation of where it was written, and capitals in front.

    >>> _block("CREATE TABLE days ( -- per day\\n      day text\\n    ) strict\\n    ")
    'create table days ( -- per day\\n  day text\\n) strict'
    """
    first, _, rest = definition.strip().partition("\n")
    words = first.split(" ")
    kind = [word.lower() if word.isupper() else word for word in words[:3]]
    lines = rest.split("\n")
    margin = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    return "\n".join([" ".join([*kind, *words[3:]]), *(line[margin:] for line in lines)]).rstrip()


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
