"""run: the daemon in the foreground, or once through the folders."""

import os
import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import click

from .options import common, loaded, use_store
from .output import say
from .progress import progress

if TYPE_CHECKING:
    from presslog.config.load import Loaded
    from presslog.config.settings import Settings
    from presslog.daemon.service import Plan, Service


LONGEST_LISTEN_SECONDS = 60.0
LEAST_OPEN_FILES = 32
"""22 at rest, and a few for the file, folder or module in hand; below that files would wait for ever."""


@click.command()
@click.argument("desk", required=False, type=click.Path(exists=True, file_okay=False))
@click.option("--once", is_flag=True, help="Read what lies in the folders, bring the views to the head, and end.")
@common
def run(desk: str | None, once: bool) -> None:
    """Watch the folders and keep what arrives, until SIGTERM or Ctrl-C.

    DESK is a folder made by `presslog init`. SIGHUP reads the configuration again.

    \b
    Example:  presslog run ~/desk
              presslog run ~/desk --once && presslog search --store ~/desk kazakhstan
    """
    from presslog.store.lock import refuse_owned

    use_store(desk)
    _refuse_few_handles()
    found = _checked(loaded())
    refuse_owned(found.settings.store_folder)
    from presslog.daemon.journal import set_up

    set_up(found.settings.log_level)
    if once:
        _drain_once(found.settings)
        return
    from presslog.daemon.service import serve

    serve(_plan(found.settings), os.environ, reload=_reloader(found.settings))


def _refuse_few_handles() -> None:
    import resource

    from presslog.store.errors import ConfigError

    most, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most != resource.RLIM_INFINITY and most < LEAST_OPEN_FILES:
        raise ConfigError(
            f"{most} files may be open at a time and presslog needs {LEAST_OPEN_FILES}: raise LimitNOFILE= or ulimit -n"
        )


def _checked(found: "Loaded") -> "Loaded":
    """Settings that a daemon can run by: at least one feed, every folder there, and none in another's way."""
    from presslog.config.load import missing_folder
    from presslog.config.overlap import overlap
    from presslog.store.errors import ConfigError

    if not found.settings.feeds:
        raise ConfigError(
            f"{found.path or 'the configuration'} names no folder to watch: run `presslog init DIR`, "
            'or add [feeds.NAME] with folder = "…"'
        )
    mistake = missing_folder(found.settings, found.origins) or overlap(found.settings, found.origins)
    if mistake:
        raise mistake
    return found


def _reloader(settings: "Settings") -> "Callable[[], Plan]":
    def reload() -> "Plan":
        from presslog.daemon.journal import set_up
        from presslog.store.errors import ConfigError

        found = _checked(loaded())
        if found.settings.store != settings.store:
            raise ConfigError(f"store = {found.settings.store!r}: a running daemon keeps its store; restart it instead")
        set_up(found.settings.log_level)
        return _plan(found.settings)

    return reload


def _plan(settings: "Settings") -> "Plan":
    from presslog.daemon.anchor import Anchor
    from presslog.daemon.assemble import Parts, assemble
    from presslog.daemon.backups import look_seconds
    from presslog.daemon.report import new_report
    from presslog.daemon.service import Plan

    def build(service: "Service") -> Parts:
        return assemble(settings, service.watched, "watch")

    report = new_report(os.environ, settings.store_folder)
    seconds = {
        "rescan_seconds": settings.rescan_seconds,
        "optimise_seconds": settings.optimise_seconds,
        "listen_seconds": _listen_seconds(settings),
        "backup_look_seconds": look_seconds(settings.backup_seconds),
        "anchor_seconds": settings.anchor_seconds,
    }
    anchor = Anchor(settings.store_folder, settings.anchor) if settings.anchor else None
    return Plan(build, report, seconds, settings.wait_alarm_seconds, anchor)


def _listen_seconds(settings: "Settings") -> float:
    """How often silence is listened to: twice within the shortest that is asked for, at most once a second."""
    each = [feed.quiet_seconds for feed in settings.feeds.values() if feed.quiet_seconds is not None]
    asked = [seconds for seconds in (settings.quiet_seconds, *each) if seconds]
    return min(LONGEST_LISTEN_SECONDS, max(1.0, min(asked, default=LONGEST_LISTEN_SECONDS) / 2))


def _drain_once(settings: "Settings") -> None:
    from collections import Counter
    from contextlib import closing

    from presslog.daemon.assemble import assemble, derive
    from presslog.daemon.companion import Companion
    from presslog.daemon.drain import Watched
    from presslog.daemon.journal import tell
    from presslog.daemon.outcome import Outcome

    kinds: Counter[str] = Counter()

    def files(outcomes: "Sequence[Outcome]") -> None:
        tell(outcomes)
        kinds.update(outcome.kind for outcome in outcomes if not outcome.is_being_read)
        companion.heard(len(outcomes))

    companion = Companion(settings.store_folder, settings.engine)
    parts = assemble(
        settings,
        Watched(files, _complain, folder=lambda folder, kind, reason, _: say(f"{kind} {folder.root} {reason}")),
        "drain",
    )
    try:
        with closing(companion), progress("views") as watched:
            parts.drain.once(threading.Event())
            companion.finish(lambda: watched(parts.views.reached(), parts.log.head()))
            parts.views.open(watched, told=say)
        parts.views.catch_up()
        known = kinds.pop("known", 0)
        said = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items())) or "nothing new"
        say(f"{said}{f', {known} known' if known else ''} · views at #{parts.log.head()}")
        with progress("insight") as watched:
            derive(settings, parts.log, watched)
    finally:
        parts.close()


def _complain(trouble: str) -> None:
    if trouble:
        say(f"storage {trouble}")
