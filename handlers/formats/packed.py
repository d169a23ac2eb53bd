"""The formats ``gzip``, ``bzip2``, ``xz`` and ``zstd``: one packed file. The home of zstandard and brotli."""

import bz2
import lzma
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple, Protocol

from presslog.handlers.parts.budget import Budget
from presslog.handlers.parts.members import shown_path
from presslog.store.article import Unread
from presslog.store.errors import Unreadable

from . import Format, Member

PIECE_BYTES = 512
"""Of packed bytes at a time: zstandard has no limit of output, and makes 128 KiB of every 4 bytes at worst."""
MOST_WINDOW_BYTES = 128 << 20
"""Of memory that a packed file may ask for; ``xz -9`` takes 65 MiB, ``zstd --long`` 128."""


class Stream(Protocol):
    """An unpacker of one packed stream, as ``bz2.BZ2Decompressor`` is one."""

    @property
    def eof(self) -> bool:
        """Whether the stream has ended."""
        ...

    @property
    def needs_input(self) -> bool:
        """Whether nothing more comes of what was fed."""
        ...

    @property
    def unused_data(self) -> bytes:
        """What was fed and stands behind the end."""
        ...

    def decompress(self, piece: bytes, max_length: int, /) -> bytes:
        """Feed a piece, which may be empty, and take about ``max_length`` bytes at most."""
        ...


class Packing(NamedTuple):
    """A way to pack bytes: its name, how its streams start, how to begin one, and endings with what they hide."""

    name: str
    starts: tuple[bytes, ...]
    begin: Callable[[], Stream]
    endings: tuple[tuple[str, str], ...] = ()


class Unpacked:
    """What packed bytes unpack to, read piece by piece, stream after stream.

    ``start`` is where the stream starts that the last piece came from, ``end`` where the last whole one ended.
    """

    def __init__(self, packing: Packing, packed: bytes, start: int = 0) -> None:
        self.start = self.end = start
        self._packing = packing
        self._packed = packed
        self._at = start
        self._stream = packing.begin()
        self._is_whole = False

    def read(self, size: int, /) -> bytes:
        """Unpack up to about ``size`` bytes more, none at the end.

        Raises:
            Unreadable: ``damaged``, also where the packed bytes end too early.
        """
        while not self._is_whole:
            piece = self._packed[self._at : self._at + PIECE_BYTES] if self._stream.needs_input else b""
            self._at += len(piece)
            self.start = self.end
            try:
                part = self._stream.decompress(piece, size)
            except (zlib.error, lzma.LZMAError, OSError, ValueError) as error:
                raise _damaged(self._packing, str(error)) from error
            if self._stream.eof:
                self._go_on()
            elif not part and not piece and self._stream.needs_input:
                raise _damaged(self._packing, "it ends too early")
            if part:
                return part
        return b""

    def _go_on(self) -> None:
        self.end = self._at = self._at - len(self._stream.unused_data)
        if self._packed.startswith(self._packing.starts, self.end):
            self._stream = self._packing.begin()
        else:
            self._is_whole = True


def _damaged(packing: Packing, reason: str) -> Unreadable:
    return Unreadable("damaged", f"the {packing.name} data is damaged: {reason}: copy the file again")


class _Zlib:
    def __init__(self, window_bits: int) -> None:
        self._stream = zlib.decompressobj(window_bits)

    @property
    def eof(self) -> bool:
        return self._stream.eof

    @property
    def needs_input(self) -> bool:
        return not self._stream.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        return self._stream.unused_data

    def decompress(self, piece: bytes, max_length: int, /) -> bytes:
        return self._stream.decompress(self._stream.unconsumed_tail + piece, max_length)


class _Zstd:
    def __init__(self) -> None:
        import zstandard

        self._error = zstandard.ZstdError
        self._stream = zstandard.ZstdDecompressor(max_window_size=MOST_WINDOW_BYTES).decompressobj()
        self._ready = b""

    @property
    def eof(self) -> bool:
        return self._stream.eof and not self._ready

    @property
    def needs_input(self) -> bool:
        return not self._ready

    @property
    def unused_data(self) -> bytes:
        return self._stream.unused_data

    def decompress(self, piece: bytes, max_length: int, /) -> bytes:
        try:
            self._ready = self._ready or self._stream.decompress(piece)
        except self._error as error:
            raise ValueError(str(error)) from error
        part, self._ready = self._ready[:max_length], self._ready[max_length:]
        return part


class _Brotli:
    unused_data = b""

    def __init__(self) -> None:
        import brotli

        self._error = brotli.error
        self._stream = brotli.Decompressor()

    @property
    def eof(self) -> bool:
        return bool(self._stream.is_finished())

    @property
    def needs_input(self) -> bool:
        return bool(self._stream.can_accept_more_data())

    def decompress(self, piece: bytes, max_length: int, /) -> bytes:
        try:
            return bytes(self._stream.process(piece, output_buffer_limit=max_length))
        except self._error as error:
            raise ValueError(str(error)) from error


_ZSTD_STARTS = (b"\x28\xb5\x2f\xfd", *(bytes((0x50 + number,)) + b"\x2a\x4d\x18" for number in range(16)))
_BZIP2_MARKS = (b"1AY&SY", b"\x17rE8P\x90")
"""Of a first block, and of the end where there is none."""
GZIP = Packing("gzip", (b"\x1f\x8b\x08",), partial(_Zlib, 31), ((".tgz", ".tar"), (".svgz", ".svg"), (".gz", "")))
BZIP2 = Packing(
    "bzip2",
    tuple(b"BZh%d%b" % (level, mark) for level in range(1, 10) for mark in _BZIP2_MARKS),
    bz2.BZ2Decompressor,
    ((".tbz2", ".tar"), (".tbz", ".tar"), (".bz2", "")),
)
XZ = Packing(
    "xz",
    (b"\xfd7zXZ\x00",),
    partial(lzma.LZMADecompressor, lzma.FORMAT_XZ, MOST_WINDOW_BYTES),
    ((".txz", ".tar"), (".xz", "")),
)
ZSTD = Packing("zstd", _ZSTD_STARTS, _Zstd, ((".tzst", ".tar"), (".zst", ""), (".zstd", "")))
ZLIB = Packing("zlib", (), partial(_Zlib, 15))
DEFLATE = Packing("deflate", (), partial(_Zlib, -15))
BROTLI = Packing("brotli", (), _Brotli)


def _recognise(packing: Packing, content: bytes, _name: str) -> float:
    return 0.9 if content.startswith(packing.starts) else 0.0


def _unpack(packing: Packing, content: bytes, name: str, budget: Budget) -> Iterator[Member | Unread]:
    """The one file that is packed; a file that is cut is no file, so nothing of it is handed on.

    Raises:
        Unreadable: ``damaged``, ``too-large``, ``bomb``.
    """
    unpacked = Unpacked(packing, content)
    inner = (_stated_name(content) if packing is GZIP else "") or _inner_name(packing, name)
    yield Member(shown_path(inner), budget.take(unpacked))
    if rest := content[unpacked.end :].strip(b"\0"):
        yield Unread(f"byte {unpacked.end}", "damaged", f"{len(rest)} bytes behind the end are no {packing.name} data")


def _inner_name(packing: Packing, name: str) -> str:
    for ending, instead in packing.endings:
        if name.lower().endswith(ending) and len(name) > len(ending):
            return name[: -len(ending)] + instead
    return name


def _stated_name(content: bytes) -> str:
    """The last part of the name in a gzip header, RFC 1952 section 2.3."""
    at = 10
    if content[3:4] and content[3] & 4:
        at += 2 + int.from_bytes(content[at : at + 2], "little")
    if not content[3:4] or not content[3] & 8:
        return ""
    name = content[at : at + 1024].partition(b"\0")[0].decode("utf-8", "surrogateescape")
    return name.replace("\\", "/").rpartition("/")[2]


FORMATS: tuple[Format, ...] = tuple(
    Format(packing.name, partial(_recognise, packing), unpack=partial(_unpack, packing))
    for packing in (GZIP, BZIP2, XZ, ZSTD)
)
