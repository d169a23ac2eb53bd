"""Giving the log another key: recorded in it, and signed by both."""

import os
from functools import partial

import msgspec

from presslog.store.errors import BadQuery, StoreUnsafe
from presslog.store.keys import FILE, rotate

from .assemble import Parts, meta_of


class RotateKey(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Take a new key in the place of the one in the store."""


class Rotated(msgspec.Struct, frozen=True, kw_only=True):
    """The key that signs from now on, as a vkey."""

    verifier: str


def rotate_key(parts: Parts, asked: RotateKey, actor: str) -> Rotated:  # noqa: ARG001  all requests are called alike
    """Make a new key, have the old one sign it, and go on with it.

    Raises:
        BadQuery: the key is a credential, which only the operator can change.
        StoreUnsafe: the key is not at hand.
    """
    if parts.notariser is None:
        raise StoreUnsafe(f"{FILE} is not at hand: put it into the store, or, where it is lost, `presslog key replace`")
    folder, credentials = parts.registry.path.parent, os.environ.get("CREDENTIALS_DIRECTORY", "")
    if credentials and os.path.exists(os.path.join(credentials, FILE)):
        raise BadQuery(
            "the key is a credential of systemd: stop the daemon, run `presslog key rotate --old FILE --new FILE` with "
            "the old key and a new one (openssl genpkey -algorithm ed25519), and put it where LoadCredential= looks"
        )
    return Rotated(verifier=parts.notariser.change_key(partial(rotate, folder, parts.log, meta=meta_of(actor))))
