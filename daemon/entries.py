"""The entries of a feed: articles, or what changed in them, as any form of feed writes them."""

import html
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from presslog.handlers.article import Article
from presslog.handlers.comparison.compare import Comparison, compare
from presslog.handlers.comparison.words import Part, marked
from presslog.store.counted import Hit
from presslog.store.standing import standing
from presslog.store.tables import Row, Tables

MOST_LETTERS = 100_000
"""So much of a text stands in an entry: programs that read feeds take no books."""
NOTHING_AT = "1970-01-01T00:00:00Z"
LOST = "no longer matches"
MARKS = {"same": "{}", "went": "<del>{}</del>", "came": "<ins>{}</ins>"}

_ADDRESS = re.compile(r"https?://[^\s<>\"{}|\\^`\x00-\x20\x7f-\x9f]+")
_BEFORE = """
select title, subtitle, byline, text from revisions
where article_id = :id and valid_to_position = :position and position < :position
"""
_AFTER = "select title, subtitle, byline, text from revisions where position = :position"


class Entry(NamedTuple):
    """One entry: ``html`` and ``text`` say the same; times are RFC 3339.

    ``url`` and ``published`` are empty where there is none.
    """

    id: str
    title: str
    url: str
    updated: str
    published: str
    authors: Sequence[str]
    tags: Sequence[str]
    source: str
    language: str
    summary: str
    html: str
    text: str


class Feed(NamedTuple):
    """A feed with its entries, the newest first; ``updated`` is when something was in it last."""

    id: str
    title: str
    link: str
    entries: Sequence[Entry]

    @property
    def updated(self) -> str:
        """The latest moment of its entries."""
        return max((entry.updated for entry in self.entries), default=NOTHING_AT)


def is_address(text: str) -> bool:
    """Whether a text is a web address that may stand in a link."""
    return _ADDRESS.fullmatch(text) is not None


def article_entries(rows: Iterable[Row], now: datetime) -> list[Entry]:
    """An entry an article: its id stays when it is revised, so that a reader shows it once."""
    return [_article(row, now) for row in rows]


def _article(row: Row, now: datetime) -> Entry:
    text = row["text"] if len(row["text"]) <= MOST_LETTERS else row["text"][:MOST_LETTERS] + "…"
    paragraphs = "".join(f"<p>{html.escape(each)}</p>" for each in text.split("\n\n") if each)
    entry = _entry(row, id=f"urn:presslog:{row['id']}", title=row["title"], summary=row["description"])
    return _as_it_stands(entry._replace(html=paragraphs, text=text), row, now)


def _as_it_stands(entry: Entry, row: Row, now: datetime) -> Entry:
    """The entry of an article that must not be used, now or any more, says so and nothing else: feeds are published."""
    mark = standing(row, now)
    if not mark:
        return entry
    return entry._replace(title=f"[{mark}] {entry.title}", summary=mark, html=f"<p>{html.escape(mark)}</p>", text=mark)


def change_entries(tables: Tables, found: Iterable[Hit], now: datetime) -> list[Entry]:
    """An entry a change: what it was in a few words, and the sentences that differ with marks."""
    return [_as_it_stands(_change(tables, hit), hit.revision, now) for hit in found]


def _change(tables: Tables, hit: Hit) -> Entry:
    row = hit.revision
    differs = compare(
        _read(tables, _BEFORE, id=row["id"], position=hit.position), _read(tables, _AFTER, position=hit.position)
    )
    what = ", ".join(filter(None, [_what(row, differs), "" if hit.matches else LOST]))
    entry = _entry(
        row,
        id=f"urn:presslog:{row['id']}:{row['revision']}",
        title=f"{row['title']} (revision {row['revision']}: {what})",
        summary=what,
    )
    changes = [(_place(each.field, each.paragraph), each.parts) for each in differs.changes]
    return entry._replace(
        html="".join(f"<p>{html.escape(place)}{_html(parts)}</p>" for place, parts in changes),
        text="\n\n".join(place + marked(parts) for place, parts in changes),
    )


def _what(row: Row, differs: Comparison) -> str:
    kind = row["change_kind"] if row["change_kind"] in ("withdrawal", "correction", "writethru") else ""
    return ", ".join(filter(None, [kind, differs.summary])) or "the same words"


def _read(tables: Tables, statement: str, **values: Any) -> Article:
    row = tables.row(statement, **values)
    return Article(**row) if row else Article(title="", text="")


def _place(field: str, paragraph: int) -> str:
    return f"¶{paragraph} " if field == "text" else f"{field}: "


def _html(parts: Iterable[Part]) -> str:
    return "".join(MARKS[part.kind].format(html.escape(part.text)) for part in parts)


def _entry(row: Row, *, id: str, title: str, summary: str) -> Entry:  # noqa: A002  the name of the field
    return Entry(
        id=id,
        title=" ".join(title.split()) or "Without a title",
        url=row["url"] if is_address(row["url"]) else "",
        updated=row["at"],
        published=_moment(row["published_at"]),
        authors=row["authors"],
        tags=list(dict.fromkeys(filter(None, [row["section"], *row["keywords"]]))),
        source=row["source"],
        language=row["language"],
        summary=summary,
        html="",
        text="",
    )


def _moment(published_at: str) -> str:
    """A time as RFC 3339 has it; empty where its publisher states no hour or no zone, which nobody may invent."""
    try:
        moment = datetime.fromisoformat(published_at)
    except ValueError:
        return ""
    return moment.isoformat().replace("+00:00", "Z") if moment.tzinfo else ""
