"""What stands behind the body: reading lists, copyright lines, helpers, contacts and notes on what was updated."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from presslog.store.article import Author

from .bylines import split_names

LIST_ITEMS = 12
"""A reading list has four to six headlines; further up than this, a marker has nothing to do with the end."""

HEADLINE_LENGTH = 160
"""A longer line in a reading list is a paragraph."""


class Ending(NamedTuple):
    """A text's body, the lines behind it, and what these say."""

    body: list[str]
    tail: tuple[str, ...] = ()
    helpers: tuple[Author, ...] = ()
    reporters: tuple[Author, ...] = ()
    copyright: str = ""
    ednote: str = ""


_list_start = re.compile(
    r"(?:(?:most|more) (?:read|popular|viewed)(?: (?:from|on|in) .{2,60})?"
    r"|more (?:stories|news|articles|coverage|from|on|like this)(?: .{2,80})?"
    r"|read (?:more|next|also)(?: (?:from|on|about) .{2,60})?"
    r"|(?:see also|further reading|related)(?: (?:stories|articles|news|coverage|links|content|reading))?)\s*:?",
    re.IGNORECASE,
)
_copyright = re.compile(r"(?:©|\(c\)\s?(?:copyright\s)?\d{4}|copyright\s(?:©\s?|\(c\)\s?)?\d{4})", re.IGNORECASE)
_helpers = re.compile(
    r"[-–—\s(]*(?:with (?:assistance|reporting|help)|additional reporting) (?:from|by)\s+(?P<names>[^()\n]+)",
    re.IGNORECASE,
)
_reporting = re.compile(
    r"\(?(?P<reporting>(?:additional )?(?:reporting|writing) by\s[^()\n]{2,400})\)?\.?$"
    r"|\(?(?P<editing>(?:compiled|edited|editing) by\s[^()\n]{2,200})\)?\.?$",
    re.IGNORECASE,
)
_ednote = re.compile(
    r"\((?:updates?|adds?|corrects?|recasts?|refiles?|removes?|rewrites?|clarifies|fixes|releads?|repeats?|trims?"
    r"|an? (?:earlier|previous) version)\b[^()\n]{0,400}\)$",
    re.IGNORECASE,
)
_one_line = re.compile(
    r"to contact the (?:reporter|editor|author|writer)s?\b|click here\b|subscribe now\b|sign up (?:here|for)\b"
    r"|all rights reserved|read more\s?:|related\s?:|see also\s?:|more stories like this\b"
    r"|(?:#{2,}|-30-|ends?|/?end/?)$",
    re.IGNORECASE,
)
_markers = (_copyright, _helpers, _ednote, _reporting, _one_line)
_opening = frozenset("©(-–—#/cCwWaArRtTsSeEmMfF ")
"""First letters of every marker."""

_roles = re.compile(r"(reporting|writing|editing|compiled|edited) by\s", re.IGNORECASE)
_abbreviated = re.compile(r"\b[A-Z]\.[A-Z]\.$")


def split_tail(paragraphs: list[str]) -> Ending:
    """Part the lines behind a body from it; every one of them is a known marker, or stands below a list's marker.

    >>> split_tail(["Body.", "Most Read from Wire", "A headline", "©2022 Wire L.P."]).body
    ['Body.']
    """
    start = _tail_start(paragraphs)
    if start < len(paragraphs):
        return _ending(paragraphs[:start], [line for part in paragraphs[start:] for line in part.split("\n")])
    last_lines = paragraphs[-1].split("\n") if paragraphs else []
    kept = _tail_start(last_lines)
    if 0 < kept < len(last_lines):
        return _ending([*paragraphs[:-1], "\n".join(last_lines[:kept])], last_lines[kept:])
    return Ending(paragraphs)


def is_ednote(line: str) -> bool:
    """Whether a line is a desk's note on what changed, such as ``(Adds details)``."""
    return line[:1] == "(" and _ednote.match(line) is not None


def _tail_start(lines: Sequence[str]) -> int:
    start = len(lines)
    # The first paragraph is never a tail: a story that is all "Copyright 2022" would lose its body.
    for number in range(len(lines) - 1, 0, -1):
        line = lines[number]
        if _is_marker(line) or _list_start.fullmatch(line.partition("\n")[0]):
            start = number
        elif start - number > LIST_ITEMS or not _is_headline(line):
            break
    return start


def _is_marker(line: str) -> bool:
    return line[0] in _opening and any(marker.match(line) for marker in _markers)


def _is_headline(line: str) -> bool:
    return all(
        len(item) <= HEADLINE_LENGTH and (item[-1:] not in ".”" or bool(_abbreviated.search(item[-8:])))
        for item in line.split("\n")
    )


def _ending(body: list[str], tail: list[str]) -> Ending:
    helpers: list[Author] = []
    reporters: list[Author] = []
    for line in tail:
        if found := _helpers.match(line):
            helpers += (Author(name, "with_assistance") for name in split_names(found["names"]))
        elif _reporting.match(line):
            roles = _read_roles(line)
            reporters += (author for author in roles if author.role == "byline")
            helpers += (author for author in roles if author.role != "byline")
    return Ending(
        body,
        tuple(tail),
        tuple(helpers),
        tuple(reporters),
        copyright=next((line for line in tail if _copyright.match(line)), ""),
        ednote=next((line for line in tail if is_ednote(line)), ""),
    )


def _read_roles(line: str) -> list[Author]:
    _, *pairs = _roles.split(line.strip("() ."))
    return [
        Author(name, "editor" if work.lower() in {"editing", "edited", "compiled"} else "byline")
        for work, names in zip(pairs[::2], pairs[1::2], strict=True)
        for name in split_names(names.strip(" ;,."))
    ]
