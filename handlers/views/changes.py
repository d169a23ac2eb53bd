"""What a revision is to the one before it: its kind, and how much it matters; columns of the revisions."""

from typing import Any, NamedTuple

from presslog.handlers.article import Article, supersedes
from presslog.handlers.comparison.compare import Comparison, compare
from presslog.handlers.comparison.kind import change_kind, is_silent
from presslog.store.events import ArticleRecorded, ArticleReread, ArticleWithdrawn

WITHDRAWN = "withdrawn"
MOST_SALIENT = 100
"""No other change matters more than that an article is taken back."""
UNCHANGED = {
    "salience": 0,
    "headline_changed": 0,
    "numbers_changed": 0,
    "quotes_changed": 0,
    "names_changed": 0,
    "sentences_added": 0,
    "sentences_removed": 0,
    "sentences_changed": 0,
    "change_note": "",
}


class Rank(NamedTuple):
    """What of a current revision decides whether the next version takes its place."""

    revision: int
    version: int
    updated_at: str
    status: str


class Head(NamedTuple):
    """The current revision of an article, as far as the next one has to know it."""

    position: int
    revision: int
    version: int
    updated_at: str
    status: str
    first_seen_at: str
    first_position: int
    title: str
    subtitle: str
    byline: str
    ednote: str
    slugline: str
    text: str

    @property
    def rank(self) -> Rank:
        """Whether the next version takes its place is asked of this."""
        return Rank(self.revision, self.version, self.updated_at, self.status)

    @property
    def article(self) -> Article:
        """What was written, as far as it is compared."""
        return Article(
            title=self.title,
            subtitle=self.subtitle,
            byline=self.byline,
            text=self.text,
            ednote=self.ednote,
            slugline=self.slugline,
            updated_at=self.updated_at,
            version=self.version,
        )


def standing(fact: ArticleRecorded) -> str:
    """The status of a version; one that its publisher takes back is withdrawn, also where we learn it by rereading."""
    is_withdrawn = isinstance(fact, ArticleWithdrawn) or fact.article.status == "canceled"
    return WITHDRAWN if is_withdrawn else fact.article.status


def can_lead(fact: ArticleRecorded, current: Rank) -> bool:
    """Whether a version takes the place of the current one; a reading anew only where it is of that."""
    if isinstance(fact, ArticleReread):
        return fact.revision == current.revision
    is_withdrawn = current.status == WITHDRAWN
    return supersedes(fact.article, version=current.version, updated_at=current.updated_at, is_withdrawn=is_withdrawn)


def change(fact: ArticleRecorded, head: Head | None) -> dict[str, Any]:
    """The columns of a change: all of nothing where there was no revision before, or this one never counted."""
    columns = {"change_kind": _kind(fact, head), "from_revision": head.revision if head else None, "is_silent": 0}
    if head is None:
        return columns | UNCHANGED
    before, after = head.article, fact.article
    measured = _measured(compare(before, after))
    if isinstance(fact, ArticleWithdrawn):
        return columns | measured | {"salience": MOST_SALIENT, "change_note": _withdrawn(measured["change_note"])}
    is_news = not isinstance(fact, ArticleReread)
    return columns | measured | {"is_silent": int(is_news and is_silent(before, after))}


def _withdrawn(note: str) -> str:
    return f"{WITHDRAWN}; {note}" if note else WITHDRAWN


def _kind(fact: ArticleRecorded, head: Head | None) -> str:
    match fact:
        case ArticleReread():
            return "reread"
        case ArticleWithdrawn():
            return "withdrawal"
        case _ if fact.revision == 1:
            return "first"
        case _:
            return change_kind(head.article, fact.article) if head else "update"


def _measured(found: Comparison) -> dict[str, Any]:
    return {
        "salience": found.salience,
        "headline_changed": int(found.headline is not None),
        "numbers_changed": found.numbers_changed,
        "quotes_changed": found.quotes_changed,
        "names_changed": found.names_changed,
        "sentences_added": found.sentences_added,
        "sentences_removed": found.sentences_removed,
        "sentences_changed": found.sentences_changed,
        "change_note": found.summary,
    }
