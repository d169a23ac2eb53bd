"""What articles say, asked with the filters of search: quotes, attributions and mentions, one by one or counted."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec

from .asking import matching
from .filters import SEEN, Conditions
from .names import normalized
from .queries import Answers
from .tables import Row

LIMIT = 50


class Facts(NamedTuple):
    """A table of facts: what it is called, the column with the name of whom or what they are about, and the others."""

    table: str
    name: str
    columns: tuple[str, ...]


QUOTES = Facts("quotes", "speaker", ("role", "kind", "cue", "outlet", "text"))
ATTRIBUTIONS = Facts("attributions", "name", ("kind", "role", "cue", "via", "source", "is_named", "text"))
MENTIONS = Facts("mentions", "name", ("kind", "text", "sentence_no"))
NAMED = """
fact.{name} in (
  select name from (select distinct {name} as name from insight.{table})
  where instr(' ' || normalized(name) || ' ', :words) > 0
    or normalized(name) in (select value from json_each(:others))
)
"""
STORY = """
select cluster_id as id, is_lead, relation, similarity, lag_seconds, detector from insight.cluster_members
where article_id = :id and position = :position
"""
ALL = (QUOTES, ATTRIBUTIONS, MENTIONS)
PLACES = ("start_char", "end_char", "confidence", "rule", "detector")
"""Columns of all of them."""


class Asked(NamedTuple):
    """Which facts: of articles that match a query, of one article, about somebody, and of some kinds.

    ``name`` matches whole words of a name: ``price`` finds Ned Price. ``others`` are names that mean the same.
    """

    query: str = ""
    since: str = ""
    until: str = ""
    article_id: str = ""
    name: str = ""
    others: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()


def each_fact(answers: Answers, facts: Facts, asked: Asked, now: datetime, *, limit: int = LIMIT) -> list[Row]:
    """The facts one by one: of the article that came last first, in the order of its text."""
    where, values = _conditions(answers, facts, asked, now)
    columns = ", ".join(f"fact.{name}" for name in (facts.name, *facts.columns, *PLACES))
    statement = f"""
    select articles.id, articles.revision, articles.source as published_by, {SEEN} as at, articles.title, {columns},
      fact.position
    from insight.{facts.table} as fact join articles on articles.head_position = fact.position
    where {where}
    order by fact.position desc, fact.number
    limit :limit
    """
    return [_with_via(row) for row in answers.tables.rows(statement, limit=limit, **values)]


def counted_facts(answers: Answers, facts: Facts, asked: Asked, now: datetime, *, limit: int = LIMIT) -> list[Row]:
    """The names that the facts are about, with how many facts and articles there are of each, the most first."""
    where, values = _conditions(answers, facts, asked, now)
    kind = "max(fact.kind)" if facts is QUOTES else "fact.kind"
    statement = f"""
    select {facts.name} as name, {kind} as kind, count(distinct articles.id) as articles, count(*) as facts,
      count(distinct articles.source_id) as sources, min({SEEN}) as first_at, max({SEEN}) as last_at
    from insight.{facts.table} as fact join articles on articles.head_position = fact.position
    where {where} and fact.{facts.name} > ''
    group by fact.{facts.name}{"" if facts is QUOTES else ", fact.kind"}
    order by articles desc, facts desc, name
    limit :limit
    """
    return list(answers.tables.rows(statement, limit=limit, **values))


def facts_of(answers: Answers, identifier: str, position: int) -> Row:
    """What a revision of an article says: its quotes, attributions and mentions, each in the order of its text.

    ``cluster`` is the story that it is in now and what it is to its lead; None for what is no current revision, and
    where the past is asked.
    """
    facts: Row = {each.table: _of_one(answers, each, position) for each in ALL}
    asked = {"id": identifier, "position": position}
    return facts | {"cluster": None if answers.is_past else answers.tables.row(STORY, **asked)}


def _of_one(answers: Answers, facts: Facts, position: int) -> list[Row]:
    columns = ", ".join((facts.name, *facts.columns, *PLACES))
    statement = f"select {columns} from insight.{facts.table} where position = :position order by number"
    return list(map(_with_via, answers.tables.rows(statement, position=position)))


def chosen_articles(answers: Answers, asked: Asked, now: datetime) -> Conditions:
    """What is asked of the articles, as a condition on them."""
    where, values = matching(answers.tables, asked.query, now, since=asked.since, until=asked.until)
    if not asked.article_id:
        return Conditions(where, values)
    return Conditions(f"{where} and articles.id = :article_id", values | {"article_id": asked.article_id})


def is_about(asked: Asked, name: str) -> bool:
    """Whether a name is one of those asked about; all are, where none is."""
    key = normalized(name)
    return not asked.name or f" {normalized(asked.name)} " in f" {key} " or key in map(normalized, asked.others)


def _conditions(answers: Answers, facts: Facts, asked: Asked, now: datetime) -> Conditions:
    where, values = chosen_articles(answers, asked, now)
    clauses = [where]
    if asked.name:
        clauses.append(NAMED.format(name=facts.name, table=facts.table))
        values |= {"words": f" {normalized(asked.name)} ", "others": _json([normalized(name) for name in asked.others])}
    if asked.kinds:
        clauses.append("fact.kind in (select value from json_each(:kinds))")
        values["kinds"] = _json(asked.kinds)
    return Conditions(" and ".join(clauses), values)


def _json(values: Sequence[str]) -> str:
    return msgspec.json.encode(values).decode()


def _with_via(row: Row) -> Row:
    return row | {"via": msgspec.json.decode(row["via"])} if "via" in row else row
