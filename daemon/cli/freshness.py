"""How fresh an answer is: as of which position, and how far that is behind the log."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from presslog.store.queries import Answers


def freshness(answers: "Answers", folder: "Path") -> str:
    """The words for the foot of an answer: ``as of #5000``, with what the log holds beyond it, if anything."""
    if answers.is_past:
        return f"as of #{answers.as_of()}, in the past"
    events = behind(answers, folder)
    return f"as of #{answers.as_of()}" + (f", {events} behind" if events else "")


def behind(answers: "Answers", folder: "Path") -> int:
    """How many events the log holds beyond an answer; none where the past was asked."""
    return 0 if answers.is_past else max(head_of(folder) - answers.as_of(), 0)


def head_of(folder: "Path") -> int:
    """The position of the newest event; 0 where the log cannot be read, which is no reason to keep an answer back."""
    from presslog.store.errors import PresslogError
    from presslog.store.opening import open_log

    try:
        log = open_log(folder)
    except PresslogError:
        return 0
    try:
        return log.head()
    finally:
        log.close()
