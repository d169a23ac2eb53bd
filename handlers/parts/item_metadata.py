"""What the metadata of a NewsML-G2 item say of it, as fields of an article."""

import re
from collections.abc import Iterator

from presslog.store.article import Author

from .bylines import merge_authors
from .dates import read_date
from .enclosed import prose
from .fields import Fields
from .iptc import (
    embargo,
    first_words,
    language,
    last_word,
    number,
    one_line,
    people,
    stated,
    status,
    subjects,
    times,
    unique,
    urgency,
    words,
)
from .trees import Element, find, find_all

_desk_only = re.compile(r"private|nonpublic", re.IGNORECASE)
"""Roles and constraints of notes that an agency's desk writes to itself."""

_person = re.compile(r"pers|staff|author|writer|report|journal|phot", re.IGNORECASE)
_photographer = re.compile(r"phot", re.IGNORECASE)


def item_fields(item: Element) -> Fields:
    """Everything that is stated of an item apart from its content; ``title`` and ``byline`` are always there."""
    meta, content = find(item, "itemMeta"), find(item, "contentMeta")
    holder = find(item, "rightsInfo/copyrightHolder")
    fields = {
        "uri": one_line(item.get("guid")),
        "version": number(item.get("version")),
        "title": headline(content) or first_words(meta, "title"),
        "byline": "",
        "description": "",
        "copyright": first_words(item, "rightsInfo/copyrightNotice") or _name(holder),
        "language": _language(item, content),
    }
    fields |= {} if meta is None else _managed(meta)
    fields |= {} if content is None else _described(content, str(fields["title"]))
    return fields | _sourced(meta, content) | _dates(meta, content)


def headline(element: Element | None) -> str:
    """The main headline of an item's content, or of a reference to an item."""
    found = [] if element is None else find_all(element, "headline")
    return next(filter(None, (words(each) for each in found if not _is_subheadline(each))), "")


def code(element: Element | None) -> str:
    """The code or address by which a value is known, else the value itself."""
    return "" if element is None else one_line(element.get("qcode") or element.get("uri") or element.get("literal"))


def _is_subheadline(each: Element) -> bool:
    return "sub" in last_word(each.get("role") or "")


def _managed(meta: Element) -> Fields:
    """What the agency says of the item to desks: whether it may be used, and what they should know."""
    notes = find_all(meta, "edNote") + find_all(meta, "ednote")
    public = [note for note in notes if not _desk_only.search(f"{note.get('role')} {note.get('pubconstraint')}")]
    codes = (code(each) for name in ("pubStatus", "signal") for each in find_all(meta, name))
    return {
        "status": status(codes, map(words, notes)),
        "ednote": "\n".join(unique(map(prose, public or notes))),
        **embargo(first_words(meta, "embargoed")),
    }


def _described(content: Element, title: str) -> Fields:
    dateline, slugline = first_words(content, "dateline"), first_words(content, "slugline")
    subheads = (words(each) for each in find_all(content, "headline") if _is_subheadline(each))
    topics = ((one_line(each.get("qcode") or each.get("uri")), _name(each)) for each in find_all(content, "subject"))
    return {
        "subtitle": next((subhead for subhead in subheads if subhead != title), ""),
        "slugline": slugline,
        # Some put the time there.
        "dateline": "" if read_date(dateline) else dateline,
        "description": _description(content, slugline),
        "keywords": unique(map(words, find_all(content, "keyword"))),
        "subjects": subjects(topics),
        "located": next(filter(None, map(_name, find_all(content, "located"))), ""),
        "urgency": urgency(first_words(content, "urgency")),
        **_credited(content),
    }


def _description(content: Element, slugline: str) -> str:
    """The summary; a caption otherwise, unless it is but slugline and headline once more."""
    found = find_all(content, "description")
    found.sort(key=lambda each: last_word(each.get("role") or "") not in ("summary", "abstract"))
    return next((text for text in map(prose, found) if text and not text.startswith(f"{slugline}:")), "")


def _credited(content: Element) -> Fields:
    """The byline as written; without one, the creators who are people."""
    byline = ", ".join(unique(map(words, find_all(content, "by"))))
    creators = [each for each in find_all(content, "creator") if _person.search(_signs(each)) and _name(each)]
    named = (Author(_name(each), _role(each)) for each in creators)
    return {"byline": byline, "authors": people(byline) if byline else merge_authors(named)}


def _signs(creator: Element) -> str:
    """Everything by which a creator may be told for a person."""
    return " ".join(creator.get(name) or "" for name in ("type", "role", "qcode", "uri"))


def _role(creator: Element) -> str:
    return "photographer" if _photographer.search(creator.get("role") or "") else "byline"


def _sourced(meta: Element | None, content: Element | None) -> Fields:
    """The credit, and the source: the credit again, else who is named as one, else who is known by a code alone."""
    credit = first_words(content, "creditline").strip(" -–—")
    sources = [] if content is None else find_all(content, "infoSource")
    sources += [] if meta is None else find_all(meta, "provider")
    named = [*map(_name, sources), *(one_line(each.get("qcode")).rpartition(":")[2] for each in sources)]
    return {"credit": credit, "source": credit or next(filter(None, named), "")}


def _name(element: Element | None) -> str:
    return "" if element is None else first_words(element, "name") or one_line(element.get("literal"))


def _dates(meta: Element | None, content: Element | None) -> Fields:
    def told(*names: str) -> Iterator[str]:
        return (first_words(meta, name) or first_words(content, name) for name in names)

    published = told("firstCreated", "contentCreated", "versionCreated")
    return times(published, told("versionCreated", "contentModified"))


def _language(item: Element, content: Element | None) -> str:
    tag = "" if content is None else stated(content, "language", "tag")
    return language(tag, item) or language(item.getroottree().getroot().get("lang"))
