"""What kind of source somebody is: by a name, by a noun, by what he is called beside his name."""

from collections.abc import Sequence
from functools import lru_cache

from presslog.handlers.insight.outlets import aliases

from .nouns import BODIES, DOCUMENTS, NAMED_BODIES, NAMED_OUTLETS, OFFICES, OUTLETS
from .phrases import LINKS

NO_OUTLETS = frozenset("Board Court Department Ministry Office".split())
"""The last word of names that have another one in common with outlets: ``Post Office``."""


@lru_cache(maxsize=1024)
def named_kind(name: str) -> str:
    """``outlet`` or ``organisation`` where a name shows that it is one of those; else empty."""
    if name in aliases():
        return "outlet"
    words = name.replace("-", " ").split()
    if words[:1] and words[0].isupper() and words[0] in aliases():
        return "outlet"
    if len(words) > 1 and words[-1] not in NO_OUTLETS and not NAMED_OUTLETS.isdisjoint(words):
        return "outlet"
    return "" if NAMED_BODIES.isdisjoint(words) else "organisation"


def kind_of_noun(noun: str) -> str:
    """The kind of source that a noun or pronoun stands for."""
    for kind, nouns in (("document", DOCUMENTS), ("official", OFFICES), ("outlet", OUTLETS), ("organisation", BODIES)):
        if noun in nouns:
            return kind
    return "organisation" if noun == "it" else "person"


def kind_of_role(words: Sequence[str]) -> str:
    """The kind of source that has its name beside these words, which are in small letters."""
    link = next((place for place, word in enumerate(words) if word in LINKS), len(words))
    if link and words[link - 1] in BODIES:
        return "organisation"
    is_of_body = not BODIES.isdisjoint(words[:link]) or words[link : link + 1] == ["for"]
    return "official" if is_of_body or not OFFICES.isdisjoint(words) else "person"
