"""The title of a page: what its parts agree on, without the name of the site."""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

_separator = re.compile(r"\s+(?:[|·•»›«<–—:-]|::|--)\s+|\s*\|\s*|--|_")
_marks = re.compile(r"[\W_]+")


class Titles(NamedTuple):
    """The titles that a page states: by its JSON-LD, its cards for other sites, its title element, its headings."""

    linked: Sequence[str]
    cards: Sequence[str]
    element: str
    headings: Sequence[str]


def choose_title(titles: Titles, sites: Iterable[str]) -> str:
    """The article's title, without the site: the cards' own, unless they alone say it and the page agrees on another.

    Cards are written for people who share the article, and so is what they all say and the page says nowhere.

    >>> choose_title(Titles([], ["Rain in Lima | The Wire"], "", ["Rain in Lima"]), ["The Wire"])
    'Rain in Lima'
    >>> choose_title(Titles(["Rain in Lima"], ["You must see this"] * 2, "Rain in Lima", []), [])
    'Rain in Lima'
    """
    names = {folded(name) for name in sites} - {""}
    headings = [heading for heading in titles.headings if folded(heading) not in names]
    cards = [without_site(card, names, headings) for card in titles.cards]
    element = without_site(titles.element, names, headings)
    linked = _confirmed([without_site(title, names, headings) for title in titles.linked], [element, *headings])
    own = linked or (element if folded(element) in map(folded, headings) else "")
    card = cards[0] if cards else ""
    if card and not (len(cards) > 1 and _is_beside([own], [element, *headings]) and _stand_alone(cards, titles)):
        return card
    named = "" if folded(element) in names else element
    return own or card or named or (headings[0] if len(headings) == 1 else "") or titles.element


def _confirmed(titles: Sequence[str], others: Sequence[str]) -> str:
    """The first title that another part of the page says as well, or else the first."""
    return next((title for title in titles if _is_beside([title], others)), titles[0] if titles else "")


def _is_beside(titles: Sequence[str], others: Sequence[str]) -> bool:
    return any(folded(title) and folded(title) == folded(other) for title in titles for other in others)


def _stand_alone(cards: Sequence[str], titles: Titles) -> bool:
    shown = [folded(title) for title in (*titles.linked, titles.element, *titles.headings)]
    return not any(title.startswith(folded(card)) for card in cards for title in shown)


def without_site(title: str, names: set[str], headings: Sequence[str] = ()) -> str:
    """A title without a part at its end or start that is the site's name, or that the page's heading lacks.

    >>> without_site("Rain - The Wire", {"thewire"}), without_site("Rain fell | Wire", set(), ["Rain fell"])
    ('Rain', 'Rain fell')
    """
    for heading in headings:
        if len(folded(heading)) > 5 and folded(title) != folded(heading) and _is_parted(title, heading):
            return heading
    for part, rest in _ends(title):
        if rest and _is_name(folded(part), names):
            return without_site(rest, names)
    return title


def folded(title: str) -> str:
    """Letters and digits alone, in small letters.

    >>> folded("‘Rain’: it  falls")
    'rainitfalls'
    """
    return _marks.sub("", title).casefold()


def names_of_host(url: str) -> list[str]:
    """What a site may call itself by its address.

    >>> names_of_host("https://www.news.wire.example/a")
    ['news.wire.example', 'news', 'wire']
    """
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    return [host, *host.split(".")[:-1]] if host else []


def _is_parted(title: str, heading: str) -> bool:
    lowered, sought = title.casefold(), heading.casefold()
    if lowered.startswith(sought):
        return bool(_separator.match(title, len(heading)))
    return lowered.endswith(sought) and any(
        found.end() == len(title) - len(heading) for found in _separator.finditer(title)
    )


def _ends(title: str) -> list[tuple[str, str]]:
    """The last and the first part of a title, each with the rest."""
    found = list(_separator.finditer(title))
    if not found:
        return []
    last, first = found[-1], found[0]
    return [(title[last.end() :], title[: last.start()]), (title[: first.start()], title[first.end() :])]


def _is_name(part: str, names: set[str]) -> bool:
    """Whether a part is a site's name, with a word more ("CBC News" of "CBC") or less than it states elsewhere."""
    return any(
        part == name
        or (len(name) > 2 and part.startswith(name) and len(part) <= len(name) + 8)
        or (len(part) > 3 and name.startswith(part))
        for name in names
    )
