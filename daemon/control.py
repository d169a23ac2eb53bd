"""The control socket: `<store>/control.sock`, on which a running daemon does what commands ask of it.

One request a connection: a line of JSON in (`request`, `fields`), a line out (`answer`, or `error` with its `kind`).
"""

import errno
import os
import pwd
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import msgspec
from loguru import logger

from presslog.store.errors import BadQuery, LogUnavailable, NotFound, PresslogError, StorageFailed, StoreUnsafe

from .assemble import Parts
from .requests import do

NAME = "control.sock"
MOST_REQUEST_BYTES = 64 * 1024
MOST_ANSWER_BYTES = 4 << 20
"""An answer says more about each file than was asked."""
LISTEN_SECONDS = 2.0
"""A client that says nothing for so long holds up the next one no longer."""
WORK_SECONDS = 60.0
ANSWER_SECONDS = WORK_SECONDS + 30.0
"""How long a client waits: another one may stand before it."""
PAUSE_SECONDS = 1.0

_CREDENTIALS = struct.Struct("3i")
_KINDS = {kind.__name__: kind for kind in (BadQuery, LogUnavailable, NotFound, StorageFailed, StoreUnsafe)}


class Asked(msgspec.Struct, frozen=True):
    """What a client writes."""

    request: str
    fields: msgspec.Raw = msgspec.Raw(b"{}")


class Answered(msgspec.Struct, frozen=True, omit_defaults=True):
    """What it reads: an answer, or an error."""

    answer: msgspec.Raw = msgspec.Raw(b"null")
    error: str = ""
    kind: str = ""


class Control:
    """The daemon's end; one thread serves one client after another, and sleeps while nobody asks."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._store = parts.registry.path.parent
        self._listener: socket.socket | None = None
        self._is_closed = threading.Event()

    def open(self) -> bool:
        """Listen; False, and a line in the journal, where the store's file system has no sockets."""
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            # The socket is made with the rights of its handle, so that at no moment anybody else may connect.
            os.fchmod(listener.fileno(), 0o600)
            with _address(self._store) as address:
                # What stands there is a killed daemon's: the writer lock is ours.
                (self._store / NAME).unlink(missing_ok=True)
                listener.bind(address)
            listener.listen()
        except OSError as error:
            listener.close()
            logger.warning("no control socket in {}: {}; `presslog failures retry` needs one", self._store, error)
            return False
        self._listener = listener
        return True

    def run(self) -> None:
        """Serve until closed."""
        while self._listener and not self._is_closed.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                # Closed; or no handle is free, and a moment later one may be.
                self._is_closed.wait(PAUSE_SECONDS)
                continue
            with connection, suppress(OSError):
                connection.settimeout(LISTEN_SECONDS)
                connection.sendall(msgspec.json.encode(self._answered(connection)) + b"\n")

    def close(self) -> None:
        """Let nobody ask any more; the thread ends."""
        self._is_closed.set()
        if self._listener is None:
            return
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        (self._store / NAME).unlink(missing_ok=True)
        self._listener.close()

    def _answered(self, connection: socket.socket) -> Answered:
        try:
            # Read first: who is refused before they have spoken gets a broken pipe, and no answer.
            line = _line(connection, MOST_REQUEST_BYTES, LISTEN_SECONDS)
            actor = _operator(connection)
            asked = _understood(line)
            answer = self._parts.drain.errands.call(
                lambda: do(self._parts, asked.request, bytes(asked.fields), actor), WORK_SECONDS
            )
        except PresslogError as error:
            # Who said nothing in time is an OSError, and gets no answer.
            return Answered(error=str(error), kind=type(error).__name__)
        return Answered(answer=msgspec.Raw(msgspec.json.encode(answer)))


def call(store: Path, request: str, fields: msgspec.Struct) -> Any:
    """Ask the daemon that writes this store, and return its answer as JSON gives it.

    Raises:
        OSError: nobody listens there, or answers in time.
        PresslogError: what the daemon answered, or that it did not.
    """
    asked = msgspec.json.encode(Asked(request, msgspec.Raw(msgspec.json.encode(fields)))) + b"\n"
    if len(asked) > MOST_REQUEST_BYTES:
        raise BadQuery(f"a request of {len(asked)} bytes, the limit is {MOST_REQUEST_BYTES}: ask for less at once")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection, _address(store) as address:
        connection.settimeout(ANSWER_SECONDS)
        connection.connect(address)
        connection.sendall(asked)
        line = _line(connection, MOST_ANSWER_BYTES, ANSWER_SECONDS)
    if not line:
        raise LogUnavailable("the daemon ended before it answered: see `presslog status`, then ask again")
    answered = msgspec.json.decode(line, type=Answered)
    if answered.error:
        raise _KINDS.get(answered.kind, PresslogError)(answered.error)
    return msgspec.json.decode(answered.answer)


def operator(uid: int) -> str:
    """Who acts, as it stands in `meta`: not what a program calls itself, but whom the kernel knows."""
    try:
        return f"operator:{pwd.getpwuid(uid).pw_name}"
    except KeyError:
        return f"operator:{uid}"


def _operator(connection: socket.socket) -> str:
    found = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    _, uid, _ = _CREDENTIALS.unpack(found)
    if uid not in (0, os.geteuid()):
        raise BadQuery("only root and the daemon's own user may ask: sudo presslog …")
    return operator(uid)


def _understood(line: bytes) -> Asked:
    try:
        return msgspec.json.decode(line, type=Asked)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise BadQuery(f"this is no request: {error}") from error


def _line(connection: socket.socket, most_bytes: int, seconds: float) -> bytes:
    """One line, or what came before the other side closed; at most so many bytes in so many seconds."""
    deadline = time.monotonic() + seconds
    received = bytearray()
    while b"\n" not in received[-65536:]:
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError(errno.ETIMEDOUT, f"nothing came for {seconds:g} s")
        if len(received) > most_bytes:
            raise BadQuery(f"a line is at most {most_bytes} bytes")
        connection.settimeout(left)
        part = connection.recv(65536)
        if not part:
            break
        received += part
    return bytes(received)


@contextmanager
def _address(store: Path) -> Iterator[str]:
    """A short name of the socket, however deep the store lies: a socket's address takes 108 bytes."""
    handle = os.open(store, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{handle}/{NAME}"
    finally:
        os.close(handle)
