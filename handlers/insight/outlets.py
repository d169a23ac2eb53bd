"""The world's news outlets, by name, alias and domain: which of them a credit, an address or a text speaks of."""

import re
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from presslog.store.names import source_id

LIST = Path(__file__).with_name("outlets.txt")
LONGEST = 120
"""No name is longer, in letters."""

_INITIALS = re.compile(r"(?<![^\W_])[^\W\d_]\.(?:[^\W\d_]\.)+")
_AGENCY = re.compile(r"-(?:news-)?(?:agency|service|wire)$")


class Outlet(NamedTuple):
    """Who publishes news: ``kind`` is agency, newspaper, magazine, broadcaster, site or aggregator."""

    id: str
    name: str
    kind: str
    country: str


class _Line(NamedTuple):
    """One line of the list: its outlet, every spelling of it, those that are plain words too, and its domains."""

    outlet: Outlet
    spellings: tuple[str, ...]
    words: frozenset[str]
    domains: tuple[str, ...]


@lru_cache(maxsize=1024)
def outlet_of(name: str) -> Outlet | None:
    """The outlet that a name or an alias means, whatever its case, marks and article; a plain word only as it is spelt.

    >>> [found.name for found in (outlet_of("ria"), outlet_of("the A.P."), outlet_of("Metro")) if found]
    ['RIA Novosti', 'Associated Press', 'Metro']
    >>> outlet_of("metro") is outlet_of("Sun") is None
    True
    """
    name = " ".join(name[: LONGEST + 1].split())
    if len(name) > LONGEST or name in aliases():
        return aliases().get(name)
    key = _key(name)
    return _by_key().get(key) or _agency(_AGENCY.sub("", key), key)


def outlet_of_domain(domain: str) -> Outlet | None:
    """The outlet that publishes under a domain, or under one above it.

    >>> [found.id for found in (outlet_of_domain("uk.reuters.com"), outlet_of_domain("news.yahoo.com")) if found]
    ['reuters', 'yahoo-news']
    """
    labels = domain[-LONGEST:].lower().rstrip(".").split(".")[-6:]
    parents = (".".join(labels[at:]) for at in range(len(labels) - 1))
    return next((found for parent in parents if (found := _by_domain().get(parent))), None)


@cache
def aliases() -> Mapping[str, Outlet]:
    """Every spelling that an outlet is called by in texts, and its outlet: as it is listed, with and without "The"."""
    return MappingProxyType({spelling: line.outlet for line in _lines() for spelling in line.spellings})


@cache
def plain_words() -> frozenset[str]:
    """The spellings that mean something else as well: "Time", "The Sun"; in a text only a cue makes outlets of them."""
    return frozenset(word for line in _lines() for word in line.words)


@cache
def outlets() -> Mapping[str, Outlet]:
    """All outlets, by their ids."""
    return MappingProxyType({line.outlet.id: line.outlet for line in _lines()})


@cache
def domains() -> Mapping[str, tuple[str, ...]]:
    """The domains of each outlet, by its id."""
    return MappingProxyType({line.outlet.id: line.domains for line in _lines()})


@cache
def _lines() -> tuple[_Line, ...]:
    lines = LIST.read_text(encoding="utf-8").splitlines()
    return tuple(_line(line) for line in lines if line and not line.startswith("#"))


def _line(line: str) -> _Line:
    name, kind, country, others, hosts = (field.strip() for field in line.split("|"))
    listed = [name, *filter(None, others.split("; "))]
    words = frozenset(each[1:] for each in listed if each.startswith("="))
    outlet = Outlet(source_id(name.lstrip("=")), name.lstrip("="), kind, country)
    return _Line(outlet, tuple(_spellings(listed)), words, tuple(filter(None, hosts.split("; "))))


def _spellings(listed: list[str]) -> Iterator[str]:
    for name in listed:
        yield name.removeprefix("=")
        if name.startswith("The "):
            yield name.removeprefix("The ")


def _key(name: str) -> str:
    """A name as it is compared: without case, marks, dots between initials, and the article."""
    return source_id(_INITIALS.sub(lambda found: found[0].replace(".", ""), name)).removeprefix("the-")


@cache
def _by_key() -> Mapping[str, Outlet]:
    found = ((_key(name), line.outlet) for line in _lines() for name in line.spellings if name not in line.words)
    return dict(found)


@cache
def _by_domain() -> Mapping[str, Outlet]:
    return {domain: line.outlet for line in _lines() for domain in line.domains}


def _agency(bare: str, key: str) -> Outlet | None:
    """An agency whose name is followed by what it is: "Tass news agency"."""
    found = _by_key().get(bare) if bare != key else None
    return found if found and found.kind == "agency" else None
