"""authors and article_authors: who is credited where; written by the articles view, whose head they follow."""

from presslog.handlers.article import Article
from presslog.store.names import normalized
from presslog.store.sqlite import Connection

SCHEMA = (
    """
    create table authors (
      id text primary key,
      name text not null,
      normalized text not null,
      first_position integer not null,
      last_position integer not null
    ) strict
    """,
    """
    create table article_authors (
      article_id text not null references articles (id),
      position integer not null,
      author_id text not null references authors (id),
      role text not null,
      raw text not null,
      primary key (article_id, position)
    ) strict
    """,
    "create index article_authors_author on article_authors (author_id)",
)


def forget(db: Connection, article_id: str) -> None:
    """Drop the authors of a revision that no longer leads."""
    db.execute("delete from article_authors where article_id = ?", (article_id,))


def credit(db: Connection, article_id: str, article: Article, *, position: int) -> None:
    """Write the authors of an article's current revision; ``position`` is that of its event."""
    for number, author in enumerate(article.authors, 1):
        author_id = normalized(author.name)
        db.execute(
            """
            insert into authors values (:id, :name, :id, :position, :position)
            on conflict (id) do update set last_position = :position
            """,
            {"id": author_id, "name": author.name, "position": position},
        )
        row = (article_id, number, author_id, author.role, article.byline)
        db.execute("insert into article_authors values (?, ?, ?, ?, ?)", row)
