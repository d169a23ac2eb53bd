"""Asking for work on the store: of the daemon that writes it, or, where none runs, done here in the same way."""

import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import msgspec

    from presslog.config.settings import Settings


def ask(settings: "Settings", request: str, fields: "msgspec.Struct") -> Any:
    """Have one of daemon/requests.py done, and return its answer as JSON gives it.

    Raises:
        StoreLocked: a process writes the store that cannot be asked.
    """
    from presslog.daemon.control import call
    from presslog.store.errors import StoreLocked
    from presslog.store.lock import owner

    pid = owner(settings.store_folder)
    if pid is None:
        return _done_here(settings, request, fields)
    try:
        return call(settings.store_folder, request, fields)
    except PermissionError as error:
        raise StoreLocked(
            f"pid {pid} writes {settings.store_folder}, and only root and its own user may ask it: sudo presslog …"
        ) from error
    except OSError as error:
        raise StoreLocked(
            f"pid {pid} writes {settings.store_folder} and cannot be asked ({error.strerror or error}): "
            "it is starting, or a command that will soon end; try again"
        ) from error


def _done_here(settings: "Settings", request: str, fields: "msgspec.Struct") -> Any:
    import msgspec

    from presslog.daemon.assemble import assemble
    from presslog.daemon.control import operator
    from presslog.daemon.drain import Watched
    from presslog.daemon.requests import do

    parts = assemble(settings, Watched(_unsaid, _unsaid, _unsaid))
    try:
        answer = do(parts, request, msgspec.json.encode(fields), operator(os.getuid()))
        parts.views.open()
        parts.views.catch_up()
        return msgspec.json.decode(msgspec.json.encode(answer))
    finally:
        parts.close()


def _unsaid(*_: object) -> None:
    """The answer comes back as a value, and nothing is watched."""
