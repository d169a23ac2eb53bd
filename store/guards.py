"""The triggers that keep a log append-only: they can stand aside for one transaction, and come back word for word."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from .errors import StoreUnsafe
from .sqlite import Connection


@contextmanager
def lifted(connection: Connection, names: Sequence[str] = ()) -> Iterator[None]:
    """Lift triggers for the block, inside the transaction that the caller holds: those of these names, else all.

    Raises:
        StoreUnsafe: they did not come back as they were; the caller rolls back.
    """
    guards = _guards(connection, names)
    for name in guards:
        connection.execute(f'drop trigger "{name}"')
    yield
    for definition in guards.values():
        connection.execute(definition)
    if _guards(connection, names) != guards:
        raise StoreUnsafe("the log would not be append-only any more: nothing was changed")


def _guards(connection: Connection, names: Sequence[str]) -> dict[str, str]:
    found = dict(connection.execute("select name, sql from sqlite_master where type = 'trigger' order by name"))
    return {name: sql for name, sql in found.items() if not names or name in names}
