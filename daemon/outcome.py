"""What became of a file: a value that the journal writes and the commands print."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from presslog.handlers.article import word_count

from .places import Place

if TYPE_CHECKING:
    from .compose import Written

PASSING = frozenset({"open-for-writing", "settling", "changing", "reading"})
"""Codes of waiting that every file goes through which is written or read slowly."""


class Outcome(NamedTuple):
    """One file's end for now.

    ``kind`` is ``recorded``, ``revised``, ``withdrawn``, ``unchanged``, ``copy``, ``refused``, ``waiting``, ``reread``,
    ``dismissed``, ``erased``, ``removed``, ``vanished`` (gone before it was read) or ``known``: nothing new, and where
    it was refused, ``code`` and ``reason`` say why. ``position`` is that of its last event, ``ids`` are the articles
    read from it. ``retired`` says what became of the file itself where it did not stay: ``deleted``, or the path that
    it was moved to.
    """

    place: Place
    kind: str
    ids: tuple[str, ...] = ()
    position: int = 0
    title: str = ""
    source: str = ""
    words: int = 0
    revision: int = 0
    copy_of: str = ""
    code: str = ""
    reason: str = ""
    attempts: int = 0
    retired: str = ""

    @property
    def has_arrived(self) -> bool:
        """Whether the folder brought something: what an operator does about a file does not end a feed's silence."""
        return self.position > 0 and self.kind not in ("dismissed", "erased", "reread")

    @property
    def is_being_read(self) -> bool:
        """Whether the file was taken, and what becomes of it is told once a reader has read it."""
        return self.kind == "waiting" and self.code == "reading"

    @property
    def is_passing(self) -> bool:
        """Whether the file is only being written as files are: no news until it takes longer."""
        return self.kind == "waiting" and self.code in PASSING and self.attempts == 1


def outcome_of(place: Place, written: "Sequence[Written]") -> Outcome:
    """The outcome of a file, told by its first article that is new or changed."""
    lead = next((each for each in written if each.is_news), written[0])
    is_withdrawn = lead.article.status == "canceled"
    kind = "withdrawn" if is_withdrawn else "recorded" if lead.revision == 1 else "revised"
    return Outcome(
        place,
        kind if lead.is_news else "unchanged",
        ids=tuple(each.id for each in written),
        title=lead.article.title,
        source=lead.article.source,
        words=word_count(lead.article.text),
        revision=lead.revision,
    )
