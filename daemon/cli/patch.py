"""What a revision changed, as lines below it: each sentence once, what went and what came marked in it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .diff_page import changed_lines
from .revision import as_article

if TYPE_CHECKING:
    from presslog.store.tables import Tables

INDENT = "    "
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
    if len(sides) == 2:
        yield from changed_lines(compare(as_article(sides[0]), as_article(sides[1])).changes, INDENT)
