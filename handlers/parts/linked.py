"""JSON-LD in a page: which of its nodes is the article, and what that node states (schema.org's NewsArticle)."""

import html
import json
import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from .charset import clean
from .trees import Element

Node = dict[str, Any]
"""A node of schema.org: anything may stand under any key."""

LARGEST_SCRIPT = 4 << 20
MOST_NODES = 20_000
"""A page lists some hundred teasers at most; what goes beyond is hostile."""

ASIDES = frozenset(
    "itemListElement hasPart liveBlogUpdate mentions isPartOf comment video image isBasedOn relatedLink".split()
)
"""Below these keys stand other articles than the page's own."""

_article_types = re.compile(r"(?:Article|Posting|Report|Review)$")
_page_types = frozenset({"WebPage", "ItemPage"})
_wrapping = re.compile(r"(?:\s+|<!--|//|/\*|\*/|<!\[CDATA\[)*")
_trailing_comma = re.compile(r",(\s*[}\]])")
_type_name = re.compile(r"[^/#:]+$")


class Linked(NamedTuple):
    """The nodes of a page in their order, those of its own first, and all that can be referred to by ``@id``."""

    nodes: tuple[Node, ...]
    by_id: dict[str, Node]

    def resolved(self, value: object) -> object:
        """The node that a mere reference stands for; anything else is itself."""
        if isinstance(value, dict) and isinstance(name := value.get("@id"), str) and not _says(value):
            return self.by_id.get(name, value)
        return value

    def of_types(self, is_wanted: Callable[[str], object]) -> list[Node]:
        """The nodes that have a type that is wanted."""
        return [node for node in self.nodes if any(is_wanted(name) for name in type_names(node))]

    def articles(self) -> list[Node]:
        """The nodes that are articles or postings of any kind."""
        return self.of_types(_article_types.search)

    def pages(self) -> list[Node]:
        """The nodes that speak of the page as a whole."""
        return self.of_types(_page_types.__contains__)


def read_linked(root: Element) -> Linked:
    """Collect the nodes of all JSON-LD in a page; scripts that are no JSON are passed over.

    >>> from .trees import parse_html
    >>> page = '<script type="application/ld+json"><!-- {"@type": "NewsArticle", "headline": "Rain",} --></script>'
    >>> read_linked(parse_html(page)).articles()
    [{'@type': 'NewsArticle', 'headline': 'Rain'}]
    """
    own: list[Node] = []
    aside: list[Node] = []
    for script in root.iter("script"):
        if "ld+json" in (script.get("type") or "").lower():
            for value in _values(script.text or ""):
                for node, is_aside in _walk(value, MOST_NODES - len(own) - len(aside)):
                    (aside if is_aside else own).append(node)
    by_id: dict[str, Node] = {}
    for node in [*own, *aside]:
        if isinstance(name := node.get("@id"), str) and _says(node):
            by_id.setdefault(name, node)
    return Linked((*own, *aside), by_id)


def type_names(node: Node) -> list[str]:
    """The types of a node without their vocabulary.

    >>> type_names({"@type": ["https://schema.org/NewsArticle", "Article"]})
    ['NewsArticle', 'Article']
    """
    return [
        found[0] for name in each(node.get("@type")) if isinstance(name, str) and (found := _type_name.search(name))
    ]


def each(value: object) -> list[object]:
    """A value of JSON-LD as a list: one value, many or none are written alike."""
    return value if isinstance(value, list) else [] if value is None else [value]


def words(value: object) -> str:
    """A value as one line of text: the first of many, a node by its name, entities decoded however often."""
    for item in each(value):
        one = (item.get("@value") or item.get("name")) if isinstance(item, dict) else item
        if isinstance(one, str | int) and not isinstance(one, bool) and (line := plain(str(one))):
            return line
    return ""


def plain(text: str) -> str:
    """One clean line without entities.

    >>> plain("Tom &amp;amp; Ann&nbsp; Lee")
    'Tom & Ann Lee'
    """
    for _ in range(2):
        text = html.unescape(text) if "&" in text else text
    return " ".join(clean(text).split())


def _values(script: str) -> Iterator[object]:
    """The JSON values of a script, each after the other; templates leave commas, comments and semicolons in it."""
    text = _wrapping.sub("", script[:LARGEST_SCRIPT], count=1)
    for attempt in (text, _trailing_comma.sub(r"\1", text), html.unescape(text)):
        values, start = [], 0
        try:
            while start < len(attempt):
                value, end = _decoder.raw_decode(attempt, start)
                values.append(value)
                start = _past_marks(attempt, end)
        except (ValueError, RecursionError):
            if not values:
                continue
        yield from values
        return


def _past_marks(text: str, start: int) -> int:
    while start < len(text) and text[start] in " \t\r\n,;":
        start += 1
    return start


def _walk(value: object, limit: int) -> Iterator[tuple[Node, bool]]:
    """All nodes within a value, the outer before the inner, and whether they stand aside."""
    waiting: list[tuple[object, bool]] = [(value, False)]
    while waiting and limit > 0:
        one, is_aside = waiting.pop()
        if isinstance(one, dict):
            limit -= 1
            yield one, is_aside
            inner = [(child, is_aside or key in ASIDES) for key, child in one.items()]
        else:
            inner = [(child, is_aside) for child in each(one)]
        waiting += ((child, aside) for child, aside in reversed(inner) if isinstance(child, dict | list))


def _says(node: Node) -> bool:
    return any(key not in ("@id", "@type") for key in node)


_decoder = json.JSONDecoder(strict=False)
