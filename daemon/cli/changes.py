"""presslog changes: what the newsrooms changed, counted by kind, and listed with what matters most first."""

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from .freshness import freshness
from .options import common, is_terminal, store_folder
from .output import Column, bold, emit, is_utf8, output, say
from .pager import paged
from .past import asked_past, past
from .patch import patch
from .stories import COLUMNS as STORY
from .stories import by_story, write_stories
from .text import one_line, shorten
from .words import Words

if TYPE_CHECKING:
    from presslog.store.changes import Counts, Span, Which
    from presslog.store.queries import Answers

Row = dict[str, Any]
KINDS = ("first", "update", "writethru", "correction", "withdrawal", "reread")
COLUMNS = (
    Column("id"),
    Column("source"),
    Column("change_kind", "kind"),
    Column("title", gives_way=True),
    Column("summary", "change", gives_way=True),
)
DATED = (Column("recorded"), *COLUMNS)
VIEW = tuple(
    map(
        Column,
        "position at article_id source_id source feed title status from_revision to_revision change_kind "
        "salience is_silent headline_changed numbers_changed quotes_changed names_changed "
        "sentences_added sentences_removed sentences_changed summary".split(),
    )
)
"""What the forms for programs give: the columns of the view."""
NAMED = (("correction", "corrected"), ("withdrawal", "withdrawn"))
SINCE = "yesterday"
SOURCES_SHOWN = 3
NAMED_SHOWN = 2
TITLE_LETTERS = 40


class Answer(NamedTuple):
    """What the command found: counts where no kind was asked for, the list, lines below each, letters of an id."""

    span: "Span"
    counts: "Counts | None"
    named: list[Row]
    rows: list[Row]
    patches: dict[int, list[str]]
    has_more: bool
    id_letters: int
    fresh: str


@click.command(cls=Words)
@click.argument("query", nargs=-1)
@click.option("-S", "--since", default="", metavar="TIME", help="Recorded then or later. Default: yesterday.")
@click.option("-U", "--until", default="", metavar="TIME", help="Recorded then or before.")
@click.option("--after", type=click.IntRange(0), metavar="POSITION", help="Recorded after this position, oldest first.")
@click.option("--kind", "kinds", multiple=True, type=click.Choice(KINDS), help="Only these; can be repeated.")
@click.option("--silent", "is_silent", is_flag=True, help="Only what changed and does not say so.")
@click.option("--corrected", "is_corrected", is_flag=True, help="Only corrections.")
@click.option("--withdrawn", "is_withdrawn", is_flag=True, help="Only what was withdrawn.")
@click.option("-p", "--patch", "with_patch", is_flag=True, help="What each changed, sentence by sentence.")
@click.option("--by-story", "is_by_story", is_flag=True, help="Those of one story together, under its headline.")
@click.option("-n", "limit", default=20, show_default=True, type=click.IntRange(1), help="List at most so many.")
@click.option("--sort", "order", type=click.Choice(["salience", "time"]), help="What matters most or newest first.")
@click.option("-r", "--reverse", "is_reversed", is_flag=True, help="The other way round.")
@output()
@past
@common
@paged
def changes(query: tuple[str, ...], form: str | None, **wish: Any) -> None:
    """List what the newsrooms changed.

    Counts of what is new, revised, corrected, withdrawn, changed without saying so (silent), read anew by a newer
    presslog, and failed; then the changes, those that matter most first: headline, numbers, quotes, names, wording.
    Times are when presslog recorded it. QUERY is as in search, and asks of the newer revision. Readings by a newer
    presslog are listed by `--kind reread` alone. With --after they come in the order of the log: go on after the last
    position that was listed, and nothing is missed. By story the changes of articles that are one text in the main
    stand where the first of them does: `presslog cluster ID` names all who carry it.

    \b
    Examples:
      presslog changes
      presslog changes --since 2h source:Reuters -n 5
      presslog changes --silent --since 7d --sort time
      presslog changes --by-story --since 2h
      presslog changes --after 4103 -o ndjson
    """
    if wish["with_patch"] and form not in (None, "table"):
        raise click.UsageError(f"-p is for people: leave out -o {form}, or take `presslog diff ID A..B -o {form}`")
    if wish["with_patch"] and wish["is_by_story"]:
        raise click.UsageError("-p and --by-story each have a form of their own: give one of them")
    answer = _answer(" ".join(query), **wish)
    is_page = form == "table" or (form is None and is_terminal())
    if is_page:
        sys.stdout.writelines(line + "\n" for line in [*_page(answer), *([""] if answer.rows else [])])
    elif form in (None, "md"):
        for line in _page(answer):
            say(line)
    _write(answer, form, is_page=is_page, **wish)
    say(_footer(answer))


def _write(
    answer: Answer,
    form: str | None,
    *,
    is_page: bool,
    is_by_story: bool,
    order: str | None,
    after: int | None,
    **_: Any,
) -> None:
    """The list, in the form that was asked for."""
    story = STORY if is_by_story else ()
    if form not in (None, "table", "md"):
        rows = answer.rows if form != "id" else {row["article_id"]: row for row in answer.rows}.values()
        emit(rows, VIEW + story, form, id_key="article_id")
        return
    columns = DATED if order == "time" or after is not None else COLUMNS
    told = _told(answer.rows, answer.id_letters if is_page else None)
    if is_by_story and (is_page or form == "md"):
        write_stories(told, columns, form)
    else:
        _list(told, answer.patches, columns + story, form)


def _list(rows: Sequence[Row], patches: dict[int, list[str]], columns: Sequence[Column], form: str | None) -> None:
    """The list as a table, or, where sentences are shown, as lines with those of each below it."""
    if not patches:
        emit(rows, columns, form)
        return
    for row in rows:
        told = "  ".join(one_line(str(row[key])) for key in ("id", "source", "title", "summary") if row[key])
        sys.stdout.writelines(line + "\n" for line in [bold(told), *patches[row["position"]]])


def _answer(
    text: str, *, since: str, until: str, after: int | None, with_patch: bool, is_by_story: bool, **wish: Any
) -> Answer:
    from presslog.store.changes import asked, counts, listed, span
    from presslog.store.queries import Answers
    from presslog.store.short_ids import id_letters

    folder, which = store_folder(), _which(has_cursor=after is not None, **wish)
    with Answers(folder, asked_past(), with_insight=is_by_story) as answers, answers.tables as tables:
        now = _now(answers)
        since = since or ("" if until or after is not None else SINCE)
        what = asked(tables, text, span(tables, now, since=since, until=until, after=after or 0), now)
        counted = None if _is_narrow(wish) else counts(tables, what)
        those = [kind for kind, count in NAMED if counted and getattr(counted, count)]
        named = [row for kind in those for row in listed(tables, what, _newest(kind))]
        rows = listed(tables, what, which._replace(limit=which.limit + 1))
        shown = rows[: which.limit]
        return Answer(
            what.span,
            counted,
            named,
            by_story(tables, shown) if is_by_story else shown,
            {row["position"]: list(patch(tables, row["article_id"], row["position"])) for row in shown if with_patch},
            len(rows) > which.limit,
            id_letters(tables, {row["article_id"] for row in rows + named}),
            freshness(answers, folder),
        )


def _now(answers: "Answers") -> datetime:
    """The moment that yesterday is the day before: that of the question, or of the newest that was known then."""
    if not answers.is_past:
        return datetime.now(UTC)
    newest = answers.tables.tuples("select valid_from_at from revisions order by position desc limit 1")
    return datetime.fromisoformat(newest[0][0]) if newest else datetime.now(UTC)


def _is_narrow(wish: dict[str, Any]) -> bool:
    return bool(wish["kinds"] or wish["is_silent"] or wish["is_corrected"] or wish["is_withdrawn"])


def _which(*, order: str | None, is_reversed: bool, limit: int, has_cursor: bool, **wish: Any) -> "Which":
    from presslog.store.changes import BY_NEWSROOMS, Which

    kinds = [*wish["kinds"]]
    kinds += ["correction"] if wish["is_corrected"] else []
    kinds += ["withdrawal"] if wish["is_withdrawn"] else []
    return Which(
        kinds=kinds if _is_narrow(wish) else BY_NEWSROOMS,
        with_silent=wish["is_silent"],
        order=order or ("log" if has_cursor else "salience"),
        is_reversed=is_reversed,
        limit=limit,
    )


def _newest(kind: str) -> "Which":
    from presslog.store.changes import Which

    return Which(kinds=(kind,), order="time", limit=NAMED_SHOWN)


def _told(rows: Sequence[Row], letters: int | None) -> list[Row]:
    """Changes as people read them, with short ids or whole ones."""
    return [row | {"id": _step(row, letters), "recorded": f"{row['at'][:10]} {row['at'][11:16]}"} for row in rows]


def _step(row: Row, letters: int | None) -> str:
    """``art_4toohzf3@1..2``: what presslog diff takes; a first version has no step."""
    name = row["article_id"][:letters]
    is_step = row["from_revision"] and row["from_revision"] != row["to_revision"]
    return f"{name}@{row['from_revision']}..{row['to_revision']}" if is_step else f"{name}@{row['to_revision']}"


def _page(answer: Answer) -> list[str]:
    """What stands above the list: since when, and how much of what."""
    head = f"{_since(answer.span)} (position {answer.span.after} {'→' if is_utf8() else '->'} {answer.span.last})"
    if answer.counts is None:
        return [head] if answer.rows else []
    lines = [(name, count, told) for name, count, told in _counted(answer.counts, answer) if count]
    if not lines:
        return []
    widest = max(len(str(count)) for _, count, _ in lines)
    return [head, *(f"  {name:<10} {count:>{widest}}   {told}".rstrip() for name, count, told in lines)]


def _since(span: "Span") -> str:
    if not span.since:
        return f"after #{span.cursor}" if span.cursor else "since the beginning"
    since = datetime.fromisoformat(span.since)
    return f"since {since:%a %d %b %Y %H:%M}"


def _counted(counts: "Counts", answer: Answer) -> list[tuple[str, int, str]]:
    told = [f"{name} {count}" for name, count in counts.told.items() if count]
    return [
        ("NEW", counts.new, _sources(counts.by_source)),
        ("REVISED", counts.revised, _line(told)),
        ("CORRECTED", counts.corrected, _those(answer, "correction")),
        ("WITHDRAWN", counts.withdrawn, _those(answer, "withdrawal")),
        ("SILENT", counts.silent, "of the revised: presslog changes --silent"),
        ("READ ANEW", counts.reread, "by a newer presslog, no change of a newsroom"),
        ("FAILED", counts.failed, "presslog failures"),
    ]


def _sources(by_source: Sequence[tuple[str, int]]) -> str:
    shown = [f"{one_line(source) or 'no source'} {count}" for source, count in by_source[:SOURCES_SHOWN]]
    more = len(by_source) - SOURCES_SHOWN
    return _line([*shown, f"{more} more"] if more > 0 else shown)


def _those(answer: Answer, kind: str) -> str:
    """The first of a kind by name."""
    rows = [row for row in answer.named if row["change_kind"] == kind]
    return _line(
        [f"{row['article_id'][: answer.id_letters]} {shorten(one_line(row['title']), TITLE_LETTERS)}" for row in rows]
    )


def _line(parts: Sequence[str]) -> str:
    return (" · " if is_utf8() else ", ").join(parts)


def _footer(answer: Answer) -> str:
    if not answer.rows:
        return (
            f"no changes{' of that kind' if answer.counts is None else ''} {_since(answer.span)} · {answer.fresh}\n"
            "Next:  go back further with --since 7d, or `presslog status` for what runs"
        )
    count = len(answer.rows)
    more = ": more with -n" if answer.has_more else ""
    return f"{count} change{'s' if count != 1 else ''}{more} · {answer.fresh}"
