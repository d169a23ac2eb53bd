"""The address of a log in NATS JetStream: which servers, which log there, and what its operator states."""

import re
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qsl, urlsplit

from presslog.store.errors import ConfigError

DEFAULT_NAME = "presslog"
DEFAULT_PORT = 4222
REPLICAS = ("1", "3", "5")
WORDS = ("creds", "tls_ca", "replicas", "sync")
NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


class Address(NamedTuple):
    """``nats://HOST:PORT,…/NAME?creds=FILE&tls_ca=FILE&replicas=1&sync=always``, in its parts."""

    text: str
    servers: list[str]
    name: str
    creds: str
    tls_ca: str
    replicas: int
    is_synced: bool
    """Whether the operator states that every server has ``sync_interval: always``: no interface of NATS tells it."""

    @property
    def log_stream(self) -> str:
        """The JetStream stream of the events."""
        return f"{self.name}-LOG"

    @property
    def blob_stream(self) -> str:
        """The JetStream stream of the raw bytes."""
        return f"{self.name}-BLOB"


def parsed(text: str) -> Address:
    """An address in its parts.

    Raises:
        ConfigError: a part is unknown, wrong, or a password, which would be read in settings and in error messages.
    """
    parts = urlsplit(text)
    if "@" in parts.netloc:
        raise ConfigError(
            f"nats://{parts.netloc.rpartition('@')[2]}: no user or password here; name a file: creds=FILE"
        )
    words = dict(parse_qsl(parts.query, keep_blank_values=True))
    unknown = sorted(set(words) - set(WORDS))
    if unknown:
        raise ConfigError(f"{text}: unknown {', '.join(unknown)}; there are {', '.join(WORDS)}")
    name = parts.path.strip("/") or DEFAULT_NAME
    _refuse_wrong(text, name, words)
    return Address(
        text=text,
        servers=[_server(text, each) for each in parts.netloc.split(",")],
        name=name,
        creds=words.get("creds", ""),
        tls_ca=words.get("tls_ca", ""),
        replicas=int(words.get("replicas", "3")),
        is_synced=words.get("sync") == "always",
    )


def _refuse_wrong(text: str, name: str, words: dict[str, str]) -> None:
    if not NAME.fullmatch(name):
        raise ConfigError(f"{text}: the name of a log is made of letters, digits, - and _; {name!r} is not")
    if words.get("replicas", "3") not in REPLICAS:
        raise ConfigError(f"{text}: replicas={words['replicas']}; there are {', '.join(REPLICAS)}")
    if words.get("sync", "always") != "always":
        raise ConfigError(f"{text}: sync={words['sync']}; write sync=always where every server has it, or leave it out")
    for word in ("creds", "tls_ca"):
        if word in words and not Path(words[word]).is_file():
            raise ConfigError(f"{text}: there is no file {words[word]!r}: put the path after {word}= right")


def _server(text: str, place: str) -> str:
    host, _, port = place.rpartition(":") if re.search(r":\d*$", place) else (place, "", "")
    if not host:
        raise ConfigError(f"{text}: a server is missing: nats://HOST:PORT/NAME, and more servers after commas")
    return f"nats://{host}:{port or DEFAULT_PORT}"
