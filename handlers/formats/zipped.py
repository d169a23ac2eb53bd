"""The format ``zip``: many files in one, found by the list at its end and, where that is torn, one by one."""

import stat
import struct
import zlib
from collections.abc import Iterator
from io import BytesIO
from itertools import pairwise
from typing import NamedTuple
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from presslog.handlers.parts.budget import FATAL, Budget
from presslog.handlers.parts.members import DAMAGE, is_clutter, shown_path, take_member
from presslog.store.article import Unread
from presslog.store.errors import Unreadable

from . import Format, Member
from .packed import DEFLATE, Unpacked

START = b"PK\x03\x04"
LISTED = b"PK\x01\x02"
EMPTY = b"PK\x05\x06"
LISTING_BYTES = 65_536
IS_ENCRYPTED, IS_STREAMED, IS_UTF8 = 0x1, 0x8, 0x800
_head = struct.Struct("<4x2xHHxxxxIIIHH")


def recognise(content: bytes, _name: str) -> float:
    """Sure of the first bytes; EPUB and WACZ, which are zips as well, are surer."""
    return 0.85 if content.startswith((START, EMPTY)) else 0.0


def unpack(content: bytes, _name: str, budget: Budget) -> Iterator[Member | Unread]:
    """The files in it; where the list of them is torn, those that can still be found.

    Raises:
        Unreadable: ``office-document``, ``bomb`` or ``too-many-members``.
    """
    try:
        archive = open_zip(content, budget)
    except Unreadable as error:
        if error.code in FATAL:
            raise
        yield from _found(content, budget)
        yield Unread("the list of its files", error.code, str(error))
        return
    if "[Content_Types].xml" in archive.NameToInfo or archive.NameToInfo.keys() >= {"mimetype", "content.xml"}:
        raise Unreadable("office-document", "this is an office document: save it as HTML, PDF or plain text")
    for entry in archive.infolist():
        if piece := member_of(archive, entry, budget):
            yield piece


def listing(content: bytes) -> bytes:
    """The end of a zip, where the list of its files stands; a quick look at it needs no more."""
    return content[-LISTING_BYTES:]


def open_zip(content: bytes, budget: Budget) -> ZipFile:
    """Open a zip whose list can be trusted not to waste our time.

    Raises:
        Unreadable: ``damaged``, ``too-many-members``, and ``bomb`` where files share their bytes.
    """
    budget.expect(content.count(LISTED))
    try:
        archive = ZipFile(BytesIO(content))
    except DAMAGE as error:
        raise Unreadable(
            "damaged", f"the list of its files is torn: {error}: copy it again, or pack it anew"
        ) from error
    extents = sorted((entry.header_offset, entry.compress_size) for entry in archive.infolist())
    if any(start + _head.size + size > following for (start, size), (following, _) in pairwise(extents)):
        raise Unreadable("bomb", "files in it lie upon each other: pack it anew")
    return archive


def member_of(archive: ZipFile, entry: ZipInfo, budget: Budget) -> Member | Unread | None:
    """Take one file; None for a folder and for what file managers leave behind.

    Raises:
        Unreadable: ``bomb`` or ``too-many-members``.
    """
    path = name_of(entry)
    if path.endswith("/") or is_clutter(path):
        return None
    if refusal := _refusal(entry.flag_bits, entry.compress_type):
        return Unread(shown_path(path), *refusal)
    if stat.S_ISLNK(entry.external_attr >> 16):
        return Unread(shown_path(path), "special-file", "a link: pack the file itself")
    return take_member(path, lambda: archive.open(entry), budget, entry.file_size)


def _refusal(marks: int, method: int) -> tuple[str, str] | None:
    if marks & IS_ENCRYPTED:
        return "encrypted", "it is encrypted: unpack it with its password"
    if method not in (ZIP_STORED, ZIP_DEFLATED):
        # Python's zipfile bounds the output of no other method.
        return "unsupported", f"it is packed by method {method}: pack it anew with a plain zip"
    return None


def name_of(entry: ZipInfo) -> str:
    """The path of a member; UTF-8 that is not marked as such, which old packers wrote, is read all the same."""
    if not entry.flag_bits & IS_UTF8:
        try:
            return entry.filename.encode("cp437").decode()
        except UnicodeError:
            pass
    return entry.filename


class _Local(NamedTuple):
    """The header in front of a member's bytes."""

    marks: int
    method: int
    checksum: int
    packed_bytes: int
    stated_bytes: int
    name_bytes: int
    extra_bytes: int


def _found(content: bytes, budget: Budget) -> Iterator[Member | Unread]:
    at = content.find(START)
    while 0 <= at <= len(content) - _head.size:
        piece, end = _found_at(content, at, budget)
        if piece:
            yield piece
        at = content.find(START, end)


def _found_at(content: bytes, at: int, budget: Budget) -> tuple[Member | Unread | None, int]:
    """The member whose header stands here, and where to look for the next one."""
    local = _Local._make(_head.unpack_from(content, at))
    name_end = at + _head.size + local.name_bytes
    path = content[at + _head.size : name_end].decode("utf-8" if local.marks & IS_UTF8 else "cp437", "replace")
    body = _Body(content, name_end + local.extra_bytes, local)
    if path.endswith("/") or is_clutter(path):
        return None, body.end
    if refusal := _refusal(local.marks, local.method):
        return Unread(shown_path(path), *refusal), body.end
    return take_member(path, lambda: body, budget, local.stated_bytes), body.end


class _Body:
    """A member's bytes where only the header in front of them is known; a wrong checksum is an error at the end."""

    def __init__(self, content: bytes, begin: int, local: _Local) -> None:
        self._content = content
        self._local = local
        self._checksum = 0
        self.end = begin
        self._stream: Unpacked | BytesIO = Unpacked(DEFLATE, content, begin)
        if local.method == ZIP_STORED:
            self.end += local.packed_bytes
            self._stream = BytesIO(content[begin : self.end])

    def read(self, size: int, /) -> bytes:
        part = self._stream.read(size)
        self._checksum = zlib.crc32(part, self._checksum)
        if isinstance(self._stream, Unpacked):
            self.end = self._stream.end
        if not part and self._checksum != self._stated():
            raise ValueError("its checksum is wrong")
        return part

    def _stated(self) -> int:
        if not self._local.marks & IS_STREAMED:
            return self._local.checksum
        behind = self._content[self.end : self.end + 8]
        return int.from_bytes(behind.removeprefix(b"PK\x07\x08")[:4], "little")


FORMAT: Format = Format("zip", recognise, unpack=unpack)
