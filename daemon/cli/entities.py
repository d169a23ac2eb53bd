"""presslog entities: who is mentioned, and who is who, as people decided."""

from typing import TYPE_CHECKING, Any

import click

from presslog.store.entity_facts import KINDS

from .deciding import ignore, merge, split, undo
from .freshness import freshness
from .options import HELP, common, store_folder
from .output import Column, bold, emit, emit_object, output, say
from .pager import paged
from .past import asked_past, past
from .saved import asked_query, saved
from .search import filters
from .text import SHORT_ID, one_line
from .words import Words

if TYPE_CHECKING:
    from presslog.store.queries import Answers

Row = dict[str, Any]
COLUMNS = (
    Column("kind"),
    Column("name", gives_way=True),
    Column("article_count", "articles", is_right=True),
    Column("mention_count", "mentions", is_right=True),
    Column("entity_id", "entity"),
    Column("looks_like", "looks like", gives_way=True),
)
NOBODY = "nobody is mentioned there\nNext:  fewer words, or `presslog status` for how far insight has come"
NEXT = "Next:  presslog entities show NAME, presslog entities merge NAME NAME"

_kinds = click.option("--kind", "kinds", multiple=True, type=click.Choice(KINDS), help="Only these; can be repeated.")


class Question(click.Group):
    """Commands that are a question by themselves: where no command is named, words and options are those of ``ls``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put ``ls`` before what names no command and asks for no help."""
        is_help = len(args) == 1 and args[0] in ctx.help_option_names
        return super().parse_args(
            ctx, args if is_help or self._first_word(ctx, args) in self.commands else ["ls", *args]
        )

    def _first_word(self, ctx: click.Context, args: list[str]) -> str:
        options = [each for each in self.commands["ls"].get_params(ctx) if isinstance(each, click.Option)]
        takes_value = {name for option in options if not option.is_flag for name in option.opts}
        rest = iter(args)
        for arg in rest:
            if not arg.startswith("-"):
                return arg
            if arg in takes_value:
                next(rest, None)
        return ""


@click.group(cls=Question, context_settings=HELP, subcommand_metavar="[QUERY]... | COMMAND [ARGS]...")
@common
def entities() -> None:
    """List who is mentioned, and decide who is who.

    A name that articles mention becomes an entity by a decision alone, and every decision can be undone. With QUERY,
    --kind, -n and whatever else `presslog entities ls --help` tells, those in the articles that match are listed.

    \b
    Examples:
      presslog entities --kind person
      presslog entities 'kazakhstan source:Bloomberg since:7d' -o json
      presslog entities show Tokayev
      presslog entities merge Tokayev 'Kassym-Jomart Tokayev'
      presslog entities undo
    """


@entities.command(cls=Words)
@click.argument("query", nargs=-1)
@filters
@_kinds
@click.option("--ignored", "is_ignored", is_flag=True, help="Those that somebody ignored, instead of all others.")
@click.option("-n", "limit", default=20, show_default=True, type=click.IntRange(1), help="List at most so many.")
@past
@output()
@saved
@common
@paged
def ls(query: tuple[str, ...], form: str | None, since: str, until: str, limit: int, **asked: Any) -> None:
    """List whoever the articles mention, the most widely first.

    Persons, organisations and places in the current articles that match, with how many mention them, and names that
    look as if they meant the same. QUERY is as in search.

    \b
    Examples:
      presslog entities ls kazakhstan --kind place
      presslog entities ls --ignored
    """
    from datetime import UTC, datetime

    from presslog.store.asking import matching
    from presslog.store.entities import Asked, listed
    from presslog.store.queries import Answers

    folder, text = store_folder(), asked_query(query)
    with Answers(folder, asked_past(), with_insight=True) as answers, answers.tables as tables:
        condition = matching(tables, text, datetime.now(UTC), since=since, until=until)
        found = listed(tables, Asked(asked["kinds"] or KINDS, condition, asked["is_ignored"], limit))
        emit(found.rows, COLUMNS, form, id_key="name")
        fresh = freshness(answers, folder)
    more = f"{len(found.rows)} of " if len(found.rows) < found.total else ""
    say(f"{more}{found.total} mentioned · {fresh}\n{NEXT}" if found.total else f"{NOBODY} · {fresh}")


@entities.command()
@click.argument("name")
@_kinds
@click.option("-n", "limit", default=10, show_default=True, type=click.IntRange(0), help="At most so many articles.")
@past
@output("page", "json", default="page")
@common
@paged
def show(name: str, kinds: tuple[str, ...], limit: int, form: str) -> None:
    """Show one: all its names, what was decided about it, and the articles that mention it.

    NAME is a name of it, however it is written, or the beginning of its id.

    \b
    Examples:
      presslog entities show Tokayev
      presslog entities show ent_2jkeq -o json
    """
    from presslog.store.queries import Answers

    folder = store_folder()
    with Answers(folder, asked_past(), with_insight=True) as answers, answers.tables:
        found = _whole(answers, name, kinds or KINDS, limit)
        fresh = freshness(answers, folder)
    if form == "json":
        emit_object(found)
    else:
        _page(found)
    say(fresh)


def _whole(answers: "Answers", name: str, kinds: tuple[str, ...], limit: int) -> Row:
    from presslog.store.entities import decided, mentioning, spellings, suggested
    from presslog.store.meaning import who

    tables = answers.tables
    named = who(tables, name, kinds)
    names = spellings(tables, named)
    written = [row["name"] for row in names]
    return {
        "kind": named.kind,
        "name": named.title,
        "entity_id": named.entity.id if named.entity else None,
        "is_ignored": named.entity is not None and named.entity.is_ignored,
        "names": names,
        "looks_like": suggested(tables, named, written),
        "decisions": decided(tables, named),
        "articles": mentioning(tables, named, written, limit=limit),
    }


def _page(found: Row) -> None:
    click.echo(bold(one_line(found["name"])))
    click.echo(_line(found["kind"], found["entity_id"] or "nobody decided about it", "ignored" * found["is_ignored"]))
    for title, lines in (
        ("Names", [_line(row["name"], _counted(row["article_count"], "article")) for row in found["names"]]),
        ("Looks like", list(map(one_line, found["looks_like"]))),
        ("Decided", list(map(_decision, found["decisions"]))),
        ("Articles", list(map(_article, found["articles"]))),
    ):
        if lines:
            click.echo("\n".join(["", bold(title), *(f"  {line}" for line in lines)]))


def _decision(row: Row) -> str:
    what = f"undone #{row['undoes']}" if row["undoes"] else row["type"].removeprefix("entity-")
    when = f"{row['decided_at'][:10]} {row['decided_at'][11:16]}"
    undone = "" if row["is_in_force"] else "(undone)"
    return _line(f"#{row['position']}", when, row["decided_by"], what, ", ".join(row["names"]), row["note"], undone)


def _article(row: Row) -> str:
    return _line(row["id"][:SHORT_ID], row["source"], row["title"], _counted(row["mention_count"], "mention"))


def _line(*parts: str) -> str:
    return "  ".join(one_line(part) for part in parts if part)


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


for command in (merge, split, ignore, undo):
    entities.add_command(command)
