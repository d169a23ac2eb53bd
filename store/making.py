"""What a view owns in a generation: made, recorded by name, and dropped whole, so that one view can be made anew."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from .sqlite import Connection
from .times import now_text

if TYPE_CHECKING:
    from .generation import View

SCHEMA = """
create table objects ( -- which view made which table and index
  number integer primary key,
  view text not null,
  type text not null, -- table, virtual, index, view, trigger
  name text not null unique
) strict
"""
FOUND = """
select coalesce(tables.type, master.type), master.name
from sqlite_master as master
left join pragma_table_list as tables on tables.schema = 'main' and tables.name = master.name
where master.name not like 'sqlite\\_%' escape '\\'
order by master.rowid
"""
ORDER = ("trigger", "view", "index", "virtual", "table")
"""What stands on others goes first; a virtual table takes its shadow tables with it."""


def make_view(connection: Connection, view: "View") -> None:
    """Make a view's tables, note which they are, and set its checkpoint to the beginning of the log."""
    before = set(_found(connection))
    for statement in view.schema:
        connection.execute(statement)
    made = [(view.name, *each) for each in _found(connection) if each not in before]
    connection.executemany("insert into objects (view, type, name) values (?, ?, ?)", made)
    row = (view.name, view.version, 0, "", "live", "", now_text())
    connection.execute("insert into checkpoints values (?, ?, ?, ?, ?, ?, ?)", row)


def drop_views(connection: Connection, names: Iterable[str]) -> frozenset[str]:
    """Drop what these views own, and any view that loses an index or a trigger by it; all that were dropped."""
    dropped: set[str] = set()
    waiting = set(names)
    while waiting:
        name = waiting.pop()
        for kind, each in _owned(connection, name):
            connection.execute(f'drop {"table" if kind == "virtual" else kind} if exists "{each}"')
        connection.execute("delete from objects where view = :name", {"name": name})
        connection.execute("delete from checkpoints where view = :name", {"name": name})
        dropped.add(name)
        waiting |= _robbed(connection) - dropped
    return frozenset(dropped)


def has_objects(connection: Connection) -> bool:
    """Whether the file says which view owns what; one of an older presslog does not."""
    return bool(connection.execute("select 1 from sqlite_master where name = 'objects'").fetchone())


def _owned(connection: Connection, name: str) -> list[tuple[str, str]]:
    rows = connection.execute("select type, name from objects where view = ? order by number desc", (name,)).fetchall()
    return sorted(rows, key=lambda row: ORDER.index(row[0]))


def _robbed(connection: Connection) -> set[str]:
    query = "select view from objects where name not in (select name from sqlite_master)"
    return {view for (view,) in connection.execute(query)}


def _found(connection: Connection) -> list[tuple[str, str]]:
    return [(kind, name) for kind, name in connection.execute(FOUND) if kind != "shadow"]
