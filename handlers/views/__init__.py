"""VIEWS and INSIGHTS: the read models, one file a view and one line in one of the two tables."""

from functools import cache
from importlib.metadata import entry_points

from presslog.handlers.insight.detectors import DETECTORS
from presslog.store.generation import View

from . import clusters, entities, failures, files, mentions, revisions, said, search, searches, sources

VIEWS: tuple[View, ...] = (
    revisions.VIEW,
    search.VIEW,
    sources.VIEW,
    files.VIEW,
    failures.VIEW,
    searches.VIEW,
)
INSIGHTS: tuple[View, ...] = (said.VIEW, mentions.view("rules"), entities.VIEW, clusters.VIEW)
"""What articles say, in ``insight/views.db`` of a store: derived by a process of its own, once they can be searched."""


@cache
def views() -> tuple[View, ...]:
    """VIEWS and what installed packages add through the entry point ``presslog.views``."""
    return VIEWS + tuple(point.load() for point in entry_points(group="presslog.views"))


def insights(mentions_by: str) -> tuple[View, ...]:
    """INSIGHTS, with mentions found by ``rules`` or by the ``model``.

    Raises:
        ConfigError: the model is not installed, or not the one that was tried.
    """
    DETECTORS[mentions_by].check()
    return tuple(mentions.view(mentions_by) if view.name == "mentions" else view for view in INSIGHTS)
