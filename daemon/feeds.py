"""Feeds: the entries of a search written as Atom 1.0 (RFC 4287) or as JSON Feed 1.1."""

import re
from typing import Any
from xml.etree import ElementTree as ET

import msgspec

from .entries import Entry, Feed

ATOM = "http://www.w3.org/2005/Atom"
JSON_FEED = "https://jsonfeed.org/version/1.1"
FORMS = ("atom", "jsonfeed")
ENDS_IN_JSON = (".json", ".jsonfeed")
GENERATOR = "presslog"

_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LANGUAGE = re.compile("[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")


def written(feed: Feed, form: str) -> bytes:
    """A feed in one of FORMS, in UTF-8."""
    return _json(feed) if form == "jsonfeed" else _atom(feed)


def form_of(name: str) -> str:
    """The form that a file name asks for: JSON Feed for ``.json`` and ``.jsonfeed``, else Atom."""
    return "jsonfeed" if name.lower().endswith(ENDS_IN_JSON) else "atom"


def _atom(feed: Feed) -> bytes:
    root = ET.Element("feed", {"xmlns": ATOM})
    _say(root, "id", feed.id)
    _say(root, "title", feed.title)
    _say(root, "updated", feed.updated)
    _say(root, "generator", GENERATOR)
    # Where an entry names nobody, its feed has to.
    _say(ET.SubElement(root, "author"), "name", GENERATOR)
    if feed.link:
        ET.SubElement(root, "link", {"rel": "alternate", "href": feed.link})
    for entry in feed.entries:
        _entry(ET.SubElement(root, "entry"), entry)
    ET.indent(root)
    text: str = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'.encode()


def _entry(element: ET.Element, entry: Entry) -> None:
    language = entry.language.replace("_", "-")
    if _LANGUAGE.fullmatch(language):
        element.set("xml:lang", language)
    _say(element, "id", entry.id)
    _say(element, "title", entry.title).set("type", "text")
    _say(element, "updated", entry.updated)
    if entry.published:
        _say(element, "published", entry.published)
    if entry.url:
        ET.SubElement(element, "link", {"rel": "alternate", "href": entry.url})
    for name in entry.authors:
        _say(ET.SubElement(element, "author"), "name", name)
    for tag in entry.tags:
        ET.SubElement(element, "category", {"term": _clean(tag)})
    if entry.source:
        source = ET.SubElement(element, "source")
        _say(source, "title", entry.source)
    if entry.summary:
        _say(element, "summary", entry.summary).set("type", "text")
    _say(element, "content", entry.html).set("type", "html")


def _say(element: ET.Element, name: str, text: str) -> ET.Element:
    child = ET.SubElement(element, name)
    child.text = _clean(text)
    return child


def _clean(text: str) -> str:
    """The text without what XML cannot hold."""
    return _NO_XML.sub("", text)


def _json(feed: Feed) -> bytes:
    head: dict[str, Any] = {"version": JSON_FEED, "title": feed.title}
    head |= {"home_page_url": feed.link} if feed.link else {}
    whole = head | {"items": [_item(entry) for entry in feed.entries]}
    return msgspec.json.format(msgspec.json.encode(whole), indent=1) + b"\n"


def _item(entry: Entry) -> dict[str, Any]:
    stated = {
        "id": entry.id,
        "url": entry.url,
        "title": entry.title,
        "summary": entry.summary,
        "content_html": entry.html,
        "content_text": entry.text,
        "date_published": entry.published,
        "date_modified": entry.updated,
        "authors": [{"name": name} for name in entry.authors],
        "tags": list(entry.tags),
        "language": entry.language.replace("_", "-"),
        "_presslog": {"source": entry.source} if entry.source else {},
    }
    required = ("id", "content_text")
    return {key: value for key, value in stated.items() if value or key in required}
