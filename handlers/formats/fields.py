"""Named values of a header into fields of an article; front matter and keyed headers share this one table."""

import html
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from presslog.store.article import Author

from .bylines import merge_authors, read_authors
from .charset import clean
from .dates import read_date

ALIASES: dict[str, tuple[str, ...]] = {
    "title": ("title", "headline"),
    "subtitle": ("subtitle", "subhead", "subheadline", "deck", "standfirst"),
    "description": ("description", "summary", "dek", "excerpt", "abstract"),
    "byline": ("authors", "author", "byline", "by", "writer", "reporter"),
    "published": (
        *("published", "datepublished", "publishedat", "publishdate", "publisheddate", "pubdate", "publicationdate"),
        *("firstpublished", "date", "posted", "created"),
    ),
    "updated_at": ("updated", "lastmod", "modified", "lastmodified", "lastupdated", "updatedat", "datemodified"),
    "source": ("source", "agency", "publisher", "publication"),
    "keywords": ("tags", "keywords", "categories", "topics"),
    "section": ("section", "category"),
    "language": ("language", "lang"),
    "url": ("canonical", "canonicalurl", "originalurl", "url", "link"),
    "uri": ("uri", "guid", "id"),
    "status": ("pubstatus", "status", "draft"),
    "version": ("version", "revision"),
    "ednote": ("ednote", "editorsnote", "editornote"),
    "copyright": ("copyright",),
    "dateline": ("dateline",),
    "read_minutes": ("readingtime", "readtime", "minutestoread"),
}
"""Field -> the keys that fill it, lower case without marks between words; the first that says something wins."""

FIELD_OF = {alias: field for field, aliases in ALIASES.items() for alias in aliases}

STATUSES = {"withheld": "withheld", "draft": "withheld", "true": "withheld", "yes": "withheld"} | {
    "canceled": "canceled",
    "cancelled": "canceled",
}
"""What a status or ``draft:`` says -> the word for it; anything else is usable."""

NESTS = ("extra", "params", "taxonomies")
"""Tables in which site generators keep the keys of their users."""

Fields = dict[str, Any]
"""Arguments of ``Article``."""

_global_id = re.compile(r"[a-z][a-z0-9+.-]{1,30}:\S{1,2000}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_address = re.compile(r"https?://\S{1,2000}", re.IGNORECASE)
_number = re.compile(r"\d{1,4}")


def key_name(key: str) -> str:
    """Fold a key to the spelling of ``ALIASES``.

    >>> key_name("Last-Modified"), key_name("Editor's note")
    ('lastmodified', 'editorsnote')
    """
    return re.sub(r"[\s_'’-]", "", key).lower()


def read_fields(header: Mapping[str, object]) -> Fields:
    """Read a header's named values into arguments of ``Article``; unknown keys and empty values are left out.

    >>> read_fields({"Headline": "Rain", "date": "2022-01-06", "id": "7"})["published_at"]
    '2022-01-06'
    """
    named = {key_name(key): value for key, value in _pairs(header)}
    fields: Fields = {}
    for field, aliases in ALIASES.items():
        values = [named[alias] for alias in aliases if alias in named]
        if field == "keywords":
            values = [[word for value in values for word in _texts(value, parted=True)]]
        for value in values:
            if found := _READERS.get(field, _read_text)(field, value):
                fields |= found
                break
    return fields


def _pairs(header: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    for nest in NESTS:
        if isinstance(inner := header.get(nest), Mapping):
            yield from ((str(key), value) for key, value in inner.items())
    yield from ((str(key), value) for key, value in header.items())


def _texts(value: object, *, parted: bool = False) -> list[str]:
    """Read a value as lines of text: a text, a list of them, or tables that say ``name``."""
    if isinstance(value, list | tuple):
        return [text for item in value for text in _text_of(item)]
    texts = _text_of(value)
    return [part for text in texts for part in map(str.strip, re.split("[,;]", text)) if part] if parted else texts


def _text_of(value: object) -> list[str]:
    if isinstance(value, Mapping):
        value = next((value[key] for key in ("name", "title", "full_name", "label") if key in value), None)
    if value is None or isinstance(value, list | tuple | Mapping):
        return []
    text = " ".join(clean(html.unescape(clean(str(value)))).split())
    return [text] if text else []


def _read_text(field: str, value: object) -> Fields:
    return {field: texts[0]} if (texts := _texts(value)) else {}


def _read_byline(_: str, value: object) -> Fields:
    texts = _texts(value)
    if not texts:
        return {}
    if isinstance(value, list | tuple):
        return {"byline": ", ".join(texts), "authors": merge_authors([Author(text) for text in texts])}
    return {"byline": texts[0], "authors": read_authors(texts[0])}


def _read_published(_: str, value: object) -> Fields:
    texts = _texts(value)
    if not texts:
        return {}
    moment = read_date(texts[0])
    if not moment:
        return {"published_raw": texts[0]}
    return {"published_at": moment.at, "published_precision": moment.precision, "published_raw": moment.raw}


def _read_updated(field: str, value: object) -> Fields:
    moment = read_date(texts[0]) if (texts := _texts(value)) else None
    return {field: moment.at} if moment else {}


def _read_keywords(field: str, value: object) -> Fields:
    return {field: tuple(dict.fromkeys(texts))} if (texts := _texts(value)) else {}


def _read_url(field: str, value: object) -> Fields:
    return {field: texts[0]} if (texts := _texts(value)) and _address.fullmatch(texts[0]) else {}


def _read_uri(field: str, value: object) -> Fields:
    return {field: texts[0]} if (texts := _texts(value)) and _global_id.fullmatch(texts[0]) else {}


def _read_status(field: str, value: object) -> Fields:
    status = STATUSES.get(texts[0].lower()) if (texts := _texts(value)) else None
    return {field: status} if status else {}


def _read_number(field: str, value: object) -> Fields:
    found = _number.match(texts[0]) if (texts := _texts(value)) else None
    return {field: int(found[0])} if found else {}


_READERS: dict[str, Callable[[str, object], Fields]] = {
    "byline": _read_byline,
    "published": _read_published,
    "updated_at": _read_updated,
    "keywords": _read_keywords,
    "url": _read_url,
    "uri": _read_uri,
    "status": _read_status,
    "version": _read_number,
    "read_minutes": _read_number,
}
