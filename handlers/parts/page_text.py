"""The body and the day of a page that does not state them: the home of trafilatura and htmldate."""

import re
from collections.abc import Iterable, Sequence

from .blocks import paragraphs_of, text_of_html
from .charset import clean
from .headlines import folded
from .trees import Element, find_all

MOST_ELEMENTS = 20_000
"""trafilatura takes a second or more for so many, and grows faster than they do; the largest real page has 10,000."""

NOT_PROSE = frozenset("nav footer aside form figure menu".split())
"""What is left out of an article where trafilatura gives too little."""

EARLIEST, LATEST = "1995-01-01", "2100-01-01"
"""htmldate's own limits are the birth of the web and today, but no format looks at the clock."""

SHORTENED = 0.75
"""A stated body that is so much shorter than what the page shows is an excerpt."""

WHOLE, CERTAIN = 0.96, 25
"""So much of a stated body has to be found on the page, in lines of so many letters."""

CUT = 2
"""Where the page's only article holds so many times the prose that trafilatura found, trafilatura stopped at a figure.

In 161 pages this is so three times, and right three times: F1 .98 for .71 on average.
"""

STUMBLES = (ValueError, TypeError, AttributeError, LookupError, ArithmeticError, AssertionError, RecursionError)
"""What both may raise over trees that no page should have; what the page states and holds is still read then."""

MOST_STATED = 200_000
MOST_PARAGRAPHS = 2_000

LONGEST_POINTER = 200
_pointer = re.compile(
    r"(?:(?:read|see|watch|listen|more)\s(?:more|also|next|on this)|read|related|also read|don't miss|mehr zum thema"
    r"|lesen sie auch|lire aussi|à lire aussi|lea también|lee también|leia também|leggi anche|lees ook"
    r"|læs også|les også|läs också|läs även|czytaj (?:też|także|również)|čtěte také|lue myös"
    r"|читайте также|あわせて読みたい|関連記事)"
    r"\s?[:：|»>]\s?\S",
    re.IGNORECASE,
)
"""Begins a line in the middle of a text that only points to another article."""

SHORT = 40
_closing = '.!?…”"»’。』」)'


def body_of(root: Element, stated: str = "") -> list[str]:
    """The paragraphs of a page's article, lists and tables among them, in the order they are read.

    ``stated`` is the ``articleBody`` of its JSON-LD: where that is whole, it says which paragraphs of the page are the
    article's. The tree is spent afterwards: trafilatura takes it apart.
    """
    shown = paragraphs_of(root) if stated else []
    article = plain_body_of(root)
    is_alone = len(find_all(root, "//article")[:2]) == 1
    found = _found_body(root)
    if body := _stated_body(stated, shown, _length(found)):
        return body
    prose = [paragraph for paragraph in article if _is_prose(paragraph)]
    if found and not (is_alone and _length(prose) > CUT * _length(filter(_is_prose, found)) and found[0] in article):
        return found
    return prose if found else article


def _stated_body(stated: str, shown: Sequence[str], found_length: int) -> list[str]:
    """The stated body in the paragraphs that the page shows it in; nothing where it is an excerpt or not shown so."""
    text = text_of_html(stated) if len(stated) < MOST_STATED else ""
    if len(text) < SHORTENED * found_length:
        return []
    whole, start, paragraphs = folded(text), 0, []
    for paragraph in shown[:MOST_PARAGRAPHS]:
        sought = folded(paragraph)
        place = whole.find(sought, start) if sought else -1
        # A short line from elsewhere on the page would be found somewhere, and hide all that stands before it.
        if place == start or (place > start and len(sought) > CERTAIN):
            start = place + len(sought)
            paragraphs.append(paragraph)
    if sum(len(folded(paragraph)) for paragraph in paragraphs) > WHOLE * len(whole):
        return paragraphs
    return text.split("\n\n") if len(text) > CUT * found_length else []


def _found_body(root: Element) -> list[str]:
    if not is_moderate(root):
        return []
    from trafilatura import extract

    try:
        # Fast leaves out the comparison with two other extractors: over 161 pages F1 is .963 with it, .961 without.
        text = extract(root, favor_precision=True, fast=True, include_comments=False) or ""  # type: ignore[arg-type]
    except STUMBLES:
        return []
    return grouped(clean(text).split("\n"))


def _length(paragraphs: Iterable[str]) -> int:
    return sum(map(len, paragraphs))


def _is_prose(paragraph: str) -> bool:
    return len(paragraph) > 80 or paragraph[-1] in _closing


def is_moderate(root: Element) -> bool:
    """Whether a page has no more elements than trafilatura can take."""
    return sum(1 for _ in zip(root.iter(), range(MOST_ELEMENTS + 1), strict=False)) <= MOST_ELEMENTS


def plain_body_of(root: Element) -> list[str]:
    """The paragraphs of the page's largest article or of its main part, else all of its whole sentences."""
    for name in ("article", "main"):
        bodies = [paragraphs_of(each, without=NOT_PROSE) for each in find_all(root, f"//{name}")[:50]]
        if best := max(bodies, key=lambda body: sum(map(len, body)), default=[]):
            return best
    return [line for line in paragraphs_of(root, without=NOT_PROSE) if len(line) > SHORT and line[-1] in _closing]


def grouped(lines: Sequence[str]) -> list[str]:
    """Lines to paragraphs: items of one list, and rows of one table, stay together.

    >>> grouped(["Two:", "- a", "- b", "", "So."])
    ['Two:', '- a\\n- b', 'So.']
    """
    paragraphs: list[str] = []
    kind = ""
    for line in lines:
        stripped = line.strip()
        before, kind = kind, stripped[:2] if stripped[:2] in ("- ", "| ") else ""
        if stripped and kind and kind == before:
            paragraphs[-1] += f"\n{stripped}"
        elif stripped and not (len(stripped) < LONGEST_POINTER and _pointer.match(stripped)):
            paragraphs.append(stripped)
    return paragraphs


def day_of(root: Element, url: str) -> str:
    """The day on which a page was published, by its address, its times and its wording; empty where none is found."""
    from htmldate import find_date

    if not is_moderate(root):
        return ""
    try:
        found = find_date(
            root,  # type: ignore[arg-type]
            extensive_search=False,
            original_date=True,
            url=url or None,
            min_date=EARLIEST,
            max_date=LATEST,
        )
    except STUMBLES:
        return ""
    return found or ""
