"""The form ``news-please``: the keys that the crawler of that name writes, one object an article.

Source: ``NewsArticle.get_dict`` in https://github.com/fhamborg/news-please
"""

from datetime import UTC, datetime
from urllib.parse import quote, urlsplit

from presslog.store.standing import where
from presslog.store.tables import Row


def news_please_record(article: Row) -> Row:
    """An article under the keys of news-please; what is not known is null, as there.

    Times are in UTC without a zone, and a day is its midnight: that form knows no less.
    """
    url = article["url"]
    return {
        "authors": article["authors"],
        "date_download": _time(article["first_seen_at"]),
        "date_modify": _time(article["updated_at"]),
        "date_publish": _time(article["published_at"]),
        "description": article["description"] or None,
        "filename": f"{quote(url, safe='')}.json" if url else None,
        "image_url": None,
        "language": article["language"] or None,
        "localpath": where(article),
        "maintext": article["text"] or None,
        "source_domain": _host(url),
        "title": article["title"],
        "title_page": None,
        "title_rss": None,
        "url": url or None,
    }


def _time(text: str) -> str | None:
    """A time as news-please writes it; None for a month or a year.

    >>> _time("2022-01-06T09:30:00+06:00"), _time("2022-01-06"), _time("2022-01")
    ('2022-01-06 03:30:00', '2022-01-06 00:00:00', None)
    """
    try:
        moment = datetime.fromisoformat(text)
        return (moment.astimezone(UTC) if moment.tzinfo else moment).strftime("%Y-%m-%d %H:%M:%S")
    except (ValueError, OverflowError):
        return None


def _host(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None
