"""presslog feed: what a search finds, as a feed that other programs read."""

import sys
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from .options import common, store_folder
from .output import say
from .past import asked_past, past
from .saved import Meant, log_id, meant, now
from .text import json_safe, xml_safe
from .words import Words

if TYPE_CHECKING:
    from presslog.daemon.entries import Feed
    from presslog.store.tables import Tables

ENTRIES = 50


class Look(NamedTuple):
    """How a feed is made: of so many entries, of differences or of articles, with this title and page."""

    limit: int = ENTRIES
    with_diffs: bool = False
    title: str = ""
    link: str = ""


def _address(context: click.Context, parameter: click.Parameter, value: str) -> str:  # noqa: ARG001  click's
    """The address of a page, or nothing."""
    from presslog.daemon.entries import is_address

    if value and not is_address(value):
        raise click.BadParameter("write an address like https://example.org/floods")
    return value


@click.command(cls=Words)
@click.argument("words", nargs=-1, metavar="NAME|QUERY")
@click.option("--saved", "name", metavar="NAME", help="Of this saved search, and of nothing else.")
@click.option("-o", "--output", "form", type=click.Choice(["atom", "jsonfeed"]), help="Default: as FILE ends, or atom.")
@click.option("--diffs", "with_diffs", is_flag=True, help="Entries are what changed, not the articles.")
@click.option(
    "-n", "limit", default=ENTRIES, show_default=True, type=click.IntRange(1, 1000), help="At most so many entries."
)
@click.option("--to", "path", metavar="FILE", help="Put it in the place of FILE, whole or not at all.")
@click.option("--title", default="", help="What the feed is called.")
@click.option("--link", default="", metavar="URL", callback=_address, help="The page that it belongs to.")
@past
@common
def feed(words: tuple[str, ...], name: str | None, form: str | None, path: str | None, **look: Any) -> None:
    """Write a search as Atom or JSON Feed.

    Articles, those that changed last first; an article that is revised keeps its id, and is no second entry. With
    --diffs there is an entry for each change, also for the one by which an article matches no longer.

    \b
    Examples:
      presslog feed floods --to /srv/www/floods.xml
      presslog feed --diffs 'source:Reuters minister' -o jsonfeed
    """
    from pathlib import Path

    from presslog.daemon.feeds import form_of, written
    from presslog.store.queries import Answers
    from presslog.store.whole import write_whole

    from .freshness import freshness

    folder = store_folder()
    with Answers(folder, asked_past()) as answers:
        found = feed_of(answers.tables, meant(answers.tables, words, name), Look(**look))
        fresh = freshness(answers, folder)
    content = written(found, form or form_of(path or ""))
    if path:
        write_whole(Path(path), content)
    else:
        text = content.decode()
        sys.stdout.write(xml_safe(text) if text.startswith("<") else json_safe(text))
    say(f"{len(found.entries)} entr{'y' if len(found.entries) == 1 else 'ies'} · {fresh}")


def feed_of(tables: "Tables", search: Meant, look: Look) -> "Feed":
    """The feed of a search as it is now."""
    from presslog.daemon.deliveries import digest_of
    from presslog.daemon.entries import Feed, article_entries, change_entries
    from presslog.store.newest import newest_articles, newest_changes
    from presslog.store.query import parse

    query, moment = parse(search.query), now()
    if look.with_diffs:
        entries = change_entries(tables, newest_changes(tables, query, limit=look.limit, now=moment), moment)
    else:
        entries = article_entries(newest_articles(tables, query, limit=look.limit, now=moment), moment)
    what = "changes" if look.with_diffs else "articles"
    return Feed(
        id=f"urn:presslog:{log_id(tables)}:{search.name or digest_of(search.query)}:{what}",
        title=look.title or f"{search.name or search.query}{': what changed' if look.with_diffs else ''}",
        link=look.link,
        entries=entries,
    )
