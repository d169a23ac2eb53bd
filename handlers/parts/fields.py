"""Named values of a header into fields of an article; front matter and keyed headers share this one table."""

import html
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from presslog.store.article import Author, Subject

from .bylines import merge_authors, read_authors
from .charset import clean
from .dates import Moment, read_date

ALIASES: dict[str, tuple[str, ...]] = {
    "title": ("title", "headline", "webtitle", "articletitle", "storytitle", "posttitle", "newstitle"),
    "subtitle": ("subtitle", "subhead", "subheadline", "deck", "standfirst"),
    "description": (
        *("description", "summary", "dek", "excerpt", "abstract", "descriptiontext", "snippet", "trailtext", "teaser"),
        *("customexcerpt", "shortdescription", "metadescription", "leadparagraph"),
    ),
    "byline": ("authors", "author", "byline", "by", "writer", "reporter", "creator", "creators", "primaryauthor"),
    "published": (
        *("published", "datepublished", "publishedat", "publishdate", "publisheddate", "pubdate", "publicationdate"),
        *("firstpublished", "datepublish", "publishedon", "publishtime", "webpublicationdate", "date", "posted"),
        *("firstcreated", "contentcreated", "issued", "created", "createdat", "datecreated", "datetime", "timestamp"),
        *("seendate", "versioncreated"),
    ),
    "updated_at": (
        *("updated", "lastmod", "modified", "lastmodified", "lastupdated", "updatedat", "datemodified", "modifiedat"),
        *("datemodify", "versioncreated"),
    ),
    "source": (
        *("source", "agency", "publisher", "publication", "sourcename", "sitename", "provider", "infosource"),
        *("infosources", "sourcedomain", "sourcehostname", "hostname", "domain"),
    ),
    "keywords": ("tags", "keywords", "categories", "topics"),
    "section": ("section", "category", "sectionname", "articlesection"),
    "language": ("language", "lang", "inlanguage", "languagecode"),
    "url": ("canonical", "canonicalurl", "originalurl", "url", "link", "weburl", "permalink", "articleurl"),
    "uri": ("uri", "guid", "id", "@id", "identifier", "uuid"),
    "status": ("pubstatus", "status", "state", "draft"),
    "version": ("version", "revision"),
    "urgency": ("urgency",),
    "ednote": ("ednote", "editorsnote", "editornote"),
    "copyright": ("copyright", "copyrightnotice", "rights", "copyrightholder"),
    "credit": ("credit", "creditline"),
    "slugline": ("slugline",),
    "located": ("located",),
    "dateline": ("dateline",),
    "subjects": ("subjects", "subject"),
    "embargoed_until": ("embargoeduntil", "embargoed", "embargo"),
    "read_minutes": ("readingtime", "readtime", "minutestoread"),
}
"""Field -> the keys that fill it, lower case without marks between words; the first that says something wins."""

FIELD_OF = {alias: field for field, aliases in ALIASES.items() for alias in aliases}

WITHHELD = ("withheld", "draft", "true", "yes", "pending", "private", "future", "scheduled")
CANCELED = ("canceled", "cancelled", "killed", "recalled", "withdrawn", "retracted", "trash")
STATUSES = dict.fromkeys(WITHHELD, "withheld") | dict.fromkeys(CANCELED, "canceled")
"""What a status or ``draft:`` says -> the word for it; anything else is usable."""

NESTS = ("extra", "params", "taxonomies", "attributes", "fields")
"""Tables in which site generators keep the keys of their users, and answers of JSON:API and the Guardian all keys."""

SUBJECT_CODES = ("code", "qcode", "literal", "uri", "id")

Fields = dict[str, Any]
"""Arguments of ``Article``."""

NAMES = ("rendered", "main", "original", "value", "name", "title", "full_name", "label", "text", "$date", "$oid")
"""Where a table that stands for one text has that text; ``rendered`` is WordPress, ``$date`` is MongoDB."""

_global_id = re.compile(
    r"[a-z][a-z0-9+.-]{1,30}://\S{1,2000}|(?:tag|urn|doi|hdl|ark|info|ni|did):\S{1,2000}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    re.IGNORECASE,
)
_reference = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,31});", re.IGNORECASE)
_address = re.compile(r"https?://\S{1,2000}", re.IGNORECASE)
_number = re.compile(r"\d{1,4}")
_epoch = re.compile(r"([12]\d{9})(?:\.\d+|\d{3})?")
"""Seconds since 1970, or milliseconds."""


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
    named = named_values(header)
    fields: Fields = {}
    for field, aliases in ALIASES.items():
        values = [named[alias] for alias in aliases if alias in named]
        if field == "keywords":
            values = [[word for value in values for word in _texts(value, parted=True)]]
        if field == "published":
            values.sort(key=lambda value: _moment_of(value) is None)
        for value in values:
            if found := _READERS.get(field, _read_text)(field, value):
                fields |= found
                break
    return fields


def named_values(header: Mapping[str, object]) -> dict[str, object]:
    """The values of a header and of its nests under keys as ``ALIASES`` spells them; what is not nested wins.

    >>> named_values({"webTitle": "Rain", "fields": {"body_text": "It rained."}})["bodytext"]
    'It rained.'
    """
    return {key_name(key): value for key, value in _pairs(header)}


def unescaped(text: str) -> str:
    """The text with its references resolved; ``&copy=1`` in an address is none.

    >>> unescaped("Rain &amp; wind, /?a=1&copy=1")
    'Rain & wind, /?a=1&copy=1'
    """
    return _reference.sub(lambda found: html.unescape(found[0]), text) if "&" in text else text


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
        value = next((value[key] for key in NAMES if key in value), None)
    if value is None or isinstance(value, list | tuple | Mapping):
        return []
    text = " ".join(clean(unescaped(clean(str(value)))).split())
    return [text] if text else []


def _read_text(field: str, value: object) -> Fields:
    return {field: texts[0]} if (texts := _texts(value)) else {}


def _read_byline(_: str, value: object) -> Fields:
    # A bare number is the key of a person in some database.
    texts = [text for text in _texts(value) if not text.isdecimal()]
    if not texts:
        return {}
    if isinstance(value, list | tuple):
        return {"byline": ", ".join(texts), "authors": merge_authors([Author(text) for text in texts])}
    return {"byline": texts[0], "authors": read_authors(texts[0])}


def _read_published(_: str, value: object) -> Fields:
    moment = _moment_of(value)
    if not moment:
        return {"published_raw": texts[0]} if not isinstance(value, bool) and (texts := _texts(value)) else {}
    return moment.published


def _read_time(field: str, value: object) -> Fields:
    return {field: moment.at} if (moment := _moment_of(value)) else {}


def _moment_of(value: object) -> Moment | None:
    texts = _texts(value)
    if not texts:
        return None
    if epoch := _epoch.fullmatch(texts[0]):
        at = datetime.fromtimestamp(int(epoch[1]), UTC)
        return Moment(at.strftime("%Y-%m-%dT%H:%M:%SZ"), "second", texts[0])
    return read_date(texts[0])


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


def _read_subjects(field: str, value: object) -> Fields:
    tables = [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []
    found = [Subject(_first(each, SUBJECT_CODES), _first(each, ("name", "title"))) for each in tables]
    return {field: tuple(found)} if (found := [subject for subject in found if subject.code or subject.name]) else {}


def _first(table: Mapping[str, object], keys: Sequence[str]) -> str:
    return next((text for key in keys for text in _text_of(table.get(key))), "")


_READERS: dict[str, Callable[[str, object], Fields]] = {
    "byline": _read_byline,
    "published": _read_published,
    "updated_at": _read_time,
    "embargoed_until": _read_time,
    "subjects": _read_subjects,
    "keywords": _read_keywords,
    "url": _read_url,
    "uri": _read_uri,
    "status": _read_status,
    "version": _read_number,
    "urgency": _read_number,
    "read_minutes": _read_number,
}
