"""What is asked, in words, filters and times, as one condition on articles: for questions that stand in their files."""

from datetime import datetime

from .filters import Conditions, conditions
from .matching import holding
from .query import EVERYTHING
from .search import asked
from .tables import Tables


def matching(tables: Tables, text: str, now: datetime, *, since: str = "", until: str = "") -> Conditions:
    """The articles that a query finds, as a condition; all where nothing is asked.

    Raises:
        BadQuery: the query cannot be understood.
    """
    query = asked(text, since, until) if text.strip() or since or until else EVERYTHING
    where, values = conditions(query.filters, tables, now)
    found, words = holding(query, tables)
    return Conditions(f"{where} and articles.head_position in ({found})" if found else where, values | words)
