"""How fresh an answer is: as of which position, and how far that is behind the log."""

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from presslog.store.queries import Answers

PATIENCE_SECONDS = 2.0
"""An answer waits no longer for a server to say how far the log is."""


def freshness(answers: "Answers", folder: "Path") -> str:
    """The words for the foot of an answer: ``as of #5000``, with what the log holds beyond it, if anything."""
    if answers.is_past:
        return f"as of #{answers.as_of()}, in the past"
    events = behind(answers, folder)
    if events is None:
        return f"as of #{answers.as_of()}, and the log does not answer"
    return f"as of #{answers.as_of()}" + (f", {events} behind" if events else "")


def behind(answers: "Answers", folder: "Path") -> int | None:
    """How many events the log holds beyond an answer; none where the past was asked, None where nobody knows."""
    if answers.is_past:
        return 0
    head = head_of(folder)
    return None if head is None else max(head - answers.as_of(), 0)


def head_of(folder: "Path") -> int | None:
    """The position of the newest event; None where the log does not answer, 0 where it cannot be read.

    Neither is a reason to keep an answer back.
    """
    from presslog.store.opening import address_of

    if not address_of(folder):
        return _head(folder)
    heads: list[int | None] = []
    # A host that is cut off answers nothing, and it takes long until the kernel says so.
    asking = threading.Thread(target=lambda: heads.append(_head(folder)), daemon=True)
    asking.start()
    asking.join(PATIENCE_SECONDS)
    return heads[0] if heads else None


def _head(folder: "Path") -> int | None:
    from presslog.store.errors import LogUnavailable, PresslogError, StorageFailed
    from presslog.store.opening import open_log

    try:
        log = open_log(folder)
        try:
            return log.head()
        finally:
            log.close()
    except StorageFailed:
        return 0
    except LogUnavailable:
        return None
    except PresslogError:
        return 0
