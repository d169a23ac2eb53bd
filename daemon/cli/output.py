"""Rows on stdout in the form asked for: a table for people, else JSON, NDJSON, CSV, TSV, Markdown or bare ids."""

import csv
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from io import StringIO
from itertools import count, islice
from typing import Any, Literal, NamedTuple, TypeVar

import click

from .options import has_colour, is_terminal
from .pager import said_later
from .text import json_safe, one_line, visible, width_of

_Decorated = TypeVar("_Decorated", bound=Callable[..., Any])
FORMS = ("table", "json", "ndjson", "csv", "tsv", "md", "id")
PIPED_WIDTH = 120
LEAST_WIDTH = 8
PAGE_ROWS = 1000
"""A table of more rows goes on under a new heading: its columns are as wide as they must, and memory stays flat."""
GAP = 2
Row = Mapping[str, Any]


class Column(NamedTuple):
    """A column of a table: the key of its values, its heading, and whether it gives way where the line is too short."""

    key: str
    title: str = ""
    gives_way: bool = False
    is_right: bool = False


def output(*forms: str, default: str = "") -> Callable[[_Decorated], _Decorated]:
    """Add ``-o`` with these forms (all, where none is named) to a command."""
    text = "Form of the answer." + (
        f" Default: {default}." if default else " Default: a table, tab-separated in a pipe."
    )
    return click.option("-o", "--output", "form", type=click.Choice(forms or FORMS), default=default or None, help=text)


def emit(rows: Iterable[Row], columns: Sequence[Column], form: str | None, *, id_key: str = "id") -> int:
    """Write rows and return how many; tables, Markdown and pipes show ``columns``, other forms all there is."""
    number = count()
    counted = (row for row in rows if next(number) >= 0)
    if form == "table" or (form is None and is_terminal()):
        while page := list(islice(counted, PAGE_ROWS)):
            _table(page, columns)
    else:
        # Nothing active reaches a terminal, whatever the form.
        clean: Callable[[str], str] = visible if is_terminal() else str
        for line in _lines(counted, columns, form, id_key):
            sys.stdout.write(clean(line) + "\n")
    return next(number)


def _lines(rows: Iterable[Row], columns: Sequence[Column], form: str | None, id_key: str) -> Iterable[str]:
    match form:
        case "json":
            return _json(rows)
        case "ndjson":
            return (encoded(row) for row in rows)
        case "csv" | "tsv":
            return _separated(rows, columns, _csv_line if form == "csv" else _tsv_line)
        case "md":
            return _markdown(rows, columns)
        case "id":
            return (one_line(str(row[id_key])) for row in rows)
        case _:
            return ("\t".join(one_line(shown(row.get(column.key))) for column in columns) for row in rows)


def encoded(value: Any) -> str:
    """A value as one line of JSON that is harmless on a terminal."""
    import msgspec

    return json_safe(msgspec.json.encode(value).decode())


def emit_object(value: Any) -> None:
    """Write one value as indented JSON."""
    import msgspec

    sys.stdout.write(json_safe(msgspec.json.format(msgspec.json.encode(value), indent=2).decode()) + "\n")


def _json(rows: Iterable[Row]) -> Iterator[str]:
    yield "["
    held = ""
    for row in rows:
        if held:
            yield held + ","
        held = encoded(row)
    if held:
        yield held
    yield "]"


def _separated(rows: Iterable[Row], columns: Sequence[Column], line: Callable[[Sequence[str]], str]) -> Iterator[str]:
    keys: list[str] = []
    for row in rows:
        if not keys:
            keys = list(row)
            yield line(keys)
        yield line([shown(row.get(key)) for key in keys])
    if not keys:
        yield line([column.key for column in columns])


def _csv_line(values: Sequence[str]) -> str:
    line = StringIO()
    # What is no line end to the writer it does not quote, and a paragraph would begin a row.
    csv.writer(line, lineterminator="\r\n").writerow(values)
    return line.getvalue().removesuffix("\r\n")


def _tsv_line(values: Sequence[str]) -> str:
    escaped = (
        value.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r") for value in values
    )
    return "\t".join(escaped)


def _markdown(rows: Iterable[Row], columns: Sequence[Column]) -> Iterator[str]:
    yield _markdown_line([column.title or column.key for column in columns])
    yield "|" + " --- |" * len(columns)
    for row in rows:
        yield _markdown_line([shown(row.get(column.key)) for column in columns])


def _markdown_line(values: Sequence[str]) -> str:
    cells = (one_line(value).replace("\\", "\\\\").replace("|", "\\|") for value in values)
    return "| " + " | ".join(cells) + " |"


def shown(value: Any) -> str:
    """A value as text: nothing for none, lists with semicolons, of an object what its fields hold."""
    if value is None:
        return ""
    if isinstance(value, dict):
        return " ".join(shown(each) for each in value.values())
    if isinstance(value, list | tuple):
        return "; ".join(shown(each) for each in value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def _table(rows: Sequence[Row], columns: Sequence[Column]) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    if not rows:
        return
    titles = [one_line(column.title or column.key).upper() for column in columns]
    cells = [[one_line(shown(row.get(column.key))) for column in columns] for row in rows]
    widest = [max(map(width_of, texts)) for texts in zip(titles, *cells, strict=True)]
    where = console()
    widths = shared_width(widest, [column.gives_way for column in columns], where.width - GAP * (len(columns) - 1))
    where.width = max(where.width, sum(widths) + GAP * (len(columns) - 1))
    box = SIMPLE_HEAD if is_utf8() else None
    table = Table(box=box, pad_edge=False, show_edge=False, padding=(0, GAP - 1 if box else GAP, 0, 0))
    for title, column, width in zip(titles, columns, widths, strict=True):
        justify: Literal["left", "right"] = "right" if column.is_right else "left"
        table.add_column(title, no_wrap=True, overflow="ellipsis", width=width, justify=justify)
    for row in cells:
        table.add_row(*map(Text, row))
    where.print(table)


def shared_width(widest: Sequence[int], gives_way: Sequence[bool], total: int) -> list[int]:
    """Widths of columns that share so much: only those that give way shrink, the widest of them first.

    Left to itself rich takes from every column alike, and a source ends as "Bl…".

    >>> shared_width([9, 60, 20], [False, True, True], 50)
    [9, 21, 20]
    """
    widths = list(widest)
    left = total - sum(width for width, yields in zip(widest, gives_way, strict=True) if not yields)
    yielding = sorted((number for number, yields in enumerate(gives_way) if yields), key=lambda number: widest[number])
    for place, number in enumerate(yielding):
        share = max(left // (len(yielding) - place), LEAST_WIDTH)
        widths[number] = min(widest[number], share)
        left -= widths[number]
    return widths


def console() -> Any:
    """The rich console on stdout: as wide as the terminal, in colour where it is wanted."""
    from rich.console import Console

    width = None if is_terminal() else PIPED_WIDTH
    colour = has_colour()
    return Console(
        file=sys.stdout,
        force_terminal=colour,
        no_color=not colour,
        color_system="standard" if colour else None,
        width=width,
        markup=False,
        highlight=False,
        emoji=False,
    )


def is_utf8() -> bool:
    """Whether stdout takes more than ASCII."""
    return "utf" in (getattr(sys.stdout, "encoding", "") or "").casefold()


def bold(line: str) -> str:
    """A line as a heading, where colour is wanted."""
    return click.style(line, bold=True) if has_colour() else line


def say(text: str) -> None:
    """Talk to the person: on stderr, so that stdout holds data only; below what the pager shows."""
    if not said_later(visible(text)):
        click.echo(visible(text), err=True)
