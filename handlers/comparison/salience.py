"""How much a change matters to a reader, and what it is in a few words."""

from collections.abc import Collection, Iterable, Sequence

from .change import Change
from .facts import Moved

BANDS = {
    "headline": (80, 20),
    "number": (60, 19),
    "quote": (40, 19),
    "name": (25, 14),
    "news": (20, 4),
    "wording": (5, 19),
    "punctuation": (1, 2),
}
"""Where the salience of each category begins and how far it may rise: no amount of wording outweighs one number.

``news`` is a number or a name in a sentence that is new or gone: a story that goes on, nothing that was said otherwise.
"""
MANY = 3
"""So many changes of the leading category bring half of what many bring."""
MOST_LETTERS = 120
MOST_FACT_LETTERS = 24


def salience(changes: Iterable[Change]) -> int:
    """From 0 (nothing) to 100: the band of the most telling category, higher the more there is of it and of others.

    White space is 0, punctuation and other quotation marks at most 3.
    """
    found = [_band(change, category) for change in changes for category in change.categories]
    leading = next((each for each in BANDS if each in found), None)
    if leading is None:
        return 0
    base, room = BANDS[leading]
    amount = found.count(leading)
    others = len(set(found)) - 1
    return base + int(room * (amount / (amount + MANY) + others / (len(BANDS) - 1)) / 2)


def _band(change: Change, category: str) -> str:
    return "news" if change.kind != "changed" and category in ("number", "name") else category


def summary(
    changes: Sequence[Change], *, numbers: Moved, quotes: Moved, names: Moved, added: int, removed: int, has_block: bool
) -> str:
    """What differs, the most telling first, in at most 120 letters; empty where nothing but white space does."""
    found = {category for change in changes for category in change.categories}
    if found == {"punctuation"}:
        return "punctuation"
    reworded = [change for change in changes if change.field == "text" and change.kind == "changed"]
    return _joined(
        [
            "headline" if "headline" in found else "",
            _facts("number", numbers),
            _facts("quote", quotes, is_shown=False),
            _facts("name", names),
            *(each for each in ("subtitle", "byline") if any(change.field == each for change in changes)),
            _counted("sentence", sum("wording" in change.categories for change in reworded), "reworded"),
            _counted("sentence", added, "added"),
            _counted("sentence", removed, "removed"),
            "compared as a block" if has_block else "",
        ]
    )


def _facts(name: str, facts: Moved, *, is_shown: bool = True) -> str:
    """``1 number: several → 12``, ``2 quotes added``; nothing where there is none."""
    what = f"{facts.count} {name}" if facts.count == 1 else f"{facts.count} {name}s"
    if not facts.count:
        return ""
    if not facts.went or not facts.came:
        return f"{what} {'added' if facts.came else 'removed'}"
    return (
        f"{what}: {_short(facts.went[0])} → {_short(facts.came[0])}"
        if is_shown and facts.count == 1
        else f"{what} changed"
    )


def _short(fact: str) -> str:
    words = " ".join(fact.split())
    return words if len(words) <= MOST_FACT_LETTERS else words[: MOST_FACT_LETTERS - 1] + "…"


def _counted(what: str, count: int, how: str) -> str:
    return f"{count} {what if count == 1 else what + 's'} {how}" if count else ""


def _joined(told: Collection[str]) -> str:
    """As many of these as have room."""
    text = ""
    for each in filter(None, told):
        longer = f"{text}; {each}" if text else each
        if len(longer) > MOST_LETTERS:
            return text
        text = longer
    return text
