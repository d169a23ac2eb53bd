"""Packages: what the package document of an EPUB says of the book, and in which order it is read."""

import posixpath
import re
from typing import NamedTuple
from urllib.parse import unquote

from presslog.store.article import Author

from .blocks import text_of_html
from .bylines import merge_authors, split_names
from .charset import clean
from .dates import read_date
from .fields import Fields
from .trees import Element, find_all, parse_xml, words_of

_uuid = re.compile(r"(?:urn:uuid:|uuid:)?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})", re.IGNORECASE)
_event = "{http://www.idpf.org/2007/opf}event"
UNDATED = "0101-01-01"
"""How calibre writes that there is no date."""
NOT_PEOPLE = frozenset({"calibre", "unknown"})
GUIDES = frozenset({"toc", "cover", "title-page", "copyright-page", "index"})


class Package(NamedTuple):
    """The fields of the book, its global identifier or the empty text, and the paths of its documents in order."""

    fields: Fields
    uri: str
    spine: tuple[str, ...]


def read_package(path: str, content: bytes) -> Package:
    """Read a package document that stands at a path of the book.

    Raises:
        Unreadable: ``malformed`` or ``entities``.
    """
    root = parse_xml(content)
    return Package(_fields(root), _uri(root), tuple(_spine(root, posixpath.dirname(path))))


def _texts(root: Element, name: str) -> list[str]:
    return [words for element in find_all(root, f"metadata//{name}") if (words := clean(words_of(element)))]


def _fields(root: Element) -> Fields:
    creators = [words for words in _texts(root, "creator") if words.lower() not in NOT_PEOPLE]
    people = merge_authors([Author(name) for words in creators for name in split_names(words)])
    first = {name: next(iter(_texts(root, name)), "") for name in ("title", "language", "publisher", "rights")}
    fields: Fields = {
        "title": first["title"],
        "language": "" if first["language"].lower() in ("und", "unknown") else first["language"],
        "source": first["publisher"],
        "copyright": first["rights"],
        "byline": ", ".join(creators),
        "authors": people,
        "keywords": tuple(dict.fromkeys(_texts(root, "subject"))),
        "description": text_of_html("\n\n".join(_texts(root, "description"))),
    }
    return {name: value for name, value in (fields | _published(root)).items() if value}


def _published(root: Element) -> Fields:
    dates = [(element.get(_event) or "", words_of(element)) for element in find_all(root, "metadata//date")]
    stated = [words for event, words in dates if event in ("", "publication") and not words.startswith(UNDATED)]
    if not stated:
        return {}
    moment = read_date(stated[0])
    if not moment:
        return {"published_raw": clean(stated[0])}
    return moment.published


def _uri(root: Element) -> str:
    """The identifier that the book calls its own, where it is unique in the world."""
    wanted = root.get("unique-identifier")
    elements = sorted(find_all(root, "metadata//identifier"), key=lambda element: element.get("id") != wanted)
    for words in map(words_of, elements):
        if uuid := _uuid.fullmatch(words):
            return f"urn:uuid:{uuid[1].lower()}"
        if words.startswith("urn:"):
            return clean(words)
    return ""


def _spine(root: Element, folder: str) -> list[str]:
    guides = {_path(folder, part) for part in find_all(root, "guide/reference") if part.get("type") in GUIDES}
    items = {item.get("id"): item for item in find_all(root, "manifest/item")}
    listed = [items.get(part.get("idref")) for part in find_all(root, "spine/itemref") if part.get("linear") != "no"]
    chapters = [item for item in listed if item is not None and "nav" not in (item.get("properties") or "").split()]
    paths = [_path(folder, item) for item in chapters if not (item.get("media-type") or "").startswith("image/")]
    return [path for path in dict.fromkeys(paths) if path not in guides]


def _path(folder: str, element: Element) -> str:
    href = unquote((element.get("href") or "").partition("#")[0])
    return posixpath.normpath(posixpath.join(folder, href))
