"""The format ``html``: a page of news as its site serves it, or as a browser saved it."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from presslog.handlers.parts.bylines import merge_authors, names_of
from presslog.handlers.parts.headlines import Titles, choose_title, folded, names_of_host
from presslog.handlers.parts.linked import Linked, Node, plain, read_linked, words
from presslog.handlers.parts.metatags import SITES, TITLES, Metas, read_metas
from presslog.handlers.parts.page_address import canonical, is_front_page
from presslog.handlers.parts.page_authors import authors_of
from presslog.handlers.parts.page_charset import decode_page
from presslog.handlers.parts.page_facts import article_node, read_facts
from presslog.handlers.parts.page_text import body_of, day_of
from presslog.handlers.parts.paragraphs import first_sentence
from presslog.handlers.parts.refusals import refuse_no_article
from presslog.handlers.parts.saved import saved_from, without_embedded
from presslog.handlers.parts.tails import split_tail
from presslog.handlers.parts.trees import Element, parse_html, words_of
from presslog.store.article import Article, Author
from presslog.store.errors import Unreadable

from . import Format

ENDINGS = (".html", ".htm", ".xhtml", ".shtml", ".xht")
START_BYTES = 4_096
LONGEST_SITE = 40
"""Some pages state their own title as the name of the site."""
LONGEST_TITLE = 1_000

CONFIDENCE = {"json-ld": 0.95, "metas": 0.85, "page": 0.6}
"""By what names the article: its own node, the cards for other sites, or no more than its title and heading."""

_before = re.compile(rb"(?:<\?xml[^<>]{0,200}\?>\s*|<!--(?:(?!-->).){0,3000}-->\s*)*", re.DOTALL)
_page = re.compile(rb"<(?:!doctype\s+html|html)\b", re.IGNORECASE)
_tag = re.compile(
    rb"<(?:head|body|meta|title|link|style|script|article|section|main|header|nav|div|p|h[1-6]|span|a|b|i|em|strong"
    rb"|center|font|table|ul|ol|br|hr|img|pre|blockquote)\b[^<>]{0,1000}>",
    re.IGNORECASE,
)


def recognise(content: bytes, name: str) -> float:
    """Say how sure it is that the bytes are a page: by its first tags, then by the file's name."""
    start = _start(content).lstrip()
    first = _before.sub(b"", start, count=1)
    if _page.match(first):
        return 0.9
    is_page = _tag.match(first)
    if name.lower().endswith(ENDINGS) and (is_page or _page.search(start)):
        return 0.85
    return 0.5 if is_page else 0.0


def _start(content: bytes) -> bytes:
    start = content[:START_BYTES]
    if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return start.decode("utf-16", "ignore").encode()
    return start.removeprefix(b"\xef\xbb\xbf")


def read(content: bytes, _name: str) -> list[Article]:
    """Read the article of a page.

    Raises:
        Unreadable: ``binary``; ``empty`` for a page without an element; ``no-article`` for an error, a wall or a list.
    """
    markup = without_embedded(decode_page(content))
    root = parse_html(markup)
    if root is None:
        raise Unreadable("empty", "the page has no element: save it anew")
    return [_read_page(root, saved_from(markup))]


class _Page(NamedTuple):
    """A parsed page and what it states."""

    root: Element
    linked: Linked
    metas: Metas
    node: Node
    url: str
    is_front: bool


def _read_page(root: Element, saved: str) -> Article:
    page = _page_of(root, saved)
    fields = read_facts(root, page.node, page.linked, page.metas)
    sites = _sites(page, fields.get("source", ""))
    authors = authors_of(root, page.node, page.linked, page.metas, sites)
    title = choose_title(_titles(page), [*sites, *(author.name for author in authors)])
    if "published_at" not in fields and (day := day_of(root, page.url)):
        fields |= {"published_at": day, "published_precision": "day", "published_raw": day}
    body = _without_head(body_of(root, _stated_body(page.node)), title, authors)
    refuse_no_article(title, body, is_stated=bool(page.node), is_front=page.is_front)
    ending = split_tail(body)
    closing = {"copyright": ending.copyright, "ednote": ending.ednote, "tail": ending.tail}
    fields |= {name: value for name, value in closing.items() if value and not fields.get(name)}
    rule = "json-ld" if page.node else "metas" if page.metas.first(TITLES) else "page"
    return Article(
        title=title or first_sentence("".join(ending.body[:1])),
        text="\n\n".join(ending.body),
        uri=page.url,
        url=page.url,
        byline=", ".join(author.name for author in authors if author.role == "byline"),
        authors=merge_authors(authors or ending.reporters, ending.helpers),
        rule=rule,
        confidence=CONFIDENCE[rule],
        **fields,
    )


def _page_of(root: Element, saved: str) -> _Page:
    linked, metas = read_linked(root), read_metas(root)
    links = [link.get("href") or "" for link in root.iter("link") if (link.get("rel") or "").lower() == "canonical"]
    addresses = [*links[:1], metas.first(["og:url"]), saved]
    url = canonical(*addresses)
    titles = [*(metas.first([name]) for name in TITLES), *_headings(root), _title_element(root)]
    node = article_node(linked, url, titles)
    is_front = not node and not url and any(map(is_front_page, addresses)) and metas.first(["og:type"]) != "article"
    return _Page(root, linked, metas, node, url, is_front)


def _titles(page: _Page) -> Titles:
    return Titles(
        linked=[title for key in ("headline", "name") if (title := words(page.node.get(key))[:LONGEST_TITLE])],
        cards=[title for name in TITLES if (title := page.metas.first([name])[:LONGEST_TITLE])],
        element=_title_element(page.root),
        headings=_headings(page.root),
    )


def _title_element(root: Element) -> str:
    return next((plain(words_of(title))[:LONGEST_TITLE] for title in root.iter("title")), "")


def _headings(root: Element) -> list[str]:
    lines = (plain(words_of(heading))[:LONGEST_TITLE] for heading, _ in zip(root.iter("h1"), range(20), strict=False))
    return list(filter(None, lines))


def _sites(page: _Page, source: str) -> list[str]:
    stated = [source, *(value for name in SITES for value in page.metas.values.get(name, ()))]
    return [*(site for site in stated if len(site) <= LONGEST_SITE), *names_of_host(page.url)]


def _stated_body(node: Node) -> str:
    stated = node.get("articleBody")
    return stated if isinstance(stated, str) else ""


def _without_head(body: list[str], title: str, authors: Iterable[Author]) -> list[str]:
    """The body without the title and the byline on top of it."""
    names = [folded(author.name) for author in authors]
    known = {folded(title), *names, "".join(names), "and".join(names)}
    start = next((number for number, paragraph in enumerate(body[:3]) if folded(names_of(paragraph)) not in known), 0)
    return body[start:]


FORMAT: Format = Format("html", recognise, read)
