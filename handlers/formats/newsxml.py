"""The format ``newsxml``: one article in an agency's own XML, whose tags are called as newsrooms call their fields."""

import re

from presslog.handlers.parts.enclosed import enclosed_paragraphs, written
from presslog.handlers.parts.fields import ALIASES, key_name, read_fields
from presslog.handlers.parts.iptc import article, merged, words
from presslog.handlers.parts.trees import Element, local_name, parse_xml, root_of
from presslog.store.article import Article
from presslog.store.errors import Unreadable

from . import Format

HEAD_BYTES = 16_384
BODIES = ("body", "content", "bodytext", "articlebody", "story", "text")
"""Tags that hold the text, folded as keys of a header are."""

NEWSROOM = frozenset(
    "byline dateline ednote editorsnote embargo headline kicker newsid slug slugline standfirst storyid strapline"
    " urgency".split()
)
"""Tags that only news has; two of them tell an article from a book, a drawing, a map or a product."""

SYNONYMS = {"newsid": "guid", "storyid": "guid", "origin": "source"}
SLUGS = ("slugline", "slug", "strapline")

_tags = re.compile(rb"<([A-Za-z][\w.-]{0,40})[\s/>]")


def recognise(content: bytes, _name: str) -> float:
    """Fairly sure of XML without a namespace whose tags name a text, its date and two things that only news has."""
    root = root_of(content)
    if not root or root.namespace or root.name.lower() == "html":
        return 0.0
    names = {key_name(tag.decode()) for tag in set(_tags.findall(content[:HEAD_BYTES]))} - {key_name(root.name)}
    is_news = len(names & NEWSROOM) > 1 and names.intersection(BODIES) and names.intersection(ALIASES["published"])
    return 0.5 if is_news else 0.0


def read(content: bytes, _name: str) -> list[Article]:
    """Read the one article that the root's own children are the fields of.

    Raises:
        Unreadable: ``malformed``, ``entities``, or ``no-article`` for a document that is laid out in another way.
    """
    fields = {key_name(local_name(each)): each for each in parse_xml(content) if local_name(each)}
    body = next((fields.pop(name) for name in BODIES if name in fields), None)
    if body is None or not fields.keys() & set(ALIASES["published"]):
        raise Unreadable("no-article", "its root has no text and date of its own: drop one article a file")
    if found := article(_article_fields(fields, body), rule="tags", confidence=0.6):
        return [found]
    raise Unreadable("no-article", "it has neither a headline nor a text: get it anew from its sender")


def _article_fields(fields: dict[str, Element], body: Element) -> dict[str, object]:
    header = {SYNONYMS.get(name, name): words(each) for name, each in fields.items() if not len(each)}
    told = read_fields(header)
    slugline = next((header[name] for name in SLUGS if header.get(name)), "")
    text = written(enclosed_paragraphs(body), title=told.get("title", ""), byline=told.get("byline", ""))
    return merged(text, told, {"slugline": slugline})


FORMAT: Format = Format("newsxml", recognise, read)
