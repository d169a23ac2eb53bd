"""The format ``feed``: RSS, RDF and Atom in all their versions, WordPress exports, and single Atom entries."""

import re
from typing import NamedTuple

from presslog.handlers.parts.charset import decode
from presslog.handlers.parts.entries import addressed, article_of
from presslog.handlers.parts.feed_parts import (
    Parts,
    address_in,
    language_of,
    line_in,
    line_of,
    name_of,
    parts_of,
    people_in,
    prose_in,
)
from presslog.handlers.parts.fields import read_fields
from presslog.handlers.parts.mending import mend
from presslog.handlers.parts.trees import Element, parse_xml, recover_xml
from presslog.store.article import Article, Unread
from presslog.store.errors import Unreadable

from . import Format

HEAD_BYTES = 16_384

BODIES = ("content:encoded", "content", "xhtml:body", "body", "xhtml:div", "fullitem")
SUMMARIES = ("description", "summary", "excerpt:encoded", "dc:description", "itunes:summary", "media:description")
TITLES = ("title", "dc:title", "media:title", "itunes:title")
STATED = {
    "guid": ("guid", "id"),
    "pubdate": ("pubDate", "published", "issued"),
    "date": ("dc:date", "dc:issued"),
    "created": ("created", "dc:created"),
    "updated": ("updated", "modified", "dc:modified"),
    "language": ("dc:language", "language"),
    "rights": ("rights", "copyright", "dc:rights"),
    "status": ("wp:status",),
}
"""A key of ``fields.ALIASES`` -> the elements that say it, which hold one plain word or line."""

POSTS = frozenset({"", "post", "page"})
"""What WordPress calls an article; entries of other feeds have no type."""

FURNITURE = re.compile(r"attachment|nav_menu_item|revision|customize_changeset|custom_css|oembed_cache|acf-.*|wp_.*")
"""What a WordPress export holds besides, which nobody would call an article."""

_head = re.compile(rb"<(?:[\w-]+:)?(rss|feed|rdf|channel|entry)[\s>]", re.IGNORECASE)
_other = re.compile(rb"<[a-z]", re.IGNORECASE)
_rss_in_rdf = re.compile(rb"purl\.org/(?:net/)?rss|netscape\.com/rdf", re.IGNORECASE)
_atom = re.compile(rb"w3\.org/2005/atom|purl\.org/atom", re.IGNORECASE)


def recognise(content: bytes, _name: str) -> float:
    """Say how sure it is that the bytes are a feed: by its first tag, behind whatever damage or comments."""
    start = content[:HEAD_BYTES].replace(b"\0", b"")
    found = _head.search(start) if b"<" in start[:1024] else None
    if not found or _other.search(_before(start[: found.start()])):
        return 0.0
    kind = found[1].lower()
    if kind == b"rdf":
        return 0.95 if _rss_in_rdf.search(start) else 0.0
    if kind in (b"feed", b"entry"):
        return 0.95 if _atom.search(start) else 0.6
    return 0.95 if kind == b"rss" else 0.6


def _before(start: bytes) -> bytes:
    """What stands before the first tag and may speak against it: neither comments nor what a server printed on top."""
    first, *comments = start[max(0, start.rfind(b"<?xml")) :].split(b"<!--")
    return first + b"".join(each.partition(b"-->")[2] for each in comments)


def read(content: bytes, _name: str) -> list[Article | Unread]:
    """Read each entry as an article; a tombstone withdraws one, and a WordPress draft is withheld.

    Raises:
        Unreadable: ``malformed`` where no entry can be found in the damage, ``entities``, ``no-article`` for an empty
            feed.
    """
    root, rule = _tree(content)
    feed = _feed(root)
    elements = _entries(root)
    if not elements:
        title = f" “{feed.title}”" if feed.title else ""
        raise Unreadable("no-article", f"the feed{title} has no entries: drop it again when it has some")
    pieces = (_piece(feed, element, f"entry {number}", rule) for number, element in enumerate(elements, 1))
    return addressed([piece for piece in pieces if piece])


class _Feed(NamedTuple):
    """What a feed says of all its entries."""

    title: str
    home: str
    language: str
    rights: str
    authors: list[str]
    logins: dict[str, str]


def _tree(content: bytes) -> tuple[Element, str]:
    try:
        return parse_xml(content), "entry"
    except Unreadable as error:
        root = recover_xml(mend(decode(content))) if error.code == "malformed" else None
        if root is None or not _entries(root):
            raise
        return root, "mended-entry"


def _entries(root: Element) -> list[Element]:
    return [element for element in root.iter() if name_of(element) in ("item", "entry", "at:deleted-entry")]


def _feed(root: Element) -> _Feed:
    top = root if name_of(root) == "feed" else next((each for each in root.iter() if name_of(each) == "channel"), None)
    parts = parts_of(top)
    logins = [parts_of(each) for each in parts.get("wp:author", ())]
    return _Feed(
        title=line_in(parts, "title", "dc:title"),
        home=address_in(parts, ""),
        language=line_in(parts, "language", "dc:language") or language_of([root]),
        rights=line_in(parts, *STATED["rights"]),
        authors=people_in(parts, "author") if top is root else [],
        logins={line_in(each, "wp:author_login"): line_in(each, "wp:author_display_name") for each in logins},
    )


def _piece(feed: _Feed, element: Element, place: str, rule: str) -> Article | Unread | None:
    if name_of(element) == "at:deleted-entry":
        return _tombstone(feed, element, place)
    parts = parts_of(element)
    kind = line_in(parts, "wp:post_type")
    if kind not in POSTS:
        return None if FURNITURE.fullmatch(kind) else Unread(place, "no-article", f"WordPress keeps a “{kind}” in it")
    given = {"title": title} if (title := line_in(parts, *TITLES)) else {}
    # Some feeds put a link in the content and the text in the summary.
    summary, body = sorted((prose_in(parts, *SUMMARIES), prose_in(parts, *BODIES)), key=len)
    article = article_of(_values(feed, element, parts), body, summary, rule=rule, **given)
    return article or Unread(place, "empty", "neither a title nor a text in it")


def _values(feed: _Feed, element: Element, parts: Parts) -> dict[str, object]:
    """An entry's values under keys of ``fields.ALIASES``; what it does not say, its feed says."""
    source = parts_of(parts["source"][0]) if parts.get("source") else {}
    people = [feed.logins.get(name) or name for name in people_in(parts, "dc:creator", "author", "itunes:author")]
    # A line in RSS may name several people; a name in Atom is one.
    is_byline = len(people) == 1 and not any(map(len, parts.get("author", ())))
    values: dict[str, object] = {key: line_in(parts, *names) for key, names in STATED.items()}
    written = line_in(parts, "wp:post_date_gmt")
    return values | {
        "guid": values["guid"] or element.get("{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about", ""),
        "url": address_in(parts, feed.home) or values["guid"],
        "authors": people[0] if is_byline else people or people_in(source, "author") or feed.authors,
        "tags": _keywords(parts),
        "posted": f"{written} GMT" if written else values["updated"],
        "source": line_in(source, "title") or line_in(parts, "source") or feed.title,
        "language": values["language"] or _language(element, parts) or feed.language,
        "rights": values["rights"] or feed.rights,
    }


def _language(element: Element, parts: Parts) -> str:
    texts = [each for name in (*BODIES, "title") for each in parts.get(name, ())]
    return language_of([*texts, element])


def _keywords(parts: Parts) -> list[str]:
    named = [line_of(each) for each in parts.get("dc:subject", ())]
    categories = [_category(each) for name in ("category", "itunes:category") for each in parts.get(name, ())]
    listed = ",".join(line_in(parts, name) for name in ("media:keywords", "itunes:keywords")).split(",")
    return categories + named + [word.strip() for word in listed]


def _category(element: Element) -> str:
    return element.get("label") or element.get("term") or element.get("text") or element.text or ""


def _tombstone(feed: _Feed, element: Element, place: str) -> Article | Unread:
    """What RFC 6721 writes in place of an entry that its publisher took back."""
    fields = read_fields({"guid": element.get("ref"), "updated": element.get("when"), "source": feed.title})
    if "uri" not in fields:
        return Unread(place, "empty", "a deleted entry that does not say which one it was")
    title = line_in(parts_of(element), "at:comment")
    return Article(title=title, text="", status="canceled", confidence=1, rule="deleted-entry", **fields)


FORMAT: Format = Format("feed", recognise, read)
