"""Who, where and how much an article names: people, organisations, places, dates, money and numbers."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from presslog.handlers.article import Article

from .capitals import Name, names
from .dateline import dateline
from .evidence import around, own
from .facts import Mention, Span
from .figures import figures
from .language import language_of
from .short_forms import ShortForms
from .small_letters import in_small_letters
from .titles import untitled

LEAST_OF_ONE_WORD = 3
LEAST = 2
CLEAR = 5
"""Weights: the least that makes a name of one word, or of more; and what needs no look at the words around."""
KINDS = ("other", "organisation", "place", "person")
"""Where two have the same weight, the first one counts."""
VAGUE = frozenset({"two-words", "article", "verb", "capitals"})
"""What speaks only for a name that has no word of the language in it."""
NEAR = 5_000
MOST_SEEN = 4
"""So many places of a name are looked at: the first ones introduce it."""


class Verdict(NamedTuple):
    """What a name is taken for: the kind with the most weight, and what spoke for it loudest."""

    kind: str
    margin: int
    weight: int
    rule: str


def mentions(article: Article) -> list[Mention]:
    """All that an article names, in the order of its text; no two overlap."""
    head = dateline(article.text)
    is_english = language_of(article).tag[:2] in {"en", ""}
    found = [
        *head.named,
        *figures(article.text, _day(article.published_at)),
        *_named(article.text, head.end, is_english=is_english),
        *in_small_letters(article.text),
    ]
    return _apart(found)


def _day(written: str) -> date | None:
    """The day of a time as articles have it; None where they have none.

    >>> _day("2022-01-06T09:30:00+06:00")
    datetime.date(2022, 1, 6)
    """
    try:
        return date.fromisoformat(written[:10])
    except ValueError:
        return None


def _apart(found: list[Mention]) -> list[Mention]:
    """The same in the order of the text; of two that overlap the longer one stays, and of equals the first."""
    found.sort(key=lambda each: (each.span.start, -each.span.end))
    kept: list[Mention] = []
    for each in found:
        if kept and each.span.start < kept[-1].span.end:
            if each.span.end - each.span.start > kept[-1].span.end - kept[-1].span.start:
                kept[-1] = each
        else:
            kept.append(each)
    return kept


def _named(text: str, start: int, *, is_english: bool) -> Iterator[Mention]:
    """The people, places and organisations: whole names are judged first, as short ones are understood by them."""
    groups: dict[str, list[Name]] = defaultdict(list)
    for run in names(text):
        if run.start >= start:
            for name in untitled(run):
                groups[name.text()].append(name)
    verdicts = {key: _verdict(group, text, is_english=is_english) for key, group in groups.items()}
    wholes = [(group[0], verdict.kind) for key, group in groups.items() if (verdict := verdicts[key]) and " " in key]
    short = ShortForms(wholes)
    for key, group in groups.items():
        for name in group:
            mention = _mention(name, key, verdicts[key], short)
            if mention:
                yield mention


def _verdict(group: list[Name], text: str, *, is_english: bool) -> Verdict | None:
    """The kind that most speaks for; what is seen twice of a name counts once."""
    name = group[0]
    cues = dict.fromkeys(own(name))
    if is_english and not any(cue.weight >= CLEAR for cue in cues):
        for each in group[:MOST_SEEN]:
            cues.update(dict.fromkeys(around(each, text)))
    weights = dict.fromkeys(KINDS, 0)
    for cue in cues:
        weights[cue.kind] += cue.weight
    best = max(weights, key=weights.__getitem__)
    weight = weights.pop(best)
    if best == "other" or weight < (LEAST if len(name.words) > 1 else LEAST_OF_ONE_WORD):
        return None
    loudest = max((cue.weight, cue.rule) for cue in cues if cue.kind == best)
    if weight < CLEAR and loudest[1] in VAGUE and (_is_common(name, text) or text[name.end : name.end + 1] == "\n"):
        return None
    return Verdict(best, weight - max(weights.values()), *loudest)


def _is_common(name: Name, text: str) -> bool:
    """Whether the text has a word of a name in small letters too: a heading, a programme, and nobody's name."""
    near = text[max(0, name.start - NEAR) : name.start + NEAR]
    return any(f" {word.lower()}" in near for word in name.words if len(word) > 3)


def _mention(name: Name, key: str, verdict: Verdict | None, short: ShortForms) -> Mention | None:
    span = Span(name.start, name.end)
    person = short.person(key, name.start)
    if person and (verdict is None or verdict.kind != "organisation" or verdict.weight < 5):
        return Mention(span, "person", person.text, 0.85, "short-form")
    if key in short.places and (verdict is None or verdict.weight < 5):
        return Mention(span, "place", key, 0.7, "team")
    body = short.body(key)
    is_weak = (
        verdict is None or verdict.kind == "person" or verdict.rule == "capitals" or verdict.weight < LEAST_OF_ONE_WORD
    )
    if body and is_weak:
        return Mention(span, "organisation", body.text, 0.75, "short-form")
    if verdict is None:
        return None
    return Mention(span, verdict.kind, key, round(min(0.95, 0.5 + 0.07 * verdict.margin), 2), verdict.rule)
