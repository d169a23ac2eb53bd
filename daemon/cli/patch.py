"""What a revision changed, as lines below it: each sentence once, what went and what came marked in it."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from .options import has_colour
from .revision import as_article
from .text import visible

if TYPE_CHECKING:
    from presslog.handlers.comparison.change import Change
    from presslog.handlers.comparison.words import Part
    from presslog.store.tables import Tables

INDENT = "    "
AROUND_LETTERS = 60
"""So much of a sentence is shown on both sides of what changed in it."""
MARKS = {"went": "[-{}-]", "came": "{{+{}+}}", "same": "{}"}
COLOURS = {"went": "red", "came": "green"}
# Where a revision ended the one that it took the place of did; one that never counted ended where it began.
SIDES = """
select * from revisions
where article_id = :article_id
  and (position = :position or (valid_to_position = :position and valid_from_position < :position))
order by position
"""


def patch(tables: "Tables", article_id: str, position: int) -> Iterator[str]:
    """The lines of one revision, by the position of its event; none for a first version and one that never counted."""
    from presslog.handlers.comparison.compare import compare

    sides = list(tables.rows(SIDES, article_id=article_id, position=position))
    if len(sides) < 2:
        return
    for change in compare(as_article(sides[0]), as_article(sides[1])).changes:
        yield f"{INDENT}{_place(change):<6} {change.categories[0]:<11} {_marked(change.parts)}"


def _place(change: "Change") -> str:
    return f"¶{change.paragraph}" if change.paragraph else change.field


def _marked(parts: "Sequence[Part]") -> str:
    from presslog.handlers.comparison.words import shortened

    return "".join(_told(part.kind, _flat(part.text)) for part in shortened(parts, AROUND_LETTERS))


def _flat(text: str) -> str:
    """Harmless and on one line; spaces at its ends belong to the words beside it."""
    return visible(text).replace("\n", " ").replace("\t", " ")


def _told(kind: str, text: str) -> str:
    if has_colour() and kind in COLOURS:
        return click.style(text, fg=COLOURS[kind])
    return MARKS[kind].format(text)
