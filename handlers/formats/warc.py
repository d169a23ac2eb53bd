"""The formats ``warc`` and ARC: what a crawler was answered, record by record. The home of warcio."""

import base64
import hashlib
import io
import re
from collections.abc import Iterator
from email.message import Message
from typing import Any
from urllib.parse import quote, urlsplit

from presslog.handlers.parts.budget import CHUNK_BYTES, FATAL, Budget, Readable
from presslog.handlers.parts.charset import restated
from presslog.handlers.parts.members import no_article, shown_path
from presslog.store.article import Unread
from presslog.store.errors import Unreadable

from . import Format, Member
from .packed import BROTLI, DEFLATE, GZIP, ZLIB, ZSTD, Packing, Unpacked

STARTS = (b"WARC/", b"filedesc://")
PACKINGS = (GZIP, ZSTD)
"""A packed archive has one packed stream for each record, or one for all."""
ENCODINGS = {"gzip": (GZIP,), "x-gzip": (GZIP,), "deflate": (ZLIB, DEFLATE), "br": (BROTLI,), "zstd": (ZSTD,)}
ANSWERS = frozenset({"response", "resource", "conversion"})
HEAD_BYTES = 1 << 20
"""Of header lines in one record; real ones have a thousandth."""
MOST_TORN = 100
"""Places at which an archive is broken; the search for what is whole ends there."""

_next = re.compile(rb"(?<=\n)(?:WARC/\d\.\d+\r?\n|[a-z]{2,20}:\S{1,4000} [\d.]{1,20} \d{14} \S{1,200} \d{1,12}\r?\n)")
_article_type = re.compile(
    r"text/(?:html|xml|plain|markdown)|application/(?:xhtml\+xml|xml|json|pdf|(?:[\w.-]+\+)(?:xml|json))|message/rfc822"
)
_no_type = frozenset({"", "text/unknown", "application/octet-stream", "unk", "application/unknown"})


def recognise(content: bytes, _name: str) -> float:
    """Sure of the first bytes; of a packed archive a first few are unpacked."""
    return 0.97 if _first_bytes(content).startswith(STARTS) else 0.0


def _first_bytes(content: bytes, at: int = 0) -> bytes:
    for packing in PACKINGS:
        if content.startswith(packing.starts, at):
            try:
                return Unpacked(packing, content[at : at + 1024]).read(64)
            except Unreadable:
                return b""
    return content[at : at + 64]


def unpack(content: bytes, _name: str, budget: Budget) -> Iterator[Member | Unread]:
    """The pages and feeds in it, decoded as a browser would; behind a broken record it goes on with the next one.

    Raises:
        Unreadable: ``bomb`` or ``too-many-members``.
    """
    packing = next((packing for packing in PACKINGS if content.startswith(packing.starts)), None)
    at = 0
    for _ in range(MOST_TORN):
        archive = _Archive(content, at, packing, budget)
        try:
            yield from archive.pieces()
            return
        except _broken() as error:
            if isinstance(error, Unreadable) and error.code in FATAL:
                raise
            yield Unread(f"byte {archive.at}", "damaged", f"{_short(error)}: crawl it again")
        at = _next_record(content, archive.at + 1, packing)
        if at < 0:
            return
    yield Unread(f"byte {at}", "damaged", f"broken at {MOST_TORN} places: the rest is not read")


def _broken() -> tuple[type[Exception], ...]:
    from warcio.exceptions import ArchiveLoadFailed
    from warcio.statusandheaders import StatusAndHeadersParserException

    # It asks a record without an address how its address starts.
    return ArchiveLoadFailed, StatusAndHeadersParserException, Unreadable, EOFError, ValueError, AttributeError


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or "it ends too early"


def _next_record(content: bytes, at: int, packing: Packing | None) -> int:
    """Where the next record starts, below 0 where there is none."""
    if not packing:
        found = _next.search(content, at)
        return found.start() if found else -1
    while (at := content.find(packing.starts[0], at)) >= 0:
        if _first_bytes(content, at).startswith(STARTS):
            return at
        at += 1
    return at


class _Archive:
    """An archive from one of its records on; ``at`` is where the record starts that is being read."""

    def __init__(self, content: bytes, at: int, packing: Packing | None, budget: Budget) -> None:
        self.at = at
        self._budget = budget
        self._begin = at
        self._packed = Unpacked(packing, content, at) if packing else None
        plain = io.BytesIO(content)
        plain.seek(at)
        self._lines = _Lines(budget.metered(self._packed) if self._packed else plain)

    def pieces(self) -> Iterator[Member | Unread]:
        from warcio.recordloader import ArcWarcRecordLoader

        loader = ArcWarcRecordLoader(verify_http=False, arc2warc=True)
        while line := self._first_line():
            record = loader.parse_record_stream(self._lines, line, check_digests=True)
            if record.length is None:
                raise ValueError("a record does not say how long it is")
            self._lines.begin()
            piece = self._piece(record)
            if line.startswith(b"WARC/") and self._lines.peek(1)[:1] not in (b"", b"\r", b"\n"):
                raise ValueError("a record is longer than it says")
            if piece:
                yield piece

    def _first_line(self) -> bytes:
        self._lines.begin()
        while (line := self._lines.readline()) and not line.strip():
            self._lines.begin()
        self.at = self._packed.start if self._packed else self._begin + self._lines.tell() - len(line)
        return line

    def _piece(self, record: Any) -> Member | Unread | None:
        """What one record gives, when all of it has been read and found whole."""
        address = quote(record.rec_headers.get_header("WARC-Target-URI") or "", safe="%/:=&?~#+!$,;'@()*[]")
        place = shown_path(address.replace("%", "\0")).replace("%00", "%") or f"byte {self.at}"
        piece: Member | Unread | None = None
        if record.rec_type == "revisit":
            piece = Unread(place, "copy", f"revisit of {record.rec_headers.get_header('WARC-Refers-To-Date') or place}")
        elif record.rec_type == "continuation":
            piece = Unread(place, "unsupported", "an answer in several records: crawl it again with a larger limit")
        elif record.rec_type in ANSWERS and not address.startswith(("metadata:", "dns:", "whois:")):
            piece = self._answer(record, address, place)
        self._finish(record)
        return piece

    def _answer(self, record: Any, address: str, place: str) -> Member | Unread:
        kind, charset = _type_of(record)
        if reason := _no_answer(record, kind, address):
            return Unread(place, "not-an-article", reason)
        try:
            raw = self._take(record)
            self._finish(record, is_whole=raw.rstrip().endswith((b"</html>", b"</HTML>")))
            content = _decoded(raw, _header(record, "Content-Encoding"), self._budget)
        except Unreadable as error:
            if error.code in FATAL:
                raise
            return Unread(place, error.code, str(error))
        if problem := _problem(record, raw, content):
            return Unread(place, "damaged", f"{problem}: crawl it again")
        if kind in _no_type and content.lstrip()[:1] != b"<":
            return Unread(place, "not-an-article", "bytes of no stated type")
        content = restated(content, charset) if charset and kind.startswith("text/") else content
        return Member(place, content, address if address.startswith(("http:", "https:")) else "")

    def _take(self, record: Any) -> bytes:
        from warcio.bufferedreaders import ChunkedDataReader

        is_chunked = "chunked" in _header(record, "Transfer-Encoding").lower()
        stream = ChunkedDataReader(record.raw_stream) if is_chunked else record.raw_stream
        return self._budget.take(stream, stated_bytes=record.length, is_spent=self._packed is not None)

    def _finish(self, record: Any, *, is_whole: bool = False) -> None:
        """Read to the end of a record; one that ends before is broken, unless what it holds says that it is not."""
        while record.raw_stream.read(CHUNK_BYTES):
            pass
        if record.raw_stream.limit and not is_whole:
            raise EOFError("a record is shorter than it says")
        record.raw_stream.limit = 0


def _header(record: Any, name: str) -> str:
    return (record.http_headers.get_header(name) if record.http_headers else "") or ""


def _type_of(record: Any) -> tuple[str, str]:
    """The media type of an answer and its charset, both in small letters and empty where they are not stated."""
    stated = Message()
    stated["Content-Type"] = _header(record, "Content-Type") if record.http_headers else record.content_type or ""
    return stated["Content-Type"].partition(";")[0].strip().lower(), stated.get_content_charset() or ""


def _no_answer(record: Any, kind: str, address: str) -> str:
    """Why an answer is plainly no article; empty where it may be one."""
    if record.rec_type == "response" and not record.http_headers:
        return "an answer without a header"
    status = record.http_headers.get_statuscode() if record.http_headers else "200"
    if status != "200":
        return f"HTTP status {shown_path(status)}"
    if kind not in _no_type and not _article_type.fullmatch(kind):
        return f"{shown_path(kind)} is no article"
    return "" if kind == "text/html" else no_article(_path_of(address))


def _path_of(address: str) -> str:
    try:
        return urlsplit(address).path
    except ValueError:
        return ""


def _decoded(raw: bytes, encodings: str, budget: Budget) -> bytes:
    """Undo the content encodings; some crawlers store an answer decoded and leave the header as it was."""
    for encoding in reversed([name.strip().lower() for name in encodings.split(",")]):
        if encoding in ("", "identity"):
            continue
        if encoding not in ENCODINGS:
            raise Unreadable("unsupported", f"its content encoding is {shown_path(encoding)}: crawl it without")
        raw = _unpacked(raw, ENCODINGS[encoding], budget)
    return raw


def _unpacked(raw: bytes, packings: tuple[Packing, ...], budget: Budget) -> bytes:
    failure: Unreadable | None = None
    for packing in packings:
        try:
            return budget.take(Unpacked(packing, raw))
        except Unreadable as error:
            if error.code != "damaged":
                raise
            failure = error
    if raw.lstrip()[:1] in (b"<", b"{", b"[") or failure is None:
        return raw
    raise failure


def _problem(record: Any, raw: bytes, content: bytes) -> str:
    """What its digests say against an answer; writers differ in whether they count it before it is decoded."""
    problems = [problem for problem in record.digest_checker.problems if " failed" in problem]
    stated = record.rec_headers.get_header("WARC-Payload-Digest") or ""
    is_right = any(_has_digest(each, stated) for each in (raw, content))
    return next((problem for problem in problems if not is_right or problem.startswith("block")), "")


def _has_digest(content: bytes, stated: str) -> bool:
    algorithm, _, value = stated.partition(":")
    if algorithm.lower() not in ("sha1", "sha256", "sha512", "md5"):
        return False
    digest = hashlib.new(algorithm.lower(), content, usedforsecurity=False).digest()
    return value.upper() in (digest.hex().upper(), base64.b32encode(digest).decode())


class _Raw(io.RawIOBase):
    def __init__(self, stream: Readable) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        part = self._stream.read(len(buffer))
        buffer[: len(part)] = part
        return len(part)


class _Lines(io.BufferedReader):
    """Bytes with lines among them, of which one record has not many."""

    def __init__(self, stream: Readable) -> None:
        super().__init__(_Raw(stream))
        self._at = 0
        self._line_bytes = 0

    def begin(self) -> None:
        self._line_bytes = 0

    def tell(self) -> int:
        return self._at

    def read(self, size: int | None = -1, /) -> bytes:
        part = super().read(size)
        self._at += len(part)
        return part

    def readline(self, size: int | None = -1, /) -> bytes:
        line = super().readline(HEAD_BYTES if size is None or size < 0 else min(size, HEAD_BYTES))
        self._at += len(line)
        self._line_bytes += len(line)
        if self._line_bytes > HEAD_BYTES:
            raise ValueError("the header of a record has no end")
        return line


FORMAT: Format = Format("warc", recognise, unpack=unpack)
