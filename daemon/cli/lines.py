"""Hits on the screen: a line each for people, or JSON."""

import sys
from typing import TYPE_CHECKING, Any

from .output import emit, encoded
from .text import SHORT_ID, one_line

if TYPE_CHECKING:
    from presslog.daemon.deliveries import Batch, Deliver

FORMS = ("table", "ndjson", "json")


def printer(form: str) -> "Deliver":
    """What writes each batch at once: as lines, as lines of JSON, or as one array."""

    def deliver(batch: "Batch") -> None:
        if form == "json":
            emit(batch.hits, (), form)
        else:
            told = encoded if form == "ndjson" else line
            sys.stdout.write("".join(told(hit) + "\n" for hit in batch.hits))
        sys.stdout.flush()

    return deliver


def line(hit: dict[str, Any]) -> str:
    """A hit in a line: when, + new, ~ changed, - matches no longer, x withdrawn; what, and what changed in it."""
    sign = "x" if hit["status"] == "withdrawn" else "+" if hit["is_new"] else "~" if hit["matches"] else "-"
    revision = "" if hit["revision"] == 1 else f"revision {hit['revision']}"
    change = "" if hit["is_new"] else hit["change_note"]
    lost = "" if hit["matches"] else "no longer matches"
    told = [hit["source"], hit["title"], hit["standing"], revision, change, lost, hit["id"][:SHORT_ID]]
    when = f"{hit['at'][:10]} {hit['at'][11:19]}Z"
    return f"{when}  {sign} {'  '.join(one_line(each) for each in told if each)}  #{hit['position']}"
