"""The ledger of quotes: one speaker's words across articles and outlets, and those that changed between revisions."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from difflib import SequenceMatcher

from .facts import QUOTES, Asked, chosen_articles, each_fact, is_about
from .names import normalized
from .queries import Answers
from .tables import Row

MOST_QUOTES = 5_000
"""So many are laid side by side, those of the newest articles."""
RUN = 3
LEAST_SHARED = 0.5
"""Of the shorter of two: a longer quote that holds a shorter one is the same words."""
STEPS = """
select later.article_id as id, later.position as later, earlier.position as earlier, earlier.revision as from_revision,
  later.revision as revision, later.valid_from_at as at, later.source as published_by, later.title
from revisions as later
  join articles on articles.id = later.article_id
  join revisions as earlier on earlier.article_id = later.article_id and earlier.revision = later.from_revision
where later.from_revision < later.revision and {where}
group by later.position
order by later.position desc
"""
AT = "select speaker, role, kind, text from insight.quotes where position = :position order by number"

_word = re.compile(r"\w+")


def ledger(answers: Answers, asked: Asked, now: datetime, *, limit: int) -> list[Row]:
    """What was said, each once, the newest first: where it stood first, how often, and in which other words.

    ``variants`` are the other wordings with the article and the outlet of each; ``times`` counts all.
    """
    found = each_fact(answers, QUOTES, asked, now, limit=MOST_QUOTES)
    in_order = sorted(found, key=lambda row: row["position"])
    entries = [_entry(group) for group in _alike(in_order)]
    return sorted(entries, key=lambda entry: entry["last_at"], reverse=True)[:limit]


def _alike(rows: Sequence[Row]) -> list[list[Row]]:
    """The rows in groups of one speaker and the same words, each in the order in which they came."""
    groups: list[list[Row]] = []
    first: dict[tuple[str, tuple[str, ...]], int] = {}
    for row in rows:
        runs = {(row["speaker"], run) for run in _runs(row["text"])}
        shared = Counter(first[run] for run in runs if run in first)
        number, count = max(shared.items(), key=lambda pair: (pair[1], -pair[0]), default=(len(groups), 0))
        if not count or count < LEAST_SHARED * min(len(runs), len(_runs(groups[number][0]["text"]))):
            number = len(groups)
            groups.append([])
        groups[number].append(row)
        for run in runs:
            first.setdefault(run, number)
    return groups


def _runs(text: str) -> set[tuple[str, ...]]:
    words = _words(text)
    return {tuple(words[start : start + RUN]) for start in range(max(1, len(words) - RUN + 1))} if words else set()


def _words(text: str) -> list[str]:
    return _word.findall(text.casefold())


def _entry(group: Sequence[Row]) -> Row:
    first = group[0]
    wordings = {tuple(_words(row["text"])): row for row in reversed(group)}
    others = [row for words, row in reversed(wordings.items()) if words != tuple(_words(first["text"]))]
    return {
        "id": first["id"],
        "revision": first["revision"],
        "speaker": first["speaker"],
        "role": first["role"],
        "text": first["text"],
        "published_by": first["published_by"],
        "first_at": first["at"],
        "last_at": max(row["at"] for row in group),
        "times": len(group),
        "articles": len({row["id"] for row in group}),
        "sources": len({row["published_by"] for row in group}),
        "wordings": 1 + len(others),
        "variants": [{key: row[key] for key in ("id", "revision", "published_by", "at", "text")} for row in others],
    }


def changed_quotes(answers: Answers, asked: Asked, now: datetime, *, limit: int) -> list[Row]:
    """Quotes that a later revision has in other words, gives to somebody else, or lacks; the newest revision first.

    ``change`` is ``words``, ``speaker`` or ``gone``; ``after`` is empty for what is gone.
    """
    found: list[Row] = []
    where, values = chosen_articles(answers, asked, now)
    for step in answers.tables.rows(STEPS.format(where=where), **values):
        found += (each for each in _differences(answers, step) if is_about(asked, each["speaker"]))
        if len(found) >= limit:
            break
    return found[:limit]


def _differences(answers: Answers, step: Row) -> Iterator[Row]:
    before = list(answers.tables.rows(AT, position=step["earlier"]))
    after = list(answers.tables.rows(AT, position=step["later"]))
    kept = set(map(_said, before)) & set(map(_said, after))
    left = [row for row in after if _said(row) not in kept]
    for row in before:
        if _said(row) in kept:
            continue
        other = max(left, key=lambda each: _likeness(row, each), default=None)
        if other is not None and _likeness(row, other) >= LEAST_SHARED:
            left.remove(other)
        else:
            other = None
        yield _difference(step, row, other)


def _said(row: Row) -> tuple[str, tuple[str, ...]]:
    """By whom, and in which words: marks do not count."""
    return normalized(row["speaker"]), tuple(_words(row["text"]))


def _likeness(one: Row, other: Row) -> float:
    return SequenceMatcher(None, _words(one["text"]), _words(other["text"]), autojunk=False).ratio()


def _difference(step: Row, before: Row, after: Row | None) -> Row:
    change = "gone" if after is None else "words" if _words(before["text"]) != _words(after["text"]) else "speaker"
    known = {key: step[key] for key in ("id", "from_revision", "revision", "at", "published_by", "title")}
    return known | {
        "change": change,
        "speaker": before["speaker"],
        "before": before["text"],
        "after": after["text"] if after else "",
        "speaker_after": after["speaker"] if after else "",
    }
