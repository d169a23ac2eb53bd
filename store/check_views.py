"""Checks that the views come from this log, and, where that is asked, that they hold the rows that it makes."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from .candidate import Progress
from .errors import LogDiverged
from .findings import Findings
from .generation import View
from .links import serving_path
from .log import EventLog
from .sqlite import connect_readonly
from .views import Views


def check_views(folder: Path, log: EventLog, findings: Findings) -> int:
    """Note every view that was built from events that this log does not hold; how many views there are."""
    path = serving_path(folder)
    if path is None:
        return 0
    count = 0
    with findings.reading("views"), closing(connect_readonly(path)) as connection:
        (log_id,) = connection.execute("select value from meta where name = 'log_id'").fetchone() or ("none",)
        if log_id != log.log_id:
            findings.add("views", f"{path.name} was built from log {log_id}, and this is {log.log_id}")
        for view, position, event_id in connection.execute("select view, position, event_id from checkpoints"):
            count += 1
            try:
                if position:
                    log.check(position, event_id)
            except LogDiverged as error:
                findings.add("views", f"{view}: {error}", position)
    return count


def check_rows(folder: Path, log: EventLog, views: Sequence[View], findings: Findings, progress: Progress) -> None:
    """Build the views once more beside those that serve, and note every table in which rows differ.

    Raises:
        StoreLocked: somebody rebuilds them just now.
    """
    with findings.reading("views"), closing(Views(folder, views, log)) as opened:
        for change in opened.changes(progress, most_examples=1):
            if not change.is_empty:
                rows = f"{change.added} rows missing, {change.removed} too many, {change.changed} changed"
                example = f", such as {change.examples[0].key}" if change.examples else ""
                findings.add("views", f"{change.view}: table {change.table} has {rows}{example}")
