"""What became of a file: a value that the journal writes and the commands print."""

from typing import NamedTuple

from .places import Place

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
