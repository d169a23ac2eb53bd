"""Who presslog is to a NATS server: a file of credentials, as ``nsc`` makes it, with a token and the key to sign with.

nats-py would want the package ``nkeys`` for it, which is no wheel; Ed25519 is here already.
"""

import base64
import binascii
import re
from pathlib import Path
from typing import NamedTuple

from presslog.store.errors import ConfigError

BLOCK = re.compile(r"-{3,}BEGIN ([A-Z ]+)-{3,}\s+(\S+)\s+-{3,}END \1-{3,}")
TOKEN, SEED = "NATS USER JWT", "USER NKEY SEED"
SEED_BYTES = slice(2, 34)
"""Of a decoded seed: two bytes before it say what it is for, two behind it are a check sum (NATS, ADR-14)."""


class Credentials(NamedTuple):
    """A token, and the key of whom it names."""

    token: str
    seed: bytes

    def signature(self, nonce: str) -> bytes:
        """What proves to a server that the key is here."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        return base64.b64encode(Ed25519PrivateKey.from_private_bytes(self.seed).sign(nonce.encode()))


def credentials(path: str) -> Credentials:
    """Read a file of credentials.

    Raises:
        ConfigError: it cannot be read, or is none.
    """
    try:
        blocks = dict(BLOCK.findall(Path(path).read_text("ascii")))
        return Credentials(blocks[TOKEN], _seed(blocks[SEED]))
    except OSError as error:
        raise ConfigError(f"creds={path} cannot be read: {error.strerror}; give this user the right to") from error
    except (KeyError, ValueError) as error:
        raise ConfigError(f"creds={path} is no file of NATS credentials: make one with `nsc generate creds`") from error


def _seed(text: str) -> bytes:
    decoded = base64.b32decode(text + "=" * (-len(text) % 8))
    told = int.from_bytes(decoded[-2:], "little")
    if len(decoded) != SEED_BYTES.stop + 2 or binascii.crc_hqx(decoded[:-2], 0) != told:
        raise ValueError("a damaged seed")
    return decoded[SEED_BYTES]
