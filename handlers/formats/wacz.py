"""The format ``wacz``: a zip that holds web archives, and a list of them with their digests."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any
from zipfile import ZipFile

from presslog.handlers.parts.budget import Budget
from presslog.handlers.parts.members import shown_path
from presslog.store.article import Unread
from presslog.store.errors import Unreadable

from . import Format, Member
from .zipped import START, listing, member_of, open_zip

LIST = "datapackage.json"
LIST_BYTES = 1 << 20
ARCHIVES = (".warc", ".warc.gz", ".warc.zst", ".wacz")
"""What is unpacked; a collection of several WACZ holds WACZ."""


def recognise(content: bytes, name: str) -> float:
    """Sure of a zip with a list and an archive in it, and of one of this name."""
    if not content.startswith(START):
        return 0.0
    if name.lower().endswith(".wacz"):
        return 0.95
    listed = listing(content)
    return 0.95 if LIST.encode() in listed and b"archive/" in listed and b".warc" in listed else 0.0


def unpack(content: bytes, _name: str, budget: Budget) -> Iterator[Member | Unread]:
    """The web archives in it, each where it is what the list says.

    Raises:
        Unreadable: ``no-archive``, ``damaged``, ``bomb`` or ``too-many-members``.
    """
    archive = open_zip(content, budget)
    entries = [entry for entry in archive.infolist() if entry.filename.lower().endswith(ARCHIVES)]
    digests, problem = _read_list(archive, budget)
    missing = [path for path in digests if path.lower().endswith(ARCHIVES) and path not in archive.NameToInfo]
    if not entries and not missing:
        raise Unreadable("no-archive", "there is no WARC in it: export it again with its archive")
    if problem:
        yield Unread(LIST, "damaged", problem)
    for path in missing:
        yield Unread(shown_path(path), "damaged", f"{LIST} names it and it is not there: export it again")
    for entry in entries:
        piece = member_of(archive, entry, budget)
        if isinstance(piece, Member) and not _is_as_stated(piece.content, digests.get(entry.filename, "")):
            piece = Unread(piece.path, "damaged", f"its digest is not the one in {LIST}: export it again")
        if piece:
            yield piece


def _read_list(archive: ZipFile, budget: Budget) -> tuple[dict[str, str], str]:
    """Path -> ``algorithm:hexadecimal`` or the empty text, and what is wrong with the list."""
    entry = archive.NameToInfo.get(LIST)
    if entry is None:
        return {}, "it is not there: the archives are read unchecked"
    piece = member_of(archive, entry, budget)
    if not isinstance(piece, Member) or len(piece.content) > LIST_BYTES:
        return {}, "it cannot be unpacked: the archives are read unchecked"
    try:
        resources: Any = json.loads(piece.content)["resources"]
        return {str(each["path"]): _digest(each) for each in resources}, ""
    except (ValueError, LookupError, TypeError, RecursionError):
        return {}, "it is no list of resources: the archives are read unchecked"


def _digest(resource: Any) -> str:
    """A digest as WACZ 1.1 states it, or as 1.0 did.

    >>> _digest({"hash": "sha256:ab"}), _digest({"stats": {"hash": "ab"}, "hashing": "md5"})
    ('sha256:ab', 'md5:ab')
    """
    stated = str(resource.get("hash") or resource.get("stats", {}).get("hash") or "")
    return stated if ":" in stated or not stated else f"{resource.get('hashing', 'sha256')}:{stated}"


def _is_as_stated(content: bytes, stated: str) -> bool:
    algorithm, _, digest = stated.partition(":")
    if algorithm not in ("md5", "sha1", "sha224", "sha256", "sha384", "sha512"):
        return True
    return hashlib.new(algorithm, content, usedforsecurity=False).hexdigest() == digest.lower()


FORMAT: Format = Format("wacz", recognise, unpack=unpack)
