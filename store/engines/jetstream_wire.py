"""How an event is written into a NATS message: its subject, its headers and its body."""

import base64
import hashlib
from collections.abc import Mapping
from urllib.parse import quote, unquote

from presslog.store.errors import StoreUnsafe
from presslog.store.log import Append, Stored

SUBJECT_BYTES = 20
"""So much of the SHA-256 of a stream's name is its subject: no two of a world's streams share one."""
META_BYTES = 4
"""The length of an event's meta, in front of it; after it comes the data."""
SAFE = "!$&'()*+,/:;=?@[]^{|}~<>"
"""Beside letters and digits, what a header keeps as it is; all else is escaped as in an address."""
EXPECTED = "Nats-Expected-Last-Subject-Sequence"
EXPECTED_HEAD = "Nats-Expected-Last-Sequence"
SEQUENCE = "Nats-Sequence"
SUBJECT = "Nats-Subject"
PENDING = "Nats-Num-Pending"
"""In an answer with many messages: how many more there are after this."""
PREVIOUS = "Nats-Last-Sequence"
"""In an answer with many messages: the one that was sent before this; with it, a hole shows."""

Headers = dict[str, str]


def subject_of(name: str, stream: str) -> str:
    """The one literal subject of a stream: a name may be long and hold anything, a subject may not."""
    digest = hashlib.sha256(stream.encode("utf-8", "surrogatepass")).digest()[:SUBJECT_BYTES]
    return f"{name}.ev.{base64.b32encode(digest).decode('ascii').lower()}"


def messages_of(append: Append, recorded_at: float) -> list[tuple[bytes, Headers]]:
    """The body and the headers of each event of an Append."""
    return [
        message_of(Stored(0, append.stream, append.key, index, recorded_at, *event))
        for index, event in enumerate(append.events)
    ]


def message_of(event: Stored) -> tuple[bytes, Headers]:
    """The body and the headers of an event, which say everything of it but its position."""
    return len(event.meta).to_bytes(META_BYTES) + event.meta + event.data, {
        "Stream": _escaped(event.stream),
        "Key": _escaped(event.key),
        "Recorded-At": repr(event.recorded_at),
        "Index": str(event.index),
        "Id": _escaped(event.id),
        "Type": _escaped(event.type),
    }


def stored_of(position: int, headers: Mapping[str, str] | None, body: bytes) -> Stored:
    """The event of a message.

    Raises:
        StoreUnsafe: the message is none of ours.
    """
    try:
        found = headers or {}
        cut = META_BYTES + int.from_bytes(body[:META_BYTES])
        return Stored(
            position,
            unquote(found["Stream"]),
            unquote(found["Key"]),
            int(found["Index"]),
            float(found["Recorded-At"]),
            unquote(found["Id"]),
            unquote(found["Type"]),
            body[cut:],
            body[META_BYTES:cut],
        )
    except (KeyError, ValueError) as error:
        raise StoreUnsafe(
            f"message {position} is no event of presslog: somebody else writes to the subjects of this log; "
            "forbid it in the permissions of the server"
        ) from error


def size_of(body: bytes, headers: Headers) -> int:
    """The bytes of a message, as a server counts them against ``max_payload``, and a little more."""
    return len(body) + sum(len(name) + len(value) + 4 for name, value in headers.items()) + 300


def _escaped(text: str) -> str:
    return quote(text, safe=SAFE, errors="surrogatepass")
