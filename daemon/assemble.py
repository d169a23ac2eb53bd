"""The only place where parts are built and joined."""

import os
import socket
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from presslog.config.settings import Feed, Settings
from presslog.handlers.reading import read_articles
from presslog.handlers.views import views
from presslog.store.engines import ENGINES
from presslog.store.errors import Behind, StoreLocked
from presslog.store.events import Meta
from presslog.store.log import EventLog
from presslog.store.registry import Registry
from presslog.store.views import Progress, Views, ignore_progress

from .bell import Bell
from .chronicle import Chronicle
from .claim import claimed
from .compose import Composer
from .drain import Drain, Sources, Watched
from .follow import Follower
from .intake import Intake, Limits
from .places import Folder, Ignored
from .retire import Retirer
from .settle import is_local
from .waits import Waitlist

FRESH_POLL_SECONDS = 0.02


class Parts(NamedTuple):
    """What a running presslog is made of; ``close`` gives everything back in reverse order."""

    log: EventLog
    registry: Registry
    views: Views
    bell: Bell
    intake: Intake
    drain: Drain
    follower: Follower
    chronicle: Chronicle
    folders: tuple[Folder, ...]
    ignored: Ignored
    close: Callable[[], None]


def product_version() -> str:
    """The version of presslog that is installed."""
    return version("presslog")


def folders_of(settings: Settings) -> tuple[Folder, ...]:
    """The watched folders, with what their file systems can tell."""
    return tuple(_folder(settings, name, feed) for name, feed in settings.feeds.items())


def _folder(settings: Settings, name: str, feed: Feed) -> Folder:
    root, after_read = Path(feed.folder), feed.after_read or settings.after_read
    done = os.fsencode(PurePosixPath(feed.done_folder or settings.done_folder)) if after_read == "move" else b""
    quiet_seconds = settings.quiet_seconds if feed.quiet_seconds is None else feed.quiet_seconds
    return Folder(name, root, quiet_seconds, is_local(root), after_read, done)


def open_log(settings: Settings, *, readonly: bool) -> EventLog:
    """The log of the engine that the settings name."""
    return ENGINES[settings.engine](settings.store_folder, readonly)


def assemble(settings: Settings, watched: Watched, *, extra: Sequence[Folder] = (), is_watching: bool = True) -> Parts:
    """Open the store for writing and join all parts; ``extra`` folders are read but not watched.

    Who only reads files (``is_watching=False``) claims no folder, and takes nothing away from it.

    Raises:
        StoreLocked: another process writes to the store, or watches one of the folders.
        StoreUnsafe: the store cannot keep its promise here.
    """
    folders = folders_of(settings)
    known = {each.feed: each for each in (*folders, *extra)}
    meta = Meta(host=socket.gethostname(), version=product_version(), actor="presslog")
    with ExitStack() as stack:
        log = open_log(settings, readonly=False)
        stack.callback(log.close)
        if is_watching:
            stack.enter_context(claimed(folders))
        registry = Registry(settings.store_folder)
        stack.callback(registry.close)
        registry.catch_up(log)
        view_set = Views(settings.store_folder, views(), log)
        stack.callback(view_set.close)
        bell, waits, ignored = Bell(), Waitlist(time.monotonic), Ignored(settings.ignore)
        limits = Limits(settings.limit_bytes, settings.batch_files, settings.settle_seconds)
        intake = Intake(
            log,
            registry,
            folders=known,
            composer=Composer(log, meta),
            read=read_articles,
            limits=limits,
            waits=waits,
            retirer=Retirer(known, registry) if is_watching else None,
        )
        sources = Sources(bell, waits, {each.feed: each for each in folders}, ignored)
        most = settings.batch_files
        drain = Drain(sources, intake=intake, log=log, registry=registry, watched=watched, batch_files=most)
        follower, chronicle = Follower(view_set), Chronicle(log, known, meta)
        close = stack.pop_all().close
    return Parts(log, registry, view_set, bell, intake, drain, follower, chronicle, folders, ignored, close)


def freshen(settings: Settings, timeout_seconds: float, *, progress: Progress = ignore_progress) -> int:
    """Bring the views to the head of the log and return that position.

    Where a daemon writes the store it does the work and this waits for it; else this does the work.

    Raises:
        Behind: the daemon did not get there in time.
    """
    try:
        log = open_log(settings, readonly=False)
    except StoreLocked:
        return _wait_for_daemon(settings, timeout_seconds)
    view_set = Views(settings.store_folder, views(), log)
    try:
        view_set.open(progress)
        view_set.catch_up()
        return log.head()
    finally:
        view_set.close()
        log.close()


def _wait_for_daemon(settings: Settings, timeout_seconds: float) -> int:
    from presslog.store.queries import Answers

    log = open_log(settings, readonly=True)
    head, deadline = log.head(), time.monotonic() + timeout_seconds
    log.close()
    while True:
        answers = Answers(settings.store_folder)
        reached = answers.as_of()
        answers.close()
        if reached >= head:
            return reached
        if time.monotonic() >= deadline:
            raise Behind(
                f"the views stand at {reached}, the log at {head}, after {timeout_seconds:g} s; see presslog status"
            )
        time.sleep(FRESH_POLL_SECONDS)
