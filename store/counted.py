"""Revisions that counted, as filters of queries see articles, and whether the words of a query stand in one."""

from datetime import datetime
from typing import Any, NamedTuple

from .filters import Conditions, conditions
from .marks import excerpt, pattern_of
from .matching import WORDS, Index, indexes
from .query import Query
from .tables import Row, Tables, with_lists

SNIPPET_WORDS = 24
BEGINNING_LETTERS = 160
MARKS = ("[", "]")

# Filters of queries speak of articles: here every revision that was current once is one. Without the other indexes a
# range of positions leads, and a filter by source does not look at all that the source ever wrote.
COUNTED = """
(
  select *, position as head_position, article_id as id, revision as revision_count, position as last_position,
    valid_from_at as last_seen_at
  from revisions {indexes}
  where valid_to_position is null or valid_to_position > position
) as articles
"""
ANY_INDEX = COUNTED.format(indexes="")
BY_POSITION = COUNTED.format(indexes="not indexed")
NEWSROOM = "articles.change_kind <> 'reread'"
COLUMNS = """
articles.position, articles.id, articles.revision, articles.from_revision, articles.valid_from_at as at,
articles.change_kind, articles.change_note, articles.salience, articles.is_silent, articles.headline_changed,
articles.numbers_changed, articles.quotes_changed, articles.names_changed, articles.sentences_added,
articles.sentences_removed, articles.sentences_changed, articles.status, articles.embargoed_until, articles.title,
articles.source, articles.published_at, articles.updated_at, articles.first_seen_at, articles.byline, articles.authors,
articles.language, articles.section, articles.keywords, articles.subjects, articles.url, articles.uri, articles.feed,
articles.path, articles.inside, articles.word_count, articles.description
"""
# cross join keeps the order of the tables: the index of words leads.
IN_INDEX = f"{{index}} cross join {ANY_INDEX} on articles.position = {{index}}.rowid"
HELD = """
exists (select 1 from {index} where {index} match :{match} and {also} and {index}.rowid = articles.position)
"""
MATCHES = f"select 1 from {ANY_INDEX} where articles.position = :position and {{where}}"
MATCHED_EARLIER = f"""
select 1 from {ANY_INDEX}
where articles.article_id = :id and articles.position < :position and {NEWSROOM} and {{where}} limit 1
"""
SNIPPET = """
select snippet(revisions_fts, 1, :start, :end, '…', :words)
from revisions_fts where revisions_fts match :match and {also} and revisions_fts.rowid = :position
"""
BEGINNING = f"""
select case when length(text) > {BEGINNING_LETTERS} then substr(text, 1, {BEGINNING_LETTERS}) || '…' else text end
from revisions where position = :position
"""
TEXT = "select text from revisions where position = :position"


class Hit(NamedTuple):
    """A revision that matches, by its columns without its text, and a piece of the text with marks around the words.

    ``is_new`` says that no earlier revision of the article matched. ``matches`` is false where the one before did and
    this one does not any more.
    """

    revision: Row
    is_new: bool
    matches: bool
    snippet: str

    @property
    def position(self) -> int:
        """Where its event stands in the log."""
        return int(self.revision["position"])


class Asked(NamedTuple):
    """A query: what each index is asked for its words, none where it has filters only, and the filters."""

    query: Query
    indexes: tuple[Index, ...]
    filters: Conditions

    @property
    def where(self) -> str:
        """Words and filters as one condition on ``articles``."""
        held = [
            HELD.format(index=index.name, also=index.also, match=f"match_{number}")
            for number, index in enumerate(self.indexes)
        ]
        return f"({self.filters.where}) and ({' or '.join(held)})" if held else self.filters.where

    @property
    def values(self) -> dict[str, Any]:
        """What ``where`` binds."""
        return self.filters.values | {f"match_{number}": index.match for number, index in enumerate(self.indexes)}


def ask(tables: Tables, query: Query, now: datetime) -> Asked:
    """A query as it can be asked of these tables.

    Raises:
        BadQuery: a time in it cannot be read.
    """
    return Asked(query, indexes(query, tables), conditions(query.filters, tables, now))


def is_match(tables: Tables, asked: Asked, position: int) -> bool:
    """Whether a revision that counted matches."""
    return bool(tables.tuples(MATCHES.format(where=asked.where), position=position, **asked.values))


def is_new(tables: Tables, asked: Asked, row: Row) -> bool:
    """Whether no revision of the same article matched before."""
    if row["from_revision"] is None:
        return True
    statement = MATCHED_EARLIER.format(where=asked.where)
    return not tables.tuples(statement, id=row["id"], position=row["position"], **asked.values)


def hit(tables: Tables, asked: Asked, row: Row) -> Hit:
    """The hit that a revision is which matches."""
    return Hit(with_lists(row), is_new(tables, asked, row), matches=True, snippet=_snippet(tables, asked, row))


def lost(tables: Tables, row: Row) -> Hit:
    """The hit that a revision is which matches no longer."""
    return Hit(with_lists(row), is_new=False, matches=False, snippet=_first(tables, BEGINNING, row))


def _snippet(tables: Tables, asked: Asked, row: Row) -> str:
    for index in asked.indexes:
        if index.name == WORDS:
            words = {"match": index.match, "words": SNIPPET_WORDS, "start": MARKS[0], "end": MARKS[1]}
            found = tables.tuples(SNIPPET.format(also=index.also), position=row["position"], **words)
            if found:
                return str(found[0][0])
    if not asked.indexes:
        return _first(tables, BEGINNING, row)
    # The index of pairs keeps no text: it cannot say what it found where.
    return excerpt(_first(tables, TEXT, row), pattern_of(asked.query.wanted), MARKS, BEGINNING_LETTERS)


def _first(tables: Tables, statement: str, row: Row) -> str:
    return str(tables.tuples(statement, position=row["position"])[0][0])
