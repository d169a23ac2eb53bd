"""How much of a log is signed, and what of it others hold: for status and doctor."""

import time
from typing import TYPE_CHECKING, Any

from .text import lasting

if TYPE_CHECKING:
    from pathlib import Path


def signed(folder: "Path", head: int) -> dict[str, Any]:
    """The newest checkpoint, how many events are behind it, and what was anchored last; None for what never was."""
    from presslog.daemon.anchor import ANCHORED
    from presslog.store.pins import CHECKPOINT

    checkpoint, anchored = _note(folder / CHECKPOINT), _note(folder / ANCHORED)
    return {
        "checkpoint": checkpoint,
        "unsigned": max(0, head - (checkpoint["size"] if checkpoint else 0)),
        "anchored": anchored,
    }


def _note(path: "Path") -> dict[str, Any] | None:
    from presslog.store.pins import bytes_of, seen_in
    from presslog.store.times import utc_text

    seen = seen_in(bytes_of(path))
    return {"size": seen.size, "at": utc_text(path.stat().st_mtime)} if seen else None


def signed_line(found: dict[str, Any]) -> str:
    """The same for people."""
    checkpoint, anchored, unsigned = found["checkpoint"], found["anchored"], found["unsigned"]
    if checkpoint is None:
        return "nothing yet: presslog run does it"
    said = f"{checkpoint['size']} events · {_ago(checkpoint['at'])} ago"
    if unsigned:
        said += f" · {unsigned} not yet"
    return said + (f" · {anchored['size']} anchored {_ago(anchored['at'])} ago" if anchored else " · never anchored")


def _ago(at: str) -> str:
    from datetime import datetime

    return lasting(max(0.0, time.time() - datetime.fromisoformat(at).timestamp()))
