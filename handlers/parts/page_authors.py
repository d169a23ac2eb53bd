"""Who wrote a page: by its JSON-LD, its metas, or the byline that readers see."""

import re
from collections.abc import Iterable, Iterator

from presslog.store.article import Author

from .blocks import paragraphs_of
from .bylines import is_names, merge_authors, split_names
from .headlines import folded
from .linked import Linked, Node, each, plain, type_names, words
from .metatags import AUTHORS, Metas
from .trees import Element

LONGEST_NAME = 80
"""A longer one is a biography, or a sentence."""

MOST_AUTHORS = 50
MOST_BYLINES = 40
MOST_DESCENDANTS = 40
"""What holds more than a byline is no byline, whatever its class."""

NEVER_BYLINES = frozenset("meta link html body input svg img".split())

_no_name = re.compile(
    r"https?:|www\.|//|\S@\S|[<>{}=]|^@|^[\d\W]*$|^(?:admin|administrator|author|null|none|undefined|unknown)$",
    re.IGNORECASE,
)
_by = re.compile(
    r"(?:(?:words|story|text|written|reported|posted|published)\s)?by\b:?\s|(?:von|por|par|door|av|przez)\b:?\s(?=\S+\s\S)"
    r"|(?:автор|作者|文|記者|記事)\s?[:：／/]\s?",
    re.IGNORECASE,
)
_and = re.compile(r"\s(?:und|et|y|og|och|en|i|и)\s")
_job = re.compile(r"\s(?:[/|•·—–-]\s|\().*", re.DOTALL)
_behind = re.compile(r"\s+(?:\d|@|(?:updated|published|posted|edited)\b|\w{3,9}\.?\s\d).*", re.DOTALL | re.IGNORECASE)
_signature = re.compile(
    r"(?P<work>作者|撰文|责编|责任编辑|責任編輯)\s?[:：]\s?(?P<names>[\u3400-\u9fff·]{2,6}(?:[、，,\s][\u3400-\u9fff·]{2,6}){0,5})"
)
_house = re.compile(r"Organization$|Corporation$|^Brand$|^WebSite$")
_aside = re.compile(r"comment|caption|image|photo|picture|related|teaser|social|widget|promo|avatar|icon|bild", re.I)
_byline_class = re.compile(
    r"(?:^|[\s_-])(?:by-?line|authors?|autore?s?|auteurs?|writers?)"
    r"(?:[_-]{0,2}(?:names?|link|info|authors?|by|text))?(?:\s|$)",
    re.IGNORECASE,
)


def authors_of(root: Element, node: Node, linked: Linked, metas: Metas, sites: Iterable[str]) -> tuple[Author, ...]:
    """The people and houses that wrote a page, as it lists them; empty where it names none.

    A site that signs as its own author counts only where nobody else is named.
    """
    own = {folded(site) for site in sites} - {""}
    first: list[Author] = []
    for authors in _groups(root, node, linked, metas):
        if any(folded(author.name) not in own for author in authors):
            first = authors
            break
        first = first or authors
    return merge_authors(first[:MOST_AUTHORS])


def _groups(root: Element, node: Node, linked: Linked, metas: Metas) -> Iterator[list[Author]]:
    """What each place of the page says, the most trusted first; the last are the dearest to look for."""
    yield [Author(name) for name in _linked_names(node, linked)]
    for tag in AUTHORS:
        yield [Author(name) for value in metas.values.get(tag, ()) for name in _parted(value)]
    yield [Author(name) for name in _shown(root)]
    yield _signed(root)


def _signed(root: Element) -> list[Author]:
    """The writers and editors whom a page in Chinese names below its text, as most do."""
    lines = [line for line in paragraphs_of(root) if len(line) <= LONGEST_NAME]
    found = [signature for line in lines if (signature := _signature.search(line))]
    return [
        Author(name, "editor" if "编" in signature["work"] or "編" in signature["work"] else "byline")
        for signature in found[:1]
        for name in re.split(r"[、，,\s]+", signature["names"])
    ]


def _linked_names(node: Node, linked: Linked) -> Iterator[str]:
    for key in ("author", "creator"):
        names = [name for value in each(node.get(key)) for name in _names_of_node(linked.resolved(value))]
        if names:
            yield from names
            return


def _names_of_node(value: object) -> list[str]:
    if not isinstance(value, dict):
        return _parted(plain(value)) if isinstance(value, str) else []
    given = " ".join(filter(None, (words(value.get(key)) for key in ("givenName", "familyName"))))
    names = [_name(words(name)) for name in each(value.get("name")) or [given]]
    if not any(_house.search(kind) for kind in type_names(value)):
        names = [part for name in names for part in (split_names(name) if is_names(name) else [name])]
    return [name for name in names if name]


def _name(text: str) -> str:
    """A name without "By", a job and initials behind it; empty for an address, a number and a sentence."""
    found = _by.match(text)
    name = _job.sub("", text[found.end() :] if found else text).strip(" ,;|–—-")
    return "" if len(name) > LONGEST_NAME or _no_name.search(name) else name


def _parted(text: str) -> list[str]:
    """The names in a line that may hold several: all that are full names, or else the line itself."""
    if _no_name.search(text) or len(text) > LONGEST_NAME * MOST_AUTHORS:
        return []
    found = _by.match(text)
    line = text[found.end() :] if found else text
    parts = [_name(one) for part in split_names(line) for one in _halves(part)]
    full = [part for part in parts if part and is_names(part)]
    return full or [name for part in line.split(";") if (name := _name(part.strip()))]


def _halves(part: str) -> list[str]:
    """Two people whom a word of another language joins; "Ortega y Gasset" is one."""
    halves = _and.split(part)
    return halves if all(map(is_names, halves)) else [part]


def _shown(root: Element) -> list[str]:
    """The names in the first byline of a page, and in those beside it."""
    tried, first, names = 0, None, []
    for element in root.iter():
        kind = _byline_kind(element)
        if not kind or tried > MOST_BYLINES or (first is not None and not _are_beside(first, element)):
            continue
        tried += 1
        found = _byline_names(element, is_sure=kind == "author")
        if found and (first is None or element.get("class") == first.get("class")):
            first = element if first is None else first
            names += found
    return names


def _byline_kind(element: Element) -> str:
    sort = (element.get("class") or "")[:400]
    is_author = "author" in (element.get("rel") or "").split() or element.get("itemprop") == "author"
    if not (is_author or _byline_class.search(sort)) or element.tag in NEVER_BYLINES:
        return ""
    near = [sort, *((above.get("class") or "") for above, _ in zip(element.iterancestors(), range(3), strict=False))]
    if any(_aside.search(each_class) for each_class in near):
        return ""
    return "author" if is_author else "byline"


def _byline_names(element: Element, *, is_sure: bool) -> list[str]:
    if sum(1 for _ in zip(element.iter(), range(MOST_DESCENDANTS + 1), strict=False)) > MOST_DESCENDANTS:
        return []
    line = plain(" ".join(paragraphs_of(element)))
    if len(line) > LONGEST_NAME * 4:
        return []
    names = _parted(_behind.sub("", line))
    return names if is_sure else [name for name in names if is_names(name)]


def _are_beside(one: Element, other: Element) -> bool:
    """Whether two bylines stand in the same element, or in elements that do."""
    near = [list(each.iterancestors())[:2] for each in (one, other)]
    return any(above is beside for above in near[0] for beside in near[1])
