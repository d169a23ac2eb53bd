"""What is remembered: events, raw bytes, and the views read from them.

The names below are for programs that read a store; each is imported when it is asked for, so that no command pays for
what it does not use.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .errors import PresslogError
    from .events import Event, read_event
    from .log import EventLog, Stored
    from .opening import open_log
    from .past import Past
    from .queries import Answers
    from .query import Query, parse
    from .sandbox import Table, run_sql
    from .search import Found, Hit, Wish

__all__ = [
    "Answers",
    "Event",
    "EventLog",
    "Found",
    "Hit",
    "Past",
    "PresslogError",
    "Query",
    "Stored",
    "Table",
    "Wish",
    "open_log",
    "parse",
    "read_event",
    "run_sql",
]

_HOMES = {
    **dict.fromkeys(("PresslogError",), "errors"),
    **dict.fromkeys(("Event", "read_event"), "events"),
    **dict.fromkeys(("EventLog", "Stored"), "log"),
    **dict.fromkeys(("open_log",), "opening"),
    **dict.fromkeys(("Past",), "past"),
    **dict.fromkeys(("Answers",), "queries"),
    **dict.fromkeys(("Query", "parse"), "query"),
    **dict.fromkeys(("Table", "run_sql"), "sandbox"),
    **dict.fromkeys(("Found", "Hit", "Wish"), "search"),
}
"""Name -> the module of this room that defines it."""


def __getattr__(name: str) -> object:
    """Import a public name from its module (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOMES[name]}", __name__), name)


def __dir__() -> list[str]:
    """The public names."""
    return __all__
