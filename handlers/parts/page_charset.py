"""Bytes of a page to text: its own word on the charset is heard, and overruled where the bytes contradict it."""

import codecs
import re

from .charset import BYTE_ORDER_MARKS, clean, decode

HEAD_BYTES = 8_192
"""HTML asks for the charset within 1,024 bytes; saved pages put their own lines above it."""

SUPERSETS = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
}
"""What browsers read where a page states the name on the left. Source: the WHATWG's Encoding Standard, section 4.2."""

_charset = re.compile(rb"""<meta\b[^<>]{0,400}?\bcharset\s{0,9}=\s{0,9}["']?\s{0,9}([\w:.-]{2,40})""", re.IGNORECASE)
_xml_encoding = re.compile(rb"""\s{0,99}<\?xml\b[^<>]{0,200}?\bencoding\s{0,9}=\s{0,9}["']([\w:.-]{2,40})""")
_codec = re.compile(r"cp\d{3,4}|iso8859-\d{1,2}|koi8-[rut]|mac-\w+|gb18030|big5hkscs|euc_jp|iso2022_jp|johab")
"""Codecs of pages; Python has others that are slow or no text."""

_marks = tuple(mark for mark, _ in BYTE_ORDER_MARKS)
_foreign_run = re.compile(rb"[\x80-\xff]{4,}")
FEW_RUNS = 3
STRAY = 100
"""One NUL among so many bytes is a stray one, which browsers drop; UTF-16 has one in two, binaries one in ten."""


def decode_page(content: bytes) -> str:
    """Decode a page into clean text: by its byte order mark, as UTF-8, as stated, or by a guess.

    Raises:
        Unreadable: ``binary``.

    >>> decode_page('<meta charset="windows-1251"><p>Дождь</p>'.encode("cp1251"))
    '<meta charset="windows-1251"><p>Дождь</p>'
    """
    if not content.startswith(_marks) and 0 < content.count(0) * STRAY < len(content):
        content = content.replace(b"\0", b"")
    if b"\0" not in content[:4] and not _is_utf8(content) and (codec := _stated(content)):
        try:
            return clean(content.decode(codec))
        except UnicodeDecodeError:
            text = content.decode(codec, "replace")
            # A page cut in the middle of a letter, or with a stray comment from elsewhere, is what it says it is.
            if text.count("�") * 1000 < len(text):
                return clean(text)
    return decode(content)


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def _stated(content: bytes) -> str:
    """The codec that a page states, if Python has it and its bytes do not speak against it."""
    head = content[:HEAD_BYTES]
    found = _xml_encoding.match(head) or _charset.search(head)
    try:
        name = codecs.lookup(found[1].decode()).name if found else ""
    except LookupError:
        return ""
    codec = SUPERSETS.get(name, name)
    if not _codec.fullmatch(codec):
        return ""
    # Templates of the whole world state Latin 1; in languages that it is made for, no four such letters follow.
    if codec == "cp1252" and len(_foreign_run.findall(content)) > FEW_RUNS:
        return ""
    return codec
