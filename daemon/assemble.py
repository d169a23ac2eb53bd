"""The only place where parts are built and joined."""

import os
import socket
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from functools import partial
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from typing import Literal, NamedTuple

from presslog.config.settings import Feed, Settings
from presslog.handlers.views import insights, views
from presslog.store.backup import Maker
from presslog.store.candidate import Progress, ignore_progress
from presslog.store.errors import LogUnavailable, Overtaken, StoreUnsafe
from presslog.store.events import Meta
from presslog.store.generation import View
from presslog.store.insight import insight_folder, made_insight_folder
from presslog.store.keys import may_sign, signer_of
from presslog.store.log import EventLog
from presslog.store.notary import Notary
from presslog.store.opening import log_at
from presslog.store.registry import Registry
from presslog.store.views import Views

from .backups import BackupPlan, Backups
from .bell import Bell
from .chronicle import Chronicle
from .claim import claimed
from .companion import Companion
from .compose import Composer
from .doorbell import Doorbell
from .drain import Drain, Sources, Watched
from .follow import Follower, ignore_position
from .insight import Insight
from .insight import derive as derive_here
from .intake import Intake
from .kept import Kept
from .mounts import Mounts
from .notarise import Notariser
from .outcome import Outcome
from .pending import Pending
from .places import Folder, Ignored
from .polls import Polls
from .pulse import Pulse
from .readers import ReaderLimits, Readers
from .retire import Retirer
from .scan import NO_DOORS, Scanner
from .scans import Scans
from .sight import Limits
from .waits import Waitlist

Role = Literal["watch", "drain", "visit"]
"""``watch`` has every folder that it looks through watched or polled from then on; ``drain`` looks through them once.
Both claim the folders. ``visit`` reads what it is told of, claims nothing, and takes nothing away.
"""


class Parts(NamedTuple):
    """What a running presslog is made of; ``tell`` says what became of files, ``close`` gives everything back."""

    log: EventLog
    registry: Registry
    views: Views
    composer: Composer
    intake: Intake
    drain: Drain
    follower: Follower
    insight: Insight | None
    chronicle: Chronicle
    doorbell: Doorbell
    notariser: Notariser | None
    folders: tuple[Folder, ...]
    backups: Backups
    tell: Callable[[Sequence[Outcome]], None]
    close: Callable[[], None]

    def warnings(self) -> tuple[str, ...]:
        """What an operator should know of the log and of its backups, as far as the log can be asked."""
        with suppress(LogUnavailable):
            return self.log.about().warnings + self.backups.warnings()
        return self.backups.warnings()

    @property
    def bell(self) -> Bell:
        """What rang and waits to be looked at."""
        return self.doorbell.bell

    @property
    def ignored(self) -> Ignored:
        """Names that are never read."""
        return self.doorbell.ignored

    def ring(self) -> None:
        """Say that the log has grown."""
        self.follower.ring()
        if self.notariser:
            self.notariser.ring()


def product_version() -> str:
    """The version of presslog that is installed."""
    return version("presslog")


def folders_of(settings: Settings) -> tuple[Folder, ...]:
    """The watched folders."""
    return tuple(_folder(settings, name, feed) for name, feed in settings.feeds.items())


def _folder(settings: Settings, name: str, feed: Feed) -> Folder:
    after_read = feed.after_read or settings.after_read
    done = os.fsencode(PurePosixPath(feed.done_folder or settings.done_folder)) if after_read == "move" else b""
    quiet_seconds = settings.quiet_seconds if feed.quiet_seconds is None else feed.quiet_seconds
    return Folder(name, Path(feed.folder), quiet_seconds, after_read, done)


def open_log(settings: Settings, *, readonly: bool) -> EventLog:
    """The log that the settings name."""
    return log_at(settings.store_folder, settings.engine, readonly=readonly)


def assemble(settings: Settings, watched: Watched, role: Role, *, extra: Sequence[Folder] = ()) -> Parts:
    """Open the store for writing and join all parts; ``extra`` folders are read but not watched.

    Raises:
        StoreLocked: another process writes to the store, or watches one of the folders.
        StoreUnsafe: the store cannot keep its promise here.
    """
    folders, waits, mounts = folders_of(settings), Waitlist(time.monotonic), Mounts()
    known = {each.feed: each for each in (*folders, *extra)}
    with ExitStack() as stack:
        log, notariser, registry, view_set = _open_store(settings, stack, role)
        readers, pulse = _readers(settings, stack), Pulse()
        follower, insight = _follower(settings, stack, view_set, role)
        composer = _composer(log, readers, pulse)
        retirer = None if role == "visit" else Retirer(known, registry)
        doorbell, scans = _senses(settings, folders, registry, mounts, watched, retirer, role)
        intake = Intake(
            log,
            registry,
            folders=known,
            composer=composer,
            readers=readers,
            pending=Pending(doorbell.bell.wake),
            limits=Limits(settings.limit_bytes, settings.batch_files, settings.settle_seconds),
            waits=waits,
            mounts=mounts,
            retirer=retirer,
        )
        drain = Drain(
            Sources(doorbell.bell, waits, scans, tuple(each.feed for each in folders)),
            intake=intake,
            log=log,
            registry=registry,
            watched=watched._replace(behind=lambda: follower.behind(registry.position)) if role == "watch" else watched,
            batch_files=settings.batch_files,
            pulse=pulse,
        )
        joined = (log, registry, view_set, composer, intake, drain, follower, insight)
        shown = (folders, _backups(settings), watched.files, stack.pop_all().close)
        return Parts(*joined, Chronicle(log, known, meta_of()), doorbell, notariser, *shown)


def insight_of(settings: Settings) -> Insight | None:
    """Who derives what articles say beside a daemon, where that is asked for; commands do it themselves, and wait.

    Raises:
        ConfigError: what shall find mentions is not installed.
    """
    insights(settings.mentions_by)
    companion = Companion(settings.store_folder, settings.engine, settings.mentions_by)
    return Insight(settings.store_folder, companion) if settings.insight else None


def _follower(settings: Settings, stack: ExitStack, view_set: Views, role: Role) -> tuple[Follower, Insight | None]:
    insight = insight_of(settings) if role == "watch" else None
    if insight:
        stack.callback(insight.close)
    companion = Companion(settings.store_folder, settings.engine)
    return Follower(view_set, companion, reached=insight.look if insight else ignore_position), insight


def _backups(settings: Settings) -> Backups:
    folder = Path(settings.backup_folder) if settings.backup_folder else None
    is_elsewhere = "://" in settings.engine
    plan = BackupPlan(settings.store_folder, folder, settings.backup_seconds, settings.backup_keep, is_elsewhere)
    return Backups(plan, maker())


def maker() -> Maker:
    """Who makes backups here; systemd says where it has put the key."""
    return Maker(product_version(), os.environ.get("CREDENTIALS_DIRECTORY", ""))


def _open_store(settings: Settings, stack: ExitStack, role: Role) -> tuple[EventLog, Notariser | None, Registry, Views]:
    log = open_log(settings, readonly=False)
    stack.callback(log.close)
    stack.enter_context(claimed(() if role == "visit" else folders_of(settings), settings.store_folder))
    notariser = _notariser(settings, log, is_daemon=role == "watch")
    if notariser:
        stack.callback(notariser.close)
    registry = Registry(settings.store_folder)
    stack.callback(registry.close)
    registry.catch_up(log)
    view_set = Views(settings.store_folder, views(), log)
    stack.callback(view_set.close)
    return log, notariser, registry, view_set


def _notariser(settings: Settings, log: EventLog, *, is_daemon: bool) -> Notariser | None:
    """Who signs the log; nobody signs one that is gone with its process.

    A command that somebody runs beside systemd has not the credential of the daemon, and leaves the signing to it; so
    does one host of several that has not their key.
    """
    folder, credentials = settings.store_folder, os.environ.get("CREDENTIALS_DIRECTORY", "")
    has_to = is_daemon and not log.is_shared
    if settings.engine == "memory" or not (has_to or may_sign(folder, log, credentials)):
        return None
    try:
        return Notariser(lambda: Notary(folder, log, signer_of(folder, log, credentials=credentials, meta=meta_of())))
    except (Overtaken, StoreUnsafe):
        if has_to or may_sign(folder, log, credentials):
            raise
        return None  # the key of another host has become the log's just now


def meta_of(actor: str = "presslog") -> Meta:
    """The small print of events that are written here now, by this actor."""
    return Meta(host=socket.gethostname(), version=product_version(), actor=actor)


def _composer(log: EventLog, readers: Readers, pulse: Pulse) -> Composer:
    # Whoever waits for kept bytes to be read again waits in the drain's thread.
    return Composer(log, meta_of(), Kept(log.blobs, partial(readers.read, beat=pulse.beat)))


def _readers(settings: Settings, stack: ExitStack) -> Readers:
    limits = ReaderLimits(settings.reader_processes, settings.reader_seconds, settings.reader_memory_bytes)
    readers = Readers(limits)
    stack.callback(readers.close)
    return readers


def _senses(
    settings: Settings,
    folders: Sequence[Folder],
    registry: Registry,
    mounts: Mounts,
    watched: Watched,
    retirer: Retirer | None,
    role: Role,
) -> tuple[Doorbell, Scans]:
    """What notices that a file has come: the doorbell, and scans that tell it of every folder they enter."""
    ignored, polls = Ignored(settings.ignore), Polls(time.monotonic, settings.poll_seconds)
    doorbell = Doorbell(Bell(), ignored, mounts=mounts, polls=polls, monotonic=time.monotonic, told=watched.polled)
    scanner = Scanner(registry, ignored, doorbell.doors if role == "watch" else NO_DOORS)
    by_feed = {each.feed: each for each in folders}
    recover = retirer.recover if retirer else lambda _: None
    scans = Scans(doorbell.bell, by_feed, scanner=scanner, polls=polls, told=watched.folder, recover=recover)
    return doorbell, scans


class Family(NamedTuple):
    """Views that stand in one file: the folder of it, and which they are."""

    folder: Path
    views: tuple[View, ...]


def families(settings: Settings) -> tuple[Family, ...]:
    """What questions are answered from, and what articles say, where that is or was asked for."""
    store, insight = settings.store_folder, insight_folder(settings.store_folder)
    answers = Family(store, views())
    if not settings.insight and not insight.exists():
        return (answers,)
    return answers, Family(made_insight_folder(store), insights(settings.mentions_by))


def derive(settings: Settings, log: EventLog, progress: Progress = ignore_progress) -> None:
    """Derive what articles say up to the head of the log, here and now, where that is asked for."""
    if settings.insight:
        derive_here(settings.store_folder, settings.mentions_by, log, progress)
