"""The one of whom words tell that stand behind a cue: ``according to Quill``, ``said the mayor, Ingeborg Falk``."""

from msgspec.structs import replace

from .capitals import is_name, run_after, split_title
from .nouns import ARTICLES, COURTESY, DETERMINERS
from .passage import Passage
from .phrases import (
    MOST_ASIDES,
    MOST_WORDS,
    NO_PART,
    NOUNS,
    POSSESSIVE,
    PRONOUNS,
    TAILS,
    Phrase,
    is_aside,
    noun_phrase,
    role_in,
    without_article,
)
from .spoken import HIDDEN

FARTHEST = 60
"""So many words behind its beginning an aside may end."""
NO_ASIDES = frozenset("in on at after citing quoting".split())
ENDING = frozenset(f",.;:–—{HIDDEN}")
OBJECTS = PRONOUNS | {"him", "her", "them"}


def phrase_after(told: Passage, first: int, ceiling: int) -> Phrase | None:
    """The one of whom a phrase tells that begins at ``first``, no word of it from ``ceiling`` on."""
    if first >= ceiling:
        return None
    if told.lowered[first] in OBJECTS and not _goes_on(told, first + 1, ceiling):
        return Phrase(first, first + 1, first, first + 1, noun=told.lowered[first])
    at = first + (told.lowered[first] in DETERMINERS and not is_name(told, first))
    end = min(ceiling, first + MOST_WORDS)
    while at < end:
        word = told.lowered[at]
        if is_name(told, at):
            stop = run_after(told, at, ceiling)
            if not _is_part(told, stop, ceiling):
                return _named(told, first, at, stop, ceiling)
            at = stop
        elif word in NOUNS and not _goes_on(told, at + 1, ceiling):
            return _common(told, first, at, ceiling)
        elif word in NO_PART or word in DETERMINERS or not word[0].isalnum():
            return None
        else:
            at += 1
    return None


def _goes_on(told: Passage, at: int, ceiling: int) -> bool:
    """Whether a noun or a name follows to which the word before belongs."""
    return at < ceiling and (is_name(told, at) or told.lowered[at] in NOUNS)


def _is_part(told: Passage, stop: int, ceiling: int) -> bool:
    """Whether a name only belongs to what follows: ``the Coast Guard's report``, ``Interior Ministry officials``."""
    is_before_noun = stop < ceiling and told.words[stop] in NOUNS
    return is_before_noun or told.words[stop - 1].endswith(POSSESSIVE[:2])


def _named(told: Passage, first: int, at: int, stop: int, ceiling: int) -> Phrase:
    head, role = split_title(told, at, stop)
    if head == stop:
        head, role = at, ""
    article = told.lowered[first] if first + 1 == at and told.lowered[first] in ARTICLES else ""
    if at > first and not article and told.words[first] not in COURTESY:
        role = without_article(told, first, head)
    made = Phrase(first, stop, head, stop, name=" ".join(told.words[head:stop]), role=role, article=article)
    return _with_asides(told, made, ceiling)


def _common(told: Passage, first: int, at: int, ceiling: int) -> Phrase | None:
    found = noun_phrase(told, first, at, at + 1, first)
    if not found:
        return None
    end = next((n for n in range(at + 1, min(ceiling, at + MOST_WORDS)) if not told.lowered[n][0].isalnum()), ceiling)
    if named := _behind_role(told, first, end, ceiling):
        return named
    is_whole = end == at + 1 or told.lowered[at + 1] in TAILS
    return replace(found, stop=end if is_whole else at + 1)


def _behind_role(told: Passage, first: int, comma: int, ceiling: int) -> Phrase | None:
    """``the transport spokesman of the Greens, Dieter Hasselkuss, in Hanover``."""
    at = comma + 1
    if at >= ceiling or told.words[comma] != "," or not is_name(told, at):
        return None
    stop = run_after(told, at, ceiling)
    if stop < ceiling and told.words[stop] not in {",", ".", ";", "as"}:
        return None
    return Phrase(first, stop, at, stop, name=" ".join(told.words[at:stop]), role=without_article(told, first, comma))


def _with_asides(told: Passage, found: Phrase, ceiling: int) -> Phrase:
    """The phrase with what is told behind its name: ``, 29, an archivist``, ``(44), a passenger``."""
    stop, role = found.stop, found.role
    if stop >= ceiling or told.words[stop] not in {"(", ","}:
        return found
    if told.words[stop] == "(":
        stop = next((n + 1 for n in range(stop, min(ceiling, stop + 6)) if told.words[n] == ")"), stop)
    # "According to Quill, a will is valid" goes on with what he says, and no comma ends that.
    must_close = found.first - 2 in told.begins and told.lowered[found.first - 2] == "according"
    for _ in range(MOST_ASIDES):
        if stop + 1 >= ceiling or told.words[stop] != ",":
            break
        end = _aside_end(told, stop + 1, ceiling)
        is_open = must_close and (end == ceiling or told.words[end] != ",")
        is_other = told.lowered[stop + 1] in NO_ASIDES or run_after(told, stop + 1, end) == end
        if is_open or is_other or not is_aside(told, stop + 1, end):
            break
        role, stop = role or role_in(told, stop + 1, end), end
    return replace(found, stop=stop, role=role)


def _aside_end(told: Passage, first: int, ceiling: int) -> int:
    ceiling = min(ceiling, first + FARTHEST)
    return next((n for n in range(first, ceiling) if told.words[n][0] in ENDING), ceiling)
