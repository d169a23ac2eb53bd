"""erasures: articles whose content was erased by order; their rows leave the revisions, and all that stands on them."""

from presslog.store.events import ArticleRedacted, Event
from presslog.store.sqlite import Connection
from presslog.store.times import utc_text

from . import authors

SCHEMA = (
    """
    create table erasures ( -- articles whose content was erased by order
      position integer primary key, -- of the event that says so
      article_id text not null,
      revision integer not null, -- the last one that there was
      reason text not null,
      erased_at text not null
    ) strict
    """,
    "create index erasures_article on erasures (article_id)",
)


def erase(db: Connection, event: Event, fact: ArticleRedacted) -> None:
    """Remove all that there is of an article; what comes later of it begins anew."""
    article_id = event.stream.removeprefix("article/")
    authors.uncredit(db, article_id)
    db.execute("delete from revisions where article_id = ?", (article_id,))
    row = (event.position, article_id, fact.revision, fact.reason, utc_text(event.recorded_at))
    db.execute("insert into erasures values (?, ?, ?, ?, ?)", row)
