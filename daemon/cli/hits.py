"""What a search found, as people read it: a line an article, below it a piece of its text, both with marks."""

import re
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from .options import has_colour
from .output import Column
from .text import SHORT_ID, one_line, shorten, visible, width_of

if TYPE_CHECKING:
    from presslog.store.search import Hit

START, END = "\x01", "\x02"
"""Marks that no format lets through; they become colour or brackets after the text was made harmless."""

COLUMNS = (
    Column("id"),
    Column("date"),
    Column("source"),
    Column("revision"),
    Column("standing"),
    Column("title", gives_way=True),
    Column("snippet", gives_way=True),
)
INDENT = "     "
GONE = "no longer in the current one"


def row(hit: "Hit", *, every_revision: bool = False) -> dict[str, Any]:
    """A hit with all its columns; of any revision also whether the current one of its article still matches."""
    found = {**hit.article, "date": _date(hit), "standing": _standing(hit), "snippet": _bracketed(hit.snippet)}
    return {**found, "in_current": not hit.is_gone} if every_revision else found


def page(hits: "Sequence[Hit]") -> None:
    """Write the list to stdout."""
    from shutil import get_terminal_size  # 5 ms, for a screen only

    width = get_terminal_size().columns
    sources = [one_line(hit.article["source"]) for hit in hits]
    widest = max(map(width_of, sources), default=0)
    for hit, source in zip(hits, sources, strict=True):
        padded = source + " " * (widest - width_of(source))
        mark = one_line(_standing(hit))
        head = f"{hit.article['id'][:SHORT_ID]}  {_date(hit)}  {padded}  rev {hit.article['revision']:<2} "
        head += f"[{mark}] " if mark else ""
        sys.stdout.write(head + _marked(hit.marked_title, width - width_of(head)) + "\n")
        left = width - len(INDENT)
        sys.stdout.write(INDENT + _marked(_from_mark(hit.snippet, left), left) + "\n")


def _standing(hit: "Hit") -> str:
    """What must be known before an article is used, at this moment: withdrawn, withheld, under embargo, outdated."""
    from datetime import UTC, datetime

    from presslog.store.standing import standing

    return ", ".join(filter(None, [standing(hit.article, datetime.now(UTC)), GONE if hit.is_gone else ""]))


def _date(hit: "Hit") -> str:
    return str(hit.article["published_at"] or hit.article["first_seen_at"])[:10]


def _bracketed(text: str) -> str:
    return text.replace(START, "[").replace(END, "]")


def _from_mark(text: str, width: int) -> str:
    """A text without so much of its beginning that its first mark stands on the line."""
    at = text.find(START)
    if at < 0 or width_of(text[:at]) <= width // 2:
        return text
    lead = width // 6
    return "…" + text[text.find(" ", max(at - 2 * lead, 0), at - lead) + 1 or at - lead :]


def _marked(text: str, width: int) -> str:
    """Make text harmless, cut it to a width, and turn its marks into colour, or into brackets where there is none."""
    parts = re.split(f"([{START}{END}])", text)
    harmless = " ".join("".join(part if part in (START, END) else visible(part) for part in parts).split())
    if not has_colour():
        return shorten(_bracketed(harmless), width)
    from rich.cells import set_cell_size

    without = harmless.replace(START, "").replace(END, "")
    if width_of(without) > width:
        # The marks are control characters, which take no column here.
        harmless = set_cell_size(harmless, max(width - 1, 0)) + "…"
    return harmless.replace(START, "\x1b[1;33m").replace(END, "\x1b[0m") + "\x1b[0m"
