"""What Datasette is told of the views: titles, descriptions from the comments of the tables, facets, search, queries.

Source: https://docs.datasette.io/en/0.65/metadata.html
"""

import re
from collections.abc import Sequence
from typing import Any

from .stored_queries import STORED_QUERIES

DATABASE, INSIGHT = "views", "insight"
"""Datasette calls a database as its file: views.db, insight.db."""

Told = dict[str, Any]

TABLES: dict[str, Told] = {
    "articles": {
        "label_column": "title",
        "sort_desc": "published_at",
        "size": 20,
        "facets": ["source", "language", "status", "section", {"date": "published_at"}],
        "fts_table": "revisions_fts",
        "fts_pk": "head_position",
    },
    "revisions": {
        "label_column": "title",
        "sort_desc": "position",
        "size": 20,
        "facets": ["source", "change_kind", "status"],
        "fts_table": "revisions_fts",
        "fts_pk": "position",
    },
    "changes": {"sort_desc": "position", "facets": ["source", "change_kind", "is_silent"]},
    "timeline": {"sort_desc": "at", "facets": ["kind", "source"]},
    "sources": {"label_column": "name", "sort_desc": "article_count", "facets": ["kind", "country"]},
    "authors": {"label_column": "name"},
    "files": {"sort_desc": "last_position", "facets": ["feed", "outcome", "format", "code"]},
    "failures": {"sort_desc": "last_position", "facets": ["feed", "code", "resolution"]},
    "outlets": {"label_column": "name", "hidden": True},
    "source_names": {"hidden": True},
    "revisions_words": {"hidden": True},
    "revisions_grams": {"hidden": True},
    "revisions_gram_words": {"hidden": True},
}
"""Table or SQL view -> how its page looks; what is not named looks as Datasette makes it."""

_of_table = re.compile(r"(?:\(| as) -- (.+)")


def datasette_metadata(schema: Sequence[tuple[str, str]], insight: Sequence[tuple[str, str]] = ()) -> Told:
    """The metadata of Datasette 0.65 for tables with these definitions, as ``Answers.schema`` gives them."""
    tables = {name: described(definition) | TABLES.get(name, {}) for name, definition in schema}
    facts = {name: described(definition) for name, definition in insight}
    queries = {name: {"title": title, "description": about, "sql": sql} for name, title, about, sql in STORED_QUERIES}
    about = "Every version of every article, as presslog keeps it. Times are UTC; positions are those of its log."
    databases: Told = {DATABASE: {"description": about, "tables": tables, "queries": queries}}
    if facts:
        databases[INSIGHT] = {"description": "What articles say, found by rules or by a model.", "tables": facts}
    return {"title": "presslog", "description": about, "databases": databases}


def described(definition: str) -> Told:
    """What the comments in a definition say of a table and its columns.

    >>> described("create table days ( -- per day\\n  day text not null, -- of UTC\\n  n integer\\n)")
    {'description': 'per day', 'columns': {'day': 'of UTC'}}
    >>> described("create view old as -- of old\\nselect\\n  at, n as head, -- its words\\n  id\\nfrom days")
    {'description': 'of old', 'columns': {'head': 'its words'}}
    """
    first, _, rest = definition.partition("\n")
    is_view = first.casefold().startswith("create view")
    told = _of_table.search(first)
    said: Told = {"description": told[1]} if told else {}
    columns = dict(filter(None, (_column(line, is_view=is_view) for line in rest.split("\n"))))
    return said | ({"columns": columns} if columns else {})


def _column(line: str, *, is_view: bool) -> tuple[str, str] | None:
    """Name and comment of a line that defines a column: the first word of it in a table, the last one in a view."""
    words, mark, comment = line.partition(" -- ")
    names = re.findall(r"\w+", words)
    return (names[-1 if is_view else 0], comment) if mark and names else None
