"""Who finds mentions: rules alone, or a model for names beside rules for figures."""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from presslog.handlers.article import Article

from . import model
from .facts import Mention
from .mentions import mentions

RULES = "rules/1"
"""Grows whenever the rules find something else in the same text."""


class Detector(NamedTuple):
    """``find`` gives the mentions of each of some articles, ``name`` of who found one by its rule.

    ``check`` raises a ConfigError where it cannot be used here.
    """

    find: Callable[[Sequence[Article]], Iterable[list[Mention]]]
    name: Callable[[Mention], str]
    check: Callable[[], None]


def _by_rules(articles: Sequence[Article]) -> Iterable[list[Mention]]:
    return map(mentions, articles)


def _rules(_mention: Mention) -> str:
    return RULES


def _model_or_rules(mention: Mention) -> str:
    return model.NAME if mention.rule == model.RULE else RULES


def _needs_nothing() -> None:
    """Rules are always there."""


DETECTORS = {
    "rules": Detector(_by_rules, _rules, _needs_nothing),
    "model": Detector(model.find, _model_or_rules, model.check),
}
"""By their names in the settings, in an order that stays: it is in the version of the view."""
