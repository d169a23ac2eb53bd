"""Which revision of which article is meant: ID, ID@3, ID@first, ID@latest, ID~1."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from presslog.handlers.article import Article
    from presslog.store.queries import Answers

Row = dict[str, Any]
WRITTEN = ("title", "subtitle", "byline", "text", "ednote", "slugline", "updated_at", "version")
"""What of a revision is compared."""

_named = re.compile(r"(.+?)(?:@(\d{1,9}|first|latest)|(~\d{1,9}))", re.DOTALL)


def find(answers: "Answers", name: str) -> tuple[str, str]:
    """The id of the article that is named, and the word behind it that says which revision, empty where there is none.

    A path or an identifier may itself end in ``@3`` or ``~1``: where the whole of it answers, it is meant.

    Raises:
        NotFound, AmbiguousId: as ``Answers.resolve``.
    """
    from presslog.store.errors import NotFound

    named = _named.fullmatch(name)
    if not named:
        return answers.resolve(name), ""
    if "/" in name or ":" in name:
        try:
            return answers.resolve(name), ""
        except NotFound:
            pass
    return answers.resolve(named[1]), named[2] or named[3]


def counted(history: Sequence[Row]) -> list[int]:
    """The numbers of the revisions that were once the current one, in that order; what came too late never was."""
    return [
        row["revision"]
        for row in sorted(history, key=lambda row: row["position"])
        if row["change_kind"] != "reread" and row["valid_to_position"] != row["valid_from_position"]
    ]


def number(word: str, history: Sequence[Row]) -> int:
    """The number of the revision that a word means; none means the current one.

    Raises:
        NotFound: there is no such revision.
        UsageError: the word means none.
    """
    line = counted(history)
    if word in ("", "latest"):
        return line[-1]
    if word == "first":
        return line[0]
    if re.fullmatch(r"\d{1,9}", word):
        if int(word) in {row["revision"] for row in history}:
            return int(word)
        raise _missing(f"no revision {int(word)}", history)
    if not re.fullmatch(r"~\d{1,9}", word):
        raise click.UsageError(f"{word!r} is no revision: write 3, first, latest, or ~1 for the one before the current")
    back = int(word[1:])
    if back < len(line):
        return line[-1 - back]
    raise _missing(f"nothing {back} before the current revision", history)


def before(revision: int, history: Sequence[Row]) -> int | None:
    """The number of the revision that this one took the place of; none for the first, and for what came too late."""
    line = counted(history)
    place = line.index(revision) if revision in line else 0
    return line[place - 1] if place else None


def as_article(row: Row) -> "Article":
    """What a row of a revision says, as far as it is compared."""
    from presslog.handlers.article import Article

    return Article(**{name: row[name] for name in WRITTEN})


def _missing(what: str, history: Sequence[Row]) -> Exception:
    from presslog.store.errors import NotFound

    identifier = history[0]["article_id"]
    return NotFound(f"article {identifier} has {what}: `presslog history {identifier}` lists them")
