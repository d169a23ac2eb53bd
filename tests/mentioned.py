"""Mentions for tests: what the articles of a store mention is what a test says, whatever finds mentions otherwise."""

from contextlib import closing
from pathlib import Path

from presslog.handlers.views import INSIGHTS
from presslog.store.insight import insight_link, made_insight_folder
from presslog.store.log import EventLog
from presslog.store.sqlite import connect, connect_readonly
from presslog.store.views import Views

SAY = """
insert into mentions (position, article_id, number, kind, text, name, start_char, end_char, sentence_no, confidence,
  rule, detector)
values (:position, :article_id, :number, :kind, :name, :name, 0, 0, 0, 1, 'test', 'test/1')
"""
HEADS = "select title, position, article_id from revisions where valid_to_position is null"

Said = tuple[str, str]
"""Kind and name."""


def derived(store: Path, log: EventLog) -> None:
    """Bring what articles say to the head of the log."""
    with closing(Views(made_insight_folder(store), INSIGHTS, log)) as views:
        views.open()
        views.catch_up()


def mention(store: Path, **said: list[Said]) -> None:
    """Let the current revisions of articles mention just this, by the first word of their titles in small letters."""
    with closing(connect_readonly(store / "views.db")) as views:
        heads = {title.split()[0].casefold(): row for title, *row in views.execute(HEADS)}
    with closing(connect(insight_link(store))) as connection:
        for word, names in said.items():
            position, article_id = heads[word]
            connection.execute("delete from mentions where article_id = ?", (article_id,))
            for number, (kind, name) in enumerate(names):
                row = {"position": position, "article_id": article_id, "number": number, "kind": kind, "name": name}
                connection.execute(SAY, row)
