"""MOVING: the engines that a log can be moved into, and how a log in one of them is sealed once it was moved away."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from presslog.store.errors import ConfigError
from presslog.store.receiver import Receiver


class Mover(NamedTuple):
    """What moves logs into an engine, and out of it.

    ``receive`` is called with the address, the folder of the store and the id of the log; ``seal`` with the address
    and the place to which its log was moved.
    """

    receive: Callable[[str, Path, str], Receiver]
    seal: Callable[[str, str], None]


def _receive_file(_: str, folder: Path, log_id: str) -> Receiver:
    from .sqlite_receiver import SqliteReceiver

    return SqliteReceiver(folder, log_id)


def _leave_file(address: str, to: str) -> None:
    """A file needs no seal: who moves it holds the writer lock until it has another name."""


def _server(module: str, name: str, extra: str) -> Mover:
    """An engine whose package is asked for only where it is used."""

    def found(address: str, what: str) -> Any:
        try:
            return getattr(import_module(f".{module}", __package__), what)
        except ModuleNotFoundError as error:
            raise ConfigError(f"{address} needs {error.name}: pip install 'presslog[{extra}]'") from error

    def receive(address: str, folder: Path, log_id: str) -> Receiver:
        receiver: Receiver = found(address, name)(address, folder, log_id)
        return receiver

    def seal(address: str, to: str) -> None:
        found(address, "seal")(address, to)

    return Mover(receive, seal)


MOVING: dict[str, Mover] = {
    "sqlite": Mover(_receive_file, _leave_file),
    "postgresql": _server("postgres_receiver", "PostgresReceiver", "postgres"),
    "nats": _server("jetstream_receiver", "JetStreamReceiver", "jetstream"),
}
"""By the word before ``://`` in the address of a log, or the word alone where it needs no address."""


def mover(engine: str) -> Mover:
    """What moves logs into an engine and out of it; ConfigError where there is none."""
    scheme = engine.partition("://")[0]
    if scheme not in MOVING:
        raise ConfigError(
            f"{engine}: no log can be moved to there or away from there; "
            "name a folder, postgresql://HOST/DATABASE or nats://HOST,HOST,HOST/NAME"
        )
    return MOVING[scheme]
