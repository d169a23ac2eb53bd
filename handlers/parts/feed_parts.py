"""The parts of a feed's elements: their names in any dialect, their text, their people and their addresses."""

import html
import re
from base64 import b64decode
from collections.abc import Iterable
from urllib.parse import urljoin

from .blocks import paragraphs_of, text_of_html
from .charset import clean
from .entries import plain
from .trees import Element, words_of

DIALECTS = (
    ("http://www.w3.org/2005/atom", ""),
    ("http://purl.org/atom/", ""),
    ("http://purl.org/rss/1.0/modules/content", "content:"),
    ("http://purl.org/rss/1.0/modules/", "?:"),
    ("http://purl.org/rss/1.0/", ""),
    ("http://purl.org/net/rss1.1", ""),
    ("http://my.netscape.com/rdf/simple/", ""),
    ("http://channel.netscape.com/rdf/simple/", ""),
    ("http://backend.userland.com/rss", ""),
    ("http://purl.org/dc/", "dc:"),
    ("http://search.yahoo.com/mrss", "media:"),
    ("http://www.rssboard.org/media-rss", "media:"),
    ("http://www.itunes.com/", "itunes:"),
    ("http://purl.org/atompub/tombstones/", "at:"),
    ("http://www.w3.org/1999/xhtml", "xhtml:"),
)
"""How a namespace begins -> the prefix that we call it by; all others go by the prefix of their file."""

CORE_PREFIXES = ("rss:", "atom:", "a10:")
"""Undeclared in damaged feeds."""

WINDOWS = {chr(code): bytes([code]).decode("cp1252", "ignore") for code in range(128, 160)}
_windows = re.compile("[\x80-\x9f]")
"""What files say at these places that call themselves ISO 8859-1."""

LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"

Parts = dict[str, list[Element]]
"""Name -> the elements of that name directly below one."""

_mailbox = re.compile(r"\S{1,64}@\S{1,200}\s*\((?P<name>[^()]{1,200})\)|(?P<first>[^<>]{1,200}?)\s*<[^<>]{1,200}>")


def name_of(element: Element) -> str:
    """The name of an element: bare for RSS and Atom, with a known prefix for what they borrow; empty for no element."""
    if not isinstance(element.tag, str):
        return ""
    space, _, local = element.tag.rpartition("}")
    space = space[1:].lower()
    if not space:
        return next((local.removeprefix(core) for core in CORE_PREFIXES if local.startswith(core)), local)
    own = f"{element.prefix}:" if element.prefix else ""
    return next((prefix for start, prefix in DIALECTS if space.startswith(start)), own) + local


def parts_of(element: Element | None) -> Parts:
    """The elements below an element by name; those in a media:group as if they stood alone."""
    parts: Parts = {}
    for child in element if element is not None else ():
        name = name_of(child)
        for each in child if name == "media:group" else (child,):
            parts.setdefault(name_of(each), []).append(each)
    return parts


def line_in(parts: Parts, *names: str) -> str:
    """The first of some elements that says something, as one line."""
    return next((line for name in names for each in parts.get(name, ()) if (line := line_of(each))), "")


def line_of(element: Element) -> str:
    """The text of an element as one line: XHTML, HTML, or plain where it says so."""
    if len(element):
        return clean(words_of(element))
    line = clean(_written(element))
    return " ".join(line.split()) if _is_plain(element) else plain(line)


def prose_in(parts: Parts, *names: str) -> str:
    """The first of some elements that says something, as paragraphs."""
    return next((prose for name in names for each in parts.get(name, ()) if (prose := prose_of(each))), "")


def prose_of(element: Element) -> str:
    """The text of an element as paragraphs; empty for what is no text, such as a picture."""
    if len(element):
        return clean("\n\n".join(paragraphs_of(element)))
    kind = element.get("type", "html").lower()
    if "/" in kind and not kind.startswith("text/") and not kind.endswith(("xml", "html")):
        return ""
    return text_of_html(html.escape(_written(element)) if _is_plain(element) else _written(element))


def _written(element: Element) -> str:
    """What an element says, decoded from base64 (Atom 0.3), and from UTF-8 that was taken for Latin-1."""
    text = element.text or ""
    try:
        if element.get("mode") == "base64":
            return b64decode(text).decode()
        return text if text.isascii() else text.encode("latin-1").decode()
    except ValueError:
        return _windows.sub(lambda found: WINDOWS[found[0]], text)


def _is_plain(element: Element) -> bool:
    return element.get("type", "").lower() in ("text", "text/plain") and element.get("mode", "xml") != "escaped"


def people_in(parts: Parts, *names: str) -> list[str]:
    """The names in the first kind of element that has any; RSS writes ``ana@lima.example (Ana Silva)``."""
    people = ([_person(each) for each in parts.get(name, ())] for name in names)
    return next((found for each in people if (found := list(filter(None, each)))), [])


def _person(element: Element) -> str:
    words = line_in(parts_of(element), "name", "foaf:name") if len(element) else clean(words_of(element))
    found = _mailbox.fullmatch(words)
    return (found["name"] or found["first"]).strip(' "') if found else words


def address_in(parts: Parts, home: str) -> str:
    """Where the page of a feed or an entry is, resolved against its base, else against the feed's ``home``."""
    links = parts.get("feedburner:origLink", []) + sorted(parts.get("link", ()), key=_rank)
    addresses = (_resolved(link, home) for link in links if _rank(link) < len(RELATIONS))
    return next(filter(None, addresses), "")


RELATIONS = ("text/html", "", "alternate", "permalink")


def _rank(link: Element) -> int:
    """The page first, then what has no relation; the feed itself and enclosures are never taken."""
    relation = link.get("rel", "")
    if relation in ("", "alternate") and link.get("type") == "text/html":
        return 0
    return RELATIONS.index(relation) if relation in RELATIONS else len(RELATIONS)


def _resolved(link: Element, home: str) -> str:
    address = (link.get("href") or link.text or "").strip()
    try:
        return urljoin(link.base or home, address) if address else ""
    except ValueError:
        return address


def language_of(elements: Iterable[Element]) -> str:
    """The first language that is stated on elements, the innermost first."""
    return next((stated for each in elements if (stated := each.get(LANGUAGE))), "")
