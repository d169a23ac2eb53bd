"""presslog diff: what a newsroom changed between two revisions of an article."""

import re
import sys
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import click

from .options import common, store_folder
from .output import Column, emit, emit_object, output, say
from .pager import paged
from .past import asked_past, past
from .revision import before, counted, find, number

if TYPE_CHECKING:
    from presslog.store.queries import Answers

Row = dict[str, Any]
COLUMNS = (
    Column("step"),
    Column("valid_from_at", "since"),
    Column("change_kind", "kind"),
    Column("salience", is_right=True),
    Column("sentences_changed", "changed", is_right=True),
    Column("sentences_added", "added", is_right=True),
    Column("sentences_removed", "removed", is_right=True),
    Column("numbers_changed", "numbers", is_right=True),
    Column("quotes_changed", "quotes", is_right=True),
    Column("summary", gives_way=True),
)
CAME = ("position", "valid_from_position", "valid_from_at", "change_kind")

_range = re.compile(r"(.+)@([^@]*)\.\.([^@]*)", re.DOTALL)


@click.command()
@click.argument("name", metavar="ID")
@click.argument("revisions", nargs=-1, metavar="[A..B | A B]")
@click.option("--stat", is_flag=True, help="Count what changed, one line a step from revision to revision.")
@click.option("--word-diff", "_", is_flag=True, help="Sentences with their words marked: what it does anyway.")
@output("page", "json", "ndjson", default="page")
@past
@common
@paged
def diff(name: str, revisions: tuple[str, ...], stat: bool, _: bool, form: str) -> None:
    """Show what changed between two revisions of an article.

    Sentence by sentence, in a sentence word by word: what went is red or in [-…-], what came green or in {+…+}. The
    number of the paragraph stands in front, then what changed there: headline, number, quote, name, wording, or only
    punctuation. White space is no change, and neither is what a newer presslog read anew.

    Without A and B it is the current revision and the one before. A and B are 3, first, latest, or ~1 for the one
    before the current. A.. goes on to the current one; a single A is compared with the one before it. Exit status 3
    says that there is no such article or revision.

    \b
    Examples:
      presslog diff art_4toohzf3            what the last revision changed
      presslog diff 4too 1..3               from the first to the third; also 4too@1..3, and 4too 1 3
      presslog diff 4too first..            everything since the first
      presslog diff 4too@2                  what the second changed
      presslog diff seeds/a.txt --stat      every step, in figures
      presslog diff 4too -o json | jq '.changes[] | select(.categories[] == "number") | .marked'
    """
    from presslog.store.queries import Answers

    from .freshness import freshness

    name, words = _words(name, revisions)
    folder = store_folder()
    with Answers(folder, asked_past()) as answers:
        identifier, word = find(answers, name)
        history = answers.history(identifier)
        ends = _ends([word, *words] if word else words, history)
        if ends is None:
            say(_alone(history))
            _write([], form, is_one=not stat)
        elif stat:
            is_all = not word and not words
            _write(list(_steps(answers, history, *((counted(history)[0], ends[1]) if is_all else ends))), form)
        else:
            _show(answers, history, ends, form)
        say(freshness(answers, folder))


def _words(name: str, revisions: tuple[str, ...]) -> tuple[str, list[str]]:
    """The name, and the words for revisions: none, one, or two of which one may be empty."""
    ranged = _range.fullmatch(name)
    if ranged and not revisions:
        return ranged[1], [ranged[2], ranged[3]]
    words = [end.removeprefix("@") for each in revisions for end in each.split("..", 1)]
    if len(words) > 2:
        raise click.UsageError(f"a difference is between two revisions: {' '.join(revisions)!r} names more")
    return name, words


def _ends(words: Sequence[str], history: Sequence[Row]) -> tuple[int, int] | None:
    """The two revisions that are asked for; None where the one that is asked for has none before it."""
    after = number(words[-1] if words else "", history)
    if len(words) == 2 and words[0]:
        return number(words[0], history), after
    earlier = before(after, history)
    return None if earlier is None else (earlier, after)


def _alone(history: Sequence[Row]) -> str:
    identifier = history[0]["article_id"]
    if len({row["revision"] for row in history}) > 1:
        return f"no revision was current before that one: name two of those that `presslog history {identifier}` lists"
    anew = "; it was read anew, which is no change of the newsroom" if len(history) > 1 else ""
    return f"{identifier} has one revision{anew}: a changed file makes the next\nNext:  presslog show {identifier}"


def _steps(answers: "Answers", history: Sequence[Row], first: int, last: int) -> Iterator[Row]:
    """What changed from each revision to the next, between two of them."""
    from .diff_data import compared

    line = counted(history)
    line = line[line.index(first) : line.index(last) + 1] if {first, last} <= set(line) else []
    for one, other in pairwise(line if len(line) > 1 else (first, last)):
        was, now = (_read(answers, history, each) for each in (one, other))
        yield {"step": f"{one}..{other}", "valid_from_at": now["valid_from_at"], **compared(was, now).figures}


def _show(answers: "Answers", history: Sequence[Row], ends: tuple[int, int], form: str) -> None:
    from .diff_data import compared
    from .diff_page import page

    was, now = (_read(answers, history, each) for each in ends)
    found = compared(was, now)
    if form == "page":
        sys.stdout.write("\n".join(page(found, answers.article(history[0]["article_id"]))) + "\n")
    else:
        _write([found.data], form, is_one=True)


def _read(answers: "Answers", history: Sequence[Row], revision: int) -> Row:
    """A revision as it was read last, at the time when the newsroom sent it."""
    came = next(row for row in history if row["revision"] == revision and row["change_kind"] != "reread")
    return answers.revision(came["article_id"], revision) | {key: came[key] for key in CAME}


def _write(rows: Sequence[Row], form: str, *, is_one: bool = False) -> None:
    if form == "json" and is_one:
        emit_object(rows[0] if rows else None)
    else:
        emit(rows, COLUMNS, None if form == "page" else form)
