"""What a revision is to the one before it: its kind, and how much it matters; columns of the revisions."""

from typing import Any

from presslog.store.events import ArticleRecorded, ArticleReread, ArticleWithdrawn

WITHDRAWN = "withdrawn"


def standing(fact: ArticleRecorded) -> str:
    """The status of a version; one that its publisher takes back is withdrawn, also where we learn it by rereading."""
    is_withdrawn = isinstance(fact, ArticleWithdrawn) or fact.article.status == "canceled"
    return WITHDRAWN if is_withdrawn else fact.article.status


def change(fact: ArticleRecorded, before: Any) -> dict[str, Any]:
    """The columns of a change: all of nothing where there was no revision before, or this one never counted."""
    return {
        "change_kind": _kind(fact),
        "from_revision": before.revision if before else None,
        "salience": 0,
        "is_silent": 0,
        "headline_changed": 0,
        "numbers_changed": 0,
        "quotes_changed": 0,
        "names_changed": 0,
        "sentences_added": 0,
        "sentences_removed": 0,
        "sentences_changed": 0,
        "change_note": "",
    }


def _kind(fact: ArticleRecorded) -> str:
    match fact:
        case ArticleReread():
            return "reread"
        case ArticleWithdrawn():
            return "withdrawal"
        case _:
            return "first" if fact.revision == 1 else "update"
