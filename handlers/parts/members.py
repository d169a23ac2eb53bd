"""Members: what stands in a bundle, how its path is written, and what is plainly no article."""

import zlib
from collections.abc import Callable
from struct import error as struct_error
from tarfile import TarError
from typing import NamedTuple
from zipfile import BadZipFile

from presslog.store.article import Unread
from presslog.store.errors import Unreadable
from presslog.store.names import escape_path

from .budget import FATAL, Budget, Readable

LONGEST_PATH = 500

NO_ARTICLES = frozenset(
    "avif bmp gif ico jpeg jpg png psd svg svgz tif tiff webp"
    " eot otf ttf woff woff2"
    " css js less map mjs scss ts wasm"
    " aac avi flac m4a m4v mkv mov mp3 mp4 oga ogg ogv opus wav webm"
    " bin class cdx cdxj db dll exe idx iso jar lock log md5 pyc sha1 sha256 so sqlite".split()
)
"""Endings of what pages are made of and of what belongs to an archive itself."""

NO_ARTICLE_NAMES = frozenset({"robots.txt", "humans.txt", "ads.txt", "app-ads.txt", "security.txt", "favicon.ico"})
CLUTTER = frozenset({".ds_store", "thumbs.db", "desktop.ini"})
"""What file managers leave behind; no word is lost over it."""

DAMAGE = (BadZipFile, TarError, zlib.error, struct_error, EOFError, OSError, ValueError, OverflowError, RuntimeError)
"""What the standard library raises on broken archives."""


class Member(NamedTuple):
    """A file inside a bundle: its path there, its bytes, and the address it was fetched from where that is known."""

    path: str
    content: bytes
    url: str = ""


def shown_path(path: str) -> str:
    """A path from inside a bundle as text for people: escaped, cut, and never opened.

    >>> shown_path("../../etc/cron\\n.d/rain.md")
    '../../etc/cron%0A.d/rain.md'
    """
    escaped = escape_path(path[:LONGEST_PATH].encode("utf-8", "surrogateescape"))
    return escaped if len(path) <= LONGEST_PATH else f"{escaped}…"


def is_clutter(path: str) -> bool:
    """Whether a path is left over from a file manager.

    >>> is_clutter("__MACOSX/a/._rain.md"), is_clutter("a/rain.md")
    (True, False)
    """
    name = _name(path)
    return path.startswith("__MACOSX/") or name.startswith("._") or name in CLUTTER


def no_article(path: str) -> str:
    """Why a member is plainly no article, by its name alone; empty where it may be one."""
    name = _name(path)
    if name.startswith("."):
        return "a hidden file"
    ending = name.rpartition(".")[2] if "." in name else ""
    if name in NO_ARTICLE_NAMES or ending in NO_ARTICLES:
        return f"{ending} files are no articles" if ending in NO_ARTICLES else f"{name} is no article"
    return ""


def _name(path: str) -> str:
    return path.replace("\\", "/").rpartition("/")[2].lower()


def take_member(path: str, open_it: Callable[[], Readable], budget: Budget, stated_bytes: int) -> Member | Unread:
    """Take one member out of a bundle; what is no article is not opened, what cannot be read is said.

    Raises:
        Unreadable: ``bomb`` or ``too-many-members``; the file is not worth more work.
    """
    shown = shown_path(path)
    if reason := no_article(path):
        return Unread(shown, "not-an-article", reason)
    try:
        return Member(shown, budget.take(open_it(), stated_bytes=stated_bytes))
    except Unreadable as error:
        if error.code in FATAL:
            raise
        return Unread(shown, error.code, str(error))
    except DAMAGE as error:
        return Unread(shown, "damaged", f"{error or type(error).__name__}: pack it anew")
