"""authors and revision_authors: who is credited in which revision; written by the view of the revisions."""

from collections.abc import Iterable

from presslog.handlers.article import Article
from presslog.store.names import normalized
from presslog.store.sqlite import Connection

SCHEMA = (
    """
    create table authors ( -- everybody who was ever credited
      id text primary key, -- the name in lower case without marks: spellings of one name are one author
      name text not null, -- as it was written first
      first_position integer not null
    ) strict
    """,
    """
    create table revision_authors ( -- who is credited in a revision
      position integer not null, -- of the revision
      number integer not null, -- 1, 2, 3 in the order of the byline
      author_id text not null references authors (id),
      name text not null, -- as it is written there
      role text not null, -- byline, with_assistance, editor, photographer
      primary key (position, number)
    ) strict, without rowid
    """,
    "create index revision_authors_author on revision_authors (author_id)",
)

FIRST = """
insert into authors select author_id, name, position from revision_authors
where author_id = ? order by position, number limit 1
"""


def credit(db: Connection, articles: Iterable[tuple[int, Article]]) -> None:
    """Write the authors of revisions, each given by the position of its event."""
    rows = [
        (position, number, normalized(author.name), author.name, author.role)
        for position, article in articles
        for number, author in enumerate(article.authors, 1)
    ]
    first = {author_id: (author_id, name, position) for position, _, author_id, name, _ in reversed(rows)}
    db.executemany("insert or ignore into authors values (?, ?, ?)", first.values())
    db.executemany("insert into revision_authors values (?, ?, ?, ?, ?)", rows)


def uncredit(db: Connection, article_id: str) -> None:
    """Remove the credits of an article; whoever is credited elsewhere is called as they are called there first."""
    erased = "position in (select position from revisions where article_id = :id)"
    named = db.execute(f"select distinct author_id from revision_authors where {erased}", {"id": article_id}).fetchall()
    db.execute(f"delete from revision_authors where {erased}", {"id": article_id})
    db.executemany("delete from authors where id = ?", named)
    db.executemany(FIRST, named)
