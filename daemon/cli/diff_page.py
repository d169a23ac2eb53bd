"""A difference as a page: each changed sentence with its paragraph and category, its words in colour or brackets."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from .diff_data import Compared
from .options import has_colour, is_terminal
from .output import PIPED_WIDTH
from .text import lasting, one_line, visible, width_of

if TYPE_CHECKING:
    from presslog.handlers.comparison.change import Change
    from presslog.handlers.comparison.words import Part

AROUND_LETTERS = 40
"""At least so much of what stayed is shown beside a change, in a sentence that is longer than a line."""
COLOURS = {"went": "red", "came": "green"}
BRACKETS = {"went": "[-{}-]", "came": "{{+{}+}}", "same": "{}"}
FIELDS = {"title": "headline", "subtitle": "subtitle", "byline": "byline"}
LEAST_WIDTH = 20


def page(found: Compared, article: dict[str, Any]) -> Iterator[str]:
    """The lines of the page: which article and revisions, the changes, and one line that counts them."""
    yield _heading(found, article)
    yield from changed_lines(found.comparison.changes)
    yield from _beyond(found)
    yield " · ".join(_foot(found))


def changed_lines(changes: "Sequence[Change]", indent: str = "  ") -> Iterator[str]:
    """Each change with its place and what it is in front of its marked words."""
    labels = [_label(change) for change in changes]
    wide = [max((width_of(label[column]) for label in labels), default=0) for column in (0, 1)]
    for change, label in zip(changes, labels, strict=True):
        start = indent + "  ".join(each + " " * (size - width_of(each)) for each, size in zip(label, wide, strict=True))
        yield from _sentence(change, start + "  ")


def _heading(found: Compared, article: dict[str, Any]) -> str:
    was, now = found.was, found.now
    title = "  ".join(one_line(each) for each in (article["source"], now["title"]) if each)
    title = click.style(title, bold=True) if has_colour() else title
    steps = f"@{was['revision']} → @{now['revision']}   #{was['position']} → #{now['position']}"
    return f"{title}   {steps}   ({_later(was['valid_from_at'], now['valid_from_at'])})"


def _later(one: str, other: str) -> str:
    """How much later the other time is, in its largest unit."""
    seconds = (datetime.fromisoformat(other) - datetime.fromisoformat(one)).total_seconds()
    return ("-" if seconds < 0 else "+") + lasting(abs(seconds))


def _label(change: "Change") -> tuple[str, str]:
    """Where it is, and what it is."""
    place = FIELDS.get(change.field, f"¶{change.paragraph}")
    return place, ", ".join(each for each in change.categories if each != place)


def _sentence(change: "Change", start: str) -> Iterator[str]:
    """The marked words behind what stands in front; a longer line goes on below its own beginning."""
    from presslog.handlers.comparison.words import shortened

    room = max(_width() - width_of(start), LEAST_WIDTH)
    parts: Sequence[Part] = change.parts
    beyond = room - sum(width_of(_marked(part)) for part in parts if part.kind != "same")
    stayed = [width_of(part.text) for part in parts if part.kind == "same"]
    if sum(stayed) > beyond:
        parts = shortened(parts, max(AROUND_LETTERS, beyond // (2 * len(stayed) or 1) - len(" … ")))
    if not is_terminal():
        yield start + "".join(_coloured(_marked(part), part.kind) for part in parts)
        return
    for number, line in enumerate(_wrapped(parts, room)):
        yield (" " * width_of(start) if number else start) + line


def _wrapped(parts: Sequence["Part"], room: int) -> list[str]:
    """Lines of at most so many columns, as far as words allow."""
    lines, used = [""], 0
    for part in parts:
        for word in re.findall(r" *[^ ]+| +", _marked(part)):
            is_over = used > 0 and used + width_of(word) > room
            shown = word.lstrip(" ") if is_over else word
            lines += [""] if is_over else []
            lines[-1] += _coloured(shown, part.kind)
            used = width_of(shown) + (0 if is_over else used)
    return lines


def _marked(part: "Part") -> str:
    """A part as it is shown: in brackets where there is no colour, and harmless to a terminal."""
    text = visible(part.text)
    return text if has_colour() else BRACKETS[part.kind].format(text)


def _coloured(text: str, kind: str) -> str:
    return click.style(text, fg=COLOURS[kind]) if has_colour() and kind in COLOURS else text


def _width() -> int:
    import shutil

    context = click.get_current_context()
    return context.terminal_width or (shutil.get_terminal_size().columns if is_terminal() else PIPED_WIDTH)


def _beyond(found: Compared) -> Iterator[str]:
    """What the changes do not tell."""
    comparison = found.comparison
    told = sum(change.field == "text" for change in comparison.changes)
    more = comparison.sentences_changed + comparison.sentences_added + comparison.sentences_removed - told
    if more:
        yield f"  … and {more} more sentences"
    if comparison.has_block:
        yield "  so much differs that sentences were told apart only by whether the other side has them"
    if not comparison.changes and not comparison.has_block:
        others = " ".join(one_line(found.now["changed"]).split())
        yield f"  no word differs{f'; changed: {others}' if others else ', white space aside'}"


def _foot(found: Compared) -> list[str]:
    from presslog.handlers.comparison.facts import quotes

    comparison = found.comparison
    counts = [
        f"{comparison.sentences_changed} of {comparison.sentences_total} sentences changed",
        *(f"{count} {how}" for count, how in _moves(found) if count),
    ]
    quoted = len(quotes(found.now["text"]))
    foot = [
        ", ".join(counts),
        f"headline {'changed' if comparison.headline else 'same'}",
        f"quotes {comparison.quotes_changed or 'same'}{' changed' if comparison.quotes_changed else ''} ({quoted})",
    ]
    silent = ["nothing in it says so"] if found.is_silent else []
    return [*foot, *([found.kind] if found.kind != "update" else silent)]


def _moves(found: Compared) -> tuple[tuple[int, str], ...]:
    return (found.comparison.sentences_added, "added"), (found.comparison.sentences_removed, "removed")
