"""The questions that people ask of a store, answered from its views without writing anything."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from .asking import matching
from .erasures import refuse_erased
from .errors import AmbiguousId, NotFound
from .filters import Conditions
from .names import INSIGHT, article_id, bindable, escape_path, path_bytes
from .past import Past
from .search import DEFAULT, Found, Wish, asked, search
from .sources import all_sources
from .sqlite import Connection, connect_readonly
from .tables import Row, Tables, with_lists

CANDIDATES_SHOWN = 10
PAGE_IDS = 5_000
"""Words are looked up once a page; so many ids take 1 MB."""
EXPORT_COLUMNS = """
id, uri, url, feed, path, format, title, byline, authors, published_at, published_precision, updated_at, source,
language, text, revision, status, content_hash, first_position, last_position, subtitle, dateline, section, keywords,
description, published_raw, first_seen_at, last_seen_at, revision_count, version, word_count, ednote, copyright, credit,
slugline, located, urgency, subjects, embargoed_until, inside, language_rule, language_confidence, head_position,
source_id, source_rule
"""
SCHEMAS = {"views": "main", "insight": INSIGHT}
HISTORY_COLUMNS = """
revision, position, valid_from_position, valid_to_position, valid_from_at, valid_to_at, change_kind, changed,
  title, subtitle, byline, word_count, version, published_at, updated_at, content_hash, digest, feed, path, ednote,
  slugline, event_id, article_id, inside, status, from_revision, salience, is_silent, change_note,
  headline_changed, numbers_changed, quotes_changed, names_changed, sentences_added, sentences_removed,
  sentences_changed
"""


class Answers:
    """The open views of a store; every method is one question, answered as of now or as of a moment in the past.

    Questions that stand in files of their own take ``tables``. All raise StoreUnsafe where the views are damaged or of
    another version.
    """

    def __init__(
        self, folder: Path, past: Past | None = None, *, every_revision: bool = False, with_insight: bool = False
    ) -> None:
        """Open ``<folder>/views.db``; with ``every_revision`` each revision counts as an article.

        Raises:
            NoSuchStore: there is none, or, ``with_insight``, what articles say is not derived yet.
            BadQuery: the views have not come so far as ``past``.
        """
        self._folder = folder
        self.tables = Tables(folder, past, every_revision=every_revision, with_insight=with_insight)

    def __enter__(self) -> "Answers":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self.tables.close()

    def search(
        self, text: str, wish: Wish = DEFAULT, *, since: str = "", until: str = "", now: datetime | None = None
    ) -> Found:
        """Current articles for a query in the language of ``query.py``; BadQuery where it cannot be understood."""
        with self.tables:
            return search(self.tables, asked(text, since, until), wish, now or datetime.now(UTC))

    def export(self, text: str = "", *, since: str = "", until: str = "", now: datetime | None = None) -> Iterator[Row]:
        """Every current article that matches, in the order of the log, one at a time; all where nothing is asked."""
        where, values = self._matching(text, since, until, now)
        statement = f"select {EXPORT_COLUMNS} from articles where {where} order by head_position"
        return map(with_lists, self.tables.rows(statement, **values))

    def count(self, text: str = "", *, since: str = "", until: str = "", now: datetime | None = None) -> int:
        """How many current articles match; all where nothing is asked."""
        where, values = self._matching(text, since, until, now)
        return int(self.tables.tuples(f"select count(*) from articles where {where}", **values)[0][0])

    def ids(self, text: str = "", *, page: int = PAGE_IDS, now: datetime | None = None) -> Iterator[str]:
        """The ids of the same, those of one file beside each other; however long it takes, no state is held.

        What is revised or read anew meanwhile moves to the end of the log, and is not named once more.
        """
        where, values = self._matching(text, "", "", now)
        statement = f"""
        select head_position, id from articles where head_position > :after and head_position <= :last and {where}
        order by head_position limit :page
        """
        after, values = 0, values | {"last": self.tables.tuples("select max(position) from revisions")[0][0]}
        while found := self.tables.tuples(statement, after=after, page=page, **values):
            after = found[-1][0]
            yield from (identifier for _, identifier in found)

    def _matching(self, text: str, since: str, until: str, now: datetime | None) -> Conditions:
        return matching(self.tables, text, now or datetime.now(UTC), since=since, until=until)

    def resolve(self, name: str) -> str:
        """The id of the article that a name means: id or its beginning, uri, or feed/path.

        Raises:
            NotFound: nothing answers to the name; Erased, where what did was erased by order.
            AmbiguousId: several do; the message lists them with their titles.
        """
        for candidates in (self._by_id, self._by_uri, self._by_path):
            found = candidates(name)
            if len(found) > 1:
                raise AmbiguousId(_ambiguity(name, found))
            if found:
                return str(found[0]["id"])
        refuse_erased(self.tables, name)
        raise NotFound(f"no article answers to {name!r}: `presslog search` lists ids, the beginning of one is enough")

    def _by_id(self, name: str) -> list[Row]:
        low = "art_" + name.casefold().removeprefix("art_")
        if low == "art_" or not low.isascii():
            return []
        statement = "select id, title from articles where id >= :low and id < :high order by id limit :most"
        return list(self.tables.rows(statement, low=low, high=low + "~", most=CANDIDATES_SHOWN + 1))

    def _by_uri(self, name: str) -> list[Row]:
        return list(self.tables.rows("select id, title from articles where id = :id", id=article_id(name)))

    def _by_path(self, name: str) -> list[Row]:
        """Articles read from that path, or from what is inside it; else that of the same bytes under another path."""
        feed, _, path = name.partition("/")
        names = {"feed": bindable(feed), "path": bindable(path), "most": CANDIDATES_SHOWN + 1}
        names["escaped"] = escape_path(path_bytes(path))
        names["bundle"], _, names["inside"] = map(bindable, path.partition("!/"))
        read = """
        select id, title from articles where feed = :feed and path in (:path, :escaped)
        union all
        select id, title from articles where :inside > '' and feed = :feed and path = :bundle and inside = :inside
        limit :most
        """
        copied = """
        select articles.id, articles.title from files join articles on articles.id = files.article_id
        where files.feed = :feed and files.path in (:path, :escaped) limit :most
        """
        return list(self.tables.rows(read, **names)) or list(self.tables.rows(copied, **names))

    def article(self, identifier: str) -> Row:
        """The current revision of an article, whole; ``authors``, ``keywords``, ``subjects`` and ``tail`` are lists."""
        row = self.tables.row("select * from articles where id = :id", id=identifier)
        if row is None:
            raise NotFound(f"there is no article {identifier}: `presslog search` lists ids")
        return with_lists(row)

    def revision(self, identifier: str, number: int | None = None) -> Row:
        """One revision of an article, the current one where none is named, with all that is known of both.

        What it says is as it was then; status and revision_count are those of the article.
        """
        article = self.article(identifier)
        statement = (
            "select * from revisions where article_id = :id and revision = :number order by position desc limit 1"
        )
        number = article["revision"] if number is None else number
        row = self.tables.row(statement, id=identifier, number=number)
        if row is None:
            raise NotFound(f"article {identifier} has no revision {number}: `presslog history {identifier}` lists them")
        # An old revision of a withdrawn article is withdrawn as well.
        return article | {key: value for key, value in with_lists(row).items() if key != "status"}

    def history(self, identifier: str) -> list[Row]:
        """The revisions of an article without their texts, oldest first."""
        statement = f"select {HISTORY_COLUMNS} from revisions where article_id = :id order by revision, position"
        return list(self.tables.rows(statement, id=identifier))

    def unread_file_count(self) -> int:
        """How many files hold parts that were left unread."""
        return int(self.tables.tuples("select count(*) from files where unread_count > 0")[0][0])

    def file_counts(self) -> dict[str, int]:
        """How many paths ended how: ``read``, ``copy``, ``refused``, ``removed``."""
        return dict(self.tables.tuples("select outcome, count(*) from files group by outcome"))

    def failures(self, *, with_resolved: bool = False) -> list[Row]:
        """Files that could not be read, the newest first; those that ended well only where asked."""
        which = "" if with_resolved else "where resolved_at is null"
        return list(self.tables.rows(f"select * from failures {which} order by last_position desc"))

    def failure(self, number: int) -> Row:
        """One failure by its number."""
        row = self.tables.row("select * from failures where id = :id", id=number)
        if row is None:
            raise NotFound(f"there is no failure {number}: `presslog failures --all` lists them")
        return row

    def sources(self) -> list[Row]:
        """Agencies and papers with their counts, the largest first; an article counts once, under that of its head."""
        return all_sources(self.tables)

    def article_count(self) -> int:
        """How many articles there are."""
        return int(self.tables.tuples("select count(*) from articles")[0][0])

    def checkpoints(self) -> list[Row]:
        """How far each view has come, by name; ``file`` is ``views``, or ``insight`` where those stand beside them."""
        files = ("views", "insight") if self.tables.with_insight else ("views",)
        each = [f"select *, '{file}' as file from {SCHEMAS[file]}.checkpoints" for file in files]
        return list(self.tables.rows(f"{' union all '.join(each)} order by file desc, view"))

    def as_of(self) -> int:
        """The position that the answers are as of: that of the past, else what every live view has reached."""
        return self.tables.reached()

    @property
    def is_past(self) -> bool:
        """Whether the answers are those of the past."""
        return self.tables.as_of is not None

    def schema(self, file: str = "views") -> list[tuple[str, str]]:
        """Name and definition, with its comments, of every table and SQL view that people may query, of either file."""
        statement = f"""
        select name, sql from {SCHEMAS[file]}.sqlite_master
        where type in ('table', 'view') and sql is not null and name not like 'sqlite_%'
          and name not glob '*_fts_*' and name not glob 'revisions_grams_*'
        order by type = 'table', name like '%_fts' or name = 'revisions_grams', rowid
        """
        return self.tables.tuples(statement)


def waiting(folder: Path) -> list[Row]:
    """Files that are not complete or not readable yet, as intake.db has them; none where there is no intake.db."""
    path = folder / "intake.db"
    if not path.exists():
        return []
    connection = connect_readonly(path)
    try:
        return list(waiting_rows(connection))
    finally:
        connection.close()


def waiting_rows(intake: Connection) -> Iterator[Row]:
    """The same from an open intake.db, one at a time, the longest first."""
    statement = """
    select feed, folder, name, size_bytes, code, reason, attempts, since_at
    from files where state = 'waiting' order by since_at
    """
    return (_waiting(*row) for row in intake.execute(statement))


def _waiting(feed: str, folder: bytes, name: bytes, size_bytes: int, code: str, *rest: Any) -> Row:
    path = folder + b"/" + name if folder else name
    reason, attempts, since_at = rest
    row: Row = {"path": f"{feed}/{escape_path(path)}", "size_bytes": size_bytes, "code": code, "reason": reason}
    return row | {"attempts": attempts, "since_at": since_at}


def _ambiguity(name: str, found: list[Row]) -> str:
    lines = [f"  {row['id']}  {row['title']}" for row in found[:CANDIDATES_SHOWN]]
    more = ["  …"] if len(found) > CANDIDATES_SHOWN else []
    return "\n".join([f"{name!r} fits several articles; write more of the id:", *lines, *more])
