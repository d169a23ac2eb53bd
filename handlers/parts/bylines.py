"""Bylines into authors: who wrote it, without titles, agencies and places."""

import re
from collections.abc import Iterable

from presslog.store.article import Author

LONGEST = 300
"""No byline is longer; a paragraph that begins with "By" is."""

PARTICLES = frozenset(
    "al bin da das de del della den der di dos du e el ibn la le ten ter van von y zu zur af av and of".split()
)
"""Small words inside a name; "and" and "of" are for news desks."""

SUFFIXES = frozenset("jr jr. sr sr. ii iii iv phd ph.d. ph.d m.d. md esq. cfa".split())

NOT_PEOPLE = frozenset(
    "writer writers reporter reporters correspondent correspondents editor editors columnist contributor staff bureau"
    " press news reuters bloomberg ap afp dpa upi tass interfax xinhua times post journal agency agencies service wire"
    " analyst producer chief".split()
)
"""A part of a byline that ends in one of these is a job or a house, where a person stands before it."""

_by = re.compile(r"(?:written\s|reported\s|story\s)?by(?::\s*|\s+)(?=\S)", re.IGNORECASE)
_between = re.compile(r"\s*(?:[,;]\s*(?:and|&)\s|[;,]|\s(?:and|&)\s)\s*", re.IGNORECASE)
_SEPARATORS = frozenset(",;&")
_place = re.compile(r"\s(?:in|of|for|at|from)\s.*", re.IGNORECASE)
_noise = re.compile(r"\([^()]*\)|\S{1,64}@\S{1,200}|@\w{1,40}")
_with = re.compile(r",?\s+with\s+(?:(?:assistance|reporting|help)\s+(?:from|by)\s+)?", re.IGNORECASE)


def names_of(line: str) -> str:
    """Return what follows "By" in a byline, and the line itself where no "By" leads it."""
    found = _by.match(line)
    return line[found.end() :] if found else line


def is_byline(line: str) -> bool:
    """Whether a line reads as "By" and at least one full name.

    >>> is_byline("By Ana Silva and Bo Lee | Wire"), is_byline("By Friday the price had doubled")
    (True, False)
    """
    return bool(_by.match(line)) and len(line) <= LONGEST and is_names(names_of(line).partition("|")[0], alone=False)


def is_names(line: str, *, alone: bool = True) -> bool:
    """Whether a line reads as names and nothing else; ``alone`` means that no "By" vouches for it.

    >>> is_names("Ana Silva, Bo Lee and Carl von Ott"), is_names("Markets Fall, Gold Rises Amid Fears of War")
    (True, False)
    """
    if not line or len(line) > LONGEST or line[-1] in "?!:" or (line[-1] == "." and line[-2:-1].islower() and alone):
        return False
    bare = _without_noise(line)
    parts = [part for part in _parted(_with.sub(", ", bare) if "with" in bare.lower() else bare) if part]
    full = [part for part in parts if _is_name(_place.sub("", part) if not alone else part)]
    if alone:
        return len(full) == len([part for part in parts if not _is_aside(part)]) > 0
    return bool(parts) and _is_name(_place.sub("", parts[0]))


def read_authors(byline: str) -> tuple[Author, ...]:
    """Read the people of a byline, in order and once each; those after "with" have assisted.

    >>> [author.name for author in read_authors("By ANA SILVA, Staff Writer, and Bo Lee in Lima | Wire")]
    ['ANA SILVA', 'Bo Lee']
    """
    credited, *assisting = _with.split(_without_noise(names_of(byline.partition("|")[0])), maxsplit=1)
    writers = [Author(name) for name in split_names(credited)]
    helpers = [Author(name, "with_assistance") for name in split_names("".join(assisting))]
    return merge_authors(writers, helpers)


def people_of(byline: str) -> tuple[Author, ...]:
    """Read the people of a wire's byline, where a house may stand alone: it is nobody.

    >>> people_of("By The Associated Press"), people_of("By Ana Silva, The Porto Herald")
    ((), (Author(name='Ana Silva', role='byline'),))
    """
    authors = read_authors(byline)
    return tuple(author for author in authors if not (_is_aside(author.name) or author.name.lower().startswith("the ")))


def split_names(names: str) -> list[str]:
    """Split "A, B and C" into its names, without jobs, houses and places; a name that stands alone is kept."""
    found: list[str] = []
    for part in _parted(_without_noise(names)):
        name = " ".join(_place.sub("", part).split()).strip(" .-–—" if part[-3:].islower() else " -–—")
        if found and name.lower() in SUFFIXES:
            found[-1] += f", {part.strip()}"
        elif name and not (found and _is_aside(name)):
            found.append(name)
    return found


# Most lines have none of what these two look for, and to find none at every letter takes them long.
def _without_noise(line: str) -> str:
    return _noise.sub("", line) if "(" in line or "@" in line else line


def _parted(names: str) -> list[str]:
    may_part = not _SEPARATORS.isdisjoint(names) or "and" in names.lower()
    return _between.split(names) if may_part else [names]


def merge_authors(*groups: Iterable[Author]) -> tuple[Author, ...]:
    """Join groups of authors; a name counts once, in the role it came with first."""
    merged: dict[str, Author] = {}
    for group in groups:
        for author in group:
            merged.setdefault(author.name.casefold(), author)
    return tuple(merged.values())


def _is_name(part: str) -> bool:
    words = part.split()
    if not 2 <= len(words) <= 5:
        return False
    return all(_is_name_word(word) for word in words) and not words[0].islower() | words[-1].islower()


def _is_name_word(word: str) -> bool:
    if word in PARTICLES:
        return True
    # "d'Arc" and "al-Sisi" begin small; digits and closing points belong to sentences, but "J." and "Jr." to people.
    letters = word.replace("-", "").replace("'", "").replace("’", "").replace(".", "")
    is_shaped = word[0].isupper() or any(letter.isupper() for letter in word[1:4])
    return letters.isalpha() and is_shaped and not (word[-1] == "." and len(word) > 3)


def _is_aside(part: str) -> bool:
    lowered = part.lower().strip(" .")
    return lowered in SUFFIXES or lowered.rpartition(" ")[2] in NOT_PEOPLE
