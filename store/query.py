"""The query language: words, "phrases", -not, OR, prefix* and filters, read into FTS5 text that cannot be malformed."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from .errors import BadQuery
from .grams import has_grams, phrase

FIELDS = ("source", "author", "feed", "lang", "section", "slug", "status", "subject", "change", "since", "until")
LIMIT_LETTERS = 4000
LIMIT_TERMS = 64
"""FTS5 takes an expression of depth 256; nobody types 64 terms."""

_AS_TYPED = str.maketrans("“”„«»−", '"""""-')
_NO_TEXT = re.compile("[\x00\ud800-\udfff]")
"""What cannot be bound as text: FTS5 ends at NUL, UTF-8 has no lone surrogates."""
_TERM = re.compile(
    r"""(?P<minus>-?)(?:(?P<field>[^\W\d_]+):)?(?:"(?P<phrase>[^"]*)(?:"|$)(?P<star>\*?)|(?P<word>[^\s"]*))"""
)


class Filter(NamedTuple):
    """A condition on a column: ``field`` is one of FIELDS. Several of one field are alternatives."""

    field: str
    value: str
    is_negative: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """A query understood.

    ``match`` is for ``revisions_fts``, ``grams`` for ``revisions_grams``, which stands for the revisions in it; the
    latter is empty where no term has letters of its scripts. ``wanted`` are the words and phrases that are looked for,
    as they were written.
    """

    match: str
    filters: tuple[Filter, ...]
    grams: str = ""
    wanted: tuple[str, ...] = ()

    @property
    def has_words(self) -> bool:
        """Whether there is more than filters."""
        return bool(self.match or self.grams)


EVERYTHING = Query("", ())
"""What nobody can type: no words and no filters."""


class _Term(NamedTuple):
    text: str
    is_negative: bool = False
    is_prefix: bool = False
    is_quoted: bool = False

    @property
    def has_grams(self) -> bool:
        return has_grams(self.text)

    @property
    def words(self) -> str:
        return '"' + self.text.replace('"', '""') + '"' + (" *" if self.is_prefix else "")

    @property
    def grams(self) -> str:
        return phrase(self.text, is_prefix=self.is_prefix)

    @property
    def written(self) -> str:
        return self.text + "*" * self.is_prefix


def parse(text: str) -> Query:
    """Read a query. OR binds closer than the space between words, which means AND.

    Raises:
        BadQuery: nothing to search for, only exclusions, an unknown or empty filter, or OR beside a filter.

    >>> parse('kazakh* "peacekeeping forces" -tass').match
    '("kazakh" * AND "peacekeeping forces") NOT ("tass")'
    >>> parse('source:"Sky News"').filters
    (Filter(field='source', value='Sky News', is_negative=False),)
    >>> parse("北京 OR Beijing").grams, parse("北京 OR Beijing").match
    ('"北京" OR "beijing"', '"Beijing"')
    """
    parts = _parts(text)
    filters = tuple(part for part in parts if isinstance(part, Filter))
    groups = _groups(parts)
    unwanted = [part for part in parts if isinstance(part, _Term) and part.is_negative]
    _refuse_empty(filters, groups, unwanted)
    return _query(filters, groups, unwanted)


def one_phrase(text: str) -> Query:
    """Read a query for one phrase, with filters beside it; several words without quotes are one.

    Raises:
        BadQuery: there is none, or more than one, or something is excluded; or a filter is unknown or empty.

    >>> one_phrase("several police source:AFP").wanted
    ('several police',)
    """
    parts = _parts(text)
    terms = [part for part in parts if isinstance(part, _Term)]
    if not terms:
        raise BadQuery('nothing to look for: write a word or a "phrase"')
    if (
        None in parts
        or any(term.is_negative for term in terms)
        or (terms[1:] and any(term.is_quoted for term in terms))
    ):
        raise BadQuery("only one phrase can be looked for at a time: quote it whole, filters may stand beside it")
    joined = terms[-1]._replace(text=" ".join(term.text for term in terms))
    return _query(tuple(part for part in parts if isinstance(part, Filter)), [[joined]], [])


def _query(filters: tuple[Filter, ...], asked: list[list[_Term]], excluded: list[_Term]) -> Query:
    # What is said twice costs twice, and finds nothing else.
    groups = [list(group) for group in dict.fromkeys(tuple(dict.fromkeys(group)) for group in asked)]
    unwanted = list(dict.fromkeys(excluded))
    wanted = [term for group in groups for term in group]
    in_pairs = any(term.has_grams for term in (*wanted, *unwanted))
    match = _match(groups, unwanted, lambda term: term.words, lambda term: not (in_pairs and term.has_grams))
    paired = _match(groups, unwanted, lambda term: term.grams, lambda _: True) if in_pairs else ""
    return Query(match, filters, paired, tuple(term.written for term in wanted))


def _match(
    groups: list[list[_Term]], unwanted: list[_Term], spelt: Callable[[_Term], str], can_hold: Callable[[_Term], bool]
) -> str:
    """The expression for an index of which some terms are known to hold nothing; empty where nothing is left."""
    either = [" OR ".join(spelt(term) for term in group if can_hold(term)) for group in groups]
    if not all(either):
        return ""
    wanted = " AND ".join(f"({group})" if " OR " in group and len(either) > 1 else group for group in either)
    excluded = " OR ".join(spelt(term) for term in unwanted if can_hold(term))
    return f"({wanted}) NOT ({excluded})" if excluded else wanted


def _parts(text: str) -> list[_Term | Filter | None]:
    """Terms and filters in order; None stands for OR."""
    if len(text) > LIMIT_LETTERS:
        raise BadQuery(f"the query has {len(text)} letters, {LIMIT_LETTERS} are the limit: ask for less")
    parts: list[_Term | Filter | None] = []
    for found in _TERM.finditer(_NO_TEXT.sub(" ", text).translate(_AS_TYPED)):
        part = _part(found)
        if part is not None or found["word"] == "OR":
            parts.append(part)
    if len(parts) > LIMIT_TERMS:
        raise BadQuery(f"the query has {len(parts)} terms, {LIMIT_TERMS} are the limit: ask for less")
    return parts


def _part(found: re.Match[str]) -> _Term | Filter | None:
    is_negative = found["minus"] == "-"
    if found["phrase"] is None and found["word"] in ("OR", "AND") and not found["field"]:
        return None
    text = found["word"] if found["phrase"] is None else found["phrase"]
    field = (found["field"] or "").casefold()
    if field in FIELDS:
        if not text.strip():
            raise BadQuery(f'the filter {field}: has no value: write {field}:VALUE, or {field}:"TWO WORDS"')
        return Filter(field, text.strip(), is_negative)
    if field and found["phrase"] is None:
        _refuse_misspelt(field)
        text = f"{found['field']}:{text}"
    elif field:
        text = f"{found['field']} {text}"
    if not any(letter.isalnum() for letter in text):
        return None
    is_prefix = bool(found["star"]) or (found["phrase"] is None and text.endswith("*"))
    return _Term(text.rstrip("*"), is_negative, is_prefix, is_quoted=found["phrase"] is not None)


def _groups(parts: list[_Term | Filter | None]) -> list[list[_Term]]:
    """Positive terms, those joined by OR together."""
    groups: list[list[_Term]] = []
    is_joined = False
    for number, part in enumerate(parts):
        if part is None:
            _refuse_lonely_or(parts, number)
            is_joined = True
        elif isinstance(part, _Term) and not part.is_negative:
            if is_joined:
                groups[-1].append(part)
            else:
                groups.append([part])
            is_joined = False
    return groups


def _refuse_lonely_or(parts: list[_Term | Filter | None], number: int) -> None:
    beside = parts[max(0, number - 1) : number] + parts[number + 1 : number + 2]
    if any(isinstance(part, Filter) for part in beside):
        raise BadQuery("OR joins words, not filters: source:A source:B already means either of them")
    if len(beside) < 2 or not all(isinstance(part, _Term) and not part.is_negative for part in beside):
        raise BadQuery('OR stands between two words or "phrases"; to search for the word itself, quote it: "or"')


def _refuse_misspelt(field: str) -> None:
    import difflib

    near = difflib.get_close_matches(field, FIELDS, 1, cutoff=0.8)
    if near:
        raise BadQuery(
            f'there is no filter {field}: did you mean {near[0]}: ? To search for the word, quote it: "{field}"'
        )


def _refuse_empty(filters: tuple[Filter, ...], wanted: list[list[_Term]], unwanted: list[_Term]) -> None:
    if unwanted and not wanted:
        raise BadQuery("the query only says what not to find: add a word that the articles hold")
    if not filters and not wanted:
        raise BadQuery('nothing to search for: write words, a "phrase" or a filter like source:Reuters')
