"""What a text is that is no article in plain words: HTML, XML, JSON, RTF, mail and their like."""

import json
import re

from .charset import clean, decode

_SIGNS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern, re.IGNORECASE))
    for name, pattern in (
        ("HTML", r"<(?:!doctype\s+html|html|head|body)\b"),
        ("XML", r"<(?:\?xml\b|!doctype\b|rss\b|feed\b|nitf\b|newsml|newsmessage\b|newsitem\b)"),
        ("RTF", r"\{\\rtf"),
        ("a WARC archive", r"WARC/\d|filedesc://"),
        ("a calendar or card", r"BEGIN:V(?:CALENDAR|CARD)\b"),
        (
            "a mail message",
            r"From: <Saved by |(?:Return-Path|Received|Delivered-To|MIME-Version|Message-ID|DKIM-Signature):\s",
        ),
        ("a mail message", r"(?:[a-z-]{2,40}:[^\n]{0,998}\n[ \t]?){1,20}(?:MIME-Version|Message-ID):\s"),
        ("HTML or XML", r"<(?:!--|[a-z][\w:.-]{0,40}(?:\s[^<>]{0,2000})?/?>)"),
    )
)

_STARTS = "<{[\\WwBbRrDdMmFfTtSsCcXx"
"""First letters of everything above: any other text is decided after one look."""


def markup_of(text: str) -> str:
    """Name the markup or container that a text looks like, or return the empty string for prose.

    >>> markup_of("<!doctype html><title>A</title>"), markup_of('{"headline": "A"}'), markup_of("A plain title")
    ('HTML', 'JSON', '')
    """
    start = text[:4096].lstrip()
    if start[:1] not in _STARTS:
        return ""
    if start[:1] in "{[" and _is_json(text, start):
        return "JSON"
    return next((name for name, sign in _SIGNS if sign.match(start)), "")


def describe(content: bytes) -> str:
    """Say for people what the bytes are that no format reads: an XML by its root, a JSON by its first keys.

    Raises:
        Unreadable: ``binary`` for what is no text.

    >>> describe(b'<?xml version="1.0"?><kml xmlns="urn:x">'), describe(b'{"type": "Feature", "id": 7}')
    ('XML with the root <kml xmlns="urn:x">', 'JSON with the keys type, id')
    """
    text = decode(content)
    if is_wire(content):
        return "an IPTC 7901 or ANPA 1312 wire"
    kind = markup_of(text)
    if kind in ("XML", "HTML or XML") and (root := _root.search(text[:16_384])):
        return f"XML with the root {shortened(root[0])}"
    if kind == "JSON" and (keys := _key.findall(text[:4096])):
        return f"JSON with the keys {shortened(', '.join(dict.fromkeys(keys[:8])))}"
    return kind or "nothing known"


def shortened(words: str) -> str:
    """The same words on one line, 160 letters at most."""
    line = " ".join(clean(words).split())
    return line if len(line) <= 160 else f"{line[:159]}…"


_root = re.compile(r"<[A-Za-z_][^<>]{0,400}>")
_key = re.compile(r'"([^"\\\n]{1,60})"\s{0,4}:')


def is_wire(content: bytes) -> bool:
    """Whether bytes start as IPTC 7901 and ANPA 1312 do, with SOH, behind what idles on a line."""
    return content[:64].lstrip(b"\x00\x16\x1a\x7f\r\n ")[:1] == b"\x01"


def _is_json(text: str, start: str) -> bool:
    # A cut or broken dump is no article either, so an opened object with a quoted key is enough.
    if re.match(r'(?:\[\s*)?\{\s*(?:"[^"\n]{1,200}"\s*:|\})', start):
        return True
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
