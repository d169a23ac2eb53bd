"""presslog show: one article as a page, as data, or as the bytes that arrived."""

import sys
import textwrap
from typing import TYPE_CHECKING, Any

import click

from .freshness import freshness
from .options import common, is_terminal, store_folder
from .output import bold, emit_object, output, say, shown
from .pager import paged
from .past import asked_past, past
from .revision import find, number
from .text import one_line, visible

if TYPE_CHECKING:
    from pathlib import Path

    from presslog.store.queries import Answers

Row = dict[str, Any]
LINE_WIDTH = 80
"""Longer lines are hard to read, however wide the terminal."""


@click.command()
@click.argument("names", metavar="ID[@REV]...", nargs=-1, required=True)
@click.option("--raw", is_flag=True, help="Write the original bytes of the file that it was read from.")
@output("page", "json", "md", "id", default="page")
@past
@common
@paged
def show(names: tuple[str, ...], raw: bool, form: str) -> None:
    """Show an article, or several.

    It answers to its id or the beginning of it, to its uri, and to FEED/PATH. A revision is shown as it was then, and
    is marked as withdrawn where the article is.

    \b
    Examples:
      presslog show art_4toohzf3
      presslog show 4too@1              the first revision; also 4too@first
      presslog show 4too~1              the one before the current
      presslog show 4too --as-of yesterday
      presslog show seeds/a.txt -o json
      presslog show art_4toohzf3 --raw > original.txt
    """
    from presslog.store.queries import Answers

    folder = store_folder()
    with Answers(folder, asked_past()) as answers:
        articles = [_article(answers, name) for name in names]
        fresh = freshness(answers, folder)
    if raw:
        for article in articles:
            _write_raw(_original(folder, article))
        return
    _write(articles, form)
    say(fresh)


def _write(articles: list[Row], form: str) -> None:
    """One article as it is, several one below the other; as JSON they are a list."""
    if form == "json":
        emit_object(articles[0] if len(articles) == 1 else articles)
    elif form == "id":
        sys.stdout.writelines(f"{article['id']}\n" for article in articles)
    else:
        pages = ["\n".join(_markdown(each) if form == "md" else _page(each)) for each in articles]
        sys.stdout.write("\n\n".join(pages) + "\n")


def _article(answers: "Answers", name: str) -> Row:
    """The current revision, or the one asked for."""
    identifier, word = find(answers, name)
    return answers.revision(identifier, number(word, answers.history(identifier)) if word else None)


def _original(folder: "Path", article: Row) -> bytes:
    from presslog.store.errors import NotFound
    from presslog.store.opening import open_log

    log = open_log(folder)
    try:
        return log.blobs.get(article["digest"])
    except KeyError as error:
        digest, identifier = article["digest"], article["id"]
        raise NotFound(
            f"the log holds the original bytes {digest} of {identifier} no more: another article of the same file was "
            "erased by order; `presslog verify` says if it was not"
        ) from error
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
    lines = [bold(line) for line in [_standing(article).upper(), *title] if line]
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


def _terminal_width() -> int:
    import shutil

    return shutil.get_terminal_size().columns


def _markdown(article: Row) -> list[str]:
    standing = _standing(article)
    lines = [f"# {one_line(article['title'])}", "", *([f"**{standing}**", ""] if standing else [])]
    lines += [f"*{one_line(article['byline'])}*", ""] if article["byline"] else []
    lines += [_line([article["source"], article["published_at"], _which(article), f"`{article['id']}`"]), ""]
    return [*lines, visible(article["text"])]
