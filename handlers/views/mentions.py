"""mentions: who, where and how much every revision names, by the position of its event."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import partial

from presslog.handlers.comparison.sentences import ends
from presslog.handlers.insight.detectors import DETECTORS, Detector
from presslog.handlers.insight.facts import Mention
from presslog.store.article import Article
from presslog.store.events import ARTICLE_TYPES, ArticleRecorded, ArticleRedacted, Event
from presslog.store.generation import View
from presslog.store.sqlite import Connection

VERSION = 1
SCHEMA = (
    """
    create table mentions ( -- names, dates and figures as they stand in a revision
      position integer not null, -- of the event of the revision in the log
      number integer not null, -- 1, 2, 3 in the order of the text
      article_id text not null,
      kind text not null, -- person, organisation, place, date, money, number
      text text not null, -- as it is written
      name text not null, -- the fullest form in the article; of a figure its value: 2022-01-06, USD 1900000, 8.7 %
      start_char integer not null, -- in the text of the revision, from 0
      end_char integer not null, -- excluded
      sentence_no integer not null, -- of the sentence, from 1
      confidence real not null, -- 0 to 1
      rule text not null, -- what spoke for it
      detector text not null, -- who found it, with its version
      primary key (position, number)
    ) strict, without rowid
    """,
    "create index mentions_name on mentions (kind, name)",
)
INSERT = "insert into mentions values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


def apply(db: Connection, events: Sequence[Event], *, detector: Detector) -> None:
    """Add what each revision names; of an article that was erased nothing is left."""
    recorded = [event.fact.article for event in events if isinstance(event.fact, ArticleRecorded)]
    found = iter(detector.find(recorded))
    for event in events:
        article_id = event.stream.removeprefix("article/")
        match event.fact:
            case ArticleRecorded() as fact:
                rows = _rows(fact.article, next(found), detector)
                db.executemany(
                    INSERT, ((event.position, number, article_id, *row) for number, row in enumerate(rows, 1))
                )
            case ArticleRedacted(positions=erased):
                db.executemany("delete from mentions where position = ?", [(each,) for each in erased])


def _rows(article: Article, found: Sequence[Mention], detector: Detector) -> Iterator[tuple[str | int | float, ...]]:
    """The rows without what they share."""
    ended = ends(article.text) if found else []
    for each in found:
        text, number = article.text[each.span.start : each.span.end], bisect_right(ended, each.span.start) + 1
        yield each.kind, text, each.name, *each.span, number, each.confidence, each.rule, detector.name(each)


def view(detector: str) -> View:
    """The view by one of DETECTORS: another one is another version, so that it is made anew.

    Raises:
        ConfigError: the detector needs what is not installed here.
    """
    DETECTORS[detector].check()
    return View(
        name="mentions",
        version=10 * VERSION + list(DETECTORS).index(detector),
        tables=("mentions",),
        schema=SCHEMA,
        apply=partial(apply, detector=DETECTORS[detector]),
        types=ARTICLE_TYPES | {"article-redacted"},
    )
