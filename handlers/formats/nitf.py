"""The format ``nitf``: the News Industry Text Format 3, in the dialects of its agencies."""

import re
from collections.abc import Iterator

from presslog.handlers.parts.enclosed import enclosed_paragraphs, prose, written
from presslog.handlers.parts.fields import Fields
from presslog.handlers.parts.iptc import (
    article,
    embargo,
    is_later,
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
from presslog.handlers.parts.trees import Element, find, find_all, local_name, parse_xml, root_of
from presslog.store.article import Article, Author
from presslog.store.errors import Unreadable

from . import Format

SLUG_NAMES = ("anpa-keyword", "slugline", "slug", "ntbstikkord")
"""Names of ``meta`` under which agencies put a slugline, in small letters."""

_catchline = re.compile(r"\d{1,3} (\S.*)")
"""A page number and a catchline, as the Press Association titles its documents."""

_between_names = re.compile(r"[,;]?\s(?:and|&)\s|[,;]\s")


def recognise(content: bytes, _name: str) -> float:
    """Sure of a root that is called ``nitf``."""
    root = root_of(content)
    return 0.95 if root and root.name == "nitf" else 0.0


def read(content: bytes, _name: str) -> list[Article]:
    """Read the one article of a document, and withdraw another one of which it says that it is canceled.

    Raises:
        Unreadable: ``malformed``, ``entities``, or ``no-article`` for a document without a word.
    """
    root = parse_xml(content)
    fields = merged(_elsewhere(root), head_fields(root), _docdata_fields(root))
    found = [each for each in (article(fields, rule="nitf", confidence=0.95), _withdrawn(root, fields)) if each]
    if found:
        return found
    raise Unreadable("no-article", "the NITF has neither a headline nor a text: get it anew from its sender")


def _withdrawn(root: Element, notice: Fields) -> Article | None:
    identifier = stated(root, "head/docdata", "management-doc-idref")
    is_canceled = status([stated(root, "head/docdata", "management-idref-status")]) == "canceled"
    if not is_canceled or identifier in ("", notice.get("uri")):
        return None
    kept = {name: notice.get(name, "") for name in ("title", "ednote", "source", "updated_at")}
    return article(kept | {"uri": identifier, "status": "canceled"}, rule="nitf-withdrawal", confidence=0.9)


def head_fields(root: Element) -> Fields:
    """What stands before readers in a NITF element: headlines, byline, dateline, abstract, text and its ending."""
    head = find(root, "body/body.head")
    title = next(filter(None, map(words, find_all(root, "body/body.head//hl1"))), "") or words(find(root, "head/title"))
    bylines = find_all(root, "body/body.head/byline")
    byline = ", ".join(unique(_joined(each, without="byttl") for each in bylines))
    content = find(root, "body/body.content")
    fields = written([] if content is None else enclosed_paragraphs(content), title=title, byline=byline)
    # Where there is no name, the title is all there is.
    fields["byline"] = fields["byline"] or ", ".join(unique(map(words, bylines)))
    ending = (words(each) for end in find_all(root, "body/body.end") for each in end)
    fields |= {"title": title, "tail": unique((*fields["tail"], *ending))}
    return fields if head is None else merged(fields, _lead_fields(head, title), _marked_authors(head))


def _marked_authors(head: Element) -> Fields:
    marked = [name for each in find_all(head, "byline/person") for name in _between_names.split(words(each)) if name]
    return {"authors": tuple(map(Author, unique(marked)))} if marked else {}


def _lead_fields(head: Element, title: str) -> Fields:
    subtitle = words(find(head, "hedline/hl2"))
    distributor, owner = words(find(head, "distributor")), words(find(head, "rights/rights.owner"))
    dateline = find(head, "dateline")
    location = find(head, "dateline/location")
    return {
        "subtitle": "" if subtitle == title else subtitle,
        "description": prose(find(head, "abstract")),
        "source": distributor or owner,
        "dateline": "" if dateline is None else _joined(dateline, without="story.date"),
        "located": "" if location is None else _placed(location),
    }


def _docdata_fields(root: Element) -> Fields:
    """What the head of a document says of it to machines and desks."""
    head = find(root, "head")
    if head is None:
        return {}
    metas = {(meta.get("name") or "").lower(): one_line(meta.get("content")) for meta in find_all(head, "//meta")}
    keywords = unique(one_line(each.get("key")) or words(each) for each in find_all(head, "//key-list/keyword"))
    notes = unique(one_line(each.get("info")) or words(each) for each in find_all(head, "//ed-msg"))
    revisions = unique(one_line(each.get("comment")) for each in find_all(head, "//revision-history"))
    note = " ".join(notes or revisions[-1:])
    return {
        "uri": stated(head, "//doc-id", "id-string"),
        "version": number(stated(head, "//du-key", "version")) or number(stated(head, "//du-key", "generation")),
        "urgency": urgency(stated(head, "//urgency", "ed-urg")),
        "status": _status(head, note),
        "ednote": note,
        "keywords": keywords,
        "slugline": _slugline(root, metas, keywords),
        "subjects": subjects([*_topics(head), *_identified(head)]),
        "section": stated(head, "//pubdata", "position.section"),
        "language": language(root.get("baselang"), root),
        "copyright": _copyright(head),
    } | _dates(root, head)


def _dates(root: Element, head: Element) -> Fields:
    issue, release = stated(head, "//date.issue", "norm"), stated(head, "//date.release", "norm")
    story = [one_line(each.get("norm")) or words(each) for each in find_all(root, "//story.date")]
    publication = stated(head, "//pubdata", "date.publication")
    fields = times((issue, release, *story, publication), (issue,))
    is_embargoed = stated(head, "//docdata", "management-status").lower() == "embargoed"
    return fields | (embargo(release) if is_embargoed or is_later(release, issue) else {})


def _status(head: Element, note: str) -> str:
    """The document's own status; ``management-idref-status`` is that of another one, unless both have one id."""
    codes = [stated(head, "//docdata", "management-status"), stated(head, "//ed-msg", "msg-type")]
    if stated(head, "//docdata", "management-doc-idref") in ("", stated(head, "//doc-id", "id-string")):
        codes.append(stated(head, "//docdata", "management-idref-status"))
    return status(codes, [note])


def _slugline(root: Element, metas: dict[str, str], keywords: tuple[str, ...]) -> str:
    named = next((metas[name] for name in SLUG_NAMES if metas.get(name)), "")
    catchline = _catchline.fullmatch(words(find(root, "head/title")))
    alone = keywords[0] if len(keywords) == 1 else ""
    return named or (catchline[1] if catchline else "") or alone


def _topics(head: Element) -> Iterator[tuple[str, str]]:
    for topic in find_all(head, "//tobject.subject"):
        names = (one_line(topic.get(f"tobject.subject.{level}")) for level in ("detail", "matter", "type"))
        yield one_line(topic.get("tobject.subject.refnum")), next(filter(None, names), "")


def _identified(head: Element) -> Iterator[tuple[str, str]]:
    """The people, places and themes that were found in the text."""
    for each in find_all(head, "//identified-content/*"):
        if name := words(each) or one_line(each.get("type")):
            yield one_line(each.get("value") or each.get("location-code")), name


def _elsewhere(root: Element) -> Fields:
    """The source and the place as machines are told them, for a document that does not tell its readers."""
    sources = (("//from-src", "src-name"), ("//doc.copyright", "holder"), ("//doc-id", "regsrc"))
    places = (stated(root, "//evloc", part) for part in ("city", "state-prov", "county-dist"))
    return {
        "source": next(filter(None, (stated(root, path, attribute) for path, attribute in sources)), ""),
        "located": ", ".join(unique(places)),
    }


def _copyright(head: Element) -> str:
    holder, year = stated(head, "//doc.copyright", "holder"), stated(head, "//doc.copyright", "year")
    return f"© {year} {holder}" if holder and year and holder[:1] not in "©(" else holder


def _joined(element: Element, *, without: str) -> str:
    """The words of an element with a space between its parts, one child left out."""
    parts = [element.text, *(part for child in element for part in _parts(child, without))]
    return one_line(" ".join(filter(None, parts))).replace(" ,", ",").strip(" ,")


def _parts(child: Element, without: str) -> tuple[str, str]:
    if local_name(child) == "location":
        return _placed(child), child.tail or ""
    return "" if local_name(child) == without else words(child), child.tail or ""


def _placed(location: Element) -> str:
    parts = [words(each) for each in location] or [words(location)]
    return ", ".join(unique(part.strip(" ,") for part in parts))


FORMAT: Format = Format("nitf", recognise, read)
