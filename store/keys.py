"""The keys that sign the checkpoints of a log: where the secret half is kept, and what the log says of the public one.

The log names its keys in the stream ``notary``: a note of a size is good where the key that counted at that position
has signed it.
"""

import base64
import binascii
import os
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from .errors import NotProven, Overtaken, StorageFailed, StoreUnsafe
from .events import Meta, encode, read_event, salted
from .log import Append, Conflict, EventLog, NewEvent, Receipt
from .log_facts import KeyMade, KeyRotated
from .names import event_id
from .notes import Checkpoint, Signer, open_note, open_statement, origin_of
from .whole import PREFIX, sync_folder

STREAM = "notary"
FILE = "presslog.key"
NEXT = "presslog.key.next"
"""The key that a rotation makes, until the log names it."""
MOST_BYTES = 4096


class LogKey(NamedTuple):
    """A key of a log, from a position on.

    ``lost`` is the key before it where that one did not sign: it was lost, or somebody wants to be believed in its
    place. Who knew the old key has to ask.
    """

    position: int
    verifier: str
    lost: str


def keys_of(log: EventLog) -> list[LogKey]:
    """The keys that a log names, in order, with their signatures verified.

    Raises:
        StoreUnsafe: an event about a key is not signed as it must be.
    """
    keys: list[LogKey] = []
    after = 0
    while events := log.read(after, 500, STREAM):
        for stored in events:
            fact = read_event(stored).fact
            if isinstance(fact, KeyMade):
                current = keys[-1].verifier if keys else ""
                _refuse_unsigned(log, stored.position, fact, current)
                keys.append(LogKey(stored.position, fact.verifier, "" if isinstance(fact, KeyRotated) else current))
        after = events[-1].position
    return keys


def _refuse_unsigned(log: EventLog, position: int, fact: KeyMade, current: str) -> None:
    text = _said(log, fact.verifier, current if isinstance(fact, KeyRotated) else "")
    try:
        said = [open_statement(fact.signature, [fact.verifier])]
        if isinstance(fact, KeyRotated):
            said.append(open_statement(fact.previous_signature, [current]))
    except NotProven as error:
        raise StoreUnsafe(f"event {position} names a key without its signature: {error}") from error
    if set(said) != {text}:
        raise StoreUnsafe(f"event {position} names a key, but what is signed says something else")


def _said(log: EventLog, verifier: str, previous: str = "") -> str:
    """What is signed of a key. Its second line is no number: no checkpoint looks like it."""
    if previous:
        return f"{origin_of(log.log_id)}\nkey rotated\n{previous}\n{verifier}\n"
    return f"{origin_of(log.log_id)}\nkey made\n{verifier}\n"


def key_at(keys: Sequence[LogKey], size: int) -> LogKey | None:
    """The key that counts for a checkpoint of this size; None where the log named none yet."""
    return next((key for key in reversed(keys) if key.position <= size), None)


def checkpoint_of(note: str, keys: Sequence[LogKey]) -> Checkpoint:
    """The checkpoint in a note, signed by the key that counted at its size.

    Raises:
        NotProven: it is none, or another key signed it.
    """
    checkpoint = open_note(note, [key.verifier for key in keys])
    current = key_at(keys, checkpoint.size)
    if current is None:
        raise NotProven(f"the log names no key at position {checkpoint.size}")
    return open_note(note, [current.verifier])


def signer_of(folder: Path, log: EventLog, *, credentials: str = "", meta: Meta | None = None) -> Signer:
    """The key of this log, open for writing: found, or made and recorded where the log names none yet.

    It is read from ``presslog.key`` in ``credentials`` (systemd's $CREDENTIALS_DIRECTORY), else in the store.

    Raises:
        StoreUnsafe: others can read the file, it holds no key, or it is missing or not the one that the log names.
    """
    keys = keys_of(log)
    signer = _held(folder, log, credentials)
    if keys and (signer is None or signer.vkey != keys[-1].verifier):
        signer = _finished(folder, log, keys[-1])
    if keys and signer:
        return signer
    return _recorded(folder, log, signer, meta)


def _recorded(folder: Path, log: EventLog, held: Signer | None, meta: Meta | None) -> Signer:
    """The key that is at hand, or a new one, as the first that the log names."""
    signer = held or _made(folder / FILE, log)
    try:
        _record_made(log, signer, 0, meta)
    except Overtaken:
        # Another host's key may stand there by now: a new one of ours would only be in its way.
        if not held:
            (folder / FILE).unlink(missing_ok=True)
        raise
    return signer


def may_sign(folder: Path, log: EventLog, credentials: str) -> bool:
    """Whether a key is at hand, or can be made, because the log names none yet."""
    places = (folder / FILE, folder / NEXT, *([Path(credentials, FILE)] if credentials else []))
    return any(place.exists() for place in places) or log.last(STREAM) is None


def rotate(folder: Path, log: EventLog, *, meta: Meta | None = None) -> Signer:
    """Put a new key in the place of the one in the store: recorded first, signed by both.

    Raises:
        StoreUnsafe: the key that the log names is not in the store.
    """
    old = signer_of(folder, log, meta=meta)
    (folder / NEXT).unlink(missing_ok=True)
    new = _made(folder / NEXT, log)
    record_rotation(log, old, new, meta=meta)
    return _finished(folder, log, keys_of(log)[-1])


def replace_lost(folder: Path, log: EventLog, *, meta: Meta | None = None) -> Signer:
    """Go on with a new key where the old one is lost; whoever checks is told so."""
    keys, held = keys_of(log), _held(folder, log, "")
    if keys and held and held.vkey == keys[-1].verifier:
        raise StoreUnsafe(f"the key is not lost, it is in {folder / FILE}: rotate it")
    (folder / FILE).unlink(missing_ok=True)
    signer = _made(folder / FILE, log)
    _record_made(log, signer, keys[-1].position if keys else 0, meta)
    return signer


def record_rotation(log: EventLog, old: Signer, new: Signer, *, meta: Meta | None = None) -> int:
    """Record that ``new`` takes the place of ``old``; from the position returned on it signs."""
    text = _said(log, new.vkey, old.vkey)
    fact = KeyRotated(
        verifier=new.vkey,
        signature=new.sign_text(text),
        previous=old.vkey,
        previous_signature=old.sign_text(text),
    )
    keys = keys_of(log)
    if not keys or keys[-1].verifier != old.vkey:
        raise StoreUnsafe("the old key is not the one that the log names")
    return _append(log, "key-rotated", fact, keys[-1].position, meta)


def _record_made(log: EventLog, signer: Signer, expected: int, meta: Meta | None) -> int:
    fact = KeyMade(verifier=signer.vkey, signature=signer.sign_text(_said(log, signer.vkey)))
    return _append(log, "key-made", fact, expected, meta)


def _append(log: EventLog, kind: str, fact: KeyMade, expected: int, meta: Meta | None) -> int:
    event = NewEvent(event_id(), kind, encode(fact), salted(meta or Meta()))
    answer: Receipt | Conflict = log.append([Append(STREAM, [event], expected, f"{expected}:{fact.verifier}")])[0]
    if isinstance(answer, Conflict):
        raise Overtaken("another key was recorded at the same moment: call again")
    return answer.last


def _finished(folder: Path, log: EventLog, current: LogKey) -> Signer:
    """The key of a rotation that the log has taken, in its place; a crash may have come before that."""
    path = folder / NEXT
    signer = read_key(path, origin_of(log.log_id)) if path.exists() else None
    if signer is None or signer.vkey != current.verifier:
        raise StoreUnsafe(
            f"the log names the key {current.verifier} and {FILE} is missing or another one: put it back from where "
            "you keep it, or, where it is lost, go on with a new one: `presslog key replace`"
        )
    path.replace(folder / FILE)
    sync_folder(folder)
    return signer


def _held(folder: Path, log: EventLog, credentials: str) -> Signer | None:
    credential = Path(credentials, FILE)
    if credentials and credential.exists():
        return read_key(credential, origin_of(log.log_id), is_private=True)
    return read_key(folder / FILE, origin_of(log.log_id)) if (folder / FILE).exists() else None


def read_key(path: Path, name: str, *, is_private: bool = False) -> Signer:
    """The key in a file: 32 bytes in base64, or PKCS #8 in PEM; ``is_private`` where the place keeps others out.

    Raises:
        StoreUnsafe: others can read the file, or it holds no Ed25519 key.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            content = file.read(MOST_BYTES)
    except OSError as error:
        raise StorageFailed(f"{path} cannot be read: {error.strerror}; check its rights") from error
    if not is_private and stat.S_IMODE(mode) & 0o077:
        raise StoreUnsafe(f"others can read the key in {path}: chmod 600 {path}, and rotate it where they could")
    try:
        if content.startswith(b"-----BEGIN"):
            key = load_pem_private_key(content, None)
        else:
            key = Ed25519PrivateKey.from_private_bytes(base64.b64decode(content.strip(), validate=True))
    except (ValueError, TypeError, binascii.Error) as error:
        raise StoreUnsafe(f"{path} holds no key: 32 bytes in base64, or PKCS #8 in PEM without a password") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise StoreUnsafe(f"{path} holds a key that is not Ed25519")
    return Signer(name, key)


def _made(path: Path, log: EventLog) -> Signer:
    """A new key, whole under its name or not there at all, and never over another one."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    private = Ed25519PrivateKey.generate()
    fresh = path.with_name(f"{PREFIX}{event_id()}")
    try:
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with open(handle, "wb") as file:
            file.write(base64.b64encode(private.private_bytes_raw()) + b"\n")
            file.flush()
            os.fsync(handle)
        os.link(fresh, path)
        fresh.unlink()
        sync_folder(path.parent)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise StorageFailed(f"{path} cannot be made: {error.strerror}; check the folder and its space") from error
    return Signer(origin_of(log.log_id), private)
