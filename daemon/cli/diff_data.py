"""What two revisions differ in, as data: figures of a step, and every changed sentence."""

from typing import Any, NamedTuple

from presslog.handlers.comparison.compare import Comparison, compare
from presslog.handlers.comparison.kind import change_kind, is_silent

from .revision import as_article

Row = dict[str, Any]
FIGURES = (
    *("salience", "summary", "sentences_total", "sentences_changed", "sentences_added", "sentences_removed"),
    *("numbers_changed", "quotes_changed", "names_changed"),
)
OF_REVISION = ("revision", "position", "valid_from_at", "updated_at", "title", "content_hash")
OF_CHANGE = ("kind", "field", "paragraph", "categories", "before", "after", "marked")


class Compared(NamedTuple):
    """Two rows of revisions and what they differ in."""

    was: Row
    now: Row
    kind: str
    is_silent: bool
    comparison: Comparison

    @property
    def figures(self) -> Row:
        """How much of what: the columns of ``--stat``."""
        said = {"change_kind": self.kind, "is_silent": self.is_silent}
        return said | {name: getattr(self.comparison, name) for name in FIGURES}

    @property
    def data(self) -> Row:
        """Everything, with both revisions named and the sentences in their order."""
        found = self.comparison
        facts = {name: getattr(found, name) for name in ("numbers", "quotes", "names")}
        sides = {name: getattr(found, name) for name in ("headline", "subtitle", "byline")}
        return {
            "article_id": self.now["article_id"],
            "before": {name: self.was[name] for name in OF_REVISION},
            "after": {name: self.now[name] for name in OF_REVISION},
            **self.figures,
            **sides,
            **facts,
            "has_block": found.has_block,
            "changes": [{name: getattr(change, name) for name in OF_CHANGE} for change in found.changes],
        }


def compared(was: Row, now: Row) -> Compared:
    """Compare two rows of revisions."""
    before, after = as_article(was), as_article(now)
    return Compared(was, now, change_kind(before, after), is_silent(before, after), compare(before, after))
