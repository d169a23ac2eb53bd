"""What a page states about its article, apart from title, authors and text: its JSON-LD first, then its metas."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime

from .dates import Moment, read_date
from .fields import Fields
from .headlines import folded
from .linked import Linked, Node, each, words
from .metatags import COPYRIGHTS, DESCRIPTIONS, KEYWORDS, LANGUAGES, PUBLISHED, SECTIONS, UPDATED, Metas
from .page_address import canonical
from .trees import Element

MOST_KEYWORDS = 100

_language = re.compile(r"[a-z]{2,3}(?:[-_][a-z0-9]{2,8}){0,3}", re.IGNORECASE)
_minutes = re.compile(r"P?T?(?:(\d{1,2})H)?(\d{1,3})\s*(?:M\b|M\d|min|$)", re.IGNORECASE)
_epoch = re.compile(r"1\d{9}(?:\d{3})?|9\d{8}(?:\d{3})?")
_browser_clock = re.compile(r"\w{3} (\w{3}) (\d\d) (\d{4}) (\d\d:\d\d:\d\d) (?:GMT|UTC)([+-]\d{4})?\b.*")


def article_node(linked: Linked, url: str, titles: Iterable[str]) -> Node:
    """The node that is the page's own article: by its address, then by its title, then as the first; empty for none.

    >>> nodes = [{"@type": "Article", "headline": "Sun"}, {"@type": "Article", "headline": "Rain"}]
    >>> article_node(Linked(tuple(nodes), {}), "", ["Rain"])["headline"]
    'Rain'
    """
    known = [folded(title) for title in titles if title]
    candidates = [node for node in linked.articles() if words(node.get("headline") or node.get("name"))]
    if not candidates:
        return {}

    def fits(node: Node) -> tuple[bool, bool]:
        title = folded(words(node.get("headline") or node.get("name")))
        return bool(url) and url in _addresses(node, url), any(title and title in one for one in known)

    best = max(candidates, key=fits)
    # Many articles of which none is this page are the teasers of a list.
    return best if any(fits(best)) or len(candidates) < 3 else {}


def read_facts(root: Element, node: Node, linked: Linked, metas: Metas) -> Fields:
    """Read what node and metas state into arguments of ``Article``."""
    facts = {
        "section": words(node.get("articleSection")) or metas.first(SECTIONS),
        "keywords": _keywords(node, metas),
        "description": words(node.get("description")) or metas.first(DESCRIPTIONS),
        "language": _language_of(root, node, metas),
        "source": words(linked.resolved(node.get("publisher"))) or metas.first(["og:site_name", "dc.publisher"]),
        "copyright": words(node.get("copyrightNotice")) or metas.first(COPYRIGHTS),
        "credit": words(node.get("creditText")),
        "dateline": words(node.get("dateline")),
        "located": words(linked.resolved(node.get("contentLocation"))),
        "ednote": words(node.get("correction")) if isinstance(node.get("correction"), str) else "",
        "read_minutes": _read_minutes(words(node.get("timeRequired")) or _card_minutes(metas)),
    }
    return {name: value for name, value in facts.items() if value} | _times(node, linked, metas)


def _addresses(node: Node, url: str) -> list[str]:
    page = node.get("mainEntityOfPage")
    stated = [
        node.get("url"),
        node.get("@id"),
        *([page.get("@id"), page.get("url")] if isinstance(page, dict) else [page]),
    ]
    return [canonical(words(value), url) for value in stated if words(value)]


def _times(node: Node, linked: Linked, metas: Metas) -> Fields:
    pages = linked.pages()
    published = _first_moment(
        [words(node.get("datePublished")), words(node.get("dateCreated"))]
        + [value for name in PUBLISHED for value in metas.values.get(name, ())]
        + [words(page.get("datePublished")) for page in pages]
    )
    updated = _first_moment(
        [words(node.get("dateModified"))]
        + [value for name in UPDATED for value in metas.values.get(name, ())]
        + [words(page.get("dateModified")) for page in pages]
    )
    fields: Fields = {"updated_at": updated.at} if updated else {}
    if published:
        fields |= published.published
    return fields


def _first_moment(stated: Iterable[str]) -> Moment | None:
    return next((moment for value in stated if (moment := read_moment(value))), None)


def read_moment(stated: str) -> Moment | None:
    """Read a time as machines write it: as people do, as seconds since 1970, or as a browser's clock.

    >>> read_moment("1750680000000").at, read_moment("Fri Jun 23 2017 10:00:00 GMT+0200 (CEST)").at
    ('2025-06-23T12:00:00Z', '2017-06-23T10:00:00+02:00')
    """
    if _epoch.fullmatch(stated):
        seconds = int(stated[:-3] if len(stated) > 10 else stated)
        return Moment(f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}Z", "second", stated)
    found = _browser_clock.fullmatch(stated)
    moment = read_date(f"{found[2]} {found[1]} {found[3]} {found[4]}{found[5] or 'Z'}" if found else stated)
    # Year 1 and the first day of 1970 are what programs write where they know nothing.
    return moment._replace(raw=stated) if moment and moment.at > "1970-01-02" else None


def _keywords(node: Node, metas: Metas) -> tuple[str, ...]:
    stated = [words(value) for value in each(node.get("keywords"))]
    if not any(stated):
        stated = metas.all(KEYWORDS)
    parts = [part.strip() for value in stated for part in (re.split("[,;]", value) if len(stated) == 1 else [value])]
    return tuple(dict.fromkeys(part for part in parts if part))[:MOST_KEYWORDS]


def _language_of(root: Element, node: Node, metas: Metas) -> str:
    stated = [root.get("lang") or "", root.get("xml:lang") or "", words(node.get("inLanguage")), metas.first(LANGUAGES)]
    return next((value.strip().replace("_", "-") for value in stated if _language.fullmatch(value.strip())), "")


def _card_minutes(metas: Metas) -> str:
    label = metas.first(["twitter:label2"]).casefold()
    named = metas.first(["est_reading_time_minutes", "reading_time", "article:reading_time"])
    return named or (metas.first(["twitter:data2"]) if re.search(r"read|lese|lectur|lettura", label) else "")


def _read_minutes(stated: str) -> int:
    found = _minutes.match(stated)
    return int(found[1] or 0) * 60 + int(found[2]) if found else 0
