"""What is known of a log: what keeps it and where, its end, its other copies, and how far the views are behind it."""

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

    from presslog.store.log import EventLog, Replica


class LogState(NamedTuple):
    """Of a log that does not answer only ``error`` and ``views`` are known, and of these not how far they are behind.

    ``about`` has the engine, its place, replicas, warnings and the error; ``head`` is then None.
    """

    about: dict[str, Any]
    head: int | None
    last_append_at: str
    views: list[dict[str, Any]]

    @property
    def error(self) -> str:
        """Why the log does not answer; empty where it does."""
        return str(self.about["error"])


def log_state(folder: "Path") -> LogState:
    """The log of a store and the views that are made of it.

    Raises:
        NoSuchStore: there is none.
        LogDiverged: a view was built from events that this log does not hold.
        StorageFailed: the disk under its file fails.
    """
    from presslog.store.errors import LogUnavailable, StorageFailed
    from presslog.store.opening import address_of, open_log

    from .view_state import views_alone

    try:
        log = open_log(folder)
        try:
            return _asked(folder, log)
        finally:
            log.close()
    except StorageFailed:
        raise
    except LogUnavailable as error:
        about = {"engine": "", "place": address_of(folder), "replicas": [], "warnings": [], "error": str(error)}
        return LogState(about, None, "", views_alone(folder))


def _asked(folder: "Path", log: "EventLog") -> LogState:
    from presslog.store.times import utc_text

    from .view_state import view_rows

    about, head = log.about(), log.head()
    last = log.read(head - 1, 1)
    told = about._asdict() | {"replicas": [each._asdict() for each in about.replicas], "error": ""}
    last_at = utc_text(last[-1].recorded_at) if last else ""
    return LogState(told, head, last_at, view_rows(folder, log))


def replica_line(replica: "Replica") -> str:
    """One more copy, for people: its name, how it is, and how far it is behind."""
    from .text import size

    if replica.lag is None:
        return f"{replica.name} · {replica.state} · nobody may see how far it is behind"
    lag = size(replica.lag) if replica.unit == "bytes" else f"{replica.lag} {replica.unit}"
    return f"{replica.name} · {replica.state} · {lag} behind"
