"""Bytes to text: byte order marks, UTF-8, a guess where neither fits, and a plain no to binaries."""

import codecs
import re
from functools import lru_cache

from presslog.store.errors import Unreadable

MAGIC_NUMBERS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "PDF document"),
    (b"%!PS", "PostScript document"),
    (b"PK\x03\x04", "ZIP archive (also DOCX, ODT, EPUB, WACZ)"),
    (b"PK\x05\x06", "empty ZIP archive"),
    (b"\x1f\x8b", "gzip archive"),
    (b"\x28\xb5\x2f\xfd", "Zstandard archive"),
    (b"BZh91AY&SY", "bzip2 archive"),
    (b"\xfd7zXZ\x00", "xz archive"),
    (b"7z\xbc\xaf\x27\x1c", "7-Zip archive"),
    (b"Rar!\x1a\x07", "RAR archive"),
    (b"\x89PNG\r\n", "PNG image"),
    (b"\xff\xd8\xff", "JPEG image"),
    (b"GIF87a", "GIF image"),
    (b"GIF89a", "GIF image"),
    (b"II*\x00", "TIFF image"),
    (b"MM\x00*", "TIFF image"),
    (b"\x7fELF", "ELF program"),
    (b"MZ\x90\x00", "Windows program"),
    (b"\xca\xfe\xba\xbe", "Java class or Mach-O program"),
    (b"\xcf\xfa\xed\xfe", "Mach-O program"),
    (b"\x00asm", "WebAssembly program"),
    (b"SQLite format 3\x00", "SQLite database"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Microsoft Office document"),
    (b"OggS\x00", "Ogg recording"),
    (b"ID3\x03", "MP3 recording"),
    (b"ID3\x04", "MP3 recording"),
)

BYTE_ORDER_MARKS: tuple[tuple[bytes, str], ...] = (
    # UTF-32 first: its little-endian mark begins with that of UTF-16.
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

DETECTED_BYTES = 65_536
"""How much of a text the detector sees: its time grows with the size, its answer hardly changes."""

HOPELESS_BYTES = 300
"""Below this, and with few bytes above 127, the detector guesses worse than "it is Windows-1252" does."""

BINARY_SHARE = 0.05
"""Control characters in random bytes are one in ten, in a wire with its SOH and ETX one in some hundred."""

PLAUSIBLE = ["cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "iso8859_2", "koi8_r"]
PLAUSIBLE += ["koi8_u", "cp866", "shift_jis", "euc_jp", "euc_kr", "gb18030", "big5"]

ALIASES = {"iso-8859-1": "cp1252", "latin1": "cp1252", "utf8": "utf-8"}
ALIASES |= {"gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932"}
"""What browsers take a name of a charset for; source: the Encoding Standard, section 4.2."""

STATED_BYTES = 2048
"""So far down a page may state its charset: 1024 in the standard, and pages do not keep to it."""

_charset_name = re.compile(
    r"(?:iso-8859-|windows-|cp|koi8-|euc-|iso-2022-)[a-z\d]+|utf-8|us-ascii|big5|gb18030|macroman"
)
_stated_charset = re.compile(rb"""(?:charset|encoding)\s{0,4}=\s{0,4}["']?([\w.:-]{2,40})""", re.IGNORECASE)
_magic_starts = tuple(start for start, _ in MAGIC_NUMBERS)
_mark_starts = tuple(mark for mark, _ in BYTE_ORDER_MARKS)
_control_bytes = bytes(code for code in range(32) if code not in b"\t\n\f\r") + b"\x7f"
_unclean_bytes = bytes(code for code in range(32) if code not in b"\t\n") + b"\x7f"
_c1_bytes = re.compile(rb"\xc2[\x80-\x9f]")
_strange = re.compile("[\xad\u200b\u2060\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff]")
_line_end = re.compile("[\r\x85\u2028\u2029]")


@lru_cache(maxsize=1)
def decode(content: bytes) -> str:
    """Decode a file's bytes into clean text with ``\\n`` line ends; the last answer is kept for the next asker.

    Raises:
        Unreadable: ``binary``, and the message says what the bytes look like.

    >>> decode(b"\\xef\\xbb\\xbfone\\r\\ntwo")
    'one\\ntwo'
    """
    if content.startswith(_magic_starts):
        raise _binary(next(kind for start, kind in MAGIC_NUMBERS if content.startswith(start)))
    if content.startswith(_mark_starts):
        return clean(_decode_marked(content))
    if 0 in content:
        return clean(_decode_unmarked_utf16(content))
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return clean(_guess(content))
    if _is_clean(content, text):
        return text
    _refuse_controls(content)
    return clean(text)


def restated(content: bytes, charset: str) -> bytes:
    """The same text in UTF-8 with its mark, where the charset that came beside it is not the one it states or shows.

    >>> restated(bytes([99, 97, 102, 233]), "iso-8859-1").decode("utf-8-sig")
    'café'
    """
    encoding = charset.strip(" \"'").lower()
    encoding = ALIASES.get(encoding, encoding)
    stated = _stated_charset.search(content[:STATED_BYTES])
    is_stated = stated is not None and stated[1].decode().lower() in (charset.lower(), encoding)
    if is_stated or not _charset_name.fullmatch(encoding) or content.startswith(_mark_starts):
        return content
    try:
        text = content.decode(encoding)
    except (UnicodeError, LookupError):
        return content
    is_plain = encoding in ("utf-8", "us-ascii") and not stated
    return content if is_plain else codecs.BOM_UTF8 + text.encode("utf-8", "replace")


def clean(text: str) -> str:
    """Return the text with ``\\n`` line ends and without control characters (but tab), lone surrogates and BOMs."""
    if _strange.search(text) is None:
        return text
    return _strange.sub("", _line_end.sub("\n", text.replace("\r\n", "\n")))


def _is_clean(content: bytes, text: str) -> bool:
    # Says what ``_strange`` says, in a third of its time: this is the way of nearly every file.
    if len(content.translate(None, _unclean_bytes)) != len(content):
        return False
    if text.isascii():
        return True
    return not _c1_bytes.search(content) and not any(letter in text for letter in "\u2028\u2029\ufeff\xad\u200b\u2060")


def _decode_marked(content: bytes) -> str:
    encoding = next(name for mark, name in BYTE_ORDER_MARKS if content.startswith(mark))
    text = content.decode(encoding, "replace")
    # U+FFFD stands for what could not be decoded: a file cut in the middle has one, a binary has many.
    if "\0" in text or text.count("�") * 20 > len(text) + 20:
        raise _binary(f"binary data behind a byte order mark of {encoding.upper()}")
    return text


def _decode_unmarked_utf16(content: bytes) -> str:
    sample = content[:4096]
    pairs = len(sample) // 2
    for encoding, nul_side in (("utf-16-le", 1), ("utf-16-be", 0)):
        many, none = sample[nul_side::2].count(0), sample[1 - nul_side :: 2].count(0)
        if many * 2 > pairs and not none and (text := content.decode(encoding, "ignore")) and "\0" not in text:
            return text
    raise _binary("binary data (it holds NUL bytes)")


def _refuse_controls(content: bytes) -> None:
    if len(content) - len(content.translate(None, _control_bytes)) > BINARY_SHARE * len(content) + 4:
        raise _binary("binary data (it holds many control characters)")


def _guess(content: bytes) -> str:
    _refuse_controls(content)
    utf8 = content.decode("utf-8", "replace")
    damaged = utf8.count("�")
    high = sum(map(content.count, range(128, 256)))
    if damaged * 10 < high - damaged:
        return utf8
    if len(content) < HOPELESS_BYTES and high * 5 < len(content):
        return content.decode("cp1252", "replace")
    return content.decode(_detect(content[:DETECTED_BYTES]), "replace")


def _detect(sample: bytes) -> str:
    # 40 ms to import, and nearly every file is UTF-8.
    from charset_normalizer import from_bytes

    best = from_bytes(sample, cp_isolation=PLAUSIBLE, preemptive_behaviour=False).best()
    return best.encoding if best else "cp1252"


def _binary(kind: str) -> Unreadable:
    return Unreadable("binary", f"this is no text, it looks like a {kind}: drop the article itself, as text")
