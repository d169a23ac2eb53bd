"""The format ``newsml-g2``: news items and packages of NewsML-G2, alone or many in a message."""

from presslog.handlers.parts.enclosed import decoded_paragraphs, enclosed_nitf, enclosed_paragraphs, written
from presslog.handlers.parts.fields import Fields
from presslog.handlers.parts.iptc import article, first_words, last_word, merged, unique
from presslog.handlers.parts.item_metadata import code, headline, item_fields
from presslog.handlers.parts.trees import Element, find, find_all, local_name, parse_xml, root_of
from presslog.store.article import Article, Unread
from presslog.store.errors import Unreadable

from . import Format
from .nitf import head_fields

NAMESPACE = "http://iptc.org/std/nar/2006-10-01/"
ARTICLES = ("newsItem", "packageItem")
OTHERS = ("conceptItem", "knowledgeItem", "planningItem", "catalogItem")
"""Items that describe things, events and plans: no article is in them."""


def recognise(content: bytes, _name: str) -> float:
    """Sure of the roots of NewsML-G2; without its namespace they have to say in another way what they are."""
    root = root_of(content)
    if not root or root.name not in ("newsMessage", *ARTICLES, *OTHERS):
        return 0.0
    return 0.95 if root.namespace == NAMESPACE or b"NewsML-G2" in content[:8192] else 0.6


def read(content: bytes, _name: str) -> list[Article | Unread]:
    """Read every item of a document, in its order; in a message, what is no article is named as unread.

    Raises:
        Unreadable: ``malformed``, ``entities``, or ``no-article`` for a document that is a concept, a plan or a list.
    """
    root = parse_xml(content)
    if local_name(root) in OTHERS:
        raise Unreadable("no-article", _strange(root))
    items = find_all(root, "itemSet/*") if local_name(root) == "newsMessage" else [root]
    return [_read_item(item, f"{local_name(item)} {place}") for place, item in enumerate(items, start=1)]


def _read_item(item: Element, place: str) -> Article | Unread:
    if local_name(item) not in ARTICLES:
        return Unread(place, "no-article", _strange(item))
    is_package = local_name(item) == "packageItem"
    fields = _package(item) if is_package else _news(item)
    rule = "package" if is_package else last_word(code(find(item, "itemMeta/itemClass"))) or "news-item"
    if found := article(fields, rule=rule, confidence=0.95):
        return found
    return Unread(place, "no-text", f"the {rule} has neither a headline nor a text: get it anew from its sender")


def _strange(item: Element) -> str:
    return f"a {local_name(item)} describes things or plans and is no article: drop the news items themselves"


def _news(item: Element) -> Fields:
    """A news item: what its metadata say, and where they say nothing, what stands in its content."""
    told = item_fields(item)
    enclosed: Fields = {}
    # What is marked up comes first: the same text may stand there as it is as well.
    for holder in find_all(item, "contentSet/inlineXML") + find_all(item, "contentSet/inlineData"):
        enclosed = _enclosed(holder, told)
        if enclosed.get("text"):
            break
    return merged({"text": told["description"]}, enclosed, told)


def _enclosed(holder: Element, told: Fields) -> Fields:
    nitf = enclosed_nitf(holder)
    if nitf is not None:
        return head_fields(nitf)
    if last_word(holder.get("encoding") or "") == "base64":
        paragraphs = decoded_paragraphs(holder.text or "", holder.get("contenttype") or "text/plain")
    else:
        paragraphs = enclosed_paragraphs(holder)
    return written(paragraphs, title=told["title"], byline=told["byline"])


def _package(item: Element) -> Fields:
    """A package: its headline, and below it the headlines of what it refers to."""
    told = item_fields(item)
    refs = find_all(item, "groupSet/group/itemRef") or find_all(item, "itemRef")
    headlines = (headline(ref) or first_words(ref, "title") for ref in refs)
    return told | {"text": "\n\n".join(unique((told["description"], *headlines)))}


FORMAT: Format = Format("newsml-g2", recognise, read)
