"""The query language: words, "phrases", -not, OR, prefix* and filters, read into FTS5 text that cannot be malformed."""

import re
from dataclasses import dataclass
from typing import NamedTuple

from .errors import BadQuery

FIELDS = ("source", "author", "feed", "lang", "section", "slug", "status", "subject", "since", "until")
LIMIT_LETTERS = 4000
LIMIT_TERMS = 64
"""FTS5 takes an expression of depth 256; nobody types 64 terms."""

_QUOTES = str.maketrans("“”„«»", '"""""')
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
    """A query understood: ``match`` is for FTS5 and empty where there are only filters."""

    match: str
    filters: tuple[Filter, ...]


class _Term(NamedTuple):
    fts: str
    is_negative: bool


def parse(text: str) -> Query:
    """Read a query. OR binds closer than the space between words, which means AND.

    Raises:
        BadQuery: nothing to search for, only exclusions, an unknown or empty filter, or OR beside a filter.

    >>> parse('kazakh* "peacekeeping forces" -tass').match
    '("kazakh" * AND "peacekeeping forces") NOT ("tass")'
    >>> parse('source:"Sky News"').filters
    (Filter(field='source', value='Sky News', is_negative=False),)
    """
    if len(text) > LIMIT_LETTERS:
        raise BadQuery(f"the query has {len(text)} letters, {LIMIT_LETTERS} are the limit: ask for less")
    parts = _parts(_NO_TEXT.sub(" ", text).translate(_QUOTES))
    filters = tuple(part for part in parts if isinstance(part, Filter))
    groups = _groups(parts)
    wanted = [" OR ".join(group) for group in groups if group]
    wanted = [f"({group})" if " OR " in group and len(wanted) > 1 else group for group in wanted]
    unwanted = [part.fts for part in parts if isinstance(part, _Term) and part.is_negative]
    _refuse_empty(filters, wanted, unwanted)
    match = " AND ".join(wanted)
    return Query(f"({match}) NOT ({' OR '.join(unwanted)})" if unwanted else match, filters)


def _parts(text: str) -> list[_Term | Filter | None]:
    """Terms and filters in order; None stands for OR."""
    parts: list[_Term | Filter | None] = []
    for found in _TERM.finditer(text):
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
    return _Term('"' + text.rstrip("*").replace('"', '""') + '"' + (" *" if is_prefix else ""), is_negative)


def _groups(parts: list[_Term | Filter | None]) -> list[list[str]]:
    """Positive terms, those joined by OR together."""
    groups: list[list[str]] = []
    is_joined = False
    for number, part in enumerate(parts):
        if part is None:
            _refuse_lonely_or(parts, number)
            is_joined = True
        elif isinstance(part, _Term) and not part.is_negative:
            if is_joined:
                groups[-1].append(part.fts)
            else:
                groups.append([part.fts])
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


def _refuse_empty(filters: tuple[Filter, ...], wanted: list[str], unwanted: list[str]) -> None:
    if unwanted and not wanted:
        raise BadQuery("the query only says what not to find: add a word that the articles hold")
    if not filters and not wanted:
        raise BadQuery('nothing to search for: write words, a "phrase" or a filter like source:Reuters')
