"""presslog watch: tell of a search's new hits as they come, on the screen, to a command, an address or a feed file."""

import re
import shlex
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from .exits import PARTLY
from .lines import FORMS, printer
from .options import common, store_folder
from .output import say
from .saved import Meant, log_id, meant
from .words import Words

if TYPE_CHECKING:
    from pathlib import Path

    from presslog.daemon.alerts import Alerts, Serving
    from presslog.daemon.deliveries import Batch, Deliver
    from presslog.store.cursors import Cursor, CursorFile
    from presslog.store.tables import Tables

SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
DAILY = 86400


class Options(NamedTuple):
    """What a watch was asked for; of ``command``, ``url`` and ``path`` one at most."""

    name: str | None
    command: str | None
    url: str | None
    path: str | None
    seconds: float
    with_changes: bool
    once: bool
    after: int | None
    from_start: bool
    timeout: float
    form: str | None

    @property
    def kind(self) -> str:
        """The way of delivery."""
        ways = (("exec", self.command), ("webhook", self.url), ("feed", self.path))
        given = [kind for kind, place in ways if place is not None]
        if len(given) > 1:
            raise click.UsageError("one way of delivery a watch: run a second watch for the other")
        if given and self.form:
            raise click.UsageError("-o is for hits on the screen; a command and an address get JSON")
        return given[0] if given else "print"

    @property
    def most_hits(self) -> int:
        """How many hits a delivery holds at most: a digest, and what was asked for as one array, as many as can be."""
        from presslog.daemon.alerts import BATCH_HITS, DIGEST_HITS

        return DIGEST_HITS if self.seconds or (self.once and self.form == "json") else BATCH_HITS


def _interval(context: click.Context, parameter: click.Parameter, value: str | None) -> float:  # noqa: ARG001  click's
    """Seconds of an interval as people write it; 0 for none."""
    if value is None:
        return 0
    found = re.fullmatch(r"([0-9]{1,6})([smhdw])", value.strip().casefold())
    seconds = DAILY if value == "daily" else int(found[1]) * SECONDS[found[2]] if found else 0
    if not seconds:
        raise click.BadParameter("write 15m, 1h, 1d or daily")
    return float(seconds)


@click.command(cls=Words)
@click.argument("words", nargs=-1, metavar="NAME|QUERY")
@click.option("--saved", "name", metavar="NAME", help="This saved search, and nothing else: for units and cron.")
@click.option("--exec", "command", metavar="COMMAND", help="Give them to a command, as lines of JSON on its input.")
@click.option("--webhook", "url", metavar="URL", help="Post them to an address, as JSON.")
@click.option("--feed", "path", metavar="FILE", help="Keep a file of Atom, or JSON Feed (.json), current.")
@click.option("--digest", "seconds", metavar="TIME", callback=_interval, help="One delivery every 15m, 1h, daily.")
@click.option("--changes", "with_changes", is_flag=True, help="Also what becomes of articles that matched before.")
@click.option("--once", is_flag=True, help="Deliver what is new, and end.")
@click.option("--after", metavar="POSITION", type=click.IntRange(0), help="Begin after this position of the log.")
@click.option("--from-start", is_flag=True, help="Begin with the first article.")
@click.option("--timeout", default=60.0, type=click.FloatRange(0.1), help="So many seconds for a delivery; else 60.")
@click.option("-o", "--output", "form", type=click.Choice(FORMS), help="Form on the screen. Default: table.")
@common
def watch(words: tuple[str, ...], **given: Any) -> None:
    """Tell of new hits as they come.

    Of a saved search it is remembered how far they were delivered, for each of the four ways: after a stop it goes on
    there, and a failed delivery is tried again. Every hit is delivered at least once; one may come twice where
    presslog was killed just then: its position names it. A query that is not saved begins now.

    A COMMAND is run without a shell. It finds PRESSLOG_SEARCH, PRESSLOG_COUNT, PRESSLOG_AFTER and PRESSLOG_POSITION in
    its environment, and has taken the hits when it ends with 0.

    Exit status 4 says that hits were not delivered.

    \b
    Examples:
      presslog watch floods
      presslog watch floods --once --digest daily --exec 'mail -s floods desk@example.org'
      presslog watch --saved floods --webhook https://example.org/hook --changes
      presslog watch floods --feed /srv/www/floods.xml
      presslog watch 'flood* source:Reuters' -o ndjson
    """
    from presslog.daemon.alerts import Serving

    options, folder = Options(**given), store_folder()
    serving, kind = Serving(folder), options.kind
    with _ended_by_signals(), _closing(serving):
        search = _search(serving.tables(), words, options)
        deliver = _deliver(folder, serving, search, options)
        begin = 0 if options.from_start else options.after
        with _cursor(folder, serving.tables(), search, kind, begin) as (cursor, keep):
            _run(_alerts(serving, search, options, cursor, deliver, keep), search, options)


def _search(tables: "Tables", words: tuple[str, ...], options: Options) -> Meant:
    from presslog.store.query import parse

    search = meant(tables, words, options.name)
    parse(search.query)
    if not search.name and options.once and options.after is None and not options.from_start:
        _refuse_nothing(tables, search)
    return search


def _refuse_nothing(tables: "Tables", search: Meant) -> None:
    from presslog.store.searches import saved_searches

    known = ", ".join(each.name for each in saved_searches(tables)) or "none yet"
    raise click.UsageError(
        f"{search.query!r} is no saved search (there are: {known}), and a query begins now, so that --once finds "
        "nothing: save it, or say where to begin with --after or --from-start"
    )


def _deliver(folder: "Path", serving: "Serving", search: Meant, options: Options) -> "Deliver":
    if options.command is not None:
        from presslog.daemon.deliveries import by_command

        return by_command(_command(options.command), folder, timeout_seconds=options.timeout)
    if options.url is not None:
        from importlib.metadata import version

        from presslog.daemon.webhook import by_webhook

        return by_webhook(options.url, timeout_seconds=options.timeout, agent=f"presslog/{version('presslog')}")
    if options.path is not None:
        return _feed_file(serving, search, options.path)
    return printer(options.form or "table")


def _command(text: str) -> list[str]:
    from shutil import which

    try:
        words = shlex.split(text)
    except ValueError as error:
        raise click.BadParameter(f"{text!r} cannot be split into words: {error}", param_hint="--exec") from error
    if not words or which(words[0]) is None:
        raise click.BadParameter(f"there is no command {words[0] if words else ''!r}", param_hint="--exec")
    return words


def _feed_file(serving: "Serving", search: Meant, path: str) -> "Deliver":
    from pathlib import Path

    from presslog.daemon.deliveries import Undelivered
    from presslog.daemon.feeds import form_of, written
    from presslog.store.errors import StorageFailed
    from presslog.store.whole import write_whole

    from .feed import Look, feed_of

    def deliver(batch: "Batch") -> None:
        content = written(feed_of(serving.tables(), Meant(batch.query, search.name), Look()), form_of(path))
        try:
            write_whole(Path(path), content)
        except StorageFailed as error:
            raise Undelivered(str(error)) from error

    return deliver


@contextmanager
def _cursor(
    folder: "Path", tables: "Tables", search: Meant, kind: str, begin: int | None
) -> "Iterator[tuple[Cursor, Callable[[Cursor], None]]]":
    """Where to begin, and what keeps where to go on; of a saved search nobody else delivers meanwhile."""
    from presslog.store.cursors import Cursor, CursorFile
    from presslog.store.hits import settled

    log = log_id(tables)
    if not search.name:
        yield Cursor(settled(tables) if begin is None else begin, log), lambda _: None
        return
    file = CursorFile(folder, search.name, kind)
    with file.lock():
        yield _kept(file, tables, search.name) if begin is None else Cursor(begin, log), file.write


def _kept(file: "CursorFile", tables: "Tables", name: str) -> "Cursor":
    """The cursor of a saved search; what came before it was saved is not new."""
    from presslog.store.cursors import Cursor
    from presslog.store.errors import LogDiverged
    from presslog.store.searches import saved_search

    log, first = log_id(tables), saved_search(tables, name).first_position
    cursor = file.read() or Cursor(first, log)
    if not file.fits(cursor, log):
        raise LogDiverged(
            f"{file.path} stands at #{cursor.position} of a log that is another one, or was restored from a backup: "
            "begin with --after POSITION or --from-start"
        )
    return Cursor(max(cursor.position, first), log, cursor.delivered_at)


def _alerts(
    serving: "Serving",
    search: Meant,
    options: Options,
    cursor: "Cursor",
    deliver: "Deliver",
    keep: "Callable[[Cursor], None]",
) -> "Alerts":
    from presslog.daemon.alerts import Alerts, Wish

    # A feed shows what is, so that it has to hear of everything.
    with_changes = options.with_changes or options.kind == "feed"
    wish = Wish(search.query, search.name, with_changes, options.seconds, options.most_hits)
    return Alerts(serving, wish, cursor, deliver=deliver, keep=keep, told=say)


def _run(alerts: "Alerts", search: Meant, options: Options) -> None:
    from presslog.daemon.deliveries import Undelivered

    what = f"the search {search.name}" if search.name else f"the query {search.query!r}"
    try:
        if options.kind == "feed":
            alerts.begin()
        if options.once:
            count = alerts.once()
            if not count and options.form == "json":
                sys.stdout.write("[\n]\n")
            say(f"{count} hit{'' if count == 1 else 's'} of {what} · as of #{alerts.cursor.position}")
        else:
            say(f"watching {what} from #{alerts.cursor.position}; end with Ctrl-C")
            alerts.follow()
    except Undelivered as error:
        say(f"not delivered: {error}\nNext:  what was not delivered comes again at the next `presslog watch`")
        sys.exit(PARTLY)


@contextmanager
def _closing(serving: "Serving") -> Iterator[None]:
    try:
        yield
    finally:
        serving.close()


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """End well on SIGTERM, as a unit is stopped; Ctrl-C ends as everywhere."""

    def end(*_: object) -> None:
        sys.exit(0)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
