"""How far views are: each with what it lacks, in events and in time, and the rebuild that runs."""

import time
from typing import TYPE_CHECKING, Any

from .output import say

if TYPE_CHECKING:
    from pathlib import Path

    from presslog.store.log import EventLog


def say_running(folder: "Path", head: int) -> None:
    """Say that a rebuild runs, or that one was left unfinished; nothing where there is none."""
    from presslog.store.rebuild import running

    found = running(folder)
    if found is None:
        return
    percent = 100 * found.position // max(head, 1)
    if found.pid:
        say(f"a rebuild runs: {found.path.name}, pid {found.pid}, {percent} %")
    else:
        say(f"an unfinished rebuild stands at {percent} %: `presslog views rebuild` goes on with it")


def views_alone(folder: "Path") -> list[dict[str, Any]]:
    """The checkpoints, where nobody knows how far the log is; none where views are not built yet."""
    from presslog.store.errors import NoSuchStore
    from presslog.store.insight import insight_link
    from presslog.store.queries import Answers

    try:
        with Answers(folder, with_insight=insight_link(folder).exists()) as answers:
            return [{**row, "behind": None, "behind_seconds": None} for row in answers.checkpoints()]
    except NoSuchStore:
        return []


def view_rows(folder: "Path", log: "EventLog") -> list[dict[str, Any]]:
    """The checkpoints with how far each is behind, in events and in the age of the oldest of them; none as above.

    Raises:
        LogDiverged: a view was built from events that this log does not hold.
    """
    rows = views_alone(folder)
    for row in rows:
        if row["position"]:
            log.check(row["position"], row["event_id"])
    head, now = log.head(), time.time()
    ages = {each: _age(log, each, now) for each in {row["position"] for row in rows}}
    return [{**row, "behind": max(0, head - row["position"]), "behind_seconds": ages[row["position"]]} for row in rows]


def _age(log: "EventLog", position: int, now: float) -> float:
    """For how many seconds there has been an event behind a position; 0 where there is none."""
    return next((round(max(0.0, now - event.recorded_at), 3) for event in log.read(position, 1)), 0.0)
