"""What doctor looks at of the log, in a file or on a server, and of the views that are made of it."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from .finding import Finding, judged
from .text import lasting

if TYPE_CHECKING:
    from presslog.config.settings import Settings
    from presslog.store.log import About


def log(settings: "Settings") -> Iterator[Finding]:
    """The log is readable; its file in WAL mode on a local disk, or its server and the copies of it as they should."""
    from presslog.daemon.mounts import is_local
    from presslog.store.opening import address_of, open_log

    folder = settings.store_folder
    opened = open_log(folder)
    head, about = opened.head(), opened.about()
    opened.close()
    yield from _served(head, about) if address_of(folder) else _in_a_file(folder, head)
    yield judged(
        is_local(folder),
        f"{folder} is on a local disk",
        "move the store to a local disk: WAL needs one",
        otherwise="warn",
    )


def _in_a_file(folder: Path, head: int) -> Iterator[Finding]:
    """Whoever writes it asks for synchronous=full or stops."""
    from presslog.store.sqlite import connect_readonly

    connection = connect_readonly(folder / "log.db")
    mode = connection.execute("pragma journal_mode").fetchone()[0]
    connection.close()
    yield judged(
        mode == "wal", f"#{head}, journal mode {mode}, written with synchronous=full", "start presslog run once"
    )


def _served(head: int, about: "About") -> Iterator[Finding]:
    """The server answers; what its engine warns of ends with the remedy."""
    from .log_state import replica_line

    yield Finding("ok", "", f"#{head}, {about.engine} at {about.place}")
    for each in about.replicas:
        yield Finding("ok", "", f"replica {replica_line(each)}")
    for warning in about.warnings:
        found, _, fix = warning.rpartition("; ") if "; " in warning else warning.partition(": ")
        yield Finding("warn", "", found, fix or "see the message")


def views(settings: "Settings") -> Iterator[Finding]:
    """Every view is live and at the head."""
    from presslog.store.opening import open_log

    from .view_state import view_rows

    opened = open_log(settings.store_folder)
    rows = view_rows(settings.store_folder, opened)
    opened.close()
    paused = [f"{row['view']}: {row['error']}" for row in rows if row["state"] != "live"]
    behind = max((row["behind"] for row in rows), default=0)
    seconds = max((row["behind_seconds"] for row in rows), default=0.0)
    if not rows:
        yield Finding("fail", "", "not built yet", "presslog views rebuild")
    elif paused:
        yield Finding("fail", "", f"paused: {'; '.join(paused)}", "upgrade presslog, then presslog views rebuild")
    else:
        found = f"{len(rows)} live, {behind} events behind" + (f" for {lasting(seconds)}" if behind else "")
        yield judged(not behind, found, "presslog run", otherwise="warn")
