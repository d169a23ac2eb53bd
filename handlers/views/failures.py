"""failures: files that could not be read, why, and how it ended."""

from collections.abc import Sequence

from presslog.store.events import Event, FileDismissed, FileReceived, FileRefused, FileRemoved
from presslog.store.generation import View
from presslog.store.sqlite import Connection
from presslog.store.times import utc_text

SCHEMA = (
    """
    create table failures ( -- files that could not be read, why, and how it ended
      id integer primary key, -- the position of the first refusal
      feed text not null,
      path text not null,
      stage text not null, -- take, read: how far it came
      code text not null, -- a stable word
      message text not null, -- the reason, for people
      sha256 text not null, -- of its bytes; empty where they could not be taken
      size_bytes integer not null,
      attempts integer not null, -- how often it was refused
      failed_at text not null, -- the last time
      resolved_at text, -- null while it stands
      resolution text, -- read, dismissed, removed
      first_position integer not null,
      last_position integer not null
    ) strict
    """,
    "create index failures_open on failures (feed, path) where resolved_at is null",
)
RESOLVE = """
update failures set resolved_at = :at, resolution = :resolution, last_position = :position
where feed = :feed and path = :path and resolved_at is null
"""
UPDATE = """
update failures set stage = :stage, code = :code, message = :message, sha256 = :sha256, size_bytes = :size_bytes,
  attempts = attempts + 1, failed_at = :at, last_position = :position
where feed = :feed and path = :path and resolved_at is null
"""
OPEN = "select 1 from failures where resolved_at is null limit 1"
INSERT = """
insert into failures values (:position, :feed, :path, :stage, :code, :message, :sha256, :size_bytes, 1, :at, null, null,
  :position, :position)
"""


def apply(db: Connection, events: Sequence[Event]) -> None:
    """Open a failure at the first refusal of a path, count more on it; to be read, gone or dismissed resolves it."""
    is_open = bool(db.execute(OPEN).fetchone())
    for event in events:
        is_open = is_open or isinstance(event.fact, FileRefused)
        if not is_open:
            continue
        row = {"position": event.position, "at": utc_text(event.recorded_at)}
        match event.fact:
            case FileRefused() as fact:
                row |= {"feed": fact.feed, "path": fact.path, "stage": fact.stage, "code": fact.code}
                row |= {"message": fact.reason, "sha256": fact.digest, "size_bytes": fact.size_bytes}
                if not db.execute(UPDATE, row).rowcount:
                    db.execute(INSERT, row)
            case FileReceived() as fact:
                db.execute(RESOLVE, row | {"feed": fact.feed, "path": fact.path, "resolution": "read"})
            case FileDismissed() as fact:
                db.execute(RESOLVE, row | {"feed": fact.feed, "path": fact.path, "resolution": "dismissed"})
            case FileRemoved() as fact:
                db.execute(RESOLVE, row | {"feed": fact.feed, "path": fact.path, "resolution": "removed"})


VIEW = View(
    name="failures",
    version=2,
    tables=("failures",),
    schema=SCHEMA,
    apply=apply,
    types=frozenset({"file-received", "file-refused", "file-dismissed", "file-removed"}),
)
