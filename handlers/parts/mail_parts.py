"""Parts of a mail: its headers in plain words, its texts and its attachments, whatever is broken about them."""

import binascii
import re
from collections.abc import Iterator
from contextlib import suppress
from email import message_from_bytes, policy
from email.message import Message
from email.utils import parseaddr
from typing import NamedTuple, TypeAlias, TypeGuard

from presslog.store.errors import Unreadable

from .charset import clean, decode

Mail: TypeAlias = "Message[str, str]"

NO_ARTICLE = re.compile(
    r"(?:image|audio|video|font)/|text/(?:calendar|(?:x-)?vcard|rfc822-headers)|application/(?:ics|pgp-|(?:x-)?pkcs7-sig)"
    r"|message/(?:delivery-status|disposition-notification|feedback-report)"
)
"""Types of parts that no format makes an article of; they pass without a word."""

ENCRYPTED = frozenset({"multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime"})
LATIN_NAMES = frozenset({"iso-8859-1", "latin-1", "latin1", "us-ascii", "ascii"})
LATIN = ("utf-8", "cp1252")
"""Who says Latin-1 or ASCII means Windows-1252, as browsers know, or has forgotten that the text is UTF-8."""

LONGEST_HEADER = 8000
SLOW_CODECS = frozenset({"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined"})
"""Names of character sets that no text has, and that take their time."""

_encoded_run = re.compile(r"=\?[\w.:*-]{1,40}\?[bqBQ]\?[^?]*\?=(?:\s+(?==\?)|=\?[\w.:*-]{1,40}\?[bqBQ]\?[^?]*\?=)*")
_encoded_word = re.compile(r"=\?([\w.:-]{1,40})(?:\*[\w-]*)?\?([bqBQ])\?([^?]*)\?=")
_escaped = re.compile(rb"=([0-9A-Fa-f]{2})")


class Body(NamedTuple):
    """A text of the mail, in plain words and as HTML: either may be missing, both say the same."""

    plain: list[Mail]
    html: list[Mail]


class Parts(NamedTuple):
    """What a mail consists of, in its order."""

    bodies: list[Body]
    attached: list[Mail]


def parse_mail(content: bytes) -> Mail:
    """Parse a mail, however damaged.

    Raises:
        Unreadable: ``too-deep`` where parts nest in parts without end.
    """
    try:
        return message_from_bytes(content, policy=policy.compat32)
    except RecursionError as error:
        raise Unreadable("too-deep", "its parts lie in each other without end: get it anew from its sender") from error


def header(mail: Mail, name: str) -> str:
    """A header in plain words, its first line of that name; empty where there is none."""
    return in_words(_raw(mail, name))


def sender(mail: Mail) -> tuple[str, str]:
    """Who sent it: the name and the address, each empty where it is missing."""
    name, address = parseaddr(" ".join(_raw(mail, "from").split()))
    return in_words(name), clean(address)


def _raw(mail: Mail, name: str) -> str:
    # As it came: what ``get`` gives has lost its 8-bit characters.
    return next((str(value)[:LONGEST_HEADER] for key, value in mail.raw_items() if key.lower() == name), "")


def in_words(raw: str) -> str:
    """Decode a header: encoded words, and raw bytes in any character set.

    >>> in_words("=?utf-8?Q?Ros=C3=A9?= =?utf-8?Q?_wine?= =?latin-1?B?5g==?= and =?nonsense?q?more?=")
    'Rosé wineæ and more'
    """
    text = raw
    if not raw.isascii():
        text = _decode(raw.encode("utf-8", "surrogateescape"), "utf-8")
    return " ".join(clean(_encoded_run.sub(_decode_run, text)).split())


def _decode_run(found: re.Match[str]) -> str:
    """Neighbours of one character set are decoded together: some mailers cut a character in two."""
    decoded: list[tuple[str, bytes]] = []
    for word in _encoded_word.finditer(found[0]):
        charset, raw = _raw_word(word)
        if decoded and decoded[-1][0] == charset:
            raw = decoded.pop()[1] + raw
        decoded.append((charset, raw))
    return "".join(_decode(raw, charset) for charset, raw in decoded)


def _raw_word(word: re.Match[str]) -> tuple[str, bytes]:
    raw = word[3].encode("utf-8", "replace")
    if not raw.isascii():
        # Bytes that should have been encoded are in the set of the mail, not in that of the word.
        return "utf-8", raw.replace(b"_", b" ")
    if word[2] in "qQ":
        return word[1].lower(), _escaped.sub(lambda found: bytes([int(found[1], 16)]), raw.replace(b"_", b" "))
    try:
        return word[1].lower(), binascii.a2b_base64(raw + b"===")
    except ValueError:
        return "ascii", raw


def text_of(part: Mail) -> str:
    """A part's text, in its stated character set where that holds, with paragraphs that flow made whole."""
    raw = part.get_payload(decode=True)
    text = clean(_decode(raw if isinstance(raw, bytes) else b"", part.get_content_charset("utf-8")))
    if str(part.get_param("format", "")).lower() == "flowed":
        return _unflowed(text, is_space_deleted=str(part.get_param("delsp", "")).lower() == "yes")
    return text


def _decode(raw: bytes, charset: str) -> str:
    stated = charset.lower().replace("_", "-")
    for name in LATIN if stated in LATIN_NAMES else (stated,):
        if name not in SLOW_CODECS:
            with suppress(LookupError, ValueError):
                return raw.decode(name)
    try:
        return decode(raw)
    except Unreadable:
        return raw.decode("cp1252", "replace")


def _unflowed(text: str, *, is_space_deleted: bool) -> str:
    """Join what RFC 3676 broke: a line that ends with a space goes on in the next; the mark of a signature does not."""
    pieces: list[str] = []
    for line in (line.removeprefix(" ") for line in text.split("\n")):
        if line.endswith(" ") and line != "-- ":
            pieces.append(line[:-1] if is_space_deleted else line)
        else:
            pieces += [line, "\n"]
    return "".join(pieces)


def parts_of(mail: Mail) -> Parts:
    """The texts and the attachments of a mail.

    Raises:
        Unreadable: ``encrypted``.
    """
    bodies: list[Body] = []
    attached: list[Mail] = []
    waiting = [mail]
    while waiting:
        part = waiting.pop()
        kind = part.get_content_type()
        if kind in ENCRYPTED:
            raise Unreadable("encrypted", "it is encrypted: decrypt it first, or save the text alone")
        if kind == "multipart/alternative" and part.is_multipart():
            leaves = list(_leaves(part))
            bodies.append(Body(*([leaf for leaf in leaves if _is_text(leaf, end)] for end in ("plain", "html"))))
            attached += [leaf for leaf in leaves if not (_is_text(leaf, "plain") or _is_text(leaf, "html"))]
        elif _is_branch(part):
            waiting += reversed(_branches(part))
        elif _is_text(part, "html"):
            bodies.append(Body([], [part]))
        elif _is_text(part, "plain"):
            bodies.append(Body([part], []))
        else:
            attached.append(part)
    return Parts(bodies, [part for part in attached if not NO_ARTICLE.match(part.get_content_type())])


def _leaves(part: Mail) -> Iterator[Mail]:
    waiting = [part]
    while waiting:
        part = waiting.pop()
        if _is_branch(part):
            waiting += reversed(_branches(part))
        else:
            yield part


def _is_branch(part: Mail) -> bool:
    return part.is_multipart() and part.get_content_maintype() != "message"


def _branches(part: Mail) -> list[Mail]:
    payload = part.get_payload()
    return [each for each in payload if _is_mail(each)] if isinstance(payload, list) else []


def _is_mail(part: object) -> TypeGuard[Mail]:
    return isinstance(part, Message)


def _is_text(part: Mail, end: str) -> bool:
    """Whether a part is shown as text; a multipart without its boundaries is, and nothing with a file's name."""
    if part.get_content_disposition() == "attachment" or (name_of(part) and part.get_content_disposition() != "inline"):
        return False
    kind = part.get_content_type()
    if kind in ("text/html", "application/xhtml+xml"):
        return end == "html"
    is_plain = kind in ("text/plain", "text/enriched", "text/markdown") or part.get_content_maintype() == "multipart"
    return end == "plain" and is_plain and not part.is_multipart()


def name_of(part: Mail) -> str:
    """The name of an attached file, the last part of any path; empty where it has none."""
    name = part.get_filename()
    return re.split(r"[/\\]", in_words(name))[-1].strip(". ") if name else ""


def content_of(part: Mail) -> bytes:
    """The bytes of an attached file; a message inside a message is a file as well."""
    payload = part.get_payload()
    if isinstance(payload, list):
        inner = next(iter(_branches(part)), None)
        return inner.as_bytes(policy=policy.compat32) if inner else b""
    raw = part.get_payload(decode=True)
    return raw if isinstance(raw, bytes) else b""
