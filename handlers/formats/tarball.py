"""The format ``tar``: many files in one, one behind the other; packed ones come out of their packing first."""

import re
import tarfile
from collections.abc import Iterator
from io import BytesIO

from presslog.handlers.parts.budget import Budget
from presslog.handlers.parts.members import DAMAGE, is_clutter, shown_path, take_member
from presslog.store.article import Unread
from presslog.store.errors import Unreadable

from . import Format, Member

BLOCK_BYTES = 512
_octal = re.compile(rb" {0,6}([0-7]{1,8})[ \0]{0,7}")


def recognise(content: bytes, _name: str) -> float:
    """Sure of the word ``ustar`` in the first block, and of a first block whose sum is right."""
    if content[257:262] == b"ustar":
        return 0.95
    stated = _octal.fullmatch(content[148:156])
    if len(content) < BLOCK_BYTES or not content[0] or not stated:
        return 0.0
    counted = sum(content[:148]) + sum(content[156:BLOCK_BYTES]) + 8 * ord(" ")
    return 0.9 if counted == int(stated[1], 8) else 0.0


def unpack(content: bytes, _name: str, budget: Budget) -> Iterator[Member | Unread]:
    """The files in it, as far as its blocks can be followed.

    Raises:
        Unreadable: ``damaged`` where the first block is, ``bomb`` or ``too-many-members``.
    """
    try:
        archive = tarfile.open(fileobj=BytesIO(content), mode="r:")  # noqa: SIM115  nothing is open but bytes
    except DAMAGE as error:
        raise Unreadable("damaged", f"{error}: pack it anew") from error
    try:
        for entry in _entries(archive):
            if not (entry.isdir() or is_clutter(entry.name)):
                yield _member(archive, entry, budget)
    except DAMAGE as error:
        yield Unread(f"byte {archive.offset}", "damaged", f"{error}: pack it anew")
        return
    if content[archive.offset : archive.offset + BLOCK_BYTES].strip(b"\0"):
        yield Unread(f"byte {archive.offset}", "damaged", "no header where the next file should begin: pack it anew")


def _entries(archive: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    at = -1
    while entry := archive.next():
        if archive.offset <= at:
            raise tarfile.ReadError("a file of a size below zero")
        at = archive.offset
        archive.members = []  # type: ignore[attr-defined]  # It would keep all of them.
        yield entry


def _member(archive: tarfile.TarFile, entry: tarfile.TarInfo, budget: Budget) -> Member | Unread:
    if not entry.isreg() or entry.issparse():
        return Unread(shown_path(entry.name), "special-file", "a link, a device or a sparse file: pack the file itself")
    return take_member(entry.name, lambda: archive.extractfile(entry) or BytesIO(), budget, entry.size)


FORMAT: Format = Format("tar", recognise, unpack=unpack)
