"""JSON as it is dumped: one document or many, a line each, in a list or behind each other, broken ones among them."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from presslog.store.article import Unread

from .charset import BYTE_ORDER_MARKS, decode

HEAD_BYTES = 16_384
TAIL_BYTES = 4_096

MOST_BROKEN = 1_000
"""After so many broken places a file is no dump; a broken line may cost as much as all lines behind it."""

Object = dict[str, Any]
"""A JSON object."""

# White space, RS of RFC 7464 and the marks between the items of a list: a list and a line each are read the same.
_between = re.compile(r"[\s,\[\]\x1e]*")
_next_line = re.compile(r"\n[ \t,\[]*(?=\{)")
_key = re.compile(rb'"([A-Za-z_@$][\w@$:. -]{0,40})"\s{0,4}:\s{0,4}([^\s])')


_BEFORE = b"\0 \t\r\n\x1e" + b"".join(mark for mark, _ in BYTE_ORDER_MARKS)
"""What may stand before a JSON, and no letter of it."""


class Place(NamedTuple):
    """A JSON object and the line that it starts on."""

    line: int
    value: Object


def keys_of(content: bytes) -> dict[str, str]:
    """The keys near the start and the end of what looks like JSON, in lower case, with the first letter of a value.

    Nothing is parsed: a dump may have any size. Empty where it is no JSON.

    >>> keys_of(b'[{"title": "Rain", "n": 7}]')
    {'title': '"', 'n': '7'}
    """
    first = content[:64].lstrip(_BEFORE)
    if first and first[:1] not in (b"{", b"["):
        return {}
    start = content[:HEAD_BYTES]
    for mark, _ in BYTE_ORDER_MARKS:
        start = start.removeprefix(mark)
    start = start.replace(b"\0", b"").lstrip(b" \t\r\n\x1e")
    if start[:1] not in (b"{", b"["):
        return {}
    end = content[HEAD_BYTES:][-TAIL_BYTES:].replace(b"\0", b"")
    return {key.decode().lower(): letter.decode("latin-1") for key, letter in _key.findall(start + b"\n" + end)}


def read_objects(content: bytes) -> Iterator[Place | Unread]:
    """The objects of a dump in their order, and an Unread for each place that is broken.

    Raises:
        Unreadable: ``binary`` for what is no text.
    """
    text = decode(content)
    end, line, counted, broken = 0, 1, 0, 0
    while (start := _after_marks(text, end)) < len(text):
        line, counted = line + text.count("\n", counted, start), start
        try:
            value, end = _decoder.raw_decode(text, start)
        except (ValueError, RecursionError) as error:
            broken += 1
            following = _next_line.search(text, start)
            yield _broken(line, error, is_last=following is None or broken == MOST_BROKEN)
            if following is None or broken == MOST_BROKEN:
                return
            end = following.end()
            continue
        if isinstance(value, dict):
            yield Place(line, value)


def find_objects(value: Object, is_wanted: Callable[[Object], bool]) -> Iterator[tuple[str, Object]]:
    """The objects that are wanted, at any depth and in their order, with their paths; none inside another.

    >>> list(find_objects({"a": [{"n": 1}, {"b": {"n": 2}}]}, lambda each: "n" in each))
    [('/a/1', {'n': 1}), ('/a/2/b', {'n': 2})]
    """
    waiting: list[tuple[str, Any]] = [("", value)]
    while waiting:
        path, each = waiting.pop()
        if isinstance(each, dict) and is_wanted(each):
            yield path, each
            continue
        children = each.items() if isinstance(each, dict) else enumerate(each, 1)
        below = [(f"{path}/{key}", child) for key, child in children if isinstance(child, dict | list)]
        waiting += reversed(below)


def _after_marks(text: str, position: int) -> int:
    found = _between.match(text, position)
    return found.end() if found else position


def _broken(line: int, error: Exception, *, is_last: bool) -> Unread:
    rest = "; nothing behind it is read" if is_last else ""
    if isinstance(error, RecursionError):
        return Unread(f"line {line}", "too-deep", f"objects nest too deep in it{rest}")
    message = error.msg if isinstance(error, json.JSONDecodeError) else str(error)
    return Unread(f"line {line}", "malformed", f"no well-formed JSON: {message}{rest}")


def _number(digits: str) -> int | str:
    """A whole number; one that no computer counts with stays a text."""
    return int(digits) if len(digits) < 20 else digits


_decoder = json.JSONDecoder(strict=False, parse_int=_number, parse_float=str, parse_constant=lambda _: None)
