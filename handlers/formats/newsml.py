"""The format ``newsml``: NewsML 1, one article for each news item, in the dialects of its agencies."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from presslog.handlers.parts.enclosed import decoded_paragraphs, enclosed_nitf, enclosed_paragraphs, prose, written
from presslog.handlers.parts.fields import Fields
from presslog.handlers.parts.iptc import (
    article,
    embargo,
    first_words,
    language,
    merged,
    number,
    one_line,
    stated,
    status,
    subjects,
    times,
    unique,
    urgency,
    words,
)
from presslog.handlers.parts.trees import Element, find, find_all, parse_xml, root_of
from presslog.store.article import Article, Unread
from presslog.store.errors import Unreadable

from . import Format
from .nitf import head_fields

TITLE_ROLES = frozenset("title headline hl1 heading".split())
LEAD_ROLES = frozenset("abstract lead standfirst summary intro synopsis".split())

_beside = re.compile(
    r"photo|picture|image|graphic|video|audio|animation|caption|thumb|preview|icon|logo|quicklook", re.IGNORECASE
)
"""Roles and media that stand beside the text of a news item."""

_note = re.compile(r"note|advisor|instruct", re.IGNORECASE)


class Text(NamedTuple):
    """A text in a news item: its role there in small letters, and its NITF where it is one."""

    role: str
    paragraphs: list[str]
    nitf: Element | None = None


def recognise(content: bytes, _name: str) -> float:
    """Sure of a root that is called ``NewsML``."""
    root = root_of(content)
    return 0.95 if root and root.name == "NewsML" else 0.0


def read(content: bytes, _name: str) -> list[Article | Unread]:
    """Read every news item of a document, in its order; one without words is named as unread.

    Raises:
        Unreadable: ``malformed``, ``entities``, or ``no-article`` for a document without news items.
    """
    items = find_all(parse_xml(content), "//NewsItem")
    if not items:
        raise Unreadable("no-article", "no NewsItem in it, but topics or a catalogue: drop the news items themselves")
    return [_read_item(item, f"NewsItem {place}") for place, item in enumerate(items, start=1)]


def _read_item(item: Element, place: str) -> Article | Unread:
    if find(item, "Update") is not None:
        return Unread(place, "partial-update", "it changes parts of an earlier revision: drop the whole new revision")
    main, beside = _components(item)
    texts = list(_texts(main)) or list(_texts(beside))
    if found := article(_fields(item, main or beside, texts), rule="news-item", confidence=0.95):
        return found
    return Unread(place, "no-text", "the news item has neither a headline nor a text: get it anew from its sender")


def _components(item: Element) -> tuple[list[Element], list[Element]]:
    """The components that make the text, and the pictures and recordings beside it with all that is in them."""
    found = find_all(item, "//NewsComponent")
    beside: set[Element] = set()
    for component in found:
        if component.getparent() in beside or _is_beside(component):
            beside.add(component)
    return [each for each in found if each not in beside], [each for each in found if each in beside]


def _is_beside(component: Element) -> bool:
    contents = find_all(component, "ContentItem")
    return bool(_beside.search(stated(component, "Role"))) or bool(contents and all(map(_is_medium, contents)))


def _is_medium(content: Element) -> bool:
    return bool(_beside.search(stated(content, "MediaType")))


def _texts(components: Iterable[Element]) -> Iterator[Text]:
    """The texts of components in their order; of equivalents, which say the same in several forms, the first."""
    served: set[Element | None] = set()
    for component in components:
        role = stated(component, "Role").lower()
        for content in find_all(component, "ContentItem"):
            if served & {component, component.getparent()} or _is_medium(content):
                continue
            if (text := _text(content, role)).paragraphs:
                yield text
                served |= {each for each in (component, component.getparent()) if _has_equivalents(each)}


def _has_equivalents(component: Element | None) -> bool:
    return component is not None and component.get("EquivalentsList") == "yes"


def _text(content: Element, role: str) -> Text:
    holder, coded = find(content, "DataContent"), find(content, "Encoding/DataContent")
    if coded is not None:
        return Text(role, decoded_paragraphs(coded.text or "", "text/plain"))
    if holder is None:
        return Text(role, [])
    nitf = enclosed_nitf(holder)
    return Text(role, enclosed_paragraphs(holder if nitf is None else nitf), nitf)


def _fields(item: Element, components: list[Element], texts: list[Text]) -> Fields:
    nitf = next((text.nitf for text in texts if text.nitf is not None), None)
    enclosed = {} if nitf is None else head_fields(nitf)
    lines = _lines(components)
    title = lines["title"] or _in_role(texts, TITLE_ROLES) or enclosed.get("title", "")
    paragraphs = [part for text in texts if text.role not in TITLE_ROLES | LEAD_ROLES for part in text.paragraphs]
    body = written(paragraphs, title=title, byline=lines["byline"] or enclosed.get("byline", ""))
    told = lines | {"title": title, "description": _in_role(texts, LEAD_ROLES)}
    told |= _identity(item, lines["slugline"]) | _management(item, lines["ednote"]) | _metadata(item, components)
    return merged(enclosed, body, told)


def _in_role(texts: list[Text], roles: frozenset[str]) -> str:
    return next(("\n\n".join(text.paragraphs) for text in texts if text.role in roles), "")


def _lines(components: list[Element]) -> dict[str, str]:
    """What the news lines say to readers, of every kind the first."""
    found = [lines for component in components for lines in find_all(component, "NewsLines")]

    def first(name: str) -> str:
        return next(filter(None, (first_words(lines, name) for lines in found)), "")

    dateline = first("DateLine")
    notes = [
        line for lines in found for line in find_all(lines, "NewsLine") if _note.search(stated(line, "NewsLineType"))
    ]
    return {
        "title": first("HeadLine"),
        "subtitle": first("SubHeadLine"),
        "byline": first("ByLine"),
        # Some put nothing but the day there, in figures.
        "dateline": dateline if any(map(str.isalpha, dateline)) else "",
        "credit": first("CreditLine"),
        "copyright": first("CopyrightLine"),
        "slugline": first("SlugLine"),
        "ednote": "\n".join(unique(prose(text) for line in notes for text in find_all(line, "NewsLineText"))),
    }


def _identity(item: Element, slugline: str) -> Fields:
    """The public identifier without its revision, which is the version; made of its parts where it is not written."""
    path = "Identification/NewsIdentifier"
    revision = find(item, f"{path}/RevisionId")
    counted = words(revision)
    public = first_words(item, f"{path}/PublicIdentifier")
    if revision is not None and counted:
        public = public.removesuffix(f":{counted}").removesuffix(f":{counted}{revision.get('Update')}")
    parts = [first_words(item, f"{path}/{name}") for name in ("ProviderId", "DateId", "NewsItemId")]
    return {
        "uri": public or (f"urn:newsml:{':'.join(parts)}" if all(parts) else ""),
        "version": number(counted),
        "slugline": slugline or first_words(item, "Identification/NameLabel"),
    }


def _management(item: Element, ednote: str) -> Fields:
    management = find(item, "NewsManagement")
    if management is None:
        return {"status": status((), (ednote,))}
    codes = [
        stated(management, "Status"),
        *(each.get("FormalName") or "" for each in find_all(management, "Instruction")),
    ]
    notes = (ednote, *map(words, find_all(management, "Instruction")))
    becomes = find(management, "StatusWillChange")
    is_embargo = becomes is not None and stated(becomes, "FutureStatus").lower() == "usable"
    return {
        "status": status(codes, notes),
        "ednote": "\n".join(unique(notes)),
        "urgency": urgency(stated(management, "Urgency")),
        **times((first_words(management, "FirstCreated"),), (first_words(management, "ThisRevisionCreated"),)),
        **(embargo(first_words(management, "StatusWillChange/DateAndTime")) if is_embargo else {}),
    }


def _metadata(item: Element, components: list[Element]) -> Fields:
    """What the metadata of components say for machines: language, subjects, place and source."""
    about = [each for component in components for each in find_all(component, "DescriptiveMetadata")]
    origin = [each for component in components for each in find_all(component, "AdministrativeMetadata")]
    properties = [each for described in about for each in find_all(described, "//Property")]
    valued = [(each.get("FormalName") or "", one_line(each.get("Value"))) for each in properties]
    lines = (words(each) for component in components for each in find_all(component, "NewsLines/KeywordLine"))
    codes = (one_line(each.get("FormalName")) for described in about for each in find_all(described, "SubjectCode/*"))
    houses = (stated(each, f"{role}/Party") for role in ("Provider", "Source") for each in origin)
    provider = first_words(item, "Identification/NewsIdentifier/ProviderId")
    tongue = next(filter(None, (stated(each, "Language") for each in about)), "")
    tongue = language(tongue, item)
    names = _topic_names(item, tongue)
    return {
        "language": tongue,
        "subjects": subjects((code, names.get(code, "")) for code in codes),
        "keywords": unique((*lines, *(value for name, value in valued if name == "Keyword"))),
        "located": next((value for name, value in valued if name == "City" and value), ""),
        "source": next(filter(None, houses), "") or provider,
    }


def _topic_names(item: Element, tongue: str) -> dict[str, str]:
    """Code -> the name that the item's own topics give it, in its own language where they give several."""
    names: dict[str, str] = {}
    for topic in find_all(item, "//Topic"):
        found = [each for each in find_all(topic, "Description") if each.get("Variant") in (None, "Name")]
        found.sort(key=lambda each: language(None, each)[:2] != tongue[:2])
        names.setdefault(first_words(topic, "FormalName"), next(filter(None, map(words, found)), ""))
    return names


FORMAT: Format = Format("newsml", recognise, read)
