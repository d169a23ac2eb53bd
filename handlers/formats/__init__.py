"""FORMATS: what presslog can read, one file a format and one line in this table."""

from collections.abc import Callable
from functools import cache
from importlib.metadata import entry_points
from typing import NamedTuple

from presslog.store.events import Article


class Format(NamedTuple):
    """A format: its name, how sure it is of some bytes (0 to 1), and how it reads them.

    ``recognise`` and ``read`` take the whole bytes and the file's name (the last part of its path, for a hint only).
    ``read`` raises Unreadable where the bytes hold no article.
    """

    name: str
    recognise: Callable[[bytes, str], float]
    read: Callable[[bytes, str], list[Article]]


from . import markdown, text  # noqa: E402  a format file takes Format from here

FORMATS: tuple[Format, ...] = (
    markdown.FORMAT,
    text.FORMAT,
)


@cache
def formats() -> tuple[Format, ...]:
    """FORMATS and what installed packages add through the entry point ``presslog.formats``."""
    return FORMATS + tuple(point.load() for point in entry_points(group="presslog.formats"))
