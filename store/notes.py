"""Signed notes: checkpoints of a log and statements about its keys, signed with Ed25519 (c2sp.org/signed-note)."""

import binascii
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from .check_proof import Checkpoint, Refused, open_checkpoint, open_signed, read_vkey, vkey_of
from .errors import NotProven

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

__all__ = ["Checkpoint", "Signer", "judging", "open_note", "open_statement", "origin_of"]


def origin_of(log_id: str) -> str:
    """What checkpoints call a log, and its keys too."""
    return f"presslog/{log_id}"


class Signer:
    """An Ed25519 key under a name, which is the origin of its log; ``vkey`` is the half that everybody may know."""

    def __init__(self, name: str, private: "Ed25519PrivateKey") -> None:
        self.name = name
        self.vkey = vkey_of(name, private.public_key().public_bytes_raw())
        self._private = private

    def sign(self, checkpoint: Checkpoint) -> str:
        """The note of a checkpoint."""
        return self.sign_text(f"{checkpoint.origin}\n{checkpoint.size}\n{_base64(checkpoint.root)}\n")

    def sign_text(self, text: str) -> str:
        """Any text that ends in a line end, as a note; the same text gives the same note."""
        signature = _base64(read_vkey(self.vkey)[1] + self._private.sign(text.encode()))
        return f"{text}\n— {self.name} {signature}\n"


def open_note(text: str, vkeys: Iterable[str]) -> Checkpoint:
    """The checkpoint in a note that one of these keys signed.

    Raises:
        NotProven: it is none, was altered, or is signed by other keys only.
    """
    with judging():
        return open_checkpoint(text, vkeys)


def open_statement(text: str, vkeys: Iterable[str]) -> str:
    """The text of any note that one of these keys signed; NotProven as above."""
    with judging():
        return open_signed(text, vkeys)


@contextmanager
def judging() -> Iterator[None]:
    """Say in presslog's own error what ``check_proof`` refuses in the block."""
    try:
        yield
    except Refused as error:
        raise NotProven(str(error)) from error


def _base64(content: bytes) -> str:
    return binascii.b2a_base64(content, newline=False).decode()
