"""Finding: what a check of doctor has found, and how to mend it."""

from typing import NamedTuple


class Finding(NamedTuple):
    """``state`` is ``ok``, ``warn`` or ``fail``; ``fix`` is empty where nothing is to be done."""

    state: str
    check: str
    found: str
    fix: str = ""


def judged(is_good: bool, found: str, fix: str, *, otherwise: str = "fail") -> Finding:
    """A finding that is ok, or else needs its fix."""
    return Finding("ok" if is_good else otherwise, "", found, "" if is_good else fix)
