"""Who finds mentions: rules alone, or a model for names beside rules for figures."""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from presslog.handlers.article import Article

from .facts import Mention
from .mentions import mentions

RULES = "rules/1"
"""Grows whenever the rules find something else in the same text."""


class Detector(NamedTuple):
    """``find`` gives the mentions of each of some articles; ``name`` is who found people, places and organisations."""

    name: str
    find: Callable[[Sequence[Article]], Iterable[list[Mention]]]


def _by_rules(articles: Sequence[Article]) -> Iterable[list[Mention]]:
    return map(mentions, articles)


DETECTORS = {
    "rules": Detector(RULES, _by_rules),
}
