"""presslog preview: what would be read out of a file, without recording anything."""

import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .exits import PARTLY
from .options import common, loaded
from .output import emit, encoded, output, say
from .text import one_line, shorten

if TYPE_CHECKING:
    from presslog.config.settings import Settings
    from presslog.daemon.readers import Readers
    from presslog.handlers.reading import Found, Reading
    from presslog.store.article import Unread

VALUE_WIDTH = 100


@click.command()
@click.argument("paths", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@output("page", "json", "ndjson", default="page")
@common
def preview(paths: tuple[Path, ...], form: str) -> None:
    """Show how files would be read.

    Nothing is recorded. Shown are format, the rule that decided and how sure it is, the fields and the text, and apart
    what follows the text and what was left unread.

    \b
    Examples:
      presslog preview article.txt
      presslog preview -o json *.txt
    """
    failed: list[Path] = []
    rows = _read_all(paths, loaded().settings, failed)
    if form == "page":
        for row in rows:
            sys.stdout.write(page(row))
    else:
        emit(rows, (), form)
    if failed:
        say(f"{len(failed)} of {len(paths)} could not be read")
        click.get_current_context().exit(PARTLY)


def _read_all(paths: tuple[Path, ...], settings: "Settings", failed: list[Path]) -> Iterator[dict[str, Any]]:
    from presslog.store.errors import Unreadable

    from .failures import hint

    with closing(readers(settings)) as reader:
        for path in paths:
            try:
                reading = reader.read(bytes_of(path, settings.limit_bytes), path.name)
            except Unreadable as error:
                failed.append(path)
                say(f"{one_line(f'{path}: {error.code}: {error}')}\nNext:  {hint(error.code)}")
                continue
            yield from rows_of(str(path).encode("utf-8", "backslashreplace").decode(), reading)
            if reading.unread_count > len(reading.unread):
                shown = f"{reading.unread_count} parts were left unread, {len(reading.unread)} are shown"
                say(f"{one_line(str(path))}: {shown}")


def readers(settings: "Settings") -> "Readers":
    """What reads files as the daemon does, under the same limits; whoever asked closes it."""
    from presslog.daemon.readers import ReaderLimits, Readers

    limits = ReaderLimits(settings.reader_processes, settings.reader_seconds, settings.reader_memory_bytes)
    return Readers(limits)


def bytes_of(path: Path, limit_bytes: int) -> bytes:
    """What is in a file; Unreadable, as for the daemon, where it would be refused unread."""
    from presslog.store.errors import Unreadable

    if path.is_dir():
        raise Unreadable("special-file", "a folder: name the files in it")
    try:
        size_bytes = path.stat().st_size
        if size_bytes > limit_bytes:
            raise Unreadable("too-large", f"{size_bytes} bytes, the limit is {limit_bytes}")
        return path.read_bytes()
    except OSError as error:
        raise Unreadable("io-error", error.strerror or str(error)) from error


def rows_of(file: str, reading: "Reading") -> Iterator[dict[str, Any]]:
    """A row for each article of a file, then one for each part that gave none."""
    yield from (_row(file, each) for each in reading.found)
    yield from (_unread_row(file, reading, each) for each in reading.unread)


def _row(file: str, found: "Found") -> dict[str, Any]:
    import msgspec

    from presslog.handlers.article import word_count

    said = msgspec.to_builtins(found.article)
    fields = {key: value for key, value in said.items() if value not in ("", 0, [], None)}
    text = fields.pop("text", "")
    first = {key: fields.pop(key) for key in ("rule", "confidence") if key in fields}
    inside = f"!/{found.inside}" if found.inside else ""
    return {"file": file + inside, "format": found.format, **first, **fields, "words": word_count(text), "text": text}


def _unread_row(file: str, reading: "Reading", unread: "Unread") -> dict[str, Any]:
    """A part that gave no article, in place of one."""
    row = {"place": unread.place, "code": unread.code, "reason": unread.reason}
    return {"file": file, "format": reading.format, "state": "unread", **row}


def page(row: dict[str, Any]) -> str:
    """The fields in lines, the text by its beginning and end, what follows the body apart."""
    if row.get("state") == "unread":
        said = f"{row['place']}: {row['code']}: {row['reason']}"
        return f"{'left unread':<20} {shorten(one_line(said), VALUE_WIDTH)}\n"
    text, tail = str(row["text"]), row.get("tail", [])
    plain = {key: value for key, value in row.items() if key not in ("text", "tail")}
    lines = [f"{key:<20} {shorten(one_line(_said(value)), VALUE_WIDTH)}" for key, value in plain.items()]
    paragraphs = text.split("\n\n")
    lines.append(f"{'text':<20} {shorten(one_line(paragraphs[0]), VALUE_WIDTH)}")
    if len(paragraphs) > 1:
        lines.append(f"{'':<20} … {len(paragraphs)} paragraphs …")
        lines.append(f"{'':<20} {shorten(one_line(paragraphs[-1]), VALUE_WIDTH)}")
    lines += [f"{'after the text':<20} {shorten(one_line(line), VALUE_WIDTH)}" for line in tail]
    return "\n".join(lines) + "\n\n"


def _said(value: Any) -> str:
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return "; ".join(" ".join(filter(None, map(each.get, ("code", "name")))) for each in value)
    return value if isinstance(value, str) else encoded(value)
