"""How an article stands with its publisher: withdrawn, withheld, under embargo; and where it lies."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any


def standing(article: Mapping[str, Any], now: datetime) -> str:
    """What a reader must know before using an article, by its ``status`` and ``embargoed_until``; else empty.

    A time without a zone is UTC, a day begins at midnight; one that cannot be read binds for ever.

    >>> standing({"status": "withdrawn", "embargoed_until": "2022-01-07"}, datetime(2022, 1, 6, tzinfo=UTC))
    'withdrawn, embargoed until 2022-01-07'
    >>> standing({"status": "usable", "embargoed_until": "2022-01-07"}, datetime(2022, 1, 7, tzinfo=UTC))
    ''
    """
    status, until = article.get("status") or "usable", article.get("embargoed_until") or ""
    marks = [status] if status != "usable" else []
    return ", ".join([*marks, f"embargoed until {until}"] if until and _is_ahead(until, now) else marks)


def _is_ahead(at: str, now: datetime) -> bool:
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        return True
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) > now


def where(article: Mapping[str, Any]) -> str:
    """Where an article was read: feed, path, and the path inside a bundle.

    >>> where({"feed": "wires", "path": "day.zip", "inside": "a.xml"})
    'wires/day.zip!/a.xml'
    """
    inside = f"!/{article['inside']}" if article.get("inside") else ""
    return f"{article['feed']}/{article['path']}{inside}"
