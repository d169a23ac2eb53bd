"""Erasures in the history of an article: rows beside those of its revisions."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from presslog.store.log import EventLog
    from presslog.store.queries import Answers
    from presslog.store.tables import Tables

ERASED = "erased"
"""What stands where revisions have the kind of their change."""


def resolved(answers: "Answers", name: str) -> str:
    """The id of the article that a name means, also of one of which nothing is left.

    Raises:
        NotFound, AmbiguousId: as ``Answers.resolve``.
    """
    from presslog.store.erasures import Erased

    try:
        return answers.resolve(name)
    except Erased as erased:
        return erased.article_id


def erased_rows(folder: Path, tables: "Tables", identifier: str) -> Iterator[dict[str, Any]]:
    """A row for each time that an article was erased, with the columns of ``Answers.history``: who, when, why."""
    from presslog.store.erasures import erasures
    from presslog.store.opening import open_log
    from presslog.store.queries import HISTORY_COLUMNS

    found = erasures(tables, identifier)
    if not found:
        return
    log = open_log(folder)
    try:
        for erasure in found:
            actor, event_id = _who(log, erasure.position)
            yield dict.fromkeys(HISTORY_COLUMNS.replace(",", "").split()) | {
                "article_id": identifier,
                "revision": erasure.revision,
                "position": erasure.position,
                "event_id": event_id,
                "valid_from_position": erasure.position,
                "valid_to_position": erasure.position,
                "valid_from_at": erasure.erased_at,
                "change_kind": ERASED,
                "change_note": f"by {actor}: {erasure.reason}",
                "changed": "",
            }
    finally:
        log.close()


def _who(log: "EventLog", position: int) -> tuple[str, str]:
    import msgspec

    from presslog.store.events import Meta

    [stored] = log.read(position - 1, 1)
    return msgspec.json.decode(stored.meta, type=Meta).actor, stored.id
