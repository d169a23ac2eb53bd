"""What is noted of a log in JetStream as it is moved: in the metadata of its stream, where every host reads it."""

from collections.abc import Mapping
from typing import Any

from presslog.store.errors import StoreUnsafe

from .jetstream_address import Address
from .jetstream_session import Session

MOVING, MOVED_TO = "presslog_moving", "presslog_moved_to"
"""Whether a log is still being moved into, and where it was moved to."""


async def config_of(session: Session) -> dict[str, Any]:
    """How the stream of the log is configured, as its leader has it."""
    return dict((await session.api(f"STREAM.INFO.{session.address.log_stream}"))["config"])


def noted(config: Mapping[str, Any], name: str) -> str:
    """What is noted under a name in the metadata of a stream; empty where nothing is."""
    return str((config.get("metadata") or {}).get(name, ""))


async def arrive(session: Session) -> None:
    """Note that all has arrived: from here on it is a log like any other."""
    while noted(config := await config_of(session), MOVING):
        rest = {name: value for name, value in config["metadata"].items() if name != MOVING}
        await _update(session, {**config, "metadata": rest})


async def leave(session: Session, to: str) -> None:
    """Seal the stream of the log for ever, and note in the same step where it was moved to.

    Raises:
        StoreUnsafe: it was moved to another place before.
    """
    # Until the leader of the stream itself says so, it may still store what comes.
    while not (before := noted(config := await config_of(session), MOVED_TO)):
        await _update(session, {**config, "sealed": True, "metadata": {**config["metadata"], MOVED_TO: to}})
    if before != to:
        raise StoreUnsafe(f"the log at {session.address.text} was moved to {before} already: finish that move")


async def _update(session: Session, config: Mapping[str, Any]) -> None:
    await session.api(f"STREAM.UPDATE.{session.address.log_stream}", dict(config))


def refuse_moved(address: Address, config: Mapping[str, Any]) -> None:
    """Raise StoreUnsafe where the log was moved elsewhere."""
    if noted(config, MOVED_TO):
        raise StoreUnsafe(moved(address, config))


def moved(address: Address, config: Mapping[str, Any]) -> str:
    """What is said of a log that was moved."""
    to = noted(config, MOVED_TO)
    return f"the log at {address.text} was moved to {to}: set engine to where it is now, here as well"


def refuse_unfinished(address: Address, config: Mapping[str, Any]) -> None:
    """Raise StoreUnsafe where a log is being moved into, or was until that was killed."""
    if noted(config, MOVING):
        raise StoreUnsafe(f"a move to {address.text} is not finished: run `presslog move` again")
