"""Names that are safe in logs, JSON and terminals: escaped paths, stream names, ids of articles."""

import base64
import hashlib
import os
import re
import time
import unicodedata
from functools import lru_cache
from urllib.parse import unquote_to_bytes

LINK = "views.db"
"""What readers open: a link to the generation of the views that serves."""
INSIGHT = "insight"
"""The folder in a store where the views of what articles say have such a link of their own."""


def escape_path(path: bytes) -> str:
    r"""Write a path as text that keeps every byte: what is no printable UTF-8, and ``%``, becomes ``%XX``.

    >>> escape_path(b"caf\xe9\n100%.txt")
    'caf%E9%0A100%25.txt'
    """
    text = path.decode("utf-8", "surrogateescape")
    if text.isprintable() and "%" not in text:
        return text
    return "".join(letter if letter.isprintable() and letter != "%" else _percent(letter) for letter in text)


def unescape_path(path: str) -> bytes:
    r"""Return the bytes that ``escape_path`` was given.

    >>> unescape_path("caf%E9%0A100%25.txt")
    b'caf\xe9\n100%.txt'
    """
    return unquote_to_bytes(path)


def _percent(letter: str) -> str:
    return "".join(f"%{byte:02X}" for byte in letter.encode("utf-8", "surrogateescape"))


def path_bytes(text: str) -> bytes:
    r"""A path as it lies on a disk, out of an argument; of what can be no path, bytes that are none either.

    >>> path_bytes("caf\udce9"), path_bytes("\ud800")
    (b'caf\xe9', b'?')
    """
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace")


def file_stream(feed: str, path: str) -> str:
    """The stream of one path of one feed; ``path`` is escaped."""
    return f"file/{feed}/{path}"


def article_stream(article_id: str) -> str:
    """The stream of one article."""
    return f"article/{article_id}"


def folder_stream(feed: str) -> str:
    """The stream of what happened to a feed's folder."""
    return f"folder/{feed}"


def clock_stream(host: str) -> str:
    """The stream of what the wall clock of a host did."""
    return f"clock/{host}"


def search_stream(name: str) -> str:
    """The stream of a saved search."""
    return f"search/{name}"


@lru_cache(maxsize=2048)
def article_id(uri: str) -> str:
    """The id of the article that a uri names: 80 bits of its SHA-256, the same on every host.

    >>> article_id("presslog:seeds/a.txt")
    'art_4toohzf3mbfdnomj'
    """
    return "art_" + _letters(uri, 16)


def entity_id(kind: str, name: str, position: int) -> str:
    """The id of an entity that is decided upon first by this name, after the decision at a position: 50 bits.

    >>> entity_id("person", "Ana Silva", 0)
    'ent_2jkeqmmiiu'
    """
    return "ent_" + _letters(f"{kind}:{position}:{normalized(name)}", 10)


def _letters(text: str, count: int) -> str:
    """The first letters of the SHA-256 of a text, 5 bits each."""
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
    return base64.b32encode(digest).decode("ascii").lower()[:count]


def bindable(text: str) -> str:
    """Text that SQLite takes: an argument of a command may hold bytes that are no UTF-8."""
    return text.encode("utf-8", "replace").decode()


def event_id(now_seconds: float | None = None) -> str:
    """A new UUIDv7 (RFC 9562): 48 bits of milliseconds, then random bits, so that ids sort by time."""
    milliseconds = int((time.time() if now_seconds is None else now_seconds) * 1000)
    at, chance = f"{milliseconds:012x}", os.urandom(10).hex()
    return f"{at[:8]}-{at[8:]}-7{chance[:3]}-{'89ab'[int(chance[3], 16) & 3]}{chance[4:7]}-{chance[8:]}"


@lru_cache(maxsize=4096)
def normalized(name: str) -> str:
    """A person's or paper's name as it is compared, in views and queries alike: no case, no marks, single spaces.

    >>> normalized("  José  DE LA Cruz ")
    'jose de la cruz'
    """
    if not name.isascii():
        name = "".join(letter for letter in unicodedata.normalize("NFKD", name) if not unicodedata.combining(letter))
    return " ".join(name.casefold().split())


@lru_cache(maxsize=1024)
def source_id(name: str) -> str:
    """The id of a source: its name as it stands in a link; empty for no name.

    >>> source_id("Agence France-Presse")
    'agence-france-presse'
    """
    return re.sub(r"[\W_]+", "-", normalized(name)).strip("-")
