"""What ``nsc`` makes for a NATS server with accounts: keys, tokens that one key signs for another, a creds file."""

import base64
import binascii
import json
import os
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

KINDS = {"operator": 14 << 3, "account": 0, "user": 20 << 3}
SEED = 18 << 3
UNLIMITED = dict.fromkeys(
    ("subs", "data", "payload", "imports", "exports", "conn", "leaf", "mem_storage", "disk_storage", "streams"), -1
)
CREDS = """\
-----BEGIN NATS USER JWT-----
{token}
------END NATS USER JWT------

************************* IMPORTANT *************************
NKEY Seed printed below can be used to sign and prove identity.

-----BEGIN USER NKEY SEED-----
{seed}
------END USER NKEY SEED------
"""


class Keys:
    """A pair of keys of one kind."""

    def __init__(self, kind: str) -> None:
        raw = os.urandom(32)
        self.kind = kind
        self.seed = _text(bytes([SEED | KINDS[kind] >> 5, (KINDS[kind] & 31) << 3]) + raw)
        self._key = Ed25519PrivateKey.from_private_bytes(raw)
        public = self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.public = _text(bytes([KINDS[kind]]) + public)

    def token(self, of: "Keys", **claims: Any) -> str:
        """What this one signs of another one."""
        told = {"type": of.kind, "version": 2, **claims}
        body = {"jti": of.public, "iat": 1, "iss": self.public, "name": of.kind, "sub": of.public, "nats": told}
        signed = ".".join(map(_word, ({"typ": "JWT", "alg": "ed25519-nkey"}, body)))
        return f"{signed}.{_url(self._key.sign(signed.encode()))}"


def guarded() -> tuple[str, str]:
    """The lines of a server that lets in one user alone, and the creds file of that user."""
    operator, system, account, user = (Keys(kind) for kind in ("operator", "account", "account", "user"))
    accounts = {
        system.public: operator.token(system, limits={**UNLIMITED, "mem_storage": 0, "disk_storage": 0}),
        account.public: operator.token(account, limits={**UNLIMITED, "consumer": -1, "wildcards": True}),
    }
    preload = ", ".join(f"{public}: {token}" for public, token in accounts.items())
    lines = (
        f"operator: {operator.token(operator)}",
        f"system_account: {system.public}",
        "resolver: MEMORY",
        f"resolver_preload: {{ {preload} }}",
    )
    token = account.token(user, subs=-1, data=-1, payload=-1)
    return "\n".join(lines), CREDS.format(token=token, seed=user.seed)


def _text(raw: bytes) -> str:
    whole = raw + binascii.crc_hqx(raw, 0).to_bytes(2, "little")
    return base64.b32encode(whole).decode().rstrip("=")


def _word(claims: dict[str, Any]) -> str:
    return _url(json.dumps(claims).encode())


def _url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
