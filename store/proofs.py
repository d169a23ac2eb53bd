"""Proofs that an event stands in the log, for people who have neither the log nor presslog (store/check_proof.py)."""

import base64

from .check_proof import FORMAT, check
from .errors import Behind, NotFound, StoreUnsafe
from .keys import checkpoint_of, key_at, keys_of
from .leaf import entry
from .log import EventLog
from .notary import Notarised
from .notes import judging


def prove(log: EventLog, notarised: Notarised, position: int) -> str:
    """The proof that the event at a position is in the log under its newest checkpoint, as text.

    It carries the event and not the file that it was read from: of that, the digest.

    Raises:
        NotFound: there is no such event.
        Behind: it is not signed yet.
        NotProven: the log holds something else there than what was signed, or the note is not by its key.
    """
    event = next(iter(log.read(position - 1, 1)), None)
    if event is None or event.position != position:
        raise NotFound(f"the log has no event {position}")
    keys, note = keys_of(log), notarised.latest()
    checkpoint = checkpoint_of(note, keys) if note else None
    current = checkpoint and key_at(keys, checkpoint.size)
    if note is None or checkpoint is None or current is None or checkpoint.size < position:
        raise Behind(f"event {position} is not signed yet: a running presslog signs it within seconds")
    if b"\n" in event.meta:
        raise StoreUnsafe(f"event {position} has a meta of several lines, which no presslog writes")
    extra = b"\n".join((current.verifier.encode(), entry(event), event.meta, event.data))
    path = notarised.tree.inclusion(position - 1, checkpoint.size)
    head = (FORMAT, f"extra {_base64(extra)}", f"index {position - 1}", *map(_base64, path))
    proof = "\n".join(head) + f"\n\n{note}"
    with judging():
        check(proof.encode(), current.verifier)
    return proof


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")
