"""Scenario 28: altered checkpoints and proofs. What is changed is refused, or says what was signed, to the letter."""

import base64
import random
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from faults.conftest import Score, times
from notaries import a_notary, caught_up, grow

from presslog.store.check_proof import Checkpoint, Refused, check, open_checkpoint, read_vkey, verify_inclusion
from presslog.store.engines.memory import MemoryLog
from presslog.store.merkle import Tree
from presslog.store.notes import Signer
from presslog.store.proofs import prove

pytestmark = pytest.mark.faults

EVENTS = 300
ORDER = 2**252 + 27742317777372353535851937790883648493
"""Of the group of Ed25519 (RFC 8032, section 5.1)."""
SPLICES = (b"\n", b" ", b"\t", b"\r", b"\x00", b"=", b"0", b"A", b"+", b"\xef\xbb\xbf", "—".encode(), b"\n\n")

Opened = Callable[[bytes], object]


class Signed:
    """A log with its notary, a proof of one of its events and its newest note."""

    def __init__(self, folder: Path) -> None:
        log = MemoryLog()
        with closing(a_notary(folder, log)) as notary:
            grow(log, EVENTS - 1)
            self.note = caught_up(notary)
            self.proofs = [prove(log, notary, position).encode() for position in (1, 100, 256, 257, EVENTS)]
            self.leaves = [notary.tile(0, place // 256)[place % 256 * 32 :][:32] for place in range(EVENTS)]
            self.paths = [Tree(notary.tile).inclusion(index, EVENTS) for index in range(EVENTS)]
            self.signer = notary._signer

    def opened_note(self, note: bytes) -> Checkpoint:
        return open_checkpoint(note.decode("utf-8", "surrogateescape"), [self.signer.vkey])


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> Signed:
    return Signed(tmp_path_factory.mktemp("signed"))


def mutants(content: bytes, chance: random.Random) -> Iterator[bytes]:
    """Without end: a bit flipped, a byte changed, deleted or put in, pieces moved, doubled or cut off."""
    while True:
        place, other = chance.randrange(len(content)), chance.randrange(len(content))
        start, end = sorted((place, other))
        byte = bytes([chance.randrange(256)])
        yield from (
            content[:place] + bytes([content[place] ^ 1 << chance.randrange(8)]) + content[place + 1 :],
            content[:place] + byte + content[place + 1 :],
            content[:place] + content[place + 1 :],
            content[:place] + byte + content[place:],
            content[:place] + chance.choice(SPLICES) + content[place:],
            content[:start] + content[end:],
            content[:end] + content[start:],
            content[:place],
            content[place:],
            moved(content, chance),
        )


def moved(content: bytes, chance: random.Random) -> bytes:
    lines = content.split(b"\n")
    chance.shuffle(lines)
    return b"\n".join(lines)


def accepted(open_it: Opened, content: bytes, mutant: bytes) -> bool:
    """Whether a mutant passes for something that was not signed."""
    try:
        return mutant != content and open_it(mutant) != open_it(content)
    except Refused:
        return False


@pytest.mark.parametrize("what", ["note", "proof"])
def test_28_altered_checkpoints_and_proofs(signed: Signed, score: Score, what: str) -> None:
    contents = signed.proofs if what == "proof" else [signed.note.encode()]
    open_it: Opened = check if what == "proof" else signed.opened_note
    chance, passed = random.Random(28), 0

    for content in contents:
        assert passes(open_it, content)
        source = mutants(content, chance)
        for mutant in (next(source) for _ in range(times(2_000, 10_000) // len(contents))):
            score.stimuli += 1
            score.undetected += accepted(open_it, content, mutant)
            passed += passes(open_it, mutant) and mutant != content

    score.figures.append(f"{passed} other spellings of what was signed")
    assert score.costs == (0, 0, 0)
    assert passed == 0


def passes(open_it: Opened, mutant: bytes) -> bool:
    try:
        open_it(mutant)
    except Refused:
        return False
    return True


@pytest.mark.parametrize("what", ["note", "proof"])
def test_28_every_single_byte_changed_deleted_or_put_in(signed: Signed, score: Score, what: str) -> None:
    content = signed.proofs[1] if what == "proof" else signed.note.encode()
    open_it: Opened = check if what == "proof" else signed.opened_note
    assert passes(open_it, content)

    for place in range(len(content)):
        others = {content[place] ^ 1 << bit for bit in range(8)} | set(b"\n =+/09AZaz")
        changed = [content[:place] + bytes([byte]) + content[place + 1 :] for byte in others - {content[place]}]
        added = [content[:place] + bytes([byte]) + content[place:] for byte in b"\n =+A0\x00"]
        for mutant in [*changed, *added, content[:place] + content[place + 1 :]]:
            score.stimuli += 1
            score.undetected += mutant != content and passes(open_it, mutant)

    assert score.costs == (0, 0, 0)


def test_28_wrong_size_index_path_leaf_or_key(signed: Signed, score: Score) -> None:
    root = signed.opened_note(signed.note.encode())

    for index, (leaf, path) in enumerate(zip(signed.leaves, signed.paths, strict=True)):
        verify_inclusion(leaf, index, path, root)
        for wrong in wrongs(signed, index, root):
            score.stimuli += 1
            score.undetected += is_included(*wrong)
    for note in [*foreign(signed), *malleable(signed)]:
        score.stimuli += 1
        score.undetected += passes(signed.opened_note, note.encode())
        proof = signed.proofs[0].split(b"\n\n")[0] + b"\n\n" + note.encode()
        score.stimuli += 1
        score.undetected += passes(check, proof)

    assert score.costs == (0, 0, 0)


Asked = tuple[bytes, int, list[bytes], Checkpoint]


def wrongs(signed: Signed, index: int, root: Checkpoint) -> Iterator[Asked]:
    """The same leaf or path, with one thing that is not so."""
    leaf, path = signed.leaves[index], signed.paths[index]
    yield from ((leaf, index, path, root._replace(size=size)) for size in range(1, 2 * EVENTS) if reshapes(index, size))
    yield from ((leaf, other, path, root) for other in (-1, index - 1, index + 1, EVENTS, EVENTS + 1, 1 << 62))
    yield from ((leaf, index, other, root) for other in ([*path, path[-1]], path[:-1], path[1:], path[::-1], []))
    yield (path[0], index, path, root)
    yield (leaf, index ^ 1, [leaf, *path[1:]], root)
    yield (signed.leaves[index ^ 1] if index ^ 1 < EVENTS else b"\0" * 32, index, path, root)


def reshapes(index: int, size: int) -> bool:
    """Whether the path to a leaf has other turns in a tree of this size; where it has the same, only the signature on
    the size tells them apart (RFC 6962 does not hash it).
    """
    return shape(index, size) != shape(index, EVENTS)


def shape(index: int, size: int) -> list[bool]:
    """On which side the siblings stand, from the leaf up; nothing where there is no such leaf."""
    sides, begin, end = [], 0, size if index < size else 0
    while end - begin > 1:
        middle = begin + (1 << ((end - begin - 1).bit_length() - 1))
        sides.append(index < middle)
        begin, end = (begin, middle) if index < middle else (middle, end)
    return sides[::-1]


def is_included(leaf: bytes, index: int, path: list[bytes], root: Checkpoint) -> bool:
    try:
        verify_inclusion(leaf, index, path, root)
    except Refused:
        return False
    return True


def foreign(signed: Signed) -> Iterator[str]:
    """Notes of this log's next sizes and other roots, by keys that are not its own."""
    own, head = signed.signer, signed.opened_note(signed.note.encode())
    for name in (own.name, "presslog/other", "presslog"):
        stranger = Signer(name, Ed25519PrivateKey.generate())
        yield stranger.sign(head)
        yield signed.note.split("\n\n")[0] + "\n\n" + stranger.sign(head).split("\n\n")[1]
    other = own.sign(head._replace(size=head.size + 1))
    yield other.split("\n\n")[0] + "\n\n" + signed.note.split("\n\n")[1]
    yield signed.note + other.split("\n\n")[1]


def malleable(signed: Signed) -> Iterator[str]:
    """The true signature with multiples of the group's order added, and other shapes of it."""
    text, line = signed.note.split("\n\n")
    signature = base64.b64decode(line.split(" ")[2])[4:]
    scalar = int.from_bytes(signature[32:], "little")
    for factor in range(1, 16):
        if scalar + factor * ORDER < 1 << 256:
            yield noted(signed, text, signature[:32] + (scalar + factor * ORDER).to_bytes(32, "little"))
    for other in (
        signature[:-1],
        signature + b"\0",
        signature[32:] + signature[:32],
        b"",
        bytes(64),
        b"\1" + bytes(63),
    ):
        yield noted(signed, text, other)


def noted(signed: Signed, text: str, signature: bytes) -> str:
    number = read_vkey(signed.signer.vkey)[1]
    return f"{text}\n\n— {signed.signer.name} {base64.b64encode(number + signature).decode()}\n"
