"""The past: the tables of a store as they were at a position, by one range predicate and no copy.

A temporary ``revisions`` hides the real one from the connection, and every SQL view that is made from it (articles,
changes, sources …) is made once more over that: each statement then answers as of the position. In the same way every
revision can be made to count as an article.
"""

from typing import NamedTuple

from .errors import BadQuery
from .sqlite import Connection

ENDS = ("valid_to_position", "valid_to_at")
ENDED_BY = "case when valid_to_position <= {position} then {column} end as {column}"
NEVER_ENDED = "null as {column}"
# A revision is valid from its position, which every index holds. The plus keeps SQLite from walking through the table
# itself by position, with all its texts, where an index would do.
REVISIONS = """
create temp view revisions as
select {columns} from main.revisions where +position <= {position} {as_read_last}
"""
AS_READ_LAST = """
and position = (
  select max(again.position) from main.revisions as again
  where again.article_id = revisions.article_id and again.revision = revisions.revision
    and again.position <= {position}
)
"""
ERASURES = "create temp view erasures as select * from main.erasures where position <= {position}"
LAST_BY = """
select position from main.revisions where valid_from_at <= ? order by valid_from_at desc, position desc limit 1
"""
CREATE_VIEW = "CREATE VIEW"
"""SQLite keeps a definition with these words in front, however it was written."""


class Past(NamedTuple):
    """What the archive knew: at a position, or by a moment of UTC in RFC 3339, which is its last position then."""

    position: int = 0
    at: str = ""


def reached(connection: Connection) -> int:
    """The position that every live view has reached; 0 where none is live."""
    statement = "select ifnull(min(position), 0) from main.checkpoints where state = 'live'"
    return int(connection.execute(statement).fetchone()[0])


def position_of(connection: Connection, past: Past) -> int:
    """The position that a Past means; where the clock was set back, the newest time by then decides.

    Raises:
        BadQuery: the views have not come so far.
    """
    if past.at:
        found = connection.execute(LAST_BY, (past.at,)).fetchone()
        return int(found[0]) if found else 0
    head = reached(connection)
    if past.position > head:
        raise BadQuery(f"position {past.position} is not reached yet: the archive stands at {head}")
    return past.position


def hide(connection: Connection, *, after: int, every_revision: bool = False) -> None:
    """Let the connection see no revision after a position; and each of them as an article, where that is asked.

    Only what is made from revisions and erasures has a past: files and failures are as they are now.
    """
    ended = NEVER_ENDED if every_revision else ENDED_BY
    names = [row[1] for row in connection.execute("pragma main.table_info(revisions)")]
    columns = ", ".join(ended.format(position=after, column=name) if name in ENDS else name for name in names)
    as_read_last = AS_READ_LAST.format(position=after) if every_revision else ""
    views = connection.execute("select sql from main.sqlite_master where type = 'view' order by rowid").fetchall()
    connection.execute("pragma query_only = 0")
    connection.execute(REVISIONS.format(columns=columns, position=after, as_read_last=as_read_last))
    connection.execute(ERASURES.format(position=after))
    for (sql,) in views:
        connection.execute(f"create temp view {sql.removeprefix(CREATE_VIEW)}")
    connection.execute("pragma query_only = 1")
