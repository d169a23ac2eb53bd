"""Which source an article comes from: as its publisher names it, else by its credit, its byline or its address."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlsplit

from presslog.handlers.article import Article
from presslog.handlers.parts.credits import read_credit
from presslog.store.names import source_id

from .outlets import LONGEST, Outlet, outlet_of, outlet_of_domain, plain_words

AROUND = re.compile(
    r"^[\s(\[/©]{0,9}(?:(?:by|via|from|source|copyright|photo|credit)\b[\s:]{0,9})?"
    r"|[\s,]{0,9}\b(?:staff(?:[ -](?:writers?|reporters?|correspondents?))?|news ?desk|(?:foreign|city) desk|bureau"
    r"|(?:special )?correspondents?|reporters?|writers?|editors?|photo|archive|online)?[\s)\]/.:=—–-]{0,9}$",
    re.IGNORECASE,
)
"""What stands around the name of an outlet and is no part of it: "By AP Staff", "(Reuters) -"."""
TOGETHER = re.compile(r"\s?[/+&;|•·>»—–]\s?|,\s|\s(?:and|with|via|und|et|y|-)\s")
"""What stands between outlets that are credited together: "AP/Reuters"."""
IN_A_BYLINE = re.compile(r"\s?[|/;•·()\n]\s?|,\s|\s(?:of|for|at|from|with|and)\s|\s[—–-]\s")
DOMAIN = re.compile(r"(?:[\w-]{1,63}\.){1,8}[a-z]{2,20}")
NOT_WHOLE_SITES = frozenset(
    "apple.news bit.ly blogspot.com buff.ly dlvr.it facebook.com feedburner.com feedproxy.google.com github.io goo.gl"
    " google.com lnkd.in medium.com news.google.com ow.ly substack.com t.co t.me tinyurl.com twitter.com"
    " web.archive.org wordpress.com x.com youtube.com".split()
)
"""Domains under which anybody publishes, or that only lead elsewhere: an address there does not say whose it is."""


class Source(NamedTuple):
    """A source: ``rule`` is ``named``, ``credit``, ``byline`` or ``address``; ``kind`` is empty where it is not known.

    All of it is empty where an article does not say where it comes from.
    """

    id: str = ""
    name: str = ""
    kind: str = ""
    rule: str = ""


def source_of(article: Article) -> Source:
    """The source of an article; of several that are credited together the first that is known.

    A name that the list of outlets lacks stays as it is, and nothing is made of a credit or a byline that names none.

    >>> source_of(Article(title="", text="", source="Reuters/Acme"))
    Source(id='reuters', name='Reuters', kind='agency', rule='named')
    >>> source_of(Article(title="", text="", byline="By Ana Silva, Associated Press")).rule
    'byline'
    """
    if article.source.strip():
        return _named(article.source)
    return _credited(article) or _of_byline(article.byline) or _of_address(article.url) or Source()


@lru_cache(maxsize=1024)
def _named(name: str) -> Source:
    outlet = known(name)
    if outlet:
        return _source(outlet, "named")
    return Source(source_id(name.removeprefix("www.") if DOMAIN.fullmatch(name) else name), name, "", "named")


def known(name: str) -> Outlet | None:
    """The outlet that a publisher's name for a source means: a name, a domain, or the first of several.

    >>> [found.name for found in (known("(Reuters) -"), known("By AP Staff"), known("www.dw.com")) if found]
    ['Reuters', 'Associated Press', 'Deutsche Welle']
    """
    name = " ".join(name[: LONGEST + 1].split())
    return outlet_of(name) or _bare(name) or _bare(TOGETHER.split(name, maxsplit=1)[0])


def _bare(name: str) -> Outlet | None:
    bare = AROUND.sub("", name)
    is_domain = "." in bare and " " not in bare
    return (outlet_of(bare) if bare else None) or (outlet_of_domain(bare) if is_domain else None)


def _credited(article: Article) -> Source | None:
    opening = read_credit(article.text[:100])
    outlets = (known(credit) for credit in (article.credit, opening.source if opening else "") if credit)
    return next((_source(outlet, "credit") for outlet in outlets if outlet), None)


def _of_byline(byline: str) -> Source | None:
    """A name that is a plain word as well may be that of a person."""
    found = (_bare(part) for part in _parts(byline))
    return next((_source(outlet, "byline") for outlet in found if outlet), None)


def _parts(byline: str) -> Iterator[str]:
    parts = [AROUND.sub("", part) for part in IN_A_BYLINE.split(byline[:300])]
    return (part for part in parts if part and part not in plain_words())


def _of_address(url: str) -> Source | None:
    host = _host(url)
    outlet = outlet_of_domain(host) if host else None
    if outlet and outlet.kind != "aggregator":
        return _source(outlet, "address")
    return Source(source_id(host), host, "", "address") if host and not outlet else None


def _host(url: str) -> str:
    """The domain of an address, without www; empty where it says nothing of the publisher."""
    try:
        found = urlsplit(url)
        host = (found.hostname or "").removeprefix("www.") if found.scheme in ("http", "https") else ""
    except ValueError:
        return ""
    return host if DOMAIN.fullmatch(host) and _parents(host).isdisjoint(NOT_WHOLE_SITES) else ""


def _parents(host: str) -> set[str]:
    """A domain and those above it."""
    return {host.split(".", at)[-1] for at in range(host.count(".") + 1)}


def _source(outlet: Outlet, rule: str) -> Source:
    return Source(outlet.id, outlet.name, outlet.kind, rule)
