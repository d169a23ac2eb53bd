"""The format ``mhtml``: a page that a browser saved with all its parts in one file (RFC 2557)."""

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import Message
from io import BytesIO

from presslog.handlers.parts.budget import Budget
from presslog.handlers.parts.page_address import canonical
from presslog.store.article import Unread
from presslog.store.errors import Unreadable

from . import Format, Member

ENDINGS = (".mhtml", ".mht")
HEAD_BYTES = 4_096
PAGES = ("text/html", "application/xhtml+xml")
LOCATIONS = ("Content-Location", "Snapshot-Content-Location")
UTF8_MARK = b"\xef\xbb\xbf"

_saved = re.compile(rb'(?:^|\n)From:\s{0,9}["<]?\s{0,9}Saved by\b|(?:^|\n)Snapshot-Content-Location:', re.IGNORECASE)
_related = re.compile(rb"(?:^|\n)Content-Type:\s{0,9}(?:multipart/related|text/html)\b", re.IGNORECASE)
_located = re.compile(rb"\nContent-Location:", re.IGNORECASE)
_blank_line = re.compile(rb"\r?\n\r?\n")
_headed = re.compile(rb"[\s\xef\xbb\xbf]{0,20}[!-9;-~]{1,80}:[^\n]*\n")
_header_line = re.compile(rb"[ \t]|[!-9;-~]{1,80}:")
_posted = re.compile(rb"(?:^|\n)(?:Received|Return-Path|Message-ID|Delivered-To|To):", re.IGNORECASE)


def recognise(content: bytes, name: str) -> float:
    """Say how sure it is that the bytes are a saved page: by who saved it, or by its parts' addresses."""
    head = content[:HEAD_BYTES]
    if not _headed.match(head) or not _related.search(head):
        return 0.0
    if _saved.search(head):
        return 0.95
    is_located = _located.search(head) and not _posted.search(head)
    return 0.9 if is_located or (name.lower().endswith(ENDINGS) and b"MIME-Version" in head) else 0.0


def unpack(content: bytes, _name: str, budget: Budget) -> Iterator[Member | Unread]:
    """Give the page itself; its pictures, styles and frames are no articles.

    Raises:
        Unreadable: ``malformed`` where no page can be found in it.
    """
    try:
        message = message_from_bytes(_mended(content), policy=policy.compat32)
        page = _root(message)
        body = page.get_payload(decode=True) if page else None
    except (RecursionError, LookupError, ValueError, AssertionError) as error:
        raise Unreadable(
            "malformed", f"a saved page whose parts cannot be told apart: {error}: save it anew"
        ) from error
    if page is None or not isinstance(body, bytes) or not body.strip():
        raise Unreadable("malformed", f"a saved page without {_missing(message)}: save it anew")
    addresses = [_header(each, name) for each in (page, message) for name in LOCATIONS]
    url = canonical(*addresses)
    yield Member("page.html", budget.take(BytesIO(_noted(_as_utf8(body, page), url))), url)


def _mended(content: bytes) -> bytes:
    """The same file without what cannot stand in its head: browsers break long titles there as they like."""
    break_at = _blank_line.search(content)
    if not break_at:
        return content
    lines = content[: break_at.start()].splitlines(keepends=True)
    return b"".join(line for line in lines if _header_line.match(line)) + content[break_at.start() :]


def _root(message: Message) -> Message | None:
    """The part that ``start`` names, or else the first page."""
    parts = [part for part in message.walk() if not part.is_multipart()]
    pages = [part for part in parts if part.get_content_type() in PAGES]
    start = message.get_param("start")
    named = [page for page in pages if start and _header(page, "Content-ID") == str(start).strip()]
    return next(iter(named or pages), None)


def _missing(message: Message) -> str:
    kind = message.get_content_type()
    if kind.startswith("multipart/") and not message.get_boundary():
        return "the boundary between its parts"
    return "a page in it" if message.is_multipart() else "the parts that it announces"


def _header(part: Message, name: str) -> str:
    return str(part.get(name, "")).strip()


def _as_utf8(body: bytes, page: Message) -> bytes:
    """The page in the charset that its header states, which overrules what stands in the page (RFC 2557, section 6)."""
    charset = page.get_content_charset()
    if not charset:
        return body
    try:
        return UTF8_MARK + body.decode(charset).encode()
    except (LookupError, ValueError):
        return body


def _noted(body: bytes, url: str) -> bytes:
    """The page with its address in front, as a browser that saves it alone writes it: links in it may be relative."""
    note = f"<!-- saved from url=({len(url):04}){url} -->\n".encode() if url else b""
    return UTF8_MARK + note + body.removeprefix(UTF8_MARK) if body.startswith(UTF8_MARK) else note + body


FORMAT: Format = Format("mhtml", recognise, unpack=unpack)
