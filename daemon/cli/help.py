"""presslog help: commands, and the pages that belong to no single command."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from .exits import EXIT_CODES
from .options import HELP

if TYPE_CHECKING:
    from presslog.handlers.formats import Format

QUERY = """\
The query language of search and export

  rivers rise             both words, in any of their forms (rise, rises, rising)
  "rivers rise"           the phrase
  kazakh*                 words that begin so
  北京                    in Chinese, Thai, Arabic and their like a word is found inside longer ones too
  rivers OR lakes         either; OR binds closer than the space between words
  -sport  -"press agency" not this
  source:Reuters          filters: source: author: feed: lang: section: slug: subject: status: change:
                          since: until:
  source:AFP source:DPA   one filter twice means either; two filters mean both
  source:AP               a source by any of its names: "The Associated Press", associated-press, apnews.com
  -source:"Sky News"      values may be quoted, and filters excluded
  subject:medtop:04000000 a subject by its code, with or without its scheme, or by a part of its name
  change:correction       what the revision is: first, update, correction, writethru, withdrawal, reread
  lang:de                 as declared, else as the words show; lang:de-AT asks for the region too
  since:2d until:today    see: presslog help times

Words are sought in title and text of the current revision of each article; --all-revisions seeks in all,
--as-of and --at in those of then. Full and half width, kinds of alef and yeh, and vowel points are the same.
Withdrawn articles are found and marked; status:withdrawn finds them alone, -status:withdrawn the others.
A query of filters alone lists the newest articles first."""

TIMES = """\
Times in since:, until:, --since and --until

  45s 30m 2h 3d 1w        so long ago
  today  yesterday        days of UTC
  2022-01-06              the day: since its beginning, until its end
  2022-01-06T09:30:00Z    RFC 3339; without a zone it is UTC

In search and export a time is when an article came out, in changes, history and log when presslog recorded it.
An article that says only its day counts for the whole of it. Where an article says no date,
the moment counts when presslog saw it first."""


OUTPUT = """\
Forms of an answer

  nothing said            a table on a terminal, its rows with tabs between the columns in a pipe
  -o table                the table also in a pipe
  -o json  -o ndjson      every column, as one list or one object a line
  -o csv   -o tsv         every column, the first line names them
  -o md                   a Markdown table
  -o id                   ids alone: presslog changes -o id | xargs presslog show

Answers go to stdout, all other talk to stderr. An id may be cut to its beginning where it stays unique; tables on a
terminal show as much as that takes, all other forms whole ids.

A long answer on a terminal goes through $PRESSLOG_PAGER, $PAGER or less -FRX; empty, cat or --no-pager: through none.
Colour: --color, else NO_COLOR or FORCE_COLOR, else on a terminal. Tables are ASCII where the locale is not UTF-8."""


def _exit_codes() -> str:
    return "\n".join(["Exit codes", "", *(f"  {each.code:>3}  {each.meaning}" for each in EXIT_CODES)])


def _formats() -> str:
    from presslog.handlers.formats import FORMATS, plugins

    def listed(some: "Iterable[Format]") -> str:
        return ", ".join(sorted(each.name for each in some))

    added = listed(plugins())
    return "\n".join(
        [
            "What presslog reads, each file by its content first and its name second",
            "",
            f"  articles  {listed(each for each in FORMATS if each.read)}",
            f"  bundles   {listed(each for each in FORMATS if each.unpack)}: each file inside is read like any other",
            *([f"  added     {added}"] if added else []),
            "",
            "presslog preview FILE shows how a file is read, and what is left unread.",
        ]
    )


TOPICS = {
    "formats": _formats,
    "query": lambda: QUERY,
    "times": lambda: TIMES,
    "output": lambda: OUTPUT,
    "exit-codes": _exit_codes,
}


@click.command("help", context_settings=HELP)
@click.argument("topic", default="")
@click.pass_context
def help_(context: click.Context, topic: str) -> None:
    """Explain a command or a topic.

    Topics are formats, query, times, output and exit-codes.

    \b
    Example:
      presslog help exit-codes
    """
    above = context.parent or context
    command = above.command.get_command(above, topic) if isinstance(above.command, click.Group) and topic else None
    if topic in TOPICS:
        click.echo(TOPICS[topic]())
    elif command:
        click.echo(command.get_help(click.Context(command, info_name=topic, parent=above)))
    elif topic:
        raise click.UsageError(
            f"there is no command or topic {topic!r}: topics are {', '.join(TOPICS)}; commands: presslog --help"
        )
    else:
        click.echo(above.get_help())
