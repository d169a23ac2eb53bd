"""What the notary signs of an event: an entry that holds for ever, also after the event's content was erased.

The entry is canonical JSON of the envelope and of a digest of the payload. A random salt in ``meta`` goes into that
digest, so that nobody can find out erased words by trying; where they were erased the digest itself stands in ``meta``.
"""

import hashlib
import struct

import msgspec

from .errors import StoreUnsafe
from .events import Meta, encode
from .log import Stored, is_erased

LEAF = b"\x00"
"""RFC 6962, section 2.1: what stands before a leaf, so that no inner node can be taken for one."""

_length = struct.Struct(">Q").pack
_encoder = msgspec.json.Encoder()
_meta = msgspec.json.Decoder(Meta)


def payload_digest(meta: bytes, data: bytes) -> str:
    """SHA-256 in hex of the salted payload: length of ``meta`` in eight bytes, ``meta``, ``data``.

    >>> payload_digest(b"{}", b"{}")
    '4f93d64e6a876845e0bbce281ce704b30ead4417c58de6525c96d2536f699ec0'
    """
    return hashlib.sha256(_length(len(meta)) + meta + data).hexdigest()


def erased_meta(event: Stored) -> bytes:
    """What stands in ``meta`` once the event is erased; its entry stays the same."""
    return encode(Meta(erased=_payload(event)))


def entry(event: Stored) -> bytes:
    """The bytes under the leaf: one line of JSON, positions and all, in the order of ``Stored``.

    Raises:
        StoreUnsafe: the event has no content, and no digest of one either.
    """
    # Of an archive every event comes through here: names of fields and more calls would take a tenth longer.
    payload = payload_digest(event[8], event[7]) if event[7] else _payload(event)
    return _encoder.encode((*event[:7], payload))


def leaf(event: Stored) -> bytes:
    """The leaf of an event in the Merkle tree (RFC 6962): SHA-256 of a zero byte and its entry."""
    return hashlib.sha256(LEAF + entry(event)).digest()


def _payload(event: Stored) -> str:
    if not is_erased(event):
        return payload_digest(event.meta, event.data)
    try:
        return _meta.decode(event.meta).erased
    except msgspec.MsgspecError as error:
        raise StoreUnsafe(f"event {event.position} was erased, but not by presslog: {error}") from error
