"""What NITF, NewsML, NewsML-G2 and their like say in the same words: times, numbers, status, subjects, kill notices."""

import re
from collections.abc import Iterable
from datetime import datetime

from presslog.store.article import Article, Author, Subject

from .bylines import read_authors
from .charset import clean
from .dates import read_date
from .fields import Fields
from .paragraphs import first_sentence
from .trees import Element, find_all, words_of

KILL_WORDS = frozenset(
    "cancel canceled cancelled delete deleted kill killed retract retracted retraction takedown withdraw withdrawal"
    " withdrawn".split()
)
"""Statuses, signals and instructions that withdraw an article; "correction" and "update" do not."""

_word = re.compile(r"[\w-]+$")
_number = re.compile(r"\s*(\d{1,18})\s*", re.ASCII)
_shared_line = re.compile(r"\s/\s|,\s(?=[Bb]y\s)")
_part_of_text = r"(?!.{0,40}\b(?:paragraph|para|graf|sentence|line|word|photo|picture|caption|headline|byline)s?\b)"
_kill_note = re.compile(
    r"\W*(?:(?:eds|editors?|note|attn|attention|urgent)\b\W*){0,4}(?:mandatory\s|bulletin\s)?"
    r"(?:kill|killed|withdrawal|withdrawn|retraction|retracted|cancell?ed)\b"
    rf"(?=\s*(?:$|[:!;.,–—-])|\s(?:notice|advisory|this|the\s(?:story|article|item|report)\b)){_part_of_text}",
    re.IGNORECASE,
)
_kill_phrase = re.compile(
    r"\b(?:mandatory|bulletin|story)\skill\b|\bplease\s(?:kill|withdraw|delete)\b"
    r"|\b(?:story|article|item|report|dispatch|text|piece)\s(?:is|was|has\sbeen|must\sbe|should\sbe)\s(?:being\s)?"
    r"(?:killed|withdrawn|retracted|cancell?ed|deleted)\b",
    re.IGNORECASE,
)


def words(element: Element | None) -> str:
    """All text in an element on one clean line; empty for None."""
    return one_line(words_of(element))


def one_line(text: str | None) -> str:
    """Clean text with single spaces, on one line.

    >>> one_line(" Rain\\n on\\u200b Lima ")
    'Rain on Lima'
    """
    return " ".join(clean(text or "").split())


def first_words(element: Element | None, path: str) -> str:
    """The words of the first element at a path that has some."""
    return "" if element is None else next(filter(None, map(words, find_all(element, path))), "")


def stated(element: Element, path: str, attribute: str = "FormalName") -> str:
    """The first value that an attribute of the elements at a path states."""
    return next(filter(None, (one_line(each.get(attribute)) for each in find_all(element, path))), "")


def language(tag: str | None, element: Element | None = None) -> str:
    """A language tag, else the ``xml:lang`` of an element; a bare one in capitals is written small.

    >>> language("EN"), language("pt-BR")
    ('en', 'pt-BR')
    """
    named = one_line(tag or (None if element is None else element.get("{http://www.w3.org/XML/1998/namespace}lang")))
    return named.lower() if len(named) <= 3 else named


def times(published: Iterable[str], updated: Iterable[str] = ()) -> Fields:
    """The times of an article: of each, the first text that is a date.

    >>> times(["soon", "20220106T041200+0100"])["published_at"]
    '2022-01-06T04:12:00+01:00'
    """
    fields: Fields = {}
    if moment := next(filter(None, map(read_date, published)), None):
        fields |= moment.published
    if moment := next(filter(None, map(read_date, updated)), None):
        fields["updated_at"] = moment.at
    return fields


def embargo(release: str) -> Fields:
    """The time until which an article is embargoed; nothing for what is no date."""
    moment = read_date(release)
    return {"embargoed_until": moment.at} if moment else {}


def is_later(one: str, other: str) -> bool:
    """Whether one text is a date after another's; where one has no zone, clocks are compared.

    >>> is_later("20220106T110000+0100", "20220106T100000Z"), is_later("2022-01-07", "20220106T100000Z")
    (False, True)
    """
    moments = [read_date(text) for text in (one, other)]
    times = [datetime.fromisoformat(moment.at) for moment in moments if moment]
    if len(times) < 2:
        return False
    if any(time.tzinfo is None for time in times):
        times = [time.replace(tzinfo=None) for time in times]
    return times[0] > times[1]


def number(text: str | None) -> int:
    """A version or an urgency; 0 for what is no number.

    >>> number(" 04 "), number("two")
    (4, 0)
    """
    found = _number.fullmatch(text or "")
    return int(found[1]) if found else 0


def urgency(text: str | None) -> int:
    """An urgency from 1 to 9, else 0."""
    return value if (value := number(text)) <= 9 else 0


def last_word(code: str) -> str:
    """What a code says without its scheme: the end of a QCode or of an address, in small letters.

    >>> last_word("stat:Usable"), last_word("http://cv.iptc.org/newscodes/pubstatusg2/canceled")
    ('usable', 'canceled')
    """
    found = _word.search(code.strip().rstrip("/"))
    return found[0].lower() if found else ""


def status(codes: Iterable[str], notes: Iterable[str] = ()) -> str:
    """``canceled`` where a status or signal withdraws the article or a note says so, ``withheld`` where it is stated.

    >>> status(["stat:usable", "sig:correction"]), status(["Withheld"]), status(["stat:usable", "sig:kill"])
    ('usable', 'withheld', 'canceled')
    """
    told = {last_word(code) for code in codes}
    if told & KILL_WORDS or any(map(is_kill, notes)):
        return "canceled"
    return "withheld" if "withheld" in told else "usable"


def is_kill(note: str) -> bool:
    """Whether a note to editors withdraws the whole article, not a line of it.

    >>> is_kill("EDS: KILL this story, the quote is wrong"), is_kill("Eds: Kill, last graf. ADDS quote")
    (True, False)
    """
    return bool(_kill_note.match(note[:400]) or _kill_phrase.search(note[:4000]))


def people(byline: str) -> tuple[Author, ...]:
    """The people in a byline with their full names: not the initials, agencies and sites that share its line.

    >>> [author.name for author in people("Ana Silva / silva.example")], people("gr/bp")
    (['Ana Silva'], ())
    """
    return tuple(author for part in _shared_line.split(byline) for author in read_authors(part) if " " in author.name)


def subjects(found: Iterable[tuple[str, str]]) -> tuple[Subject, ...]:
    """Codes and names as subjects, each once; the first name given for a code is kept."""
    named: dict[str, Subject] = {}
    for code, name in found:
        if key := code or name:
            known = named.get(key)
            named[key] = known if known and known.name else Subject(code, name)
    return tuple(named.values())


def unique(names: Iterable[str]) -> tuple[str, ...]:
    """Names without empty ones, each once, in order."""
    return tuple(dict.fromkeys(filter(None, names)))


def merged(*readings: Fields) -> Fields:
    """Fields of several readings: the last that says something of a field wins."""
    return {name: value for fields in readings for name, value in fields.items() if value}


def article(fields: Fields, *, rule: str, confidence: float) -> Article | None:
    """An article of what was read; its first sentence serves as a title where it has none; None without any word.

    A kill may be no more than an identifier and a status, and has to withdraw all the same.
    """
    told = merged(fields)
    text = told.pop("text", "")
    title = told.pop("title", "") or first_sentence(text.partition("\n\n")[0])
    if not title and told.get("status") == "canceled" and told.get("uri"):
        title = first_sentence(told.get("ednote", "")) or told["uri"]
    if not title:
        return None
    if authors := told.get("authors"):
        houses = " | ".join(told.get(name, "") for name in ("source", "credit", "copyright")).casefold()
        told["authors"] = tuple(each for each in authors if each.name.casefold() not in houses) or authors
    return Article(title=title, text=text, **told, rule=rule, confidence=confidence)
