"""CHECKS: what doctor looks at, one function each; a finding says what was found and how to mend it."""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from presslog.store.errors import LogUnavailable, NoSuchStore, PresslogError

from .finding import Finding, judged
from .log_checks import log, views
from .text import lasting

if TYPE_CHECKING:
    from presslog.config.settings import Settings

LEAST_FREE_BYTES = 100 << 20
LITTLE_FREE_BYTES = 1 << 30
MANY_WAITING = 100
MOST_FOLDERS = 200_000
"""Beyond it counting would take long, and the answer is clear."""
AHEAD_SECONDS = 60.0
UNSIGNED_SECONDS = 60.0
"""A daemon that runs signs within a second or two."""
BUILT_AT = 1704067200.0
"""2024-01-01: a clock before that has lost its battery."""
LATE = 2
BY_HAND_SECONDS = 7 * 86_400.0
"""So old a backup may be where nobody makes them by the clock, before it is late."""
INOTIFY = Path("/proc/sys/fs/inotify")


def findings(settings: "Settings") -> Iterator[Finding]:
    """Every check; one that cannot even be made is a finding too."""
    for check in CHECKS:
        name = check.__name__.replace("_", " ")
        try:
            yield from (finding._replace(check=name) for finding in check(settings))
        except NoSuchStore:
            yield Finding("warn", name, "there is nothing in the store yet", "presslog init, then presslog run")
        except LogUnavailable as error:
            yield Finding("fail", name, str(error), "see the message, then presslog doctor again")
        except (PresslogError, OSError) as error:
            yield Finding("fail", name, str(error), "see the message")


def sqlite(settings: "Settings") -> Iterator[Finding]:  # noqa: ARG001  all checks are called alike
    """The library, and the index for words in it."""
    from presslog.store.sqlite import LEAST_VERSION, sqlite3

    version = sqlite3.sqlite_version
    yield judged(sqlite3.sqlite_version_info >= LEAST_VERSION, f"SQLite {version}", "pip install 'pysqlite3>=0.6.1'")
    options = {row[0] for row in sqlite3.connect(":memory:").execute("pragma compile_options")}
    yield judged(
        "ENABLE_FTS5" in options, "FTS5 (search) is there", "install a SQLite with FTS5: pip install pysqlite3"
    )


def folders(settings: "Settings") -> Iterator[Finding]:
    """The watched folders."""
    from presslog.daemon.mounts import is_local

    if not settings.feeds:
        yield Finding("warn", "", "no folder is watched", "presslog init DIR, or add [feeds.NAME] to presslog.toml")
    for name, feed in settings.feeds.items():
        folder = Path(feed.folder)
        if not folder.is_dir():
            yield Finding("fail", "", f"feeds.{name}: {folder} is missing", f"mkdir -p {folder}")
        elif not os.access(folder, os.R_OK | os.X_OK):
            yield Finding(
                "fail", "", f"feeds.{name}: {folder} cannot be read", f"setfacl -m u:{os.getuid()}:rx {folder}"
            )
        elif kept := _what_keeps_files(settings, name):
            fix = f"setfacl -R -m u:{os.getuid()}:rwX {folder}; under systemd also ReadWritePaths={folder}"
            yield Finding("fail", "", f"feeds.{name}: {kept}", fix)
        elif not is_local(folder):
            found = f"feeds.{name}: {folder} is no local disk: it is polled, and files must stand still there"
            yield Finding("warn", "", found, "lower poll_seconds where that is too slow")
        else:
            yield Finding("ok", "", f"feeds.{name}: {folder}")


def _what_keeps_files(settings: "Settings", name: str) -> str:
    """Why files of a feed that moves or deletes would stay; empty where they would not, or shall."""
    feed = settings.feeds[name]
    after_read = feed.after_read or settings.after_read
    if after_read == "keep":
        return ""
    done = Path(feed.folder, feed.done_folder or settings.done_folder)
    places = [Path(feed.folder), *([done] if after_read == "move" and done.exists() else [])]
    for place in places:
        if not os.access(place, os.W_OK | os.X_OK):
            return f'after_read = "{after_read}", but {place} cannot be written: its files stay'
    if places[-1].stat().st_dev != places[0].stat().st_dev:
        return f'after_read = "{after_read}", but {done} is on another file system: the files stay'
    return ""


def inotify(settings: "Settings") -> Iterator[Finding]:
    """One watch a folder, out of those that the kernel gives a user."""
    most = int((INOTIFY / "max_user_watches").read_text())
    walks = (os.walk(feed.folder) for feed in settings.feeds.values())
    count = sum(1 for walk in walks for _ in islice(walk, MOST_FOLDERS))
    fix = f"sysctl fs.inotify.max_user_watches={max(most * 2, count * 4)}"
    yield judged(
        count <= most // 2, f"{count} folders, {most} watches", fix, otherwise="warn" if count <= most else "fail"
    )


def notary(settings: "Settings") -> Iterator[Finding]:
    """The key that signs is there, checkpoints are signed, and somebody else holds one."""
    from presslog.store.keys import keys_of
    from presslog.store.opening import open_log

    from .signed import signed, signed_line

    folder = settings.store_folder
    opened = open_log(folder)
    keys, found = keys_of(opened), signed(folder, opened.head())
    opened.close()
    if keys:
        yield Finding("ok", "", f"{keys[-1].verifier} signs since #{keys[-1].position}")
    is_behind = found["unsigned"] and found["checkpoint"] and _age(found["checkpoint"]["at"]) > UNSIGNED_SECONDS
    yield judged(
        bool(found["checkpoint"]) and not is_behind,
        f"signed: {signed_line(found)}",
        "start presslog run; its journal says why it does not sign",
        otherwise="warn",
    )
    if settings.anchor:
        at = found["anchored"]["at"] if found["anchored"] else ""
        yield judged(
            (bool(at) and _age(at) < 3 * settings.anchor_seconds + UNSIGNED_SECONDS) or not found["checkpoint"],
            f"anchored: {at or 'never'}, by {settings.anchor[0]}",
            "presslog anchor says what is wrong",
            otherwise="warn",
        )


def _age(at: str) -> float:
    from datetime import datetime

    return time.time() - datetime.fromisoformat(at).timestamp()


def queue(settings: "Settings") -> Iterator[Finding]:
    """Files that wait to become complete or readable."""
    from presslog.store.queries import waiting

    count = len(waiting(settings.store_folder))
    yield judged(count < MANY_WAITING, f"{count} files wait", "presslog failures says why", otherwise="warn")


def disk(settings: "Settings") -> Iterator[Finding]:
    """Room for more."""
    free = shutil.disk_usage(settings.store_folder).free
    level = "fail" if free < LEAST_FREE_BYTES else "warn"
    yield judged(
        free >= LITTLE_FREE_BYTES, f"{free >> 20} MB free", "make room: the daemon stops taking files", otherwise=level
    )


def clock(settings: "Settings") -> Iterator[Finding]:
    """The clock is not before the newest event, nor before this program."""
    from presslog.store.opening import open_log

    now = time.time()
    yield judged(
        now > BUILT_AT, time.strftime("%Y-%m-%d %H:%M:%SZ", time.gmtime(now)), "set the clock: timedatectl set-ntp true"
    )
    opened = open_log(settings.store_folder)
    last = opened.read(opened.head() - 1, 1)
    opened.close()
    if last:
        ahead = last[-1].recorded_at - now
        found = f"the newest event is {'in the future' if ahead > AHEAD_SECONDS else 'in the past, as it should be'}"
        yield judged(
            ahead <= AHEAD_SECONDS, found, "set the clock; positions stay in order whatever it says", otherwise="warn"
        )


def writer(settings: "Settings") -> Iterator[Finding]:
    """Who writes the store."""
    from presslog.store.lock import owner

    pid = owner(settings.store_folder)
    yield Finding("ok", "", f"pid {pid} writes the store" if pid else "nobody writes the store now")


def backup(settings: "Settings") -> Iterator[Finding]:
    """The last good backup is not too old, and there is one."""
    from .backup_age import last_backup

    last = last_backup(settings)
    if last["by_server"]:
        fix = "take backup_folder out of presslog.toml" if last["folder"] else ""
        found = "presslog makes none of a log that a server keeps: its own tools do"
        yield judged(not last["folder"], found, fix, otherwise="warn")
        return
    folder, age_seconds = last["folder"], last["age_seconds"]
    limit_seconds = LATE * (settings.backup_seconds or BY_HAND_SECONDS)
    if not folder:
        yield Finding("warn", "", "no backup_folder is set", "set it to a folder on another disk: docs/backup.md")
    elif age_seconds is None:
        yield Finding("warn", "", f"there is none of this log in {folder}", "presslog run, or presslog backup")
    else:
        found = f"{last['name']} is {lasting(age_seconds)} old"
        yield judged(
            age_seconds < limit_seconds, found, "presslog backup, and look for why none came", otherwise="warn"
        )
    if folder and not os.access(folder if Path(folder).exists() else Path(folder).parent, os.W_OK):
        fix = f"chown it to presslog's user; under systemd also ReadWritePaths={folder}"
        yield Finding("fail", "", f"{folder} cannot be written", fix)


def erasures(settings: "Settings") -> Iterator[Finding]:
    """Orders to erase that were not brought to their end."""
    from presslog.store.erase_finish import unproved

    for identifier in unproved(settings.store_folder).articles:
        yield Finding("warn", "", f"traces of {identifier} may be left", "presslog erase --finish")


CHECKS: tuple[Callable[["Settings"], Iterator[Finding]], ...] = (
    sqlite,
    folders,
    inotify,
    log,
    notary,
    views,
    queue,
    disk,
    clock,
    writer,
    backup,
    erasures,
)
