"""Fresh answers: the views brought to the head of the log before they are asked, by the daemon or here."""

import time

from presslog.config.settings import Settings
from presslog.daemon.assemble import derive, open_log
from presslog.handlers.views import views
from presslog.store.candidate import Progress, ignore_progress
from presslog.store.errors import Behind, StoreLocked
from presslog.store.queries import Answers
from presslog.store.views import Views

POLL_SECONDS = 0.02


def freshen(
    settings: Settings, timeout_seconds: float, *, with_insight: bool = False, progress: Progress = ignore_progress
) -> int:
    """Bring the views to the head of the log and return that position; ``with_insight`` what articles say as well.

    Where a daemon writes the store it does the work and this waits for it; else this does the work.

    Raises:
        Behind: the daemon did not get there in time.
    """
    try:
        log = open_log(settings, readonly=False)
    except StoreLocked:
        return _wait_for_daemon(settings, timeout_seconds, with_insight=with_insight)
    view_set = Views(settings.store_folder, views(), log)
    try:
        view_set.open(progress)
        view_set.catch_up()
        if with_insight:
            derive(settings, log, progress)
        return log.head()
    finally:
        view_set.close()
        log.close()


def _wait_for_daemon(settings: Settings, timeout_seconds: float, *, with_insight: bool) -> int:
    log = open_log(settings, readonly=True)
    head, deadline = log.head(), time.monotonic() + timeout_seconds
    log.close()
    while True:
        answers = Answers(settings.store_folder, with_insight=with_insight)
        reached = answers.as_of()
        answers.close()
        if reached >= head:
            return reached
        if time.monotonic() >= deadline:
            raise Behind(
                f"the views stand at {reached}, the log at {head}, after {timeout_seconds:g} s; see presslog status"
            )
        time.sleep(POLL_SECONDS)
