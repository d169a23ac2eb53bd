"""The key of a log: kept from others, named in the log, changed only in the open."""

import base64
import os
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from examples import an_append, an_event
from notaries import grow

from presslog.store.check_proof import Checkpoint
from presslog.store.engines.memory import MemoryLog
from presslog.store.errors import NotProven, StoreUnsafe
from presslog.store.events import encode
from presslog.store.keys import FILE, NEXT, checkpoint_of, key_at, keys_of, replace_lost, rotate, signer_of
from presslog.store.log import EventLog
from presslog.store.log_facts import KeyMade, KeyRotated
from presslog.store.notes import Signer, origin_of


def a_note(signer: Signer, size: int) -> str:
    return signer.sign(Checkpoint(signer.name, size, b"r" * 32))


def a_stranger(log: EventLog) -> Signer:
    return Signer(origin_of(log.log_id), Ed25519PrivateKey.generate())


def test_first_key_is_made_once_and_named_in_the_log(tmp_path: Path) -> None:
    log = MemoryLog()

    first, again = signer_of(tmp_path, log), signer_of(tmp_path, log)

    assert first.vkey == again.vkey
    assert [(key.position, key.verifier, key.lost) for key in keys_of(log)] == [(1, first.vkey, "")]
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [tmp_path / FILE]


def test_key_made_but_not_yet_named_is_named_at_the_next_start(tmp_path: Path) -> None:
    log, unlucky = MemoryLog(), MemoryLog()
    unlucky.log_id = log.log_id
    made = signer_of(tmp_path, unlucky)

    found = signer_of(tmp_path, log)

    assert found.vkey == made.vkey
    assert keys_of(log)[0].verifier == made.vkey


def test_key_that_others_can_read_is_refused_with_the_remedy(tmp_path: Path) -> None:
    log = MemoryLog()
    signer_of(tmp_path, log)
    (tmp_path / FILE).chmod(0o640)

    with pytest.raises(StoreUnsafe, match="chmod 600"):
        signer_of(tmp_path, log)


@pytest.mark.parametrize("form", ["base64", "pem"])
def test_credential_goes_before_the_file_in_the_store(tmp_path: Path, form: str) -> None:
    private, log = Ed25519PrivateKey.generate(), MemoryLog()
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    (credentials / FILE).write_bytes(pem if form == "pem" else base64.b64encode(private.private_bytes_raw()) + b"\n")
    (credentials / FILE).chmod(0o440)

    signer = signer_of(tmp_path, log, credentials=str(credentials))

    assert signer.vkey == Signer(origin_of(log.log_id), private).vkey
    assert not (tmp_path / FILE).exists()


@pytest.mark.parametrize("content", [b"", b"\n", b"AAAA\n", b"x" * 44, b"-----BEGIN PRIVATE KEY-----\nAAAA\n", b"\xff"])
def test_file_without_a_key_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / FILE
    path.write_bytes(content)
    path.chmod(0o600)

    with pytest.raises(StoreUnsafe, match="holds no key"):
        signer_of(tmp_path, MemoryLog())


def test_missing_key_is_never_made_anew_by_itself(tmp_path: Path) -> None:
    log = MemoryLog()
    signer_of(tmp_path, log)
    (tmp_path / FILE).unlink()

    with pytest.raises(StoreUnsafe, match="put it back"):
        signer_of(tmp_path, log)
    assert not (tmp_path / FILE).exists()


def test_key_of_another_log_is_refused(tmp_path: Path) -> None:
    log, other = MemoryLog(), MemoryLog()
    signer_of(tmp_path, log)
    (tmp_path / "other").mkdir()
    signer_of(tmp_path / "other", other)

    with pytest.raises(StoreUnsafe, match="names the key"):
        signer_of(tmp_path, other)


def test_rotation_is_signed_by_both_and_counts_from_its_position(tmp_path: Path) -> None:
    log = MemoryLog()
    old = signer_of(tmp_path, log)
    grow(log, 3)

    new = rotate(tmp_path, log)

    keys = keys_of(log)
    assert [(key.position, key.verifier, key.lost) for key in keys] == [(1, old.vkey, ""), (5, new.vkey, "")]
    assert signer_of(tmp_path, log).vkey == new.vkey
    assert not (tmp_path / NEXT).exists()
    assert [key_at(keys, size) for size in (0, 1, 4, 5)] == [None, keys[0], keys[0], keys[1]]


@pytest.mark.parametrize(("size", "is_old_good"), [(1, True), (4, True), (5, False), (9, False)])
def test_note_is_good_by_the_key_that_counted_at_its_size(tmp_path: Path, size: int, is_old_good: bool) -> None:
    log = MemoryLog()
    old = signer_of(tmp_path, log)
    grow(log, 3)
    new = rotate(tmp_path, log)
    good, bad = (old, new) if is_old_good else (new, old)

    assert checkpoint_of(a_note(good, size), keys_of(log)).size == size
    with pytest.raises(NotProven):
        checkpoint_of(a_note(bad, size), keys_of(log))


def test_no_note_is_good_before_there_was_a_key(tmp_path: Path) -> None:
    log = MemoryLog()
    grow(log, 3)
    signer = signer_of(tmp_path, log)

    with pytest.raises(NotProven, match="names no key"):
        checkpoint_of(a_note(signer, 3), keys_of(log))


def test_rotation_that_was_cut_off_is_finished_at_the_next_start(tmp_path: Path) -> None:
    log = MemoryLog()
    signer_of(tmp_path, log)
    before = (tmp_path / FILE).read_bytes()
    new = rotate(tmp_path, log)
    (tmp_path / FILE).rename(tmp_path / NEXT)
    (tmp_path / FILE).write_bytes(before)
    (tmp_path / FILE).chmod(0o600)

    found = signer_of(tmp_path, log)

    assert found.vkey == new.vkey
    assert os.listdir(tmp_path) == [FILE]


def test_key_of_a_rotation_that_the_log_never_took_is_made_anew(tmp_path: Path) -> None:
    log = MemoryLog()
    old = signer_of(tmp_path, log)
    (tmp_path / NEXT).write_bytes(b"left by a crash")

    assert signer_of(tmp_path, log).vkey == old.vkey
    assert rotate(tmp_path, log).vkey == keys_of(log)[-1].verifier


def test_lost_key_is_replaced_in_the_open(tmp_path: Path) -> None:
    log = MemoryLog()
    lost = signer_of(tmp_path, log)
    (tmp_path / FILE).unlink()

    new = replace_lost(tmp_path, log)

    assert keys_of(log)[1][1:] == (new.vkey, lost.vkey)
    assert signer_of(tmp_path, log).vkey == new.vkey


def test_key_that_is_there_is_not_lost(tmp_path: Path) -> None:
    log = MemoryLog()
    signer_of(tmp_path, log)

    with pytest.raises(StoreUnsafe, match="not lost"):
        replace_lost(tmp_path, log)


def test_older_key_is_not_taken_back_by_itself(tmp_path: Path) -> None:
    log = MemoryLog()
    first = signer_of(tmp_path, log)
    kept = (tmp_path / FILE).read_bytes()
    rotate(tmp_path, log)
    (tmp_path / FILE).unlink()
    (tmp_path / FILE).write_bytes(kept)
    (tmp_path / FILE).chmod(0o600)

    with pytest.raises(StoreUnsafe, match="names the key"):
        signer_of(tmp_path, log)
    assert keys_of(log)[0].verifier == first.vkey


def record(log: EventLog, kind: str, fact: KeyMade) -> None:
    log.append([an_append(events=[an_event(encode(fact), event_type=kind)], stream="notary")])


def test_key_that_nobody_signed_is_damage(tmp_path: Path) -> None:
    log = MemoryLog()
    signer, stranger = signer_of(tmp_path, log), a_stranger(log)
    record(log, "key-made", KeyMade(verifier=stranger.vkey, signature=signer.sign_text("x\n")))

    with pytest.raises(StoreUnsafe, match="event 2 names a key without its signature"):
        keys_of(log)


def test_rotation_that_the_old_key_did_not_sign_is_damage(tmp_path: Path) -> None:
    log = MemoryLog()
    signer, stranger = signer_of(tmp_path, log), a_stranger(log)
    note = stranger.sign_text(f"{signer.name}\nkey rotated\n{signer.vkey}\n{stranger.vkey}\n")
    fact = KeyRotated(verifier=stranger.vkey, signature=note, previous=signer.vkey, previous_signature=note)
    record(log, "key-rotated", fact)

    with pytest.raises(StoreUnsafe, match="event 2"):
        keys_of(log)


def test_signature_under_something_else_names_no_key(tmp_path: Path) -> None:
    log = MemoryLog()
    signer_of(tmp_path, log)
    stranger = a_stranger(log)
    record(log, "key-made", KeyMade(verifier=stranger.vkey, signature=a_note(stranger, 1)))

    with pytest.raises(StoreUnsafe, match="says something else"):
        keys_of(log)
