"""Saved searches in other commands: the options --save and --saved, and the words that mean a search."""

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import click

from .options import reading_settings
from .output import say
from .past import asked_past

if TYPE_CHECKING:
    from pathlib import Path

    from presslog.config.settings import Settings
    from presslog.store.tables import Tables

_Decorated = TypeVar("_Decorated", bound=Callable[..., Any])
_META = "presslog.saved."
LOOKED = "looked"
"""The kind of delivery that a person is who looks."""
SEEN_SECONDS = 5.0
POLL_SECONDS = 0.02


class Meant(NamedTuple):
    """A search that somebody asked for: its query, and its name where it is saved."""

    query: str
    name: str = ""


def _remember(context: click.Context, parameter: click.Parameter, value: Any) -> None:
    if value is not None:
        context.meta[_META + str(parameter.name)] = value


def saved(function: _Decorated) -> _Decorated:
    """Add --save and --saved to a command; ``asked_query`` says what they make of its words."""
    keep = click.option(
        "--save", metavar="NAME", expose_value=False, callback=_remember, help="Save the query under this name."
    )
    use = click.option(
        "--saved", metavar="NAME", expose_value=False, callback=_remember, help="Ask a saved search, and more words."
    )
    return keep(use(function))


def asked_query(words: Sequence[str]) -> str:
    """The query of a command with these words: what is saved is laid before them, or they are saved now."""
    context = click.get_current_context()
    name, keep = context.meta.get(_META + "saved"), context.meta.get(_META + "save")
    text = " ".join(words)
    if name is None and keep is None:
        return text
    settings = reading_settings()
    if name is not None:
        text = " ".join([_looked_at(settings.store_folder, name), *words])
    if keep is not None:
        _save(settings, keep, _with_times(text, context.params))
    return text


def meant(tables: "Tables", words: Sequence[str], name: str | None) -> Meant:
    """The search that a command is about: the one of a name, else the query of the words.

    Raises:
        NotFound: nothing is saved under the name.
    """
    from presslog.store.searches import find_saved, saved_search

    if name is not None:
        return Meant(saved_search(tables, name).query, name)
    found = find_saved(tables, words[0]) if len(words) == 1 else None
    if found:
        return Meant(found.query, found.name)
    if not words:
        raise click.UsageError("name a saved search, as `presslog searches` lists them, or write a query")
    return Meant(" ".join(words))


def look(folder: "Path", tables: "Tables", name: str) -> None:
    """Remember that somebody saw all that a search finds now; where the store cannot be written, nothing is kept."""
    from presslog.store.cursors import Cursor, CursorFile
    from presslog.store.errors import StorageFailed
    from presslog.store.hits import settled

    try:
        CursorFile(folder, name, LOOKED).write(Cursor(settled(tables), log_id(tables), time.time()))
    except StorageFailed:
        return


def log_id(tables: "Tables") -> str:
    """The log that the tables were built from."""
    return str(tables.tuples("select value from meta where name = 'log_id'")[0][0])


def wait_for(folder: "Path", position: int, *, with_insight: bool = False) -> bool:
    """Wait a moment until the views have come to a position, and say whether: who asks next finds what was done now."""
    from presslog.store.queries import Answers

    deadline = time.monotonic() + SEEN_SECONDS
    while time.monotonic() < deadline:
        with Answers(folder, with_insight=with_insight) as answers:
            if answers.as_of() >= position:
                return True
        time.sleep(POLL_SECONDS)
    return False


def _looked_at(folder: "Path", name: str) -> str:
    from presslog.store.queries import Answers
    from presslog.store.searches import saved_search

    with Answers(folder) as answers:
        found = saved_search(answers.tables, name)
        if asked_past() is None:
            look(folder, answers.tables, name)
    return found.query


def _with_times(text: str, options: dict[str, Any]) -> str:
    """The query with what --since and --until say of it, which is part of it once it is saved."""
    times = [f'{key}:"{options[key]}"' for key in ("since", "until") if options.get(key)]
    return " ".join([text, *times])


def _save(settings: "Settings", name: str, text: str) -> None:
    from presslog.daemon.saved import SaveSearch
    from presslog.store.names import bindable

    from .ask import asking

    query = bindable(text)
    with asking(settings) as ask:
        fate = ask("save-search", SaveSearch(name, query))
    wait_for(settings.store_folder, fate["position"])
    how = {"saved": "saved as", "replaced": "saved in place of the old", "same": "saved already as"}[fate["state"]]
    say(f"{how} {name}: {query}\nNext:  presslog watch {name}, presslog feed {name}, presslog searches")


def now() -> datetime:
    """This moment, for times in queries."""
    return datetime.now(UTC)
