"""FORMATS: what presslog can read, one file a format and one line in this table."""

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from importlib.metadata import entry_points
from typing import NamedTuple

from presslog.handlers.parts.budget import Budget
from presslog.handlers.parts.members import Member
from presslog.store.article import Article, Unread

__all__ = ["FORMATS", "PLUGINS", "Format", "Member", "formats", "has_plugins", "plugins"]

PLUGINS = "presslog.formats"


class Format(NamedTuple):
    """A format: its name, how sure it is of some bytes (0 to 1), and how it reads or unpacks them.

    All take the whole bytes and the file's name (the last part of its path, for a hint only). ``read`` gives articles,
    and an Unread for each part of the file that should have been one; it raises Unreadable where the bytes hold none.
    A bundle has ``unpack`` instead, which gives the files inside, each within the Budget that is handed to it; they are
    read like any other. ``is_light`` is said of a reader that is ours, quick on any bytes and bounded in memory: it
    runs in the daemon's own process, all others in a child.
    """

    name: str
    recognise: Callable[[bytes, str], float]
    read: Callable[[bytes, str], Sequence[Article | Unread]] | None = None
    unpack: Callable[[bytes, str, Budget], Iterator[Member | Unread]] | None = None
    is_light: bool = False


from . import (  # noqa: E402  a format file takes Format from here
    anpa1312,
    epub,
    feed,
    html,
    iptc7901,
    json_feed,
    mail,
    markdown,
    mhtml,
    newsml,
    newsmlg2,
    newsxml,
    ninjs,
    nitf,
    packed,
    pdf,
    records,
    tarball,
    text,
    wacz,
    warc,
    zipped,
)

FORMATS: tuple[Format, ...] = (
    nitf.FORMAT,
    newsml.FORMAT,
    newsmlg2.FORMAT,
    newsxml.FORMAT,
    feed.FORMAT,
    json_feed.FORMAT,
    ninjs.FORMAT,
    records.FORMAT,
    zipped.FORMAT,
    warc.FORMAT,
    wacz.FORMAT,
    epub.FORMAT,
    pdf.FORMAT,
    tarball.FORMAT,
    *packed.FORMATS,
    html.FORMAT,
    anpa1312.FORMAT,
    iptc7901.FORMAT,
    mail.FORMAT,
    markdown.FORMAT,
    mhtml.FORMAT,
    text.FORMAT,
)


@cache
def plugins() -> tuple[Format, ...]:
    """The formats that installed packages add through the entry point ``presslog.formats``."""
    return tuple(point.load() for point in entry_points(group=PLUGINS))


def has_plugins() -> bool:
    """Whether installed packages add formats; none of their code is run to find out."""
    return bool(entry_points(group=PLUGINS))


@cache
def formats() -> tuple[Format, ...]:
    """FORMATS and what installed packages add."""
    return FORMATS + plugins()
