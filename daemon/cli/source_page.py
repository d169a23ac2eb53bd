"""The page of one source: how much it writes, when, in which languages, what it is called, and what is new from it."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from .output import bold, is_utf8, shown
from .sparkline import sparkline
from .text import SHORT_ID, one_line

if TYPE_CHECKING:
    from presslog.store.facets import Count
    from presslog.store.search import Hit
    from presslog.store.sources import Portrait

MOST_DAYS = 62
"""Volume over a longer time is told by months."""
MOST_MONTHS = 60
MOST_NAMED = 8
HOURS = [f"{hour:02}" for hour in range(24)]
NEWEST = ("id", "published_at", "first_seen_at", "title", "revision", "status")


def as_object(found: "Portrait") -> dict[str, Any]:
    """All of it for programs: the row of the source, and what else is known."""
    counts = found.facets.counts
    by_hour = _counted(counts["hour"])
    return {
        **found.source,
        "failure_count": found.failure_count,
        "names": found.names,
        "days": _values(counts["day"]),
        "months": _values(counts["month"]),
        "hours": [by_hour.get(hour, 0) for hour in HOURS],
        "languages": _values(counts["lang"]),
        "sections": _values(counts["section"]),
        "counted": found.facets.counted,
        "is_bounded": found.facets.is_bounded,
        "newest": [{key: hit.article[key] for key in NEWEST} for hit in found.newest],
    }


def _values(counts: "Sequence[Count]") -> list[dict[str, Any]]:
    return [{"value": each.value, "count": each.articles} for each in counts]


def page(found: "Portrait") -> Iterator[str]:
    """The same as people read it."""
    source, counts = found.source, found.facets.counts
    known = _line([each for each in (source["kind"], source["country"], *source["domains"]) if each])
    yield bold(one_line(source["name"])) + (f"  {one_line(known)}" if known else "")
    yield _told("articles", f"{source['article_count']}, {source['revision_count']} revisions{_rate(source)}")
    yield _told("seen", f"{_minute(source['first_seen_at'])} to {_minute(source['last_seen_at'])}")
    yield from _volume(counts["day"], counts["month"])
    yield from _hours(_counted(counts["hour"]))
    yield from _most("languages", counts["lang"])
    yield from _most("sections", counts["section"])
    names = [(row["name"], row["article_count"]) for row in found.names]
    yield _told("called", _line([f"{one_line(name)} {count}" for name, count in names[:MOST_NAMED]]))
    if found.failure_count:
        yield _told("refused", f"{found.failure_count}, at paths that its articles came from: presslog failures")
    if found.facets.is_bounded:
        yield _told("counted", f"the newest {found.facets.counted} articles")
    yield from map(_newest, found.newest)


def _rate(source: dict[str, Any]) -> str:
    rate = source["revision_rate"]
    return "" if rate is None else f": an article is revised {shown(rate)} times"


def _volume(days: "Sequence[Count]", months: "Sequence[Count]") -> Iterator[str]:
    """Articles by day, or by month over a long time; what is dated to a year has no place on the line."""
    known = {day: each.articles for each in days if (day := _day(each.value))}
    if not known:
        return
    is_long = (max(known) - min(known)).days >= MOST_DAYS
    series = _by_month(months) if is_long else _by_day(known)
    (first, _), (last, _) = series[0], series[-1]
    most, count = max(series, key=lambda pair: pair[1])
    yield _told("volume", f"{sparkline([count for _, count in series])}  {first} to {last}, most {count}: {most}")


def _by_day(known: dict[date, int]) -> list[tuple[str, int]]:
    """Every day from the first to the last, also those without an article."""
    first, last = min(known), max(known)
    days = [first + timedelta(at) for at in range((last - first).days + 1)]
    return [(day.isoformat(), known.get(day, 0)) for day in days]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _by_month(months: "Sequence[Count]") -> list[tuple[str, int]]:
    """Every month of the last five years of the source, from its first article on."""
    known = {each.value: each.articles for each in months if _day(f"{each.value}-01")}
    year, month = map(int, max(known).split("-"))
    number = year * 12 + month - 1
    names = [f"{at // 12:04}-{at % 12 + 1:02}" for at in range(max(number - MOST_MONTHS + 1, 12), number + 1)]
    series = [(name, known.get(name, 0)) for name in names]
    first = next(place for place, (_, count) in enumerate(series) if count)
    return series[first:]


def _hours(by_hour: dict[str, int]) -> Iterator[str]:
    if by_hour:
        most = max(HOURS, key=lambda hour: by_hour.get(hour, 0))
        counts = [by_hour.get(hour, 0) for hour in HOURS]
        yield _told("hours", f"{sparkline(counts)}  00 to 23 UTC, most {by_hour.get(most, 0)}: {most}")


def _most(name: str, counts: "Sequence[Count]") -> Iterator[str]:
    named = [f"{one_line(each.value)} {each.articles}" for each in counts if each.value]
    if named:
        yield _told(name, _line(named[:MOST_NAMED]))


def _newest(hit: "Hit") -> str:
    article = hit.article
    at, title = (article["published_at"] or article["first_seen_at"])[:10], one_line(article["title"])
    return f"  {article['id'][:SHORT_ID]}  {one_line(at)}  rev {article['revision']:<2} {title}"


def _counted(counts: "Sequence[Count]") -> dict[str, int]:
    return {each.value: each.articles for each in counts}


def _told(name: str, told: str) -> str:
    return f"  {name:<10}{told}"


def _line(parts: Sequence[str]) -> str:
    return (" · " if is_utf8() else ", ").join(parts)


def _minute(at: str) -> str:
    return f"{at[:10]} {at[11:16]}"
