"""Asking for work on the store: of the daemon that writes it, or, where none runs, done here in the same way."""

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import msgspec

    from presslog.config.settings import Settings
    from presslog.daemon.assemble import Parts


def ask(settings: "Settings", request: str, portions: "Sequence[msgspec.Struct]") -> list[Any]:
    """Have one of daemon/requests.py done with each of these fields in turn; the answers as JSON gives them.

    Raises:
        StoreLocked: a process writes the store that cannot be asked.
    """
    from presslog.daemon.control import call
    from presslog.store.errors import StoreLocked
    from presslog.store.lock import owner

    pid = owner(settings.store_folder)
    if pid is None:
        return _done_here(settings, request, portions)
    try:
        return [call(settings.store_folder, request, fields) for fields in portions]
    except PermissionError as error:
        raise StoreLocked(
            f"pid {pid} writes {settings.store_folder}, and only root and its own user may ask it: sudo presslog …"
        ) from error
    except OSError as error:
        raise StoreLocked(
            f"pid {pid} writes {settings.store_folder} and cannot be asked ({error.strerror or error}): "
            "it is starting, busy, or a command that will soon end; try again"
        ) from error


def _done_here(settings: "Settings", request: str, portions: "Sequence[msgspec.Struct]") -> list[Any]:
    import msgspec

    from presslog.daemon.assemble import assemble
    from presslog.daemon.control import operator
    from presslog.daemon.drain import Watched
    from presslog.daemon.requests import do

    parts = assemble(settings, Watched(_unsaid, _unsaid, _unsaid), "visit")
    try:
        encode, actor = msgspec.json.encode, operator(os.getuid())
        answers = [_whole(parts, do(parts, request, encode(fields), actor)) for fields in portions]
        parts.views.open()
        parts.views.catch_up()
        return [msgspec.json.decode(encode(answer)) for answer in answers]
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
