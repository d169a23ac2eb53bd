"""fingerprints, near_duplicates and cluster_members: which articles are one text in the main, and who was first.

Each current revision is looked up once, when it comes, among the current ones of other articles. What two revisions
share is kept for both positions, so that the clusters of any moment in the past can be told: those of the revisions
that were current then. ``cluster_members`` are those of now.
"""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from presslog.handlers.article import Article
from presslog.handlers.insight.shingles import fingerprint
from presslog.handlers.insight.sources import source_of
from presslog.store.events import ARTICLE_TYPES, ArticleRecorded, ArticleRedacted, ArticleReread, Event
from presslog.store.generation import View
from presslog.store.kinship import FIELDS, Text, are_alike, came_out, packed, similarity, unpacked
from presslog.store.sqlite import Connection
from presslog.store.times import utc_text

from . import members, postings
from .changes import WITHDRAWN, Rank, can_lead, standing

DETECTOR = "shingles/1"
OUTLET_RULES = ("named", "address")
MOST_COMPARED = 64
"""With so many others a revision is compared at most, those that share most numbers first."""

SCHEMA = (
    """
    create table fingerprints ( -- what every revision is compared by
      position integer primary key, -- of its event in the log
      article_id text not null,
      first_position integer not null, -- of the article
      outlet_id text not null, -- the source, where it is named or its address tells: a credit tells whose text it is
      came_out_at text not null, -- at the latest: as its publisher says, the end of a mere day, never after it was seen
      is_timed integer not null, -- more than the day is known
      digest integer not null, -- of all words of the text
      shingles blob not null, -- numbers of 32 bits, one in eight that three words in a row give; one for a short text
      revision integer not null,
      version integer not null,
      updated_at text not null,
      status text not null,
      first_seen_at text not null,
      is_current integer not null,
      title text not null,
      detector text not null
    ) strict
    """,
    "create index fingerprints_article on fingerprints (article_id, is_current)",
    """
    create table near_duplicates ( -- revisions of different articles that are one text in the main
      position integer not null,
      other_position integer not null, -- one that was current when this one came
      similarity real not null, -- how much of the shorter text the other one holds
      detector text not null,
      primary key (position, other_position)
    ) strict, without rowid
    """,
    "create index near_duplicates_other on near_duplicates (other_position)",
    *members.SCHEMA,
    *postings.SCHEMA,
)


class Print(NamedTuple):
    """A row of fingerprints: first what Text has."""

    position: int
    article_id: str
    first_position: int
    outlet_id: str
    came_out_at: str
    is_timed: int
    digest: int
    shingles: bytes
    revision: int
    version: int
    updated_at: str
    status: str
    first_seen_at: str
    is_current: int
    title: str
    detector: str = DETECTOR

    @property
    def text(self) -> Text:
        """What is compared."""
        return Text._make(self[: len(Text._fields)])

    @property
    def rank(self) -> Rank:
        """Whether the next version takes its place is asked of this."""
        return Rank(self.revision, self.version, self.updated_at, self.status)


HEADS = "select * from fingerprints where is_current and article_id in (select value from json_each(?))"
TEXT = f"select {FIELDS} from fingerprints where position = ?"
INSERT = f"insert into fingerprints values ({', '.join('?' * len(Print._fields))})"
END = "update fingerprints set is_current = 0 where position = ?"
HELD = "select * from fingerprints where article_id = ?"


def apply(db: Connection, events: Sequence[Event]) -> None:
    """Compare each version that takes the place of another, and group what is alike; of an erased article all goes."""
    page = _Page(db, events)
    for number, event in enumerate(events, 1):
        match event.fact:
            case ArticleRecorded() as fact:
                page.add(event, fact)
            case ArticleRedacted():
                page.write()
                _erase(db, _id_of(event))
                page = _Page(db, events[number:])
    page.write()


class _Page:
    """The versions of some events, which are looked up together and written together."""

    def __init__(self, db: Connection, events: Sequence[Event]) -> None:
        self._db = db
        recorded = [(event, event.fact.article) for event in events if isinstance(event.fact, ArticleRecorded)]
        ids = msgspec.json.encode([_id_of(event) for event, _ in recorded]).decode()
        self._heads = {row[1]: Print._make(row) for row in db.execute(HEADS, (ids,))}
        self._prints = {event.position: fingerprint(article.title, article.text) for event, article in recorded}
        self._numbers = {position: postings.indexed(each.shingles) for position, each in self._prints.items()}
        self._bearers = postings.bearers(db, {number for each in self._numbers.values() for number in each})
        self._rows: dict[int, Print] = {}
        self._ended: list[tuple[int]] = []
        self._posted: set[tuple[int, int]] = set()
        self._dropped: list[tuple[int, int]] = []
        self._alike: list[tuple[int, int, float, str]] = []
        self._like: dict[int, set[str]] = {}
        self._new: set[int] = set()
        self._touched: set[str] = set()

    def add(self, event: Event, fact: ArticleRecorded) -> None:
        """Take the next version."""
        head = self._heads.get(_id_of(event))
        leads = head is None or can_lead(fact, head.rank)
        row = self._rows[event.position] = self._print(event, fact, head)._replace(is_current=int(leads))
        if leads:
            if head:
                self._end(head)
            else:
                self._new.add(row.position)
            self._heads[row.article_id] = row
            self._compare(row.text)

    def _print(self, event: Event, fact: ArticleRecorded, head: Print | None) -> Print:
        seen_at, found = utc_text(event.recorded_at), self._prints[event.position]
        first_seen_at = head.first_seen_at if head else seen_at
        is_withdrawn = isinstance(fact, ArticleReread) and head and head.status == WITHDRAWN
        at, is_timed = came_out(fact.article.published_at, first_seen_at)
        return Print(
            event.position,
            _id_of(event),
            head.first_position if head else event.position,
            _outlet_id(fact.article),
            at,
            int(is_timed),
            found.digest,
            packed(found.shingles),
            fact.revision,
            fact.article.version,
            fact.article.updated_at,
            WITHDRAWN if is_withdrawn else standing(fact),
            first_seen_at,
            0,
            fact.article.title,
        )

    def _end(self, head: Print) -> None:
        """Let a revision count no more; where it was alike something, who is left is grouped anew."""
        self._touched.add(head.article_id)
        if head.position in self._rows:
            self._rows[head.position] = head._replace(is_current=0)
        else:
            self._ended.append((head.position,))
        for number in postings.indexed(unpacked(head.shingles)):
            pair = (number, head.position)
            if pair in self._posted:
                self._posted.remove(pair)
            else:
                self._dropped.append(pair)
            if head.position in self._bearers.get(number, ()):
                self._bearers[number].remove(head.position)

    def _compare(self, text: Text) -> None:
        """Find what is alike among those that share a number, and let later ones find this one."""
        shared: Counter[int] = Counter()
        for number in self._numbers[text.position]:
            held = self._bearers[number]
            if held:
                shared.update(held)
            if len(held) < postings.MOST_BEARERS:
                held.append(text.position)
                self._posted.add((number, text.position))
        nearest = sorted(shared, key=lambda position: (-shared[position], position))[:MOST_COMPARED]
        for other in map(self._text, nearest):
            if are_alike(text, other):
                self._alike.append((text.position, other.position, similarity(text, other), DETECTOR))
                self._like.setdefault(text.position, set()).add(other.article_id)

    def _text(self, position: int) -> Text:
        row = self._rows.get(position)
        return row.text if row else Text._make(self._db.execute(TEXT, (position,)).fetchone())

    def write(self) -> None:
        """Write what was taken, and group anew what it changed."""
        self._db.executemany(INSERT, self._rows.values())
        self._db.executemany(END, self._ended)
        self._db.executemany("insert into near_duplicates values (?, ?, ?, ?)", self._alike)
        postings.drop(self._db, self._dropped)
        postings.add(self._db, self._posted, len(self._rows))
        for position, others in self._like.items():
            self._join(self._rows[position], others)
        members.group(self._db, self._touched)

    def _join(self, row: Print, others: set[str]) -> None:
        """Add an article to a cluster, or have it grouped with whatever it is like."""
        is_alone = row.position in self._new and bool(row.is_current) and self._touched.isdisjoint(others)
        if not (is_alone and members.join(self._db, row.text, others, row.detector)):
            self._touched |= {row.article_id, *others}


def _erase(db: Connection, identifier: str) -> None:
    """Remove all that there is of an article, and let the rest of its cluster stand by itself."""
    held = [Print._make(row) for row in db.execute(HELD, (identifier,))]
    postings.drop(
        db, [(number, each.position) for each in held for number in postings.indexed(unpacked(each.shingles))]
    )
    for column in ("position", "other_position"):
        statement = f"delete from near_duplicates where {column} = ?"
        db.executemany(statement, [(each.position,) for each in held])
    db.execute("delete from fingerprints where article_id = ?", (identifier,))
    members.group(db, {identifier})


def _outlet_id(article: Article) -> str:
    """The source that an article came out in; a credit or a byline may stand below a text that anybody carries."""
    source = source_of(article)
    return source.id if source.rule in OUTLET_RULES else ""


def _id_of(event: Event) -> str:
    return event.stream.removeprefix("article/")


VIEW = View(
    name="clusters",
    version=1,
    tables=("fingerprints", "near_duplicates", "cluster_members"),
    schema=SCHEMA,
    apply=apply,
    types=ARTICLE_TYPES | {"article-redacted"},
)
