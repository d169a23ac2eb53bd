"""The format ``json-feed``: JSON Feed 1.0 and 1.1, each item an article."""

from typing import Any

from presslog.handlers.parts.entries import addressed, article_of, plain, prose_of
from presslog.handlers.parts.fields import named_values
from presslog.handlers.parts.json_values import HEAD_BYTES, Object, read_objects
from presslog.store.article import Article, Unread
from presslog.store.errors import Unreadable

from . import Format

VERSION = "jsonfeed.org/version/1"


def recognise(content: bytes, _name: str) -> float:
    """Say how sure it is that the bytes are a JSON Feed: by the address of its version."""
    if b"{" not in content[:64]:
        return 0.0
    start = content[:HEAD_BYTES].replace(b"\0", b"").replace(b"\\/", b"/")
    return 0.97 if VERSION.encode() in start else 0.0


def read(content: bytes, _name: str) -> list[Article | Unread]:
    """Read each item as an article.

    Raises:
        Unreadable: ``no-article`` for a feed without items.
    """
    pieces: list[Article | Unread] = []
    for found in read_objects(content):
        if isinstance(found, Unread):
            pieces.append(found)
        elif pieces and "items" not in found.value:
            # An item of a feed that is broken further up.
            pieces.append(_item({}, found.value, f"line {found.line}"))
        else:
            pieces += _feed(found.value)
    return addressed(pieces)


def _feed(feed: Object) -> list[Article | Unread]:
    items = feed.get("items")
    if not isinstance(items, list) or not items:
        title = f" “{plain(str(feed['title']))}”" if feed.get("title") else ""
        raise Unreadable("no-article", f"the feed{title} has no items: drop it again when it has some")
    return [_item(feed, item, f"item {number}") for number, item in enumerate(items, 1)]


def _item(feed: Object, item: Any, place: str) -> Article | Unread:
    if not isinstance(item, dict):
        return Unread(place, "malformed", "an item that is no object")
    inherited = {"source": feed.get("title"), "language": feed.get("language"), "authors": _authors(feed)}
    stated = {key: value for key, value in named_values(item).items() if value}
    values = inherited | stated | {"authors": _authors(item) or inherited["authors"], "category": None}
    body = prose_of(stated.get("contenthtml")) or prose_of(stated.get("contenttext"))
    values["link"] = stated.get("externalurl")
    article = article_of(values, body, prose_of(stated.get("summary")), rule="item")
    return article or Unread(place, "empty", "neither a title nor a text in it")


def _authors(stated: Object) -> Any:
    """The people of a feed or an item: a list in 1.1, one table in 1.0."""
    return stated.get("authors") or stated.get("author")


FORMAT: Format = Format("json-feed", recognise, read)
