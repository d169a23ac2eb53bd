"""Check a proof of presslog: that an event stands in a log at its place, under a checkpoint that the log's key signed.

    python check_proof.py x.proof [--key VKEY] [--original FILE]

This file stands alone, presslog itself uses it too: take it anywhere, it needs Python 3.11 and ``cryptography``.
A proof is a ``c2sp.org/tlog-proof@v1`` whose ``extra`` holds four lines: the key as a vkey, the entry under the leaf,
the event's meta, and its data; the entry holds the salted digest of the last two.
Sources: RFC 6962 and RFC 9162, section 2.1, c2sp.org/signed-note, c2sp.org/tlog-checkpoint.
"""

import argparse
import binascii
import hashlib
import json
import re
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

FORMAT = "c2sp.org/tlog-proof@v1"
ED25519 = b"\x01"
EMPTY_ROOT = hashlib.sha256().digest()
MOST_BYTES = 1 << 22  # of a proof: an event has 1 MiB at most
MOST_SIGNATURES = 64
MOST_SECONDS = 1 << 36  # since 1970: the year 4147

_NAME = re.compile("[^\\s+\ud800-\udfff]+")
_NUMBER = re.compile("0|[1-9][0-9]{0,17}")
_SIGNATURE = re.compile(r"— ([^\s+]+) (\S+)")
_FORBIDDEN = re.compile("[\x00-\x09\x0b-\x1f\ud800-\udfff]")


class Refused(Exception):
    """It does not prove what it should; the message says why."""


class Checkpoint(NamedTuple):
    """A log at a size: its origin, how many events it had, and the root of their Merkle tree."""

    origin: str
    size: int
    root: bytes


class Entry(NamedTuple):
    """What the log's key signs of an event; ``payload`` is the salted digest of its meta and data in hex."""

    position: int
    stream: str
    key: str
    index: int  # type: ignore[assignment]  # as in the log; tuple.index is not needed
    recorded_at: float
    id: str
    type: str
    payload: str


class Proven(NamedTuple):
    """What a proof shows; ``data`` is None where the event was erased."""

    checkpoint: Checkpoint
    vkey: str
    entry: Entry
    data: bytes | None


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def verify_inclusion(leaf: bytes, index: int, path: Sequence[bytes], head: Checkpoint) -> None:
    """Refuse a path that does not lead from the leaf at ``index`` to the root (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < head.size:
        raise Refused(f"index {index} is not in a log of {head.size} events")
    if _climb(leaf, index, head.size - 1, path)[1] != head.root:
        raise Refused("the path does not lead from the event to the root")


def verify_consistency(old: Checkpoint, new: Checkpoint, path: Sequence[bytes]) -> None:
    """Refuse a path that does not show that ``new`` only adds to ``old`` (RFC 9162, 2.1.4.2)."""
    if old.origin != new.origin or old.size > new.size:
        raise Refused(f"{new.origin} of {new.size} events cannot go on from {old.origin} of {old.size}")
    if old.size in (0, new.size):
        if path or old.root != (new.root if old.size else EMPTY_ROOT):
            raise Refused(f"there are two logs of {old.size} events")
        return
    place, last = old.size - 1, new.size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    start, *rest = (path or (b"",)) if place else (old.root, *path)
    if _climb(start, place, last, rest) != (old.root, new.root):
        raise Refused(f"the log of {new.size} events does not go on from that of {old.size}")


def _climb(node: bytes, place: int, last: int, path: Sequence[bytes]) -> tuple[bytes, bytes]:
    """The root of a node with all left of it, and the root of everything."""
    before = after = node
    for sibling in path:
        if last == 0:
            raise Refused("the path has too many hashes")
        if place & 1 or place == last:
            before, after = node_hash(sibling, before), node_hash(sibling, after)
            while place and not place & 1:  # on these levels the right-most node stands alone
                place, last = place >> 1, last >> 1
        else:
            after = node_hash(after, sibling)
        place, last = place >> 1, last >> 1
    if last:
        raise Refused("the path has too few hashes")
    return before, after


def vkey_of(name: str, public: bytes) -> str:
    """A public key in one word: ``name+id+key``, the id in hex, the raw key in base64 after the byte of its kind."""
    number = hashlib.sha256(name.encode() + b"\n" + ED25519 + public).digest()[:4]
    return f"{name}+{number.hex()}+{binascii.b2a_base64(ED25519 + public, newline=False).decode()}"


def read_vkey(vkey: str) -> tuple[str, bytes, bytes]:
    """Name, id and raw public key; the id is what signature lines begin with."""
    name, number, encoded, *_ = [*vkey.split("+", 2), "", ""]
    public = _base64(encoded, "the key", 33)[1:]
    if not _NAME.fullmatch(name) or vkey_of(name, public) != vkey:
        raise Refused("this is no key: name+id+key")
    return name, bytes.fromhex(number), public


def open_signed(note: str, vkeys: Iterable[str]) -> str:
    """The text of a signed note, once every signature by one of these keys was verified, and there is one."""
    text, blank, signatures = note.rpartition("\n\n")
    lines = [_SIGNATURE.fullmatch(line) for line in signatures.removesuffix("\n").split("\n")]
    if not blank or note[-1] != "\n" or _FORBIDDEN.search(note) or not all(lines) or len(lines) > MOST_SIGNATURES:
        raise Refused("this is no signed note")
    known = {(name, number): public for name, number, public in map(read_vkey, vkeys)}
    verified = 0
    for name, signature in ((line[1], _base64(line[2], "a signature")) for line in lines if line):
        public = known.get((name, signature[:4]))
        if public:
            _verify(public, signature[4:], f"{text}\n".encode())
            verified += 1
    if not verified:
        raise Refused("none of the known keys has signed this")
    return f"{text}\n"


def open_checkpoint(note: str, vkeys: Iterable[str]) -> Checkpoint:
    """The checkpoint in a note, signed by a key that has the name of its log."""
    origin = note.partition("\n")[0]
    text = open_signed(note, [vkey for vkey in vkeys if vkey.partition("+")[0] == origin])
    lines = text.split("\n")
    if len(lines) != 4:
        raise Refused("the note is no checkpoint: origin, size, root")
    return Checkpoint(origin, _number(lines[1]), _base64(lines[2], "the root", 32))


def check(content: bytes, vkey: str = "") -> Proven:
    """What the bytes of a proof show, under the key ``vkey`` or else the one inside; Refused where that is nothing."""
    # What is no UTF-8 becomes surrogates, which are refused everywhere below.
    head, _, note = content.decode(errors="surrogateescape").partition("\n\n")
    form, extra, index, *path = [*head.split("\n"), "", ""]
    if form != FORMAT or not extra.startswith("extra ") or not index.startswith("index "):
        raise Refused(f"this is no proof: it does not begin as {FORMAT} does")
    inside, *event = _base64(extra[6:], "extra").split(b"\n", 3)
    if len(event) != 3 or vkey.encode(errors="replace") not in (b"", inside):
        raise Refused("the proof is by another key than the one given")
    vkey = inside.decode(errors="replace")
    checkpoint = open_checkpoint(note, [vkey])
    place = _number(index[6:])
    hashes = [_base64(line, "a hash", 32) for line in path[:-2]]
    verify_inclusion(hashlib.sha256(b"\x00" + event[0]).digest(), place, hashes, checkpoint)
    return _opened(checkpoint, vkey, place, event)


def _opened(checkpoint: Checkpoint, vkey: str, place: int, event: list[bytes]) -> Proven:
    signed, meta, data = event
    try:
        entry = Entry(*json.loads(signed))
        kinds = [type(value) for value in entry]
    except (ValueError, TypeError, RecursionError):
        kinds = []
    if kinds != [int, str, str, int, float, str, str, str] or entry.position != place + 1:
        raise Refused("the entry is none of presslog, or stands at another place")
    if not 0 <= entry.recorded_at < MOST_SECONDS:
        raise Refused("the entry says no time")
    if not data and meta == b'{"erased":"%s"}' % entry.payload.encode():
        return Proven(checkpoint, vkey, entry, None)
    if hashlib.sha256(len(meta).to_bytes(8, "big") + meta + data).hexdigest() != entry.payload:
        raise Refused("the content is not the one that the log holds")
    return Proven(checkpoint, vkey, entry, data)


def _verify(public: bytes, signature: bytes, text: bytes) -> None:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, text)
    except (InvalidSignature, ValueError) as error:
        raise Refused("the signature does not fit: the note was altered") from error


def _number(text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise Refused("a number is not written as it should be")
    return int(text)


def _base64(text: str, what: str, size: int = 0) -> bytes:
    """Decode what has one spelling only: padding, spare bits and alphabet are as RFC 4648 writes them."""
    try:
        found = binascii.a2b_base64(text, strict_mode=True)
    except ValueError as error:
        raise Refused(f"{what} is no base64") from error
    if binascii.b2a_base64(found, newline=False).decode() != text or (size and len(found) != size):
        raise Refused(f"{what} is no canonical base64 of its size")
    return found


def said(data: bytes | None, *names: str) -> str:
    """A field of an event's data; empty where it says nothing of the kind."""
    try:
        found: Any = json.loads(data or b"{}")
        for name in names:
            found = found[name]
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""
    return found if isinstance(found, str) else ""


def original_digest(data: bytes | None) -> str:
    """SHA-256 in hex of the file that an event was read from; empty where it names none."""
    return said(data, "origin", "digest") or said(data, "digest")


def refuse_other(path: str, proven: Proven) -> None:
    """Refuse a file that is not the one that the event was read from."""
    with open(path, "rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != original_digest(proven.data):
            raise Refused(f"{path} is not the file that this event was read from")


def statement(proven: Proven, *, is_key_given: bool, is_original_given: bool) -> Iterator[str]:
    """What is proved and what is not, in words; the lines do nothing to a terminal."""
    entry, data, head = proven.entry, proven.data, proven.checkpoint
    digest = original_digest(data)
    fields = {
        "event": f"{entry.type} #{entry.position} of {entry.stream}",
        "content": "" if data is not None else "erased; what is proved is that the event was there",
        "title": said(data, "article", "title"),
        "source": said(data, "article", "source"),
        "published": said(data, "article", "published_at"),
        "recorded": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(entry.recorded_at)),
        "original": digest and f"sha256 {digest}{', which is the file given' if is_original_given else ''}",
        "log": f"{head.origin}, {head.size} events, root {head.root.hex()}",
        "key": proven.vkey,
    }
    yield "PROVED: the log holds this event at this place, and its key has signed it"
    yield from (f"  {name:<10}{escaped(value)}" for name, value in fields.items() if value)
    yield "NOT PROVED"
    yield "  what it says is true: only that it was recorded so"
    yield "  the times: clock and publisher said so; the order of events is proved"
    yield "  nobody was shown another log: compare the checkpoint with one that you had from elsewhere"
    if not is_original_given and digest:
        yield "  the original: compare it with --original FILE"
    if not is_key_given:
        yield "  whose log it is: the key came inside, and is only as good as where the proof came from: --key VKEY"


def escaped(text: str) -> str:
    r"""Text with ``\u202e`` for characters that steer a terminal or the direction of text."""
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)


def main(arguments: Sequence[str] | None = None) -> int:
    """Check the proof that the command line names: 0 where it proves something, 1 where it does not."""
    parser = argparse.ArgumentParser(description="Check a proof of presslog.")
    parser.add_argument("proof", help="the file that `presslog prove` wrote")
    parser.add_argument("--key", default="", metavar="VKEY", help="the log's key, as you know it from elsewhere")
    parser.add_argument("--original", metavar="FILE", help="the file that the article was read from")
    asked = parser.parse_args(arguments)
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    try:
        with open(asked.proof, "rb") as file:
            proven = check(file.read(MOST_BYTES), asked.key)
        if asked.original:
            refuse_other(asked.original, proven)
    except (Refused, OSError) as error:
        sys.stdout.write(f"REFUSED: {escaped(str(error))}\n")
        return 1
    words = statement(proven, is_key_given=bool(asked.key), is_original_given=bool(asked.original))
    sys.stdout.write("\n".join(words) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
