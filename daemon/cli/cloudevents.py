"""Events as CloudEvents 1.0 in structured JSON: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md"""

import socket
from typing import Any

import msgspec

from presslog.store.events import Meta
from presslog.store.log import Stored, is_erased
from presslog.store.times import utc_text

PREFIX = "org.presslog"


def cloudevent(stored: Stored) -> dict[str, Any]:
    """A stored event as a CloudEvent; ``sequence`` is its position in 20 digits, which sort as text.

    One that was erased has no data, and says so in an attribute of its own.
    """
    meta = msgspec.json.decode(stored.meta, type=Meta) if stored.meta else Meta()
    return {
        "specversion": "1.0",
        "id": stored.id,
        "source": f"presslog://{meta.host or socket.gethostname()}",
        "type": f"{PREFIX}.{stored.type.replace('-', '.')}.v{meta.schema}",
        "subject": stored.stream,
        "time": utc_text(stored.recorded_at),
        "datacontenttype": "application/json",
        "sequence": f"{stored.position:020d}",
        "data": _data(stored),
        **({"erased": True} if is_erased(stored) else {}),
    }


def plain_event(stored: Stored) -> dict[str, Any]:
    """A stored event as presslog keeps it; ``data`` is null where it was erased."""
    return {
        "position": stored.position,
        "id": stored.id,
        "stream": stored.stream,
        "type": stored.type,
        "recorded_at": utc_text(stored.recorded_at),
        "data": _data(stored),
        "meta": msgspec.Raw(stored.meta or b"{}"),
    }


def _data(stored: Stored) -> msgspec.Raw:
    return msgspec.Raw(b"null" if is_erased(stored) else stored.data)
