"""Who, where and how much an article names: people, organisations, places, dates, money and numbers."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from presslog.handlers.article import Article

from .capitals import Name, names
from .dateline import dateline
from .facts import Mention, Span
from .figures import figures
from .language import language_of
from .short_forms import ShortForms, Whole
from .small_letters import in_small_letters
from .titles import untitled
from .verdicts import CLEAR, LEAST_OF_ONE_WORD, NO_NAME, Verdict, verdict

SHORT_FORM = 0.8
"""How sure a short form is, whose whole name stands in the article."""
DATED = range(2, 9999)
"""Years that have one before and one after them; year 1 is what is written for want of a day."""


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
    """The day of a time as articles have it; None where they have none that can be.

    >>> _day("2022-01-06T09:30:00+06:00")
    datetime.date(2022, 1, 6)
    """
    try:
        day = date.fromisoformat(written[:10])
    except ValueError:
        return None
    return day if day.year in DATED else None


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
    verdicts = {key: verdict(group, text, is_english=is_english) for key, group in groups.items()}
    short = ShortForms((groups[key][0], found.kind) for key, found in verdicts.items() if found and " " in key)
    for key, group in groups.items():
        found = verdicts[key]
        if found or key in short:
            yield from (mention for name in group if (mention := _mention(name, key, found, short)))


def _mention(name: Name, key: str, found: Verdict | None, short: ShortForms) -> Mention | None:
    span = Span(name.start, name.end)
    if whole := _whole(name, key, found, short):
        return Mention(span, whole.kind, whole.text, SHORT_FORM, "short-form")
    if found is None or found.kind == NO_NAME:
        return None
    return Mention(span, found.kind, key, found.confidence, found.rule)


def _whole(name: Name, key: str, found: Verdict | None, short: ShortForms) -> Whole | None:
    """What a name is short for, where nothing louder speaks against it."""
    is_clear = found is not None and found.weight >= CLEAR
    person = short.person(key, name.start)
    if person and not (found and is_clear and found.kind == "organisation"):
        return person
    if is_clear:
        return None
    is_weak = found is None or found.kind == "person" or found.rule == "capitals" or found.weight < LEAST_OF_ONE_WORD
    return short.team(key) or (short.body(key) if is_weak else None)
