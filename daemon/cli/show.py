"""presslog show: one article as a page, as data, or as the bytes that arrived."""

import sys
import textwrap
from typing import TYPE_CHECKING, Any

import click

from .options import common, has_colour, is_terminal, store_folder
from .output import emit_object, output, shown
from .revision import find, number
from .text import one_line, visible

if TYPE_CHECKING:
    from pathlib import Path

    from presslog.store.queries import Answers

Row = dict[str, Any]
LINE_WIDTH = 80
"""Longer lines are hard to read, however wide the terminal."""


@click.command()
@click.argument("name", metavar="ID[@REV]")
@click.option("--raw", is_flag=True, help="Write the original bytes of the file that it was read from.")
@output("page", "json", "md", "id", default="page")
@common
def show(name: str, raw: bool, form: str) -> None:
    """Show an article.

    It answers to its id or the beginning of it, to its uri, and to FEED/PATH.

    \b
    Examples:
      presslog show art_4toohzf3
      presslog show 4too@1              the first revision; also 4too@first
      presslog show 4too~1              the one before the current
      presslog show seeds/a.txt -o json
      presslog show art_4toohzf3 --raw > original.txt
    """
    from presslog.store.queries import Answers

    folder = store_folder()
    with Answers(folder) as answers:
        article = _article(answers, name)
    if raw:
        _write_raw(_original(folder, article))
    elif form == "json":
        emit_object(article)
    elif form == "id":
        sys.stdout.write(f"{article['id']}\n")
    else:
        lines = _markdown(article) if form == "md" else _page(article)
        sys.stdout.write("\n".join(lines) + "\n")


def _article(answers: "Answers", name: str) -> Row:
    """The current revision, or the one asked for laid over what is known of the article."""
    identifier, word = find(answers, name)
    article = answers.article(identifier)
    revision = answers.revision(identifier, number(word, answers.history(identifier)) if word else article["revision"])
    # An old revision of a withdrawn article is withdrawn as well.
    return article | {key: value for key, value in revision.items() if key not in ("article_id", "status")}


def _original(folder: "Path", article: Row) -> bytes:
    from presslog.store.engines.sqlite import SqliteLog
    from presslog.store.errors import NotFound

    log = SqliteLog(folder, readonly=True)
    try:
        return log.blobs.get(article["digest"])
    except KeyError as error:
        raise NotFound(f"the log does not hold the original bytes {article['digest']} of {article['id']}") from error
    finally:
        log.close()


def _write_raw(content: bytes) -> None:
    if is_terminal():
        sys.stdout.write(visible(content.decode("utf-8", "backslashreplace")))
    else:
        sys.stdout.flush()
        sys.stdout.buffer.write(content)


def _page(article: Row) -> list[str]:
    from presslog.store.standing import where

    width = min(LINE_WIDTH, click.get_current_context().terminal_width or _terminal_width())
    title = textwrap.wrap(one_line(article["title"]), width)
    lines = [_bold(line) for line in [_standing(article).upper(), *title] if line]
    lines += textwrap.wrap(one_line(article["subtitle"]), width)
    lines += [one_line(article["byline"])] if article["byline"] else []
    lines += [
        _line(
            [
                article["source"],
                article["published_at"][:16] or f"seen {article['first_seen_at'][:10]}",
                _which(article),
            ]
        )
    ]
    lines += [_line([article["id"], where(article), article["url"]])]
    lines += [f"{name:<10} {one_line(value)}" for name, value in _facts(article) if value]
    lines += [""]
    for paragraph in article["text"].split("\n\n"):
        lines += [*textwrap.wrap(one_line(paragraph), width), ""]
    if article["tail"]:
        lines += ["--", *(one_line(line) for line in article["tail"])]
    return lines[:-1] if lines[-1] == "" else lines


def _which(article: Row) -> str:
    anew = ", read anew" if article["change_kind"] == "reread" else ""
    return f"revision {article['revision']} of {article['revision_count']}{anew}, {article['word_count']} words"


def _standing(article: Row) -> str:
    from datetime import UTC, datetime

    from presslog.store.standing import standing

    return one_line(standing(article, datetime.now(UTC)))


def _facts(article: Row) -> list[tuple[str, str]]:
    """What a publisher says of an article beside its words."""
    certainty = f" (detected, {article['language_confidence']:.0%})" if article["language_rule"] == "detected" else ""
    return [
        ("slugline", article["slugline"]),
        ("urgency", str(article["urgency"] or "")),
        ("located", article["located"]),
        ("subjects", shown(article["subjects"])),
        ("keywords", shown(article["keywords"])),
        ("credit", article["credit"]),
        ("language", article["language"] + certainty if article["language"] else ""),
        ("note", article["ednote"]),
    ]


def _line(parts: list[str]) -> str:
    return " · ".join(one_line(part) for part in parts if part)


def _bold(line: str) -> str:
    return click.style(line, bold=True) if has_colour() else line


def _terminal_width() -> int:
    import shutil

    return shutil.get_terminal_size().columns


def _markdown(article: Row) -> list[str]:
    standing = _standing(article)
    lines = [f"# {one_line(article['title'])}", "", *([f"**{standing}**", ""] if standing else [])]
    lines += [f"*{one_line(article['byline'])}*", ""] if article["byline"] else []
    lines += [_line([article["source"], article["published_at"], _which(article), f"`{article['id']}`"]), ""]
    return [*lines, visible(article["text"]) if is_terminal() else article["text"]]
