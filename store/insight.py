"""What articles say: views in a file of their own below the store, attached beside the others where they are asked."""

from contextlib import closing, suppress
from pathlib import Path

from .errors import NoSuchStore, PresslogError
from .names import INSIGHT, LINK, normalized
from .past import CREATE_VIEW
from .sqlite import Connection, attach_readonly, connect_readonly
from .whole import hand_over, on_disk

HIDDEN = "create temp view {name} as select * from insight.{name} where position <= {position}"
TABLES = "select name from insight.sqlite_master where type = 'table' and name not like 'sqlite_%'"
VIEWS = "select sql from insight.sqlite_master where type = 'view' order by rowid"
HAS_POSITION = "select 1 from pragma_table_info(?, 'insight') where name = 'position'"
RUNTIME = ("meta", "checkpoints", "objects")
"""Tables of every generation, which stand in both files."""
REACHED = "select ifnull(min(position), 0) from {}.checkpoints where state = 'live'"


def insight_folder(store: Path) -> Path:
    """Where these views stand in a store."""
    return store / INSIGHT


def insight_link(store: Path) -> Path:
    """What readers open; the rows there stand for revisions, by the positions of their events."""
    return store / INSIGHT / LINK


def made_insight_folder(store: Path) -> Path:
    """The folder, made where it is missing: it belongs to whom the store belongs to, and has its rights.

    ``insight.db`` in the store leads there, for whoever opens the file with other tools.
    """
    folder, link = insight_folder(store), store / f"{INSIGHT}.db"
    with on_disk(store):
        if not folder.exists():
            folder.mkdir(mode=store.stat().st_mode & 0o777)
            hand_over(folder)
        if not link.is_symlink():
            link.symlink_to(f"{INSIGHT}/{LINK}")
            hand_over(link)
    return folder


def derived_to(store: Path) -> int:
    """How far what articles say is derived; 0 where it is not, or cannot be read now."""
    with suppress(PresslogError), closing(connect_readonly(insight_link(store))) as connection:
        return int(connection.execute(REACHED.format("main")).fetchone()[0])
    return 0


def attach_insight(connection: Connection, folder: Path) -> None:
    """Attach it as ``insight``, with the function ``normalized``, by which its names are compared.

    Raises:
        NoSuchStore: it is not derived yet.
    """
    path = insight_link(folder)
    if not path.exists():
        raise NoSuchStore(_missing(folder))
    attach_readonly(connection, path, INSIGHT)
    connection.create_function("normalized", 1, _normalized, deterministic=True)


def _normalized(value: object) -> str | None:
    return normalized(value) if isinstance(value, str) else None


def _missing(store: Path) -> str:
    from .rebuild import running

    found = running(insight_folder(store))
    if found and found.pid:
        return (
            f"what the articles of {store} say is being derived, and has come to #{found.position}: ask a little later"
        )
    return (
        f"what the articles of {store} say is not derived yet: start `presslog run`, "
        "or `presslog views rebuild`; insight = false keeps it from being derived"
    )


def insight_reached(connection: Connection) -> int:
    """The position that every live view of it has reached; 0 where none is live."""
    return int(connection.execute(REACHED.format(INSIGHT)).fetchone()[0])


def hide_insight(connection: Connection, *, after: int) -> None:
    """Let the connection see nothing of revisions after a position."""
    names = [name for (name,) in connection.execute(TABLES) if name not in RUNTIME]
    dated = [name for name in names if connection.execute(HAS_POSITION, (name,)).fetchone()]
    views = connection.execute(VIEWS).fetchall()
    connection.execute("pragma query_only = 0")
    for name in dated:
        connection.execute(HIDDEN.format(name=name, position=after))
    for (sql,) in views:
        connection.execute(f"create temp view {sql.removeprefix(CREATE_VIEW)}")
    connection.execute("pragma query_only = 1")
