"""The format ``ninjs``: IPTC's News in JSON in its versions 1, 2 and 3, alone or in an agency's answer."""

from collections.abc import Iterator, Mapping
from typing import Any

from presslog.handlers.parts.blocks import paragraphs_of
from presslog.handlers.parts.entries import addressed, article_of, prose_of
from presslog.handlers.parts.fields import named_values
from presslog.handlers.parts.json_values import HEAD_BYTES, Object, find_objects, keys_of, read_objects
from presslog.handlers.parts.trees import find, parse_xml
from presslog.store.article import Article, Unread
from presslog.store.errors import Unreadable

from . import Format

IDENTIFIERS = frozenset({"uri", "guid"})
SIGNS = frozenset(
    "versioncreated firstcreated contentcreated pubstatus representationtype copyrightholder copyrightnotice usageterms"
    " headlines bodies descriptions description_text body_html body_xhtml body_text slugline altids renditions"
    " associations eventdetails infosources".split()
)
"""Keys of ninjs in lower case: two of them beside an identifier make an item."""

BODIES = ("bodyxhtml", "bodyhtml", "bodytext", "body")
DESCRIPTIONS = ("descriptiontext", "descriptionhtml", "descriptionxhtml", "descriptioncaption", "abstract")
SOURCES = ("source", "infosource", "infosources", "provider", "copyrightholder")
ASIDES = frozenset({"writer", "creditline"})
"""Roles of what stands among the descriptions of a picture and describes something else."""


def recognise(content: bytes, _name: str) -> float:
    """Say how sure it is that the bytes are ninjs, by the keys near their start and end."""
    keys = keys_of(content).keys()
    if not keys:
        return 0.0
    if b'"ninjs"' in content[:HEAD_BYTES].replace(b"\0", b""):
        return 0.97
    return 0.95 if keys & IDENTIFIERS and len(keys & SIGNS) > 1 else 0.0


def read(content: bytes, _name: str) -> list[Article | Unread]:
    """Read each item as an article, those of a package that carry a text as well; a picture's text is its caption.

    Raises:
        Unreadable: ``no-article`` where no item is in it.
    """
    pieces: list[Article | Unread] = []
    for found in read_objects(content):
        if isinstance(found, Unread):
            pieces.append(found)
            continue
        for path, item in find_objects(found.value, _is_item):
            pieces += _pieces(item, f"line {found.line}{path}")
    if not pieces:
        raise Unreadable("no-article", "no item of ninjs with an identifier and a headline or text in it")
    return addressed(pieces)


def _is_item(each: Object) -> bool:
    keys = {key.lower() for key in each}
    return bool(keys & IDENTIFIERS and (len(keys & SIGNS) > 1 or "standard" in keys or "$standard" in keys))


def _pieces(item: Object, place: str) -> Iterator[Article | Unread]:
    members = [article for each in _associated(item) if (article := _article(named_values(each)))]
    article = _article(named_values(item))
    if article:
        yield article
    elif not members:
        yield Unread(place, "empty", "an item with neither a headline nor a text")
    yield from members


def _associated(item: Object) -> Iterator[Object]:
    """The texts that an item brings along, at any depth; pictures illustrate it and are no articles."""
    waiting = [item.get("associations")]
    while waiting:
        for _, each in find_objects({"": waiting.pop()}, lambda each: "type" in each or "uri" in each):
            waiting.append(each.get("associations"))
            if each.get("type", "text") in ("text", "composite") and _body(named_values(each)):
                yield each


def _article(named: Mapping[str, Any]) -> Article | None:
    title = _headline(named)
    body = _body(named).removeprefix(f"{title}\n\n")
    byline = named.get("byline") or named.get("by")
    values = dict(named) | {
        "title": title,
        "headline": None,
        "byline": byline or named.get("photographer"),
        "authors": None if byline else named.get("authors"),
        "source": next((named[key] for key in SOURCES if named.get(key)), None),
        "credit": _description(named, "creditline"),
        "section": named.get("service"),
        "description": None,
    }
    return article_of(values, body, _description(named), rule="ninjs-item")


def _headline(named: Mapping[str, Any]) -> str:
    told = [each for each in _valued(named.get("headlines")) if each.get("value")]
    main = next((each for each in told if each.get("role", "main") == "main"), told[0] if told else {})
    lines = (named.get("headline"), main.get("value"), named.get("title"))
    return next((" ".join(line.split()) for line in lines if isinstance(line, str) and line), "")


def _body(named: Mapping[str, Any]) -> str:
    """The body as HTML has it, since plain ones lose their paragraphs; then plain, then NITF."""
    told = sorted(_valued(named.get("bodies")), key=_rank)
    texts = (_text_of(each) for each in told)
    return next((text for text in texts if text), "") or _first(named, BODIES)


def _first(named: Mapping[str, Any], keys: tuple[str, ...]) -> str:
    return next((text for key in keys if (text := prose_of(named.get(key)))), "")


def _rank(body: Object) -> int:
    kind = f"{body.get('contenttype', '')} {body.get('role', '')}".lower()
    return 2 if "nitf" in kind else 0 if "html" in kind else 1


def _text_of(body: Object) -> str:
    value = body.get("value")
    if _rank(body) < 2 or not isinstance(value, str):
        return prose_of(value)
    try:
        content = find(parse_xml(value.encode("utf-8", "replace")), "//body.content")
    except Unreadable:
        return ""
    return "" if content is None else "\n\n".join(paragraphs_of(content))


def _description(named: Mapping[str, Any], role: str = "") -> str:
    """What describes the item, or stands among its descriptions in a role of its own."""
    if role:
        told = [each for each in _valued(named.get("descriptions")) if each.get("role") == role]
    else:
        told = [each for each in _valued(named.get("descriptions")) if each.get("role") not in ASIDES]
    keys = (f"description{role}",) if role else DESCRIPTIONS
    return next((text for each in told if (text := prose_of(each.get("value")))), "") or _first(named, keys)


def _valued(value: object) -> list[Object]:
    return [named_values(each) for each in value if isinstance(each, dict)] if isinstance(value, list) else []


FORMAT: Format = Format("ninjs", recognise, read)
