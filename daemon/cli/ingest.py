"""ingest: files into the log at once, by the daemon's own way; the exit status tells."""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import TYPE_CHECKING

import click

from .exits import PARTLY
from .options import common, loaded
from .output import Column, emit, output, say
from .progress import progress

if TYPE_CHECKING:
    from presslog.config.settings import Settings
    from presslog.daemon.assemble import Parts
    from presslog.daemon.outcome import Outcome
    from presslog.daemon.places import Folder, Place
    from presslog.daemon.take import Taken

FEED = "ingest"
"""The feed of files that lie in no watched folder; their path is absolute."""

COLUMNS = (
    Column("outcome"),
    Column("id"),
    Column("revision", is_right=True),
    Column("position", is_right=True),
    Column("source"),
    Column("title", gives_way=True),
    Column("path", gives_way=True),
    Column("reason", gives_way=True),
)


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--name", default="stdin", show_default=True, help="What bytes from standard input (PATH -) are called.")
@click.option("--dry-run", is_flag=True, help="Only show how each file would be read.")
@output()
@common
def ingest(paths: tuple[str, ...], name: str, dry_run: bool, form: str | None) -> None:
    """Keep files now: articles, folders of them, or standard input (-).

    A file in a watched folder belongs to that feed, any other to the feed `ingest`. Exit status 4 says that some were
    refused or are not ready.

    \b
    Example:  presslog ingest story.txt ~/old-stories
              curl -s https://example.org/story.txt | presslog ingest - --name story.txt
    """
    settings = loaded().settings
    missing = [path for path in paths if path != "-" and not os.path.lexists(path)]
    if missing:
        raise click.BadParameter(f"no such file: {', '.join(missing)}", param_hint="PATH")
    outcomes = list(_dry(paths, settings) if dry_run else _ingest(paths, settings, name))
    emit([_row(outcome) for outcome in outcomes], COLUMNS, form)
    failed = [outcome for outcome in outcomes if outcome.kind in ("refused", "waiting", "vanished")]
    say(f"{len(outcomes)} files, {len(failed)} of them not read" if failed else f"{len(outcomes)} files")
    sys.exit(PARTLY if failed else 0)


def _ingest(paths: Sequence[str], settings: "Settings", name: str) -> "list[Outcome]":
    from presslog.daemon.assemble import assemble, derive
    from presslog.daemon.drain import Watched

    outside = _outside()
    parts = assemble(settings, Watched(_unsaid, _unsaid, folder=_unsaid), "visit", extra=[outside])
    try:
        outcomes: list[Outcome] = []
        if "-" in paths:
            outcomes += parts.intake.offer(*_standard_input(name))
        outcomes += parts.intake.bring(_places([path for path in paths if path != "-"], parts))
        with progress("views") as tell:
            parts.views.open(tell, told=say)
        parts.views.catch_up()
        with progress("insight") as tell:
            derive(settings, parts.log, tell)
        return outcomes
    finally:
        parts.close()


def _dry(paths: Sequence[str], settings: "Settings") -> "Iterator[Outcome]":
    from pathlib import Path

    from presslog.daemon.outcome import Outcome
    from presslog.daemon.places import Place
    from presslog.handlers.article import word_count
    from presslog.store.errors import Unreadable

    from .preview import bytes_of, readers

    with closing(readers(settings)) as reader:
        for path in paths:
            place = Place(FEED, os.fsencode(path))
            try:
                is_given = path == "-"
                content = sys.stdin.buffer.read() if is_given else bytes_of(Path(path), settings.limit_bytes)
                reading = reader.read(content, os.path.basename(path))
            except Unreadable as error:
                yield Outcome(place, "refused", code=error.code, reason=str(error))
                continue
            article = reading.articles[0]
            yield Outcome(place, "readable", title=article.title, source=article.source, words=word_count(article.text))


def _unsaid(*_: object) -> None:
    """The outcomes come back as values, and nothing is watched."""


def _outside() -> "Folder":
    from pathlib import Path

    from presslog.daemon.places import Folder

    return Folder(FEED, Path("/"))


def _standard_input(name: str) -> "tuple[Place, Taken]":
    import hashlib
    import time

    from presslog.daemon.places import Place
    from presslog.daemon.take import Taken
    from presslog.store.registry import Stamp

    content = sys.stdin.buffer.read()
    stamp = Stamp(0, len(content), 0, 0)
    return Place(FEED, os.fsencode(name)), Taken(content, hashlib.sha256(content).hexdigest(), stamp, time.time())


def _places(paths: Sequence[str], parts: "Parts") -> "Iterator[Place]":
    from presslog.daemon.places import place_of

    for path in paths:
        # The folder on the way may be a link, the file itself may not.
        whole = os.path.join(os.path.realpath(os.path.dirname(path) or "."), os.path.basename(path))
        if os.path.isdir(path):
            for folder, folders, names in os.walk(os.path.realpath(path)):
                here = place_of(folder, parts.folders, outside=FEED)
                if any(each.feed == here.feed and each.is_done(here.path) for each in parts.folders):
                    folders.clear()
                    continue
                folders[:] = [each for each in folders if os.fsencode(each) not in parts.ignored]
                kept = (each for each in sorted(names) if os.fsencode(each) not in parts.ignored)
                yield from (place_of(os.path.join(folder, each), parts.folders, outside=FEED) for each in kept)
        else:
            yield place_of(whole, parts.folders, outside=FEED)


def _row(outcome: "Outcome") -> dict[str, object]:
    return {
        "outcome": outcome.kind,
        "id": outcome.ids[0] if outcome.ids else "",
        "revision": outcome.revision or None,
        "position": outcome.position or None,
        "source": outcome.source,
        "title": outcome.title,
        "feed": outcome.place.feed,
        "path": outcome.place.shown,
        "copy_of": outcome.copy_of.removeprefix("file/"),
        "code": outcome.code,
        "reason": outcome.reason,
    }
