"""Metas of a page: OpenGraph, Dublin Core, Parsely, Sailthru, Highwire's citation tags and their like."""

from collections.abc import Iterable
from typing import NamedTuple

from .linked import plain
from .trees import Element

MOST_METAS = 2_000

TITLES = ("og:title", "twitter:title", "dc.title", "dcterms.title", "sailthru.title", "parsely-title", "citation_title")
AUTHORS = (
    *("author", "article:author", "og:article:author", "parsely-author", "sailthru.author", "dc.creator"),
    *("dcterms.creator", "citation_author", "byl", "article:author_name", "article.author", "cxenseparse:author"),
)
PUBLISHED = (
    *("article:published_time", "article:published", "og:published_time", "datepublished", "parsely-pub-date"),
    *("dc.date.issued", "dcterms.issued", "dcterms.created", "dc.date.created", "citation_publication_date"),
    *("citation_date", "publishdate", "publish-date", "publish_date", "published_time", "pubdate", "publisheddate"),
    *("publication_date", "article.published", "sailthru.date", "cxenseparse:recs:publishtime", "bt:pubdate"),
    *("rnews:datepublished", "dcterms.date", "dc.date", "date", "ptime", "displaydate", "pdate"),
)
UPDATED = (
    *("article:modified_time", "og:updated_time", "datemodified", "dcterms.modified", "dc.date.modified"),
    *("article:modified", "article:updated", "lastmod", "last-modified", "last_updated_date", "revised", "utime"),
)
SECTIONS = ("article:section", "parsely-section", "sailthru.section", "section", "article.section", "cg", "category")
KEYWORDS = ("keywords", "news_keywords", "parsely-tags", "sailthru.tags", "article:tag")
DESCRIPTIONS = ("og:description", "description", "twitter:description", "dc.description", "dcterms.abstract")
SITES = ("og:site_name", "application-name", "apple-mobile-web-app-title", "dc.publisher", "citation_journal_title")
COPYRIGHTS = ("copyright", "dc.rights", "dcterms.rights", "rights", "dcterms.rightsholder")
LANGUAGES = ("content-language", "dc.language", "dcterms.language", "inlanguage", "language")
"""Names in lower case, the most trusted first."""


class Metas(NamedTuple):
    """What a page's metas say, by their names in lower case and in their order."""

    values: dict[str, list[str]]

    def first(self, names: Iterable[str]) -> str:
        """The first value that one of the names has, in the order of the names."""
        return next((value for name in names for value in self.values.get(name, ())), "")

    def all(self, names: Iterable[str]) -> list[str]:
        """All values of the first of the names that has any."""
        return next((self.values[name] for name in names if name in self.values), [])


def read_metas(root: Element) -> Metas:
    """Collect a page's metas, whichever attribute names them.

    >>> from .trees import parse_html
    >>> read_metas(parse_html('<meta property="og:title" content="Rain &amp;amp; wind">')).first(TITLES)
    'Rain & wind'
    """
    values: dict[str, list[str]] = {}
    for number, meta in enumerate(root.iter("meta")):
        if number > MOST_METAS:
            break
        content = plain(meta.get("content") or meta.get("value") or "")
        names = {meta.get(attribute) or "" for attribute in ("property", "name", "itemprop", "http-equiv")}
        for name in names - {""} if content else ():
            values.setdefault(name.strip().lower(), []).append(content)
    return Metas(values)
