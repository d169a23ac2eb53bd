"""Names freed of the titles before them: ``Kazakh President Kassym-Jomart Tokayev`` is a man."""

from .capitals import Name
from .cues import Tables, tables
from .gazetteer import gazetteer

JOINTS = frozenset({"of", "for", "and", "&"})


def untitled(name: Name) -> list[Name]:
    """The name behind a title, and the country before it; nothing where a title stands alone; else the name itself."""
    known = tables()
    words = name.words
    if (
        known.titles.isdisjoint(words)
        or words[0] in known.ranks
        or name.text() in known.whole
        or _is_of_a_thing(words, known)
    ):
        return [_of_no_people(name, known)]
    places = [place for place, word in enumerate(words) if word in known.titles]
    at = places[-1]
    if at == len(words) - 1 and words[0] in known.given:
        return [name]
    parts = []
    land = " ".join(words[: places[0]])
    if land and (land in gazetteer().large or any(cue.kind == "place" for cue in known.whole.get(land, ()))):
        parts.append(name._replace(end=name.start + len(land), words=words[: places[0]]))
    if at < len(words) - 1:
        skipped = sum(len(word) + 1 for word in words[: at + 1])
        parts.append(name._replace(start=name.start + skipped, words=words[at + 1 :], is_first=False, title=words[at]))
    return parts


def _is_of_a_thing(words: tuple[str, ...], known: Tables) -> bool:
    """Whether it says what it is: the ``Justice Department``, the ``Premier League``, the ``Ministry of Justice``."""
    if not JOINTS.isdisjoint(words[:-1]):
        return True
    return words[-1] not in known.titles and any(cue.kind != "person" for cue in known.last.get(words[-1], ()))


def _of_no_people(name: Name, known: Tables) -> Name:
    """Without the people that somebody belongs to: ``Russian Vladimir Putin``."""
    words = name.words
    if len(words) > 2 and words[0] in known.demonyms and words[1] in known.given:
        return name._replace(start=name.start + len(words[0]) + 1, words=words[1:], is_first=False)
    return name
