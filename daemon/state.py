"""What the running daemon says of itself: a small file, rewritten in place so that a full disk cannot stop it."""

import os
from pathlib import Path
from typing import Literal

import msgspec

from presslog.store.lock import owner

NAME = "daemon.json"
SIZE_BYTES = 4096
MOST_LETTERS = 300
Role = Literal["run", "follow"]
"""The command that a daemon was started with."""


class State(msgspec.Struct, frozen=True, kw_only=True):
    """The daemon's own words: ``storage`` is empty while the disk takes writes, ``backlog`` counts files in hand."""

    pid: int
    version: str
    started_at: str
    role: Role = "run"
    status: str = "starting"
    backlog: int = 0
    waiting: int = 0
    storage: str = ""
    updated_at: str = ""


def write_state(store: Path, state: State) -> None:
    """Put the state down: the file keeps its size, so its blocks are reserved from the first time on."""
    short = msgspec.structs.replace(state, status=state.status[:MOST_LETTERS], storage=state.storage[:MOST_LETTERS])
    handle = os.open(store / NAME, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        os.pwrite(handle, msgspec.json.encode(short).ljust(SIZE_BYTES - 1) + b"\n", 0)
    finally:
        os.close(handle)


def read_state(store: Path) -> State | None:
    """The state of the daemon that writes this store now; None where none is running."""
    pid = owner(store)
    if pid is None:
        return None
    try:
        state = msgspec.json.decode((store / NAME).read_bytes(), type=State)
    except (OSError, msgspec.MsgspecError):
        return None
    return state if state.pid == pid else None
