"""Asking for work on the store: of the daemon that writes it, or, where none runs, done here in the same way."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import msgspec

    from presslog.config.settings import Settings
    from presslog.daemon.assemble import Parts

Ask = Callable[[str, "msgspec.Struct"], Any]
"""Has one of daemon/requests.py done with these fields; the answer as JSON gives it."""


@contextmanager
def asking(settings: "Settings") -> "Iterator[Ask]":
    """Somebody to ask, one request after the other; between two of them a daemon reads what arrived meanwhile.

    Raises:
        StoreLocked: a process writes the store that cannot be asked.
    """
    from presslog.store.lock import owner

    pid = owner(settings.store_folder)
    if pid is None:
        with _ourselves(settings) as ask:
            yield ask
    else:
        yield _daemon(settings, pid)


def _daemon(settings: "Settings", pid: int) -> Ask:
    from presslog.daemon.control import call
    from presslog.store.errors import StoreLocked

    def ask(request: str, fields: "msgspec.Struct") -> Any:
        try:
            return call(settings.store_folder, request, fields)
        except PermissionError as error:
            raise StoreLocked(
                f"pid {pid} writes {settings.store_folder}, and only root and its own user may ask it: sudo presslog …"
            ) from error
        except OSError as error:
            raise StoreLocked(
                f"pid {pid} writes {settings.store_folder} and cannot be asked ({error.strerror or error}): "
                "it is starting, busy, or a command that will soon end; try again"
            ) from error

    return ask


@contextmanager
def _ourselves(settings: "Settings") -> "Iterator[Ask]":
    import msgspec

    from presslog.daemon.assemble import assemble, derive
    from presslog.daemon.control import operator
    from presslog.daemon.drain import Watched
    from presslog.daemon.requests import do

    parts = assemble(settings, Watched(_unsaid, _unsaid, _unsaid), "visit")
    encode, actor = msgspec.json.encode, operator(os.getuid())
    try:
        yield lambda request, fields: msgspec.json.decode(
            encode(_whole(parts, do(parts, request, encode(fields), actor)))
        )
        parts.views.open()
        parts.views.catch_up()
        derive(settings, parts.log)
    finally:
        parts.close()


def _whole(parts: "Parts", answer: Any) -> Any:
    """An answer, waited for where the readers have to finish first."""
    from presslog.daemon.errands import Later

    if not isinstance(answer, Later):
        return answer
    parts.tell(parts.intake.wait())
    return answer.answer()


def _unsaid(*_: object) -> None:
    """The answer comes back as a value, and nothing is watched."""
