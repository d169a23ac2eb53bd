"""VIEWS: the read models, one file a view and one line in this table."""

from functools import cache
from importlib.metadata import entry_points

from presslog.store.generation import View

from . import failures, files, revisions, search, searches, sources

VIEWS: tuple[View, ...] = (
    revisions.VIEW,
    search.VIEW,
    sources.VIEW,
    files.VIEW,
    failures.VIEW,
    searches.VIEW,
)


@cache
def views() -> tuple[View, ...]:
    """VIEWS and what installed packages add through the entry point ``presslog.views``."""
    return VIEWS + tuple(point.load() for point in entry_points(group="presslog.views"))
