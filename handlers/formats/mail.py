"""The format ``mail``: newsletters, press releases and forms sent by mail, alone or in an mbox, and what they carry."""

import io
import re
from collections.abc import Iterator
from mimetypes import guess_extension

from presslog.handlers.parts.budget import Budget, TooLarge
from presslog.handlers.parts.mail_fields import read_bodies, read_form, read_headers
from presslog.handlers.parts.mail_parts import Mail, content_of, name_of, parse_mail, parts_of
from presslog.handlers.parts.paragraphs import first_sentence
from presslog.store.article import Article, Unread
from presslog.store.errors import Unreadable

from . import Format, Member

MAIL_HEADERS = frozenset(
    "return-path received delivered-to mime-version message-id dkim-signature x-received authentication-results".split()
)
"""Headers that only mail has."""

LETTER_HEADERS = frozenset({"from", "date", "subject"})
"""Headers of which all together make a mail; a text may begin with one of them."""

HEAD_BYTES = 16_384
HEAD_LINES = 200

_key = re.compile(rb"([A-Za-z][A-Za-z0-9-]{1,60}):(?:[ \t\r]|$)")
_mbox_line = re.compile(rb"(?:\A|(?<=\n\n)|(?<=\n\r\n))From [^\r\n]{3,200}\r?\n(?=[A-Za-z-]{2,60}:)")
_escaped_from = re.compile(rb"^>(>*From )", re.MULTILINE)


def recognise(content: bytes, name: str) -> float:
    """Sure of headers that only mail has; a saved page (MHTML) has them too, and is none."""
    start = content[:HEAD_BYTES].lstrip()
    mbox = _mbox_line.match(start)
    start = start[mbox.end() :] if mbox else start
    keys = _keys(start)
    if not keys or _is_saved_page(start, keys):
        return 0.0
    if mbox or len(keys & MAIL_HEADERS) > 1 or (keys & MAIL_HEADERS and keys & LETTER_HEADERS):
        return 0.95
    is_letter = keys >= LETTER_HEADERS and b"@" in start
    return 0.85 if is_letter or ("from" in keys and name.lower().endswith(".eml")) else 0.0


def _keys(start: bytes) -> set[str]:
    """The names of the headers on top; none where the first line is no header."""
    keys: set[str] = set()
    if b":" not in start[:64]:  # of nearly every file that is no mail nothing has to be split
        return keys
    for line in start.split(b"\n", HEAD_LINES)[:HEAD_LINES]:
        if found := _key.match(line):
            keys.add(found[1].decode().lower())
        elif line[:1] not in (b" ", b"\t") or not keys:
            break
    return keys


def _is_saved_page(start: bytes, keys: set[str]) -> bool:
    head = re.split(rb"\r?\n\r?\n", start, maxsplit=1)[0].lower()
    is_related = b"multipart/related" in head and not keys & {"message-id", "received", "to", "delivered-to"}
    return is_related or b"from: <saved by " in head or "snapshot-content-location" in keys


def read(content: bytes, _name: str) -> list[Article | Unread]:
    """Read a mail, or every mail of an mbox; one without a word of its own leaves it to its attachments.

    Raises:
        Unreadable: ``encrypted``, ``too-deep``, ``empty``.
    """
    messages = _messages(content)
    if len(messages) == 1:
        return _read_mail(messages[0])
    found: list[Article | Unread] = []
    for number, message in enumerate(messages, start=1):
        try:
            found += _read_mail(message)
        except Unreadable as error:
            found.append(Unread(f"message {number}", error.code, str(error)))
    return found


def _messages(content: bytes) -> list[bytes]:
    """The mails of an mbox, each without the line that parts them; or the one mail."""
    content = content.lstrip()
    starts = [found.span() for found in _mbox_line.finditer(content)]
    if not starts or starts[0][0]:
        return [content]
    ends = [start for start, _ in starts[1:]] + [len(content)]
    return [_escaped_from.sub(rb"\1", content[begin:end]) for (_, begin), end in zip(starts, ends, strict=True)]


def _read_mail(message: bytes) -> list[Article | Unread]:
    mail = parse_mail(message)
    bodies, attached = parts_of(mail)
    form = read_form(bodies)
    fields = read_headers(mail) | (form or read_bodies(bodies))
    if not fields["text"] and attached:
        return []
    fields["title"] = fields["title"] or first_sentence(fields["text"])
    if not fields["title"]:
        raise Unreadable("empty", "neither a subject nor a text is in it: drop the article itself")
    confidence = 0.9 if fields.get("published_at") and fields["text"] else 0.6
    return [Article(**fields, rule="form" if form else "mail", confidence=confidence)]


def unpack(content: bytes, _name: str, budget: Budget) -> Iterator[Member | Unread]:
    """The attached files, messages included; pictures, sounds, calendars and signatures are left out."""
    messages = _messages(content)
    for number, message in enumerate(messages, start=1):
        folder = f"{number}/" if len(messages) > 1 else ""
        try:
            attached = parts_of(parse_mail(message)).attached
        except Unreadable:
            # ``read`` has told of it.
            continue
        names = [name_of(part) or f"part{_ending(part)}" for part in attached]
        for at, part in enumerate(attached):
            # Two files of one name are two files.
            path = folder + (names[at] if names.count(names[at]) == 1 else f"{at + 1}-{names[at]}")
            try:
                yield Member(path, budget.take(io.BytesIO(content_of(part))))
            except TooLarge as error:
                yield Unread(path, error.code, str(error))


def _ending(part: Mail) -> str:
    kind = part.get_content_type()
    return ".eml" if kind == "message/rfc822" else guess_extension(kind) or ""


FORMAT: Format = Format("mail", recognise, read, unpack)
