"""What a verification finds: what was checked, what is wrong, and at which position first."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from .errors import ConfigError, LogUnavailable, PresslogError, StorageFailed, StoreLocked
from .sqlite import sqlite3

MOST_FINDINGS = 20
"""Damage comes in heaps: what is first counts, and a page that is gone takes thousands of events with it."""


class Finding(NamedTuple):
    """Something that is not as it was written; ``position`` is the first event concerned, 0 where it is no event."""

    check: str
    position: int
    what: str


class Findings:
    """Collects; beyond MOST_FINDINGS of one check it only counts."""

    def __init__(self) -> None:
        self.found: list[Finding] = []
        self.counts: dict[str, int] = {}

    def add(self, check: str, what: str, position: int = 0) -> None:
        """Note one."""
        self.counts[check] = self.counts.get(check, 0) + 1
        if self.counts[check] <= MOST_FINDINGS:
            self.found.append(Finding(check, position, what))

    def take(self, others: "Findings") -> None:
        """Note what another one has found, of other checks."""
        self.found += others.found
        for check, count in others.counts.items():
            self.counts[check] = self.counts.get(check, 0) + count

    def is_full(self, check: str) -> bool:
        """Whether a check need not go on: it has found enough."""
        return self.counts.get(check, 0) >= MOST_FINDINGS

    @property
    def in_order(self) -> list[Finding]:
        """The first bad position first, and what has none behind all that have one."""
        return sorted(self.found, key=lambda finding: (not finding.position, finding.position))

    @property
    def count(self) -> int:
        """How many there were, those left out as well."""
        return sum(self.counts.values())

    @contextmanager
    def reading(self, check: str) -> Iterator[None]:
        """Make a finding of whatever a damaged file does to its reader in the block; not of what keeps him from it."""
        try:
            yield
        except StorageFailed as error:
            self.add(check, str(error))
        except (ConfigError, LogUnavailable, StoreLocked):
            raise
        except (PresslogError, *UNREADABLE) as error:
            self.add(check, str(error))


UNREADABLE = (sqlite3.Error, OSError, UnicodeError, OverflowError, MemoryError)
"""What SQLite and Python raise over bytes that a database should not hold."""
